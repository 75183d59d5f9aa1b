"""What Matomo archives and what may stand in a segment, against what the default plugins declare."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.visit_log import log_table
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.segments import Segments
from tidemark.model.custom_dimension import CustomDimension
from tidemark.model.goal import Goal
from tidemark.model.settings import DEFAULTS, Settings
from tidemark.model.site import Site
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.tracked_site import TrackedSite, site_document
from tidemark.plugin.plugin import load_plugins
from tidemark.plugin.record import Measure, Merge, Ratio, Record, Source

SPEC = Path(__file__).resolve().parents[4] / "shared" / "spec"
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not SPEC.is_dir(), reason="the specification is not here")]

ELSEWHERE = {
    "nb_uniq_fingerprints": "made for unique visitors over several sites, which are not offered",
    "Actions_sum_time_generation": "nothing stores generation times since Matomo 4",
    "Actions_nb_hits_with_time_generation": "nothing stores generation times since Matomo 4",
    "VisitFrequency (no own record)": "read from the archives of two segments",
    "done{segmentHash}[.{plugin}]": "state and inputs stand in the archive's item",
    "{record}_chunk_{start}_{end}": "subtables stand in the record's frame",
}
"""Rows of records.csv that are no record here, and why."""
NO_COLUMN = {
    "goals": "goals have tables of columns of their own",
    "sum_time_generation": "nothing stores generation times since Matomo 4",
    "nb_hits_with_time_generation": "nothing stores generation times since Matomo 4",
    "min_time_generation": "nothing stores generation times since Matomo 4",
    "max_time_generation": "nothing stores generation times since Matomo 4",
    "nb_uniq_fingerprints": "made for unique visitors over several sites, which are not offered",
    "sum_bandwidth": "bytes are told by day and by segment; recorded tables of pages have none",
    "min_bandwidth": "bytes are told by day and by segment; recorded tables of pages have none",
    "max_bandwidth": "bytes are told by day and by segment; recorded tables of pages have none",
    "nb_hits_with_bandwidth": "bytes are told by day and by segment; recorded tables of pages have none",
}
"""Columns of metrics.csv that no table has here, and why."""
DIMENSIONS = "CustomDimensions_"
NAMED = {"revenue (items)": "revenue", "(no name)": "has_no_result", "price_viewed": "avg_price_viewed"}
"""Columns of metrics.csv by their names in answers."""
MERGES = {"sum": Merge.SUM, "min": Merge.MIN, "max": Merge.MAX}
MADE_OF = re.compile(r"goal_\{idGoal\}_|_(new|returning)(_visit)?$")
"""What is added to the name of a metric that a goal, or new or returning visits, have of their own."""
LIMIT = re.compile(r"datatable_archiving_maximum_rows\w+")


def rows(name: str) -> list[dict[str, str]]:
    with (SPEC / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def site() -> TrackedSite:
    """A shop with a goal and dimensions of both scopes."""
    goals = [Goal(1, 1, "Buy; now, at 100 %", "url", "x", "contains"), Goal(1, 2, "Read", "url", "y", "contains")]
    dimensions = [CustomDimension(1, 1, "a", 1, "visit"), CustomDimension(1, 2, "b", 1, "action")]
    shop = Site(1, "Shop", "http://example.org", 0, ecommerce=True)
    snapshot = TrackerSnapshot(1, "salt", Settings(), documents={1: site_document(shop, goals, dimensions)})
    found = snapshot.site(1)
    assert found is not None
    return found


def expanded(name: str) -> Iterator[str]:
    """The names that a row of the specification stands for at the site."""
    if several := re.fullmatch(r"(.*)\{1\.\.5\}", name):
        yield from (f"{several[1]}{number}" for number in range(1, 6))
    elif "{idDimension}" in name:
        yield from (name.replace("{idDimension}", str(number)) for number in (1, 2))
    else:
        yield name


def declared() -> dict[str, object]:
    """Records and numbers that are declared, by Matomo's names."""
    plugins = load_plugins()
    names = {one.name.replace("{idgoal}", "{idGoal}"): one for one in (*plugins.records(site()), *plugins.numbers())}
    return names | {name.replace("{idGoal}", goal): one for name, one in names.items() for goal in ("0", "-1")}


