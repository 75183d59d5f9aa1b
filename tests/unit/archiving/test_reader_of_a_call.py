from datetime import date
from types import SimpleNamespace

from tidemark.archiving.reader import Reader
from tidemark.model.archive import SharedArchives
from tidemark.model.period import Period
from tidemark.model.settings import Settings


class Archiver:
    """Has one archive, and notes what it is asked for."""

    def __init__(self):
        self.asked = []

    def ensure_all(self, idsite, periods, segment, *, may_build, memory):
        self.asked.append((idsite, len(periods), segment))
        return {period: SimpleNamespace(numbers={"nb_visits": idsite}) for period in periods[:1]}


def test_a_call_looks_for_every_archive_once():
    archiver = Archiver()
    reader = Reader(archiver, None, None, Settings)
    days = [Period.day(date(2026, 1, day)) for day in (5, 6)]
    call = reader.for_call()
    assert isinstance(reader, SharedArchives)
    for _ in range(2):
        assert call.numbers([7], days, ["nb_visits"]) == {(7, days[0]): {"nb_visits": 7}, (7, days[1]): {}}
    call.numbers([7], days[:1], ["nb_visits"], "browserCode==FF")
    assert archiver.asked == [(7, 2, ""), (7, 1, "browserCode==FF")]
    reader.for_call().numbers([7], days, ["nb_visits"])
    assert len(archiver.asked) == 3
