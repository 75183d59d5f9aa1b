from dataclasses import replace

import pytest

from tests.support.memory_stores import MemoryObjects, MemoryTable
from tidemark.clock import SettableClock
from tidemark.model.custom_dimension import CustomDimension
from tidemark.model.goal import Goal
from tidemark.model.site import Site
from tidemark.model.snapshot import SNAPSHOT_KEY, TrackerSnapshot
from tidemark.model.user import User
from tidemark.registry.past import PARTITION, PastSnapshots
from tidemark.registry.table_registry import TableRegistry

SITE = Site(0, "Shop", "http://example.org", 1_700_000_000)


@pytest.fixture
def table():
    return MemoryTable()


@pytest.fixture
def objects():
    return MemoryObjects()


@pytest.fixture
def registry(table, objects):
    return TableRegistry(table, objects, SettableClock(1_800_000_000), new_salt=lambda: "salt", wait=lambda _: None)


def tracker(objects):
    return TrackerSnapshot.from_json(objects.get(SNAPSHOT_KEY).data)


def test_every_earlier_version_can_be_had_again(registry, table, objects):
    acts = [
        lambda: registry.add_site(SITE),
        lambda: registry.add_site(replace(SITE, name="Second")),
        lambda: registry.change_site(1, lambda site: replace(site, exclude_unknown_urls=True)),
        lambda: registry.set_settings({"SitesManager_ExcludedIpsGlobal": "1.2.3.4"}),
        lambda: registry.add_goal(Goal(1, 0, "Paid", "url", "/t", "contains")),
        lambda: registry.add_custom_dimension(CustomDimension(2, 0, "Author", 0, "visit")),
        lambda: registry.change_goal(1, 1, lambda goal: replace(goal, deleted=True)),
        lambda: registry.change_site(1, lambda site: replace(site, exclude_unknown_urls=False)),
        lambda: registry.set_settings({"SitesManager_ExcludedIpsGlobal": None}),
        lambda: registry.delete_site(2),
        lambda: registry.add_site(SITE),
    ]
    seen = [tracker(objects)] if SNAPSHOT_KEY in objects.stored else []
    for act in acts:
        act()
        seen.append(tracker(objects))
    past = PastSnapshots(table)
    for earlier in seen:
        found = past.as_of(seen[-1], earlier.version)
        assert found.version == earlier.version
        assert found.settings == earlier.settings
        assert list(found.sites()) == list(earlier.sites())


def test_the_present_and_unknown_versions_are_the_present(registry, table, objects):
    registry.add_site(SITE)
    current = tracker(objects)
    past = PastSnapshots(table)
    for version in (current.version, current.version + 1, 0, -1):
        assert past.as_of(current, version) is current


def test_a_snapshot_that_lags_behind_is_no_obstacle(registry, table, objects):
    registry.add_site(SITE)
    first = tracker(objects)
    registry.change_site(1, lambda site: replace(site, name="Second"))
    second = tracker(objects)
    registry.change_site(1, lambda site: replace(site, name="Third"))
    assert PastSnapshots(table).as_of(second, first.version).site(1).site.name == "Shop"


def test_changes_that_the_tracker_does_not_see_leave_nothing_behind(registry, table):
    registry.add_user(User("eve"))
    assert not [key for key in table.items if key[0] == PARTITION]


def test_what_was_replaced_ages_out_after_any_message(registry, table):
    registry.add_site(SITE)
    (item,) = (item for key, item in table.items.items() if key[0] == PARTITION)
    assert item["ttl"] > 14 * 86_400


def test_made_snapshots_are_kept_but_not_all(registry, table, objects):
    for _ in range(30):
        registry.add_site(SITE)
    current = tracker(objects)
    past = PastSnapshots(table)
    assert past.as_of(current, 5) is past.as_of(current, 5)
    for version in range(1, current.version):
        past.as_of(current, version)
    assert len(past._made) <= 16