@pytest.mark.parametrize("row", rows("records.csv") if SPEC.is_dir() else [], ids=lambda row: row["record"])
def test_every_record_is_declared_with_its_limits_and_order(row):
    if row["record"] in ELSEWHERE:
        return
    for listed in row["record"].split(", "):
        for name in expanded(listed):
            found = declared()[name]
            assert isinstance(found, Record) == (row["type"] == "blob")
            if isinstance(found, Record):
                check_limits(found, row["row_limit_config"])


def check_limits(record: Record, config: str) -> None:
    """The limits have the settings of the specification, which have the defaults that stand in brackets."""
    limits = [name for name in (record.limit.rows, record.limit.subtable_rows) if name]
    if config in {"none", "-"}:
        assert limits == []
        return
    if record.name.startswith("CustomVariables"):
        config = config.removeprefix("datatable_archiving_maximum_rows_custom_variables, else ").replace(
            "...", "datatable_archiving_maximum_rows"
        )
    named, *of_subtables = config.split(" / ")
    assert limits[0] == f"General.{LIMIT.findall(named)[0]}"
    assert len(limits) == 1 + len(of_subtables)
    for limit, text in zip(limits, (named, *of_subtables), strict=True):
        if default := re.search(r"\((\d+)\)", text):
            assert int(default[1]) == DEFAULTS[limit]


@cache
def columns() -> dict[str, set[Merge]]:
    """How the columns of all tables are merged above the day, by their names there and on days.

    Those of custom dimensions are not in it: Matomo names no ways of merging for them, and adds all up.
    """
    found: dict[str, set[Merge]] = {}
    for record in load_plugins().records(site()):
        if record.name.startswith(DIMENSIONS):
            continue
        for measure in (one for part in record.parts for one in part.metrics):
            merge = Merge.SUM if isinstance(measure, Ratio) else measure.merge
            found.setdefault(measure.name, set()).add(merge)
            if isinstance(measure, Measure) and measure.daily_sum:
                found.setdefault(measure.daily_sum, set()).add(merge)
    return found


def test_every_column_of_custom_dimensions_but_the_most_actions_is_added_up():
    records = [one for one in load_plugins().records(site()) if one.name.startswith(DIMENSIONS)]
    measures = [one for record in records for part in record.parts for one in part.metrics]
    assert {one.merge for one in measures if isinstance(one, Measure) and one.name != "max_actions"} == {Merge.SUM}


METRICS = rows("metrics.csv") if SPEC.is_dir() else []


@pytest.mark.parametrize("row", [one for one in METRICS if "column" in one["scope"]], ids=lambda row: row["name"])
def test_every_column_of_tables_is_declared_and_merged_as_specified(row):
    if row["name"] in NO_COLUMN:
        assert row["name"] not in columns()
        return
    merges = columns()[NAMED.get(row["name"], row["name"])]
    expected = MERGES.get(row["period_aggregation"].split()[0])
    assert expected is None or merges == {expected}
    if renamed := re.search(r"renamed to (\d+)", row["period_aggregation"]):
        name = next(one["name"] for one in METRICS if one["id"] == renamed[1] and one["scope"] == row["scope"])
        assert name in columns()


@cache
def metrics() -> set[str]:
    """Names of all metrics that reports tell, and of what they are made from."""
    found = set(columns())
    for plugin in load_plugins().all:
        found.update(metric.name for metric in plugin.metrics)
        for report in plugin.reports:
            found.update(report.metrics, report.numbers, report.labels)
            found.update(getattr(one, "name", one) for one in report.processed)
            if report.goal_metrics is not None:
                found.update(report.goal_metrics.types)
    return found


@pytest.mark.parametrize(
    "row", [one for one in METRICS if one["scope"].endswith("metric")], ids=lambda row: row["name"]
)
def test_every_metric_is_told(row):
    assert row["name"] in metrics() or MADE_OF.sub("", row["name"]) in metrics()


