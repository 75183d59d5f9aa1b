from datetime import date

from tests.support.memory_stores import MemoryTable
from tidemark.clock import SettableClock
from tidemark.sessions.invalidation import MarkedDays
from tidemark.sessions.states import raise_mark, read_state


def test_days_with_hits_are_marked_and_no_others():
    table = MemoryTable()
    days = [date(2026, 1, day) for day in (1, 2, 3, 4)]
    for idsite in (1, 2):
        for day in days:
            raise_mark(table, idsite, day, 0)
    marked = MarkedDays(table, SettableClock(5)).invalidate([1], date(2026, 1, 2), date(2026, 1, 31))
    assert marked == 3
    assert read_state(table, 1).marks == dict(zip(days, (1, 2, 2, 2), strict=True))
    assert read_state(table, 2).marks == dict.fromkeys(days, 1)
