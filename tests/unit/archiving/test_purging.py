"""Orders to delete by age now."""

from tests.support.memory_stores import MemoryTable
from tidemark.archiving.housekeeping.lease import Chores
from tidemark.archiving.housekeeping.purging import OrderedPurge
from tidemark.clock import SettableClock


def test_every_chore_is_due_after_an_order():
    chores = Chores(MemoryTable(), SettableClock(1_800_000_000))
    chores.done("raw data 1")
    assert not chores.is_due("raw data 1", 3600)
    OrderedPurge(chores).purge()
    assert chores.is_due("raw data 1", 3600)


def test_an_order_is_carried_out_at_once_where_it_can_be():
    done = []
    OrderedPurge(Chores(MemoryTable(), SettableClock(1)), lambda: done.append(1)).purge()
    assert done == [1]
