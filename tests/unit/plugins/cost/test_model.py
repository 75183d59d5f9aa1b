"""The cost model: what was counted, times traffic, times prices."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tidemark.local.template import ScheduleTrigger, find_template, read_template, read_wiring
from tidemark.plugins.cost import model
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
    """But one: S3 and tables on demand have no share that is always free, so an idle month is a cent, not nothing."""
    targets = table.targets()
    assert targets.pop("usd_idle_month_in_free_tier")["value"] < 0.015
    missed = {name: one for name, one in targets.items() if one["value"] > one["target"]}
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
