"""What segments of a day add up to, in every row of every table of the default plugins, whatever the hits."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.hit_rows import any_hit, table, unique
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.day import DayInputs, build_day
from tidemark.archiving.segments import Segments
from tidemark.archiving.shapes import METRIC
from tidemark.archiving.sources import LOG_TABLE
from tidemark.archiving.tables import decode
from tidemark.archiving.tree import LABEL, PARENT
from tidemark.model.settings import Settings
from tidemark.model.site import Site
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.tracked_site import site_document
from tidemark.plugin.plugin import load_plugins
from tidemark.plugin.record import Aggregate, Measure, Merge
from tidemark.sessions.rules import Rules, own_columns
from tidemark.sessions.sessionise import NO_HISTORY, sessionise

PLUGINS = load_plugins()
CATALOGUE = Catalogue.of(PLUGINS)
SEGMENTS = Segments(CATALOGUE)
DIMENSIONS = own_columns(PLUGINS.dimensions())
NO_LIMITS = Settings({name: 0 for name in CATALOGUE.settings if "maximum_rows" in name})
PARAMETERS = {"idsite": 1, "utc_offset_seconds": 0}
SITE = TrackerSnapshot(
    1,
    "salt",
    documents={1: site_document(Site(1, "Site", "https://example.org", ts_created=0, ecommerce=True), [], [])},
).site(1)
DAY = st.lists(any_hit(), min_size=1, max_size=15).map(unique)
HALVES = (
    ("actions>1", "actions<=1"),
    ("visitDuration<300", "visitDuration>=300"),
    ("visitorType==new", "visitorType!=new"),
    ("referrerType==campaign", "referrerType!=campaign"),
    ("userId==ann", "userId!=ann"),
    ("pageUrl=@/300", "pageUrl!@/300"),
    ("eventCategory==c", "eventCategory!=c"),
    ("visitConvertedGoalId==2", "visitConvertedGoalId!=2"),
    ("productSku==s1", "productSku!=s1"),
    ("actions>1;userId==ann", "actions<=1,userId!=ann"),
)
"""Segments, and those of all other visits."""
SOME = st.sampled_from([half for pair in HALVES for half in pair])
EFFORT = settings(max_examples=4, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


def archived(rows, *segments):
    """The archives of a day: of all visits, and of these segments."""
    logs = sessionise(table(rows, DIMENSIONS), NO_HISTORY, Rules(1, dimensions=DIMENSIONS))
    tables = {source: logs[LOG_TABLE[source]] for source in CATALOGUE.needed}
    chosen = [SEGMENTS.filtered(tables, SEGMENTS.check(one), PARAMETERS, SITE) for one in segments]
    return [build_day(DayInputs(one, SITE, NO_LIMITS, PARAMETERS), CATALOGUE) for one in (tables, *chosen)]


def cells(content, is_wanted):
    """The values that are wanted of all rows of all tables, by table, path and column; 0 and nothing are left out."""
    found = {}
    for name, frame in content.frames.items():
        if name.startswith("set:"):
            continue
        stored = decode(frame.data, frame.raw_bytes).to_pylist()
        columns = [one for one in CATALOGUE.shapes[CATALOGUE.record_of(name).name].columns if is_wanted(one)]
        paths = []
        for row in stored:
            paths.append((*(() if row[PARENT] is None else paths[row[PARENT]]), row[LABEL]))
            for column in columns:
                if value := row.get(METRIC + column.name):
                    found[name, paths[-1], column.name] = value
    return found


def is_additive(column):
    return column.merge is Merge.SUM and column.daily_sum is None and not column.leaf_only


def is_unique(column):
    return column.daily_sum is not None


def added(*found):
    total = {}
    for one in found:
        for key, value in one.items():
            total[key] = total.get(key, 0) + value
    return total


@given(rows=DAY, halves=st.sampled_from(HALVES))
@EFFORT
def test_a_segment_and_all_other_visits_are_all_visits(rows, halves):
    whole, one, other = archived(rows, *halves)
    assert added(cells(one, is_additive), cells(other, is_additive)) == cells(whole, is_additive)
    for number in CATALOGUE.numerics:
        measure: Measure = number.measure
        if measure.merge is Merge.SUM and measure.aggregate is not Aggregate.DISTINCT and not number.per_goal:
            both = one.numbers.get(number.name, 0) + other.numbers.get(number.name, 0)
            assert abs(both - whole.numbers.get(number.name, 0)) < 0.01, number.name


@given(rows=DAY, first=SOME, second=SOME)
@EFFORT
def test_either_of_two_segments_has_no_more_unique_visitors_than_both_together(rows, first, second):
    _, one, other, either = archived(rows, first, second, f"{first},{second}")
    if ";" in first + second or "," in first + second:
        return  # AND binds more loosely than OR: there is no way to write this
    sums = added(cells(one, is_unique), cells(other, is_unique))
    for key, value in cells(either, is_unique).items():
        assert value <= sums.get(key, 0), key
    for name in ("nb_uniq_visitors", "nb_users", "nb_visits"):
        assert either.numbers.get(name, 0) <= one.numbers.get(name, 0) + other.numbers.get(name, 0)
        assert either.numbers.get(name, 0) >= max(one.numbers.get(name, 0), other.numbers.get(name, 0))
