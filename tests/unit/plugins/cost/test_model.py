"""The cost model: what was counted, times traffic, times prices."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tidemark.local.template import ScheduleTrigger, find_template, read_template, read_wiring
from tidemark.plugins.cost import model, prices
from tidemark.plugins.cost.model import GIGABYTES, RUNS, Traffic, Usage, dollars, total, usage

ROOT = find_template().parent
MILLION = 1_000_000
CDN = ("CDN requests",)


@pytest.fixture(scope="module")
def table():
    sys.path.insert(0, str(Path(ROOT, "bench")))
    try:
        import cost_table
    finally:
        sys.path.pop(0)
    return cost_table


def test_the_targets_are_met(table):
    missed = {name: one for name, one in table.targets().items() if one["value"] > one["target"]}
    assert not missed


def test_the_page_has_the_tables_of_the_counts(table):
    page = table.PAGE.read_text(encoding="utf-8")
    assert page == table.written(page), "make cost"


def test_more_hits_cost_more_and_bulks_cost_less():
    months = [total(dollars(usage(Traffic(hits)))) for hits in (0, 100_000, MILLION, 100 * MILLION)]
    assert months == sorted(months)
    single, bulk = (total(dollars(usage(Traffic(MILLION, bulk_hits=many)))) for many in (0, MILLION))
    assert bulk < single


def test_what_is_free_is_taken_from_each_line_once():
    used = Usage(sqs_requests=1_500_000, s3_reads=MILLION)
    paid, free = dollars(used), dollars(used, free_tier=True)
    assert paid["queue"] == pytest.approx(0.60)
    assert free["queue"] == pytest.approx(0.20)
    assert free["storage"] == paid["storage"] == pytest.approx(0.40)


def test_tables_are_free_as_far_as_the_free_capacity_reaches():
    few, many = Usage(read_units=6e6, write_units=6e6), Usage(read_units=6e6, write_units=7e6)
    assert dollars(few, free_tier=True)["tables"] == 0
    assert dollars(many, free_tier=True)["tables"] == dollars(many)["tables"] > 0


def test_the_free_capacity_is_that_of_the_template():
    template = read_template(find_template())
    tables = [one for one in template["Resources"].values() if one["Type"] == "AWS::DynamoDB::Table"]
    units, rest = divmod(prices.FREE_TABLE_UNITS, len(tables))
    assert rest == 0
    assert f" {units} is free for ever" in template["Parameters"]["TableUnits"]["Description"]


def test_the_memory_is_that_of_the_template():
    resources = read_template(find_template())["Resources"]
    default = read_template(find_template())["Globals"]["Function"]["MemorySize"]
    for name, gigabytes in GIGABYTES.items():
        properties = resources[f"{name.partition('_')[0].capitalize()}Function"]["Properties"]
        size = properties.get("MemorySize", default)
        wanted = 3538 if isinstance(size, dict) else size  # the default of BuildMemorySize
        assert gigabytes == pytest.approx(wanted / 1000, rel=0.03), name


def test_the_schedules_are_those_of_the_template():
    seconds = {
        one.function: one.every_seconds
        for one in read_wiring(find_template()).triggers
        if isinstance(one, ScheduleTrigger)
    }
    assert {f"{name.capitalize()}Function": model.MONTH_SECONDS / often for name, often in RUNS.items()} == seconds


def test_the_window_is_that_of_the_template():
    window = read_template(find_template())["Parameters"]["IngestBatchingWindowSeconds"]["Default"]
    assert window == model.WINDOW_SECONDS
