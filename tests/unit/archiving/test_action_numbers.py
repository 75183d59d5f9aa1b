"""Actions are numbered in the order of sending, over all days of a site."""

from datetime import date

import pyarrow as pa

from tidemark.archiving.action_numbers import ActionNumbers
from tidemark.model.daylog import DayLog


class Logs:
    """Days of some sequences; remembers which were read."""

    def __init__(self, *days, knows_ends=True):
        self.sequences = {str(number): sequences for number, sequences in enumerate(days)}
        self.read_days = []
        self.days = [
            DayLog(
                idsite=1,
                day=date(2024, 3, 1 + number),
                version=str(number),
                keys={},
                rows={"actions": len(sequences)} if sequences else {},
                sent=(min(sequences), max(sequences)) if sequences and knows_ends else None,
            )
            for number, sequences in enumerate(days)
        ]

    def read(self, log, table, columns):
        assert (table, columns) == ("actions", ("sequence",))
        self.read_days.append(log.version)
        return pa.table({"sequence": pa.array(self.sequences[log.version], pa.int64())})


def numbers(logs, *sequences):
    found = ActionNumbers(logs, logs.days).of(pa.chunked_array([sequences], pa.int64()))
    return found.to_pylist(), logs.read_days


def test_only_days_that_may_be_mixed_are_read():
    logs = Logs([10, 20], [], [30, 50], [60])
    assert numbers(logs, 50, 30) == ([4, 3], ["2"])


def test_what_was_sent_later_has_a_later_number_whatever_its_day():
    logs = Logs([10, 55], [30, 50], [60])
    assert numbers(logs, 55, 10) == ([4, 1], ["0", "1"])


def test_days_without_known_ends_are_read():
    logs = Logs([10], [30], knows_ends=False)
    assert numbers(logs, 30) == ([2], ["0", "1"])


def test_a_day_is_read_once():
    logs = Logs([10], [30])
    known = ActionNumbers(logs, logs.days)
    for _ in range(2):
        assert known.of(pa.chunked_array([[30]], pa.int64())).to_pylist() == [2]
    assert logs.read_days == ["1"]
