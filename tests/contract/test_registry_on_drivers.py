"""The registry on real drivers: what it needs of tables and objects is what both give."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tidemark.clock import SystemClock
from tidemark.model.access import Role
from tidemark.model.annotation import Annotation
from tidemark.model.custom_dimension import CustomDimension, Extraction
from tidemark.model.goal import Goal
from tidemark.model.saved_segment import SavedSegment
from tidemark.model.site import KeepFragment, Site
from tidemark.model.snapshot import SNAPSHOT_KEY, TrackerSnapshot
from tidemark.model.user import User
from tidemark.registry.table_registry import TableRegistry

TOKEN = "0123456789abcdef0123456789abcdef"
SITE = Site(
    0,
    "Shop & Blög",
    "http://example.org",
    1_700_000_000,
    excluded_ips=("1.2.3.*",),
    keep_url_fragment=KeepFragment.NO,
    alias_urls=("http://b.example",),
)


@pytest.fixture
def start(driver):
    """Another process on the same stores."""
    return lambda: TableRegistry(driver.stores.registry, driver.stores.objects, SystemClock())


def tracker(driver):
    return TrackerSnapshot.from_json(driver.stores.objects.get(SNAPSHOT_KEY).data)


def test_everything_survives_a_restart(start, driver):
    registry = start()
    registry.create_superuser("admin", TOKEN)
    site = registry.add_site(SITE)
    goal = registry.add_goal(Goal(1, 0, "Paid", "url", "/t", "contains", revenue=2.0))
    extraction = Extraction("urlparam", "by")
    dimension = registry.add_custom_dimension(CustomDimension(1, 0, "Author", 0, "action", extractions=(extraction,)))
    user = registry.add_user(User("eve", "e@example.org", roles={1: Role.WRITE}, preferences={"a": ""}))
    segment = registry.add_segment(SavedSegment(0, "DE", "countryCode==de", "eve"))
    note = registry.add_annotation(Annotation(1, 0, "2026-01-01", "n", "eve", starred=True))
    registry.set_settings(
        {"Tracker.visit_standard_length": 60, "Weather.factor": 1.5, "SitesManager_ExcludedIpsGlobal": ""}
    )
    again = start()
    assert again.site(1) == site
    assert again.goals(1) == (goal,)
    assert again.custom_dimensions(1) == (dimension,)
    assert again.user("eve") == user
    assert again.segments() == (segment,)
    assert again.annotations(1) == (note,)
    assert again.settings().given == registry.settings().given
    assert again.authenticate(TOKEN).is_superuser
    assert tracker(driver).site(1).goals == (goal,)
    assert tracker(driver).to_json() == again.snapshot().to_json()


def test_sites_added_at_the_same_time_get_numbers_of_their_own(start, driver):
    start().refresh()
    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(lambda _: start().add_site(SITE).idsite, range(12)))
    assert sorted(added) == list(range(1, 13))
    assert [site.idsite for site in tracker(driver).sites()] == list(range(1, 13))


def test_one_registry_may_be_used_by_several_threads(start, driver):
    registry = start()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: registry.add_site(SITE), range(12)))
    assert len(registry.sites()) == len(list(tracker(driver).sites())) == 12


def test_reset_empties_the_stores_and_keeps_the_token(start, driver):
    registry = start()
    registry.create_superuser("admin", TOKEN)
    registry.add_site(SITE)
    version = tracker(driver).version
    registry.reset({"Tracker.trust_visitors_cookies": 1}, driver.stores.reset)
    assert start().sites() == ()
    assert start().authenticate(TOKEN).is_superuser
    assert tracker(driver).version > version
    assert registry.add_site(replace(SITE, name="First")).idsite == 1
    assert tracker(driver).settings.flag("Tracker.trust_visitors_cookies")


def test_a_snapshot_that_was_deleted_comes_back_with_the_next_change(start, driver):
    registry = start()
    registry.add_site(SITE)
    driver.stores.objects.delete([SNAPSHOT_KEY])
    registry.add_site(SITE)
    assert [site.idsite for site in tracker(driver).sites()] == [1, 2]
