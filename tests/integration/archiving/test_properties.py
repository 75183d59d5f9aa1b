"""What holds for every table and number of the default plugins, whatever the hits."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.hit_rows import any_hit, table, unique
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.day import DayInputs, build_day
from tidemark.archiving.period import Child, merge_period
from tidemark.archiving.shapes import METRIC
from tidemark.archiving.sources import LOG_TABLE
from tidemark.archiving.tables import decode
from tidemark.archiving.tree import PARENT
from tidemark.model.period import PeriodKind
from tidemark.model.settings import Settings
from tidemark.model.site import Site
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.tracked_site import site_document
from tidemark.plugin.plugin import load_plugins
from tidemark.plugin.record import Merge
from tidemark.sessions.rules import Rules, own_columns
from tidemark.sessions.sessionise import NO_HISTORY, sessionise

PLUGINS = load_plugins()
CATALOGUE = Catalogue.of(PLUGINS)
DIMENSIONS = own_columns(PLUGINS.dimensions())
NO_LIMITS = Settings({name: 0 for name in CATALOGUE.settings if "maximum_rows" in name})
SITE = TrackerSnapshot(
    1,
    "salt",
    documents={1: site_document(Site(1, "Site", "https://example.org", ts_created=0, ecommerce=True), [], [])},
).site(1)
DAY = st.lists(any_hit(), min_size=1, max_size=15).map(unique)
DAYS = st.lists(DAY, min_size=3, max_size=3)
EFFORT = settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


def archived(rows):
    logs = sessionise(table(rows, DIMENSIONS), NO_HISTORY, Rules(1, dimensions=DIMENSIONS))
    tables = {source: logs[LOG_TABLE[source]] for source in CATALOGUE.needed}
    return build_day(DayInputs(tables, SITE, NO_LIMITS, {"idsite": 1, "utc_offset_seconds": 0}), CATALOGUE)


def child(content, day=1):
    return Child(
        content.numbers,
        content.frames.keys(),
        lambda name: decode(content.frames[name].data, content.frames[name].raw_bytes),
        date(2024, 1, day),
    )


def merged(kind, contents, days=(1, 2, 3)):
    """A period of contents that begin on these days."""
    children = [child(one, day) for one, day in zip(contents, days, strict=False)]
    return merge_period(kind, children, CATALOGUE, NO_LIMITS, keeps_sets=True)


def total(content, name, column):
    """The sum of a column over a stored main table."""
    if name not in content.frames:
        return 0
    stored = child(content).table(name)
    if METRIC + column not in stored.column_names:
        return 0
    return pc.sum(stored[METRIC + column].filter(pc.is_null(stored[PARENT]))).as_py() or 0


@given(days=DAYS)
@EFFORT
def test_sums_over_days_are_those_of_the_month_in_every_table(days):
    contents = [archived(rows) for rows in days]
    month = merged(PeriodKind.MONTH, contents)
    for name in {name for content in contents for name in content.frames if not name.startswith("set:")}:
        record = CATALOGUE.record_of(name)
        for column in CATALOGUE.shapes[record.name].columns:
            if column.merge is Merge.SUM and not column.leaf_only:
                of_days = sum(total(content, name, column.name) for content in contents)
                assert total(month, name, column.daily_sum or column.name) == of_days, (name, column.name)
    for number in CATALOGUE.numerics:
        if number.measure.merge is Merge.SUM and number.measure.daily_sum is None and not number.per_goal:
            of_days = sum(content.numbers.get(number.name, 0) for content in contents)
            assert abs(month.numbers.get(number.name, 0) - of_days) < 0.01


@given(days=DAYS, order=st.permutations([0, 1, 2]))
@EFFORT
def test_days_merged_in_any_order_are_the_same_bytes(days, order):
    contents = [archived(rows) for rows in days]
    in_order = merged(PeriodKind.MONTH, contents)
    otherwise = merged(PeriodKind.MONTH, [contents[place] for place in order], [place + 1 for place in order])
    assert otherwise == in_order


@given(days=DAYS)
@EFFORT
def test_days_merged_in_any_grouping_are_the_same_bytes(days):
    first, second, third = (archived(rows) for rows in days)
    at_once = merged(PeriodKind.MONTH, [first, second, third])
    in_steps = merged(PeriodKind.MONTH, [merged(PeriodKind.WEEK, [first, second]), third], days=(1, 3))
    other_steps = merged(PeriodKind.MONTH, [first, merged(PeriodKind.WEEK, [second, third], days=(2, 3))])
    assert at_once.frames.keys() == in_steps.frames.keys() == other_steps.frames.keys()
    for name, frame in at_once.frames.items():
        assert in_steps.frames[name] == frame == other_steps.frames[name], name
    assert at_once.numbers == in_steps.numbers == other_steps.numbers


@given(days=DAYS)
@EFFORT
def test_unique_visitors_of_a_period_are_exact(days):
    contents = [archived(rows) for rows in days]
    month = merged(PeriodKind.MONTH, contents)
    for number in ("nb_uniq_visitors", "nb_users"):
        name = f"set:{number}"
        ids = [child(one).table(name)["id"] for one in contents if name in one.frames]
        exact = len(pc.unique(pa.chunked_array([chunk for column in ids for chunk in column.chunks], pa.uint64())))
        assert month.numbers.get(number, 0) == exact
        of_days = [one.numbers.get(number, 0) for one in contents]
        assert max(of_days) <= exact <= sum(of_days)