VISITS = [
    {
        "idvisit": number,
        "visitor_id": number % 3,
        "fingerprint": number,
        "location_ip": address,
        "is_profilable": bool(number % 2),
        "visit_first_action_time": 1_709_640_000 + number,
        "visit_last_action_time": 1_709_650_000 + 7 * number,
        "visit_total_actions": number,
        "visit_total_time": 10 * number,
        "visit_entry_url": "example.org/a",
        "visit_entry_type": 1,
        "referer_type": 1 + number % 3,
        "custom_dimensions": '{"1":"x"}' if number == 1 else None,
    }
    for number, address in enumerate(["9.0.0.1", "10.0.0.0", "130.5.0.0", None, "2001:db8::1"])
]
ACTIONS = [
    {"idvisit": number, "server_time": 1_709_650_000, "action_type": kind, "url": "example.org/a", "title": "A"}
    for number, kind in ((0, 1), (0, 2), (1, 3), (2, 10))
]
CONVERSIONS = [{"idvisit": 0, "idgoal": 1, "revenue": 3.0}, {"idvisit": 2, "idgoal": 0, "order_id": "7"}]
ITEMS = [{"idvisit": 2, "sku": "s", "name": "n", "categories": ["c"], "price": 2.0, "quantity": 1}]


@cache
def catalogue() -> Catalogue:
    return Catalogue.of(load_plugins())


def chosen(text: str) -> set[int]:
    dimensions = load_plugins().dimensions()
    tables = {
        source: log_table(source.value, rows, dimensions)
        for source, rows in (
            (Source.VISITS, VISITS),
            (Source.ACTIONS, ACTIONS),
            (Source.CONVERSIONS, CONVERSIONS),
            (Source.ITEMS, ITEMS),
        )
    }
    segments = Segments(catalogue())
    found = segments.filtered(tables, segments.check(text), {"idsite": 1, "utc_offset_seconds": 0}, site())
    return set(found[Source.VISITS]["idvisit"].to_pylist())


ALL = set(range(len(VISITS)))
SEGMENTS = rows("segments.csv") if SPEC.is_dir() else []


@pytest.mark.parametrize("row", SEGMENTS, ids=lambda row: row["segment"])
def test_every_segment_takes_its_operators(row):
    """Whatever is asked of a segment has an answer; what is and what is not are everything."""
    value = {"visitIp": "10.0.0.0", **dict.fromkeys(("visitorId", "fingerprint"), "0" * 15 + "1")}.get(
        row["segment"], "1"
    )
    for name in expanded(row["segment"]):
        found = {operator: chosen(f"{name}{operator}{value}") for operator in row["operators"].split()}
        for operator, contrary in (("==", "!="), ("=@", "!@")):
            if contrary in found:
                assert found[operator] | found[contrary] == ALL
                assert not found[operator] & found[contrary] or row["segment"].startswith(("product", "action"))
        assert chosen(f"{name}==") | chosen(f"{name}!=") == ALL
        if ">" in found:
            assert found[">"] <= found[">="]
            assert found["<"] <= found["<="]


@pytest.mark.parametrize(
    ("text", "visits"),
    [
        ("visitIp==10.0.0.0", {1}),
        ("visitIp>=9.0.0.0;visitIp<=10.255.255.255", {0, 1}),
        ("visitIp>9.0.0.1;visitIp<=130.5.0.0", {1, 2, 4}),  # by their bytes, as Matomo does
        ("visitIp>=2001:db8::;visitIp<=2001:db8:0:0::ffff", {4}),
        ("visitIp!=10.0.0.0", {0, 2, 3, 4}),
        ("visitIp==no%20address", set()),
        ("visitConvertedGoalName==buy%5C%3B%20now%5C%2C%20at%20100%20%25", set()),
        ("visitConvertedGoalName=@100 %25", {0}),
        ("visitConvertedGoalName==Read", set()),
        ("visitConvertedGoalName!@Buy", {1, 2, 3, 4}),
        ("visitConvertedGoalId==0", {2}),
        ("dimension1==x", {1}),
        ("bandwidth>1", set()),
    ],
)
def test_values_of_segments(text, visits):
    assert chosen(text) == visits
