"""Properties of merged archives, whatever the visits."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.archives import archives_of
from tidemark.model.period import Period, PeriodKind
from tidemark.plugin import GOAL_METRICS, Dimension, Limit, Part, Plugin, Record, Scope, Segment, Source, col, record
from tidemark.plugin.record import UNLIMITED
from tidemark.plugins.visits_summary.records import NUMBERS

FIRST = date(2024, 3, 4)  # a Monday
BROWSER = Dimension("browser", Scope.VISIT, lambda hit: None, on_conversion=True)
VERSION = Dimension("version", Scope.VISIT, lambda hit: None, on_conversion=True)
LEVELS = (col("browser"), col("version"))
CUT = Limit("General.datatable_archiving_maximum_rows_standard", "General.datatable_archiving_maximum_rows_events")
PLUGIN = Plugin(
    "P",
    dimensions=(BROWSER, VERSION),
    segments=(Segment("browserCode", "Browser", "", col("browser")),),
    records=(
        record("P_all", LEVELS, goals=True, limit=UNLIMITED),
        record("P_cut", LEVELS, goals=True, limit=CUT),
        Record("P_sums", (Part(Source.CONVERSIONS, LEVELS, GOAL_METRICS, per_goal=True),), goal_sums=True),
    ),
    numbers=NUMBERS,
)
LABELS = st.sampled_from(["FF", "CH", "", "-1", "a\x1fb", "\x1e2", None])
VISIT = st.fixed_dictionaries(
    {
        "visitor_id": st.integers(1, 5),
        "user_id": st.sampled_from([None, "u", "v"]),
        "visit_total_actions": st.integers(0, 4),
        "visit_total_time": st.integers(0, 900),
        "visit_goal_converted": st.integers(0, 1),
        "browser": LABELS,
        "version": LABELS,
    }
)
CONVERSION = st.fixed_dictionaries(
    {
        "idvisit": st.integers(1, 3),
        "idgoal": st.sampled_from([-1, 0, 1, 2]),
        "revenue": st.sampled_from([0.0, 0.1, 0.2, 19.99, 1e9]),
        "items": st.integers(0, 3),
        "browser": LABELS,
        "version": LABELS,
    }
)
DAYS = st.lists(st.tuples(st.lists(VISIT, max_size=6), st.lists(CONVERSION, max_size=5)), min_size=1, max_size=5)
SUMMED = ("nb_visits", "nb_actions", "sum_visit_length", "bounce_count", "nb_visits_converted")
EFFORT = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def fill(bench, days):
    number = 0
    for offset, (visits, conversions) in enumerate(days):
        if not visits:
            continue
        rows = [{"idvisit": number + place, **visit} for place, visit in enumerate(visits, 1)]
        number += len(visits)
        bench.logs.set_day(1, FIRST + timedelta(days=offset), {"visits": rows, "conversions": conversions})


def day_periods(days):
    return [Period.day(FIRST + timedelta(days=offset)) for offset in range(len(days))]


def total(table, column):
    return sum(row.get(column, 0) for row in table)


@given(days=DAYS)
@EFFORT
def test_sum_of_days_is_the_month(days):
    with archives_of(PLUGIN) as bench:
        fill(bench, days)
        month = Period.containing(PeriodKind.MONTH, FIRST)
        found = bench.room.reader.numbers([1], [*day_periods(days), month], SUMMED)
        for name in SUMMED:
            assert found[1, month].get(name, 0) == sum(found[1, day].get(name, 0) for day in day_periods(days))
        for name in ("P_all", "P_cut"):
            merged = bench.room.reader.table(1, month, name)
            for column in ("nb_visits", "sum_visit_length", "nb_conversions"):
                of_days = sum(total(bench.room.reader.table(1, day, name), column) for day in day_periods(days))
                assert total(merged, column) == of_days


@given(days=DAYS)
@EFFORT
def test_a_period_is_the_same_in_whatever_steps_it_is_merged(days):
    with archives_of(PLUGIN) as bench:
        fill(bench, days)
        week = Period.containing(PeriodKind.WEEK, FIRST)
        month = Period.containing(PeriodKind.MONTH, FIRST)
        by_week = Period.range(week.first, week.last)
        archives = [bench.room.archiver.ensure(1, period) for period in (week, month, by_week)]
        if archives[0] is None:
            return
        for name in ("P_all", "P_sums"):
            tables = [bench.room.reader.table(1, period, name, expanded=True) for period in (week, month, by_week)]
            assert tables[0] == tables[1] == tables[2]
        frames = [{name: place.length for name, place in archive.index.items()} for archive in archives[:2]]
        assert frames[0] == frames[1]


@given(days=DAYS)
@EFFORT
def test_a_segment_and_its_contrary_are_all_visits(days):
    with archives_of(PLUGIN) as bench:
        fill(bench, days)
        week = Period.containing(PeriodKind.WEEK, FIRST)
        reader = bench.room.reader
        parts = [reader.numbers([1], [week], SUMMED, text)[1, week] for text in ("browserCode==FF", "browserCode!=FF")]
        whole = reader.numbers([1], [week], SUMMED)[1, week]
        assert whole == {name: value for name in SUMMED if (value := sum(part.get(name, 0) for part in parts))}


@given(days=DAYS)
@EFFORT
def test_unique_visitors_of_two_segments_together_are_at_most_those_of_both(days):
    with archives_of(PLUGIN) as bench:
        fill(bench, days)
        week = Period.containing(PeriodKind.WEEK, FIRST)
        names = ("nb_uniq_visitors", "nb_users", "nb_visits")
        one, other, either = (
            bench.room.reader.numbers([1], [week], names, text)[1, week]
            for text in ("browserCode==FF", "browserCode==CH", "browserCode==FF,browserCode==CH")
        )
        for name in names:
            both = one.get(name, 0) + other.get(name, 0)
            assert max(one.get(name, 0), other.get(name, 0)) <= either.get(name, 0) <= both
        assert either.get("nb_visits", 0) == one.get("nb_visits", 0) + other.get("nb_visits", 0)


@given(days=DAYS)
@EFFORT
def test_unique_visitors_lie_between_the_largest_day_and_the_sum_of_days(days):
    with archives_of(PLUGIN) as bench:
        fill(bench, days)
        week = Period.containing(PeriodKind.WEEK, FIRST)
        names = ("nb_uniq_visitors", "nb_users", "nb_visits")
        found = bench.room.reader.numbers([1], [*day_periods(days), week], names)
        for name, column in (("nb_uniq_visitors", "visitor_id"), ("nb_users", "user_id")):
            of_days = [found[1, day].get(name, 0) for day in day_periods(days)]
            exact = {visit[column] for visits, _ in days for visit in visits} - {None}
            assert max(of_days) <= found[1, week].get(name, 0) <= sum(of_days)
            assert found[1, week].get(name, 0) == len(exact)


@given(days=DAYS, limit=st.integers(-1, 4))
@EFFORT
def test_cut_tables_keep_their_limit_and_lose_nothing(days, limit):
    with archives_of(PLUGIN) as bench:
        bench.set_settings(
            General__datatable_archiving_maximum_rows_standard=limit,
            General__datatable_archiving_maximum_rows_events=limit,
        )
        fill(bench, days)
        for period in (*day_periods(days), Period.containing(PeriodKind.WEEK, FIRST)):
            whole = bench.room.reader.table(1, period, "P_all", expanded=True)
            cut = bench.room.reader.table(1, period, "P_cut", expanded=True)
            assert total(cut, "nb_visits") == total(whole, "nb_visits")
            for table in (cut, *(row.subtable for row in cut if row.subtable is not None)):
                assert limit < 1 or len(table) <= limit
            for row in cut.rows:
                if row.subtable is not None:
                    assert total(row.subtable, "nb_visits") <= row.get("nb_visits", 0)
