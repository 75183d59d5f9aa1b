"""Archives are published whole, are found stale when their inputs change, and heal after any crash."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.support.archives import archives_of
from tidemark.archiving.store import ArchiveStore, Identity, LostRaceError
from tidemark.model.errors import BadSegment, UnknownSite
from tidemark.model.period import Period, PeriodKind
from tidemark.plugin import Dimension, Plugin, Scope, Segment, col, record
from tidemark.plugins.visits_summary.records import NUMBERS

DAY, NEXT = date(2024, 3, 5), date(2024, 3, 6)
BROWSER = Dimension("browser", Scope.VISIT, lambda hit: hit.client.code)
PLUGIN = Plugin(
    "P",
    dimensions=(BROWSER,),
    segments=(Segment("browserCode", "Browser", "", col("browser")),),
    records=(record("P_browsers", col("browser")),),
    numbers=NUMBERS,
)
WEEK, MONTH, YEAR = (Period.containing(kind, DAY) for kind in (PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.YEAR))


class KilledError(BaseException):
    """The process dies here."""


class Killing:
    """A store that counts writes and dies before (or, `after`, behind) one of them."""

    def __init__(self, inner, countdown):
        self._inner, self._countdown = inner, countdown

    def __getattr__(self, name):
        method = getattr(self._inner, name)
        if name not in {"put", "update", "delete", "write_batch", "transact", "send", "send_batch"}:
            return method

        def write(*args, **kwargs):
            self._countdown.tick()
            result = method(*args, **kwargs)
            self._countdown.tick()
            return result

        return write


class Countdown:
    def __init__(self, ticks):
        self.left = ticks

    def tick(self):
        self.left -= 1
        if self.left == 0:
            raise KilledError


def visits(*browsers, start=1):
    return {
        "visits": [
            {"idvisit": n, "visitor_id": n, "visit_total_actions": 1, "visit_total_time": 0, "browser": browser}
            for n, browser in enumerate(browsers, start)
        ]
    }


def stored(bench):
    """Everything that readers can see: numbers and tables of all periods."""
    reader = bench.room.reader
    periods = [Period.day(DAY), Period.day(NEXT), WEEK, MONTH, YEAR]
    numbers = reader.numbers([1], periods, ["nb_visits", "nb_uniq_visitors"])
    tables = [[row.columns for row in reader.table(1, period, "P_browsers")] for period in periods]
    return numbers, tables


def test_killed_between_any_two_writes_it_heals():
    with archives_of(PLUGIN) as whole:
        whole.logs.set_day(1, DAY, visits("FF", "CH"))
        whole.logs.set_day(1, NEXT, visits("FF", start=10))
        expected = stored(whole)
        names = sorted(info.key for info in whole.stores.objects.listing("archive_blob/"))
    kills = 0
    for ticks in range(1, 1000):
        with archives_of(PLUGIN) as bench:
            bench.logs.set_day(1, DAY, visits("FF", "CH"))
            bench.logs.set_day(1, NEXT, visits("FF", start=10))
            countdown = Countdown(ticks)
            dying = replace(
                bench.stores,
                objects=Killing(bench.stores.objects, countdown),
                archive_numeric=Killing(bench.stores.archive_numeric, countdown),
            )
            with archives_of(PLUGIN, stores=dying, logs=bench.logs) as other:
                try:
                    other.room.archiver.ensure(1, YEAR)
                    break
                except KilledError:
                    kills += 1
            assert stored(bench) == expected
            assert sorted(info.key for info in bench.stores.objects.listing("archive_blob/")) == names
    assert kills == 2 * 2 * 4  # before and behind each write of blob and item: two days, the month, the year


def test_a_changed_day_makes_itself_and_all_above_it_stale_and_nothing_else():
    with archives_of(PLUGIN) as bench:
        bench.logs.set_day(1, DAY, visits("FF"))
        bench.logs.set_day(1, NEXT, visits("FF", start=10))
        bench.logs.set_day(1, date(2024, 2, 1), visits("FF", start=20))
        stored(bench)
        february = Period.containing(PeriodKind.MONTH, date(2024, 2, 1))
        bench.room.archiver.ensure(1, february)
        bench.logs.set_day(1, DAY, visits("FF", "FF", "CH"))
        periods = [Period.day(DAY), Period.day(NEXT), WEEK, MONTH, YEAR, february]
        assert bench.room.archiver.outdated(1, periods) == {Period.day(DAY), WEEK, MONTH, YEAR}
        numbers, _ = stored(bench)
        assert [found["nb_visits"] for found in numbers.values()] == [3, 1, 4, 4, 5]
        assert bench.room.archiver.outdated(1, periods) == set()


def test_a_fresh_archive_is_not_built_again():
    with archives_of(PLUGIN) as bench:
        bench.logs.set_day(1, DAY, visits("FF"))
        first = bench.room.archiver.ensure(1, WEEK)
        bench.clock.set(bench.clock.now() + 100)
        assert bench.room.archiver.ensure(1, WEEK) == first


def test_settings_that_matter_make_archives_stale_and_others_do_not():
    with archives_of(PLUGIN) as bench:
        bench.logs.set_day(1, DAY, visits("FF", "CH", "OP"))
        bench.room.archiver.ensure(1, Period.day(DAY))
        bench.set_settings(Tracker__visit_standard_length=99)
        assert bench.room.archiver.outdated(1, [Period.day(DAY)]) == set()
        bench.set_settings(General__datatable_archiving_maximum_rows_standard=2)
        assert bench.room.archiver.outdated(1, [Period.day(DAY)]) == {Period.day(DAY)}
        assert len(bench.room.reader.table(1, Period.day(DAY), "P_browsers")) == 2


def test_archiving_again_gives_the_same_bytes():
    with archives_of(PLUGIN) as bench:
        bench.logs.set_day(1, DAY, visits("FF", "CH", "FF"))
        bench.logs.set_day(1, NEXT, visits("FF", "SF", start=10))
        for period in (Period.day(DAY), WEEK, MONTH, YEAR):
            first = bench.room.archiver.ensure(1, period)
            assert bench.room.archiver.rebuild(1, period).blob_key == first.blob_key


def test_of_two_builders_one_publishes_and_the_other_takes_its_archive():
    with archives_of(PLUGIN) as bench, archives_of(PLUGIN, stores=bench.stores, logs=bench.logs) as other:
        bench.logs.set_day(1, DAY, visits("FF"))
        publish, raced = ArchiveStore.publish, []

        def publish_late(self, *args, **kwargs):
            if not raced:
                raced.append(other.room.archiver.ensure(1, Period.day(DAY)))
            return publish(self, *args, **kwargs)

        bench.room.archiver._store.publish = publish_late.__get__(bench.room.archiver._store)
        assert bench.room.archiver.ensure(1, Period.day(DAY)) == raced[0]
        assert raced[0].revision == 1


def test_the_loser_of_a_race_is_told():
    with archives_of(PLUGIN) as bench:
        bench.logs.set_day(1, DAY, visits("FF"))
        archive = bench.room.archiver.ensure(1, Period.day(DAY))
        store = ArchiveStore(bench.stores.archive_numeric, bench.stores.objects)
        from tidemark.archiving.content import Content

        with pytest.raises(LostRaceError):
            store.publish(Identity(1, Period.day(DAY)), Content({"nb_visits": 9}), "x", 0.0, None)
        assert bench.room.archiver.ensure(1, Period.day(DAY)) == archive


def test_a_lost_blob_is_made_again():
    with archives_of(PLUGIN) as bench:
        bench.logs.set_day(1, DAY, visits("FF"))
        archive = bench.room.archiver.ensure(1, Period.day(DAY))
        bench.stores.objects.delete([archive.blob_key])
        assert [row.label for row in bench.room.reader.table(1, Period.day(DAY), "P_browsers")] == ["FF"]
        bench.stores.objects.delete([archive.blob_key])
        assert bench.room.archiver.ensure(1, WEEK).numbers["nb_visits"] == 1


def test_numbers_that_do_not_fit_the_item_stand_in_the_blob(monkeypatch):
    monkeypatch.setattr("tidemark.archiving.store.ITEM_ROOM", 10)
    with archives_of(PLUGIN) as bench:
        bench.logs.set_day(1, DAY, visits("FF"))
        first = bench.room.archiver.ensure(1, Period.day(DAY))
        again = bench.room.archiver.ensure(1, Period.day(DAY))
        assert first == again
        assert again.numbers["nb_visits"] == 1
        assert [row.label for row in bench.room.reader.table(1, Period.day(DAY), "P_browsers")] == ["FF"]


def test_a_segment_without_visits_has_an_archive_without_objects():
    with archives_of(PLUGIN) as bench:
        bench.logs.set_day(1, DAY, visits("FF"))
        archive = bench.room.archiver.ensure(1, Period.day(DAY), "browserCode==XX")
        assert (archive.numbers, archive.blob_key) == ({}, "")
        assert list(bench.stores.objects.listing("archive_blob/")) == []
        assert not bench.room.reader.table(1, Period.day(DAY), "P_browsers", "browserCode==XX").rows


def test_a_segment_has_archives_of_its_own():
    with archives_of(PLUGIN) as bench:
        bench.logs.set_day(1, DAY, visits("FF", "CH"))
        found = bench.room.reader.numbers([1], [WEEK], ["nb_visits"], "browserCode==CH")
        assert found == {(1, WEEK): {"nb_visits": 1}}
        assert bench.room.reader.numbers([1], [WEEK], ["nb_visits"]) == {(1, WEEK): {"nb_visits": 2}}


def test_unknown_sites_and_segments_are_refused_even_where_there_is_nothing():
    with archives_of(PLUGIN) as bench:
        with pytest.raises(UnknownSite):
            bench.room.reader.numbers([7], [WEEK], ["nb_visits"])
        with pytest.raises(BadSegment):
            bench.room.reader.table(1, WEEK, "P_browsers", "nothing==1")


def test_without_the_right_to_archive_readers_get_what_there_is():
    with archives_of(PLUGIN) as bench:
        bench.logs.set_day(1, DAY, visits("FF"))
        bench.room.archiver.ensure(1, Period.day(DAY))
        bench.logs.set_day(1, DAY, visits("FF", "CH"))
        bench.set_settings(General__enable_browser_archiving_triggering=False)
        found = bench.room.reader.numbers([1], [Period.day(DAY), WEEK], ["nb_visits"])
        assert list(found.values()) == [{"nb_visits": 1}, {}]
