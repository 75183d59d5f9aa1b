import pytest

from tests.support.memory_stores import MemoryObjects, MemoryTable
from tidemark.clock import SettableClock
from tidemark.model.site import Site
from tidemark.registry.creation import move_creation_back
from tidemark.registry.table_registry import TableRegistry


@pytest.fixture
def state():
    return MemoryTable()


@pytest.fixture
def registry():
    registry = TableRegistry(MemoryTable(), MemoryObjects(), SettableClock(0))
    for _ in range(3):
        registry.add_site(Site(0, "Shop", "http://example.org", 1_700_000_000))
    return registry


def created(registry):
    return [site.ts_created for site in registry.sites()]


def test_a_site_becomes_as_old_as_ingest_noted(registry, state):
    state.put({"pk": "site#2", "sk": "created", "ts_created": 1_600_000_000})
    assert move_creation_back(registry, state) == 1
    assert created(registry) == [1_700_000_000, 1_600_000_000, 1_700_000_000]


def test_a_site_never_becomes_younger_and_a_second_time_changes_nothing(registry, state):
    state.put({"pk": "site#1", "sk": "created", "ts_created": 1_800_000_000})
    state.put({"pk": "site#2", "sk": "created", "ts_created": 1_600_000_000})
    move_creation_back(registry, state)
    assert move_creation_back(registry, state) == 0
    assert created(registry) == [1_700_000_000, 1_600_000_000, 1_700_000_000]


def test_a_site_that_is_deleted_meanwhile_is_left_alone(registry, state):
    state.put({"pk": "site#2", "sk": "created", "ts_created": 1_600_000_000})
    batch_get = state.batch_get

    def delete_first(keys):
        registry.delete_site(2)
        return batch_get(keys)

    state.batch_get = delete_first
    assert move_creation_back(registry, state) == 0
