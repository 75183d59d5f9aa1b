"""A giant day is made in parts, and its archive is the one that it would have been made at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.day_hits import ALWAYS, SITE, SiteWithHits
from tests.support.hit_rows import NOON, any_hit, table, unique
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.day import DayInputs, build_day, build_parts, can_split
from tidemark.archiving.sources import LOG_TABLE
from tidemark.model.settings import Settings
from tidemark.model.site import Site
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.tracked_site import site_document
from tidemark.plugin.plugin import load_plugins
from tidemark.sessions.hits import hit_columns
from tidemark.sessions.parts import parts_needed, read_part, split_hits
from tidemark.sessions.rules import Rules, own_columns
from tidemark.sessions.sessionise import NO_HISTORY, sessionise

PLUGINS = load_plugins()
CATALOGUE = Catalogue.of(PLUGINS)
DIMENSIONS = own_columns(PLUGINS.dimensions())
RULES = Rules(SITE, dimensions=DIMENSIONS)
AROUND = NOON - 86_400, NOON + 2 * 86_400
MANY_VISITORS = [None, *range(1, 12)]
MANY_FINGERPRINTS = list(range(0xF0, 0xFC))
DAYS = st.lists(any_hit(MANY_VISITORS, MANY_FINGERPRINTS), min_size=1, max_size=40).map(unique)
EFFORT = settings(max_examples=5, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


def inputs(logs):
    site = Site(SITE, "Site", "https://example.org", ts_created=0, ecommerce=True)
    tracked = TrackerSnapshot(1, "salt", documents={SITE: site_document(site, [], [])}).site(SITE)
    tables = {source: logs[LOG_TABLE[source]] for source in CATALOGUE.needed}
    return DayInputs(tables, tracked, Settings(), {"idsite": SITE, "utc_offset_seconds": 0})


def in_parts(rows, parts):
    """The logs of a day's parts, from files of a few hits each."""
    columns = hit_columns(DIMENSIONS)
    with TemporaryDirectory() as folder:
        paths = []
        for first in range(0, len(rows), 9):
            paths.append(f"{folder}/{first}.parquet")
            pq.write_table(table(rows[first : first + 9], DIMENSIONS), paths[-1])
        files = split_hits(paths, *AROUND, columns, parts, Path(folder))
        return [sessionise(read_part(file, columns), NO_HISTORY, RULES) for file in files]


@given(rows=DAYS, parts=st.sampled_from([2, 8]))
@EFFORT
def test_logs_of_parts_are_those_of_the_day(rows, parts):
    whole = sessionise(table(rows, DIMENSIONS), NO_HISTORY, RULES)
    made = in_parts(rows, parts)
    for name, expected in whole.items():
        found = [row for logs in made for row in logs[name].to_pylist()]
        key = "visitor_id" if name == "visitors" else "idvisit"
        order = {row[key]: place for place, row in reversed(list(enumerate(expected.to_pylist())))}
        assert sorted(found, key=lambda row: order[row[key]]) == expected.to_pylist()
    for one in ("visitor_id", "user_id"):
        seen = [set(logs["visits"][one].to_pylist()) - {None} for logs in made]
        assert sum(map(len, seen)) == len(set().union(*seen))


@given(rows=DAYS, parts=st.sampled_from([2, 8]), merged_at=st.sampled_from([1, 10**6]))
@EFFORT
def test_the_archive_of_parts_is_that_of_the_day_byte_for_byte(rows, parts, merged_at):
    expected = build_day(inputs(sessionise(table(rows, DIMENSIONS), NO_HISTORY, RULES)), CATALOGUE)
    with mock.patch("tidemark.archiving.day.MERGED_GROUPS", merged_at):
        found = build_parts((replace(inputs(logs), is_part=True) for logs in in_parts(rows, parts)), CATALOGUE)
    assert found == expected


def test_all_that_default_plugins_count_once_can_be_split():
    assert can_split(CATALOGUE)


@pytest.mark.parametrize(("hits", "parts"), [(0, 1), (100, 1), (101, 2), (201, 4), (800, 8), (10**9, 256)])
def test_a_day_has_as_many_parts_as_it_takes(hits, parts):
    assert parts_needed(hits, 100) == parts


@given(rows=DAYS)
@EFFORT
def test_a_day_over_the_size_is_published_in_parts_and_read_as_one(rows):
    whole, split = SiteWithHits(), SiteWithHits(part_hits=max(1, len(rows) // 4))
    for site in (whole, split):
        site.ingest(rows)
        site.ensure()
    for name in ("visits", "actions", "conversions", "items", "visitors"):
        tables = []
        for site in (whole, split):
            made = [row for log in site.sessions.days(SITE, *ALWAYS) for row in site.rows(log, name)]
            tables.append(sorted(map(repr, made)))
        assert tables[0] == tables[1]
    again = split.contents()
    split.ensure()
    assert split.contents() == again
    for site in (whole, split):
        site.close()
