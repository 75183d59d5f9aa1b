"""Refreshing a day from its new hits gives, byte for byte, what making it anew gives, and reads only what it needs."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.day_hits import SITE, SiteWithHits
from tests.support.hit_rows import any_hit, hit, unique

DAY = date(2010, 3, 10)
MANY_VISITORS = [None, *range(1, 9)]
MANY_FINGERPRINTS = list(range(0xF0, 0xF9))
ROWS = st.lists(any_hit(MANY_VISITORS, MANY_FINGERPRINTS), min_size=2, max_size=30).map(unique)
EFFORT = settings(max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


class Reading:
    """Objects that note which hit files were read."""

    def __init__(self, objects):
        self._objects = objects
        self.read = []

    def __getattr__(self, name):
        return getattr(self._objects, name)

    def local_files(self, keys):
        self.read.extend(key for key in keys if key.startswith("hits/"))
        return self._objects.local_files(keys)


@pytest.fixture
def site():
    made = SiteWithHits()
    yield made
    made.close()


def made_anew(batches):
    """The log's content when all is there at once."""
    whole = SiteWithHits()
    for number, rows in enumerate(batches):
        whole.ingest(rows, f"batch-{number}")
    whole.ensure()
    contents, logs = whole.contents(), whole.logs()
    whole.close()
    return contents, logs


def read_files(site):
    """The hit files that bringing the site up to date reads."""
    sessions = site.sessions
    sessions._objects = Reading(site.stores.objects)
    sessions.ensure(SITE, DAY)
    return sessions._objects.read


@given(rows=ROWS, data=st.data())
@EFFORT
def test_any_increments_give_the_bytes_of_a_full_rebuild(rows, data):
    steps = data.draw(st.integers(2, 4))
    batches = [[] for _ in range(steps)]
    for row in rows:
        batches[data.draw(st.integers(0, steps - 1))].append(row)
    again = data.draw(st.lists(st.sampled_from(rows), max_size=3))
    batches[-1].extend(again)
    site = SiteWithHits()
    for number, batch in enumerate(batches):
        site.ingest(batch, f"batch-{number}")
        site.ensure()
        assert (site.contents(), site.logs()) == made_anew(batches[: number + 1])
    site.close()


def test_only_files_with_hits_of_the_visitors_who_came_are_read_again(site):
    for number in range(6):
        site.ingest([hit(60 * number, visitor=number)], f"batch-{number}")
    site.ensure()
    site.ingest([hit(900, visitor=3)], "late")
    read = read_files(site)
    assert sorted(key.rsplit("/", 1)[1] for key in read) == ["batch-3.parquet", "late.parquet"]
    assert len(site.visits("visitor_id")[DAY]) == 6


def test_a_new_hit_that_joins_two_visitors_has_both_made_again(site):
    site.ingest([hit(0, visitor=1, fingerprint=0xF1)], "one")
    site.ingest([hit(60, visitor=2, fingerprint=0xF2)], "two")
    site.ingest([hit(90, visitor=3, fingerprint=0xF3)], "three")
    site.ensure()
    site.ingest([hit(120, visitor=1, fingerprint=0xF2)], "joining")
    names = {key.rsplit("/", 1)[1] for key in read_files(site)}
    assert names == {"one.parquet", "two.parquet", "joining.parquet"}


@pytest.mark.parametrize("change", ["settings", "file", "mark", "earlier day"])
def test_all_is_read_again_when_in_doubt(site, change):
    site.ingest([hit(0, visitor=1)], "one")
    site.ingest([hit(60, visitor=2)], "two")
    site.ensure()
    site.ingest([hit(90, visitor=3)], "three")
    if change == "settings":
        site.settings["Tracker.visit_standard_length"] = 60
    if change == "file":
        (key,) = [info.key for info in site.stores.objects.listing("hits/") if info.key.endswith("one.parquet")]
        site.stores.objects.delete([key])
    if change == "mark":
        site.ensure()
        site.stores.archive_state.update(f"site#{SITE}", f"day#{DAY}", add={"mark": 1})
    if change == "earlier day":
        site.ingest([hit(-86_400, visitor=9)], "earlier")
    files = {info.key for info in site.stores.objects.listing("hits/") if "date=2010-03-10" in info.key}
    assert files <= set(read_files(site))
