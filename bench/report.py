"""Warm reports, in process, without the network: CPU time from the parsed request to the answer's bytes."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pyarrow.parquet as pq

from synthetic import DAY_START, synthetic_hits
from tidemark.bootstrap import Instance, settle
from tidemark.clock import SettableClock
from tidemark.config import Config
from tidemark.model.site import Site
from tidemark.reporting.request import ApiRequest
from tidemark.sessions.rules import own_columns
from tidemark.stores.embedded.instance import open_stores

TOKEN = "0123456789abcdef0123456789abcdef"
DAY = "2026-01-05"
ROUNDS = 60
REPORTS: tuple[dict[str, Any], ...] = (
    {"method": "Actions.getPageTitles", "filter_limit": 500},
    {"method": "Actions.getPageUrls"},
    {"method": "Actions.getEntryPageUrls"},
    {"method": "VisitsSummary.get"},
    {"method": "DevicesDetection.getBrowsers"},
    {"method": "Referrers.getReferrerType"},
    {"method": "Referrers.getWebsites"},
    {"method": "VisitTime.getVisitInformationPerServerTime"},
    {"method": "API.get"},
)
"""What a dashboard asks for, tables cut at Matomo's limits; every one as often as the others."""
FLAT_500 = {"method": "Actions.getPageUrls", "flat": 1, "filter_limit": 500}
FLAT_10K = {"method": "Actions.getPageUrls", "flat": 1, "filter_limit": 10_000}
NO_LIMITS = {
    "General.datatable_archiving_maximum_rows_actions": 0,
    "General.datatable_archiving_maximum_rows_subtable_actions": 0,
}


@contextmanager
def archived_day(hits: int, visits: int, urls: int, settings: Mapping[str, int]) -> Iterator[Instance]:
    """An instance with these settings, one site and one synthetic day."""
    clock = SettableClock()
    clock.set(DAY_START + 3 * 86_400)
    stores = open_stores(ephemeral=True)
    instance = Instance(Config(), clock, stores)
    registry = instance.registry()
    registry.create_superuser("admin", TOKEN)
    registry.set_settings(settings)
    registry.add_site(Site(0, "Bench", "https://example.org", ts_created=DAY_START - 86_400))
    instance.reporter()
    settle()  # as the function does when it is loaded
    dimensions = own_columns(instance.plugins().dimensions())
    file = io.BytesIO()
    pq.write_table(synthetic_hits(hits, visits, urls, dimensions=dimensions), file, compression="zstd")
    stores.objects.put(f"hits/site=1/date={DAY}/hour=00/bench.parquet", file.getvalue())
    stores.archive_state.update("site#1", f"day#{DAY}", add={"mark": 1})
    try:
        yield instance
    finally:
        stores.close()


def ask(instance: Instance, **params: Any) -> bytes:
    """The answer's bytes."""
    call = {"module": "API", "idSite": 1, "period": "day", "date": DAY, "format": "json", "token_auth": TOKEN, **params}
    response = instance.reporter().handle(ApiRequest(form=urlencode(call)))
    assert response.status == 200, response.body[:300]
    assert b'"result":"error"' not in response.body, response.body[:300]
    return response.body


def milliseconds(instance: Instance, params: dict[str, Any], rounds: int) -> list[float]:
    """CPU time of each warm call."""
    ask(instance, **params)
    taken = []
    for _ in range(rounds):
        started = time.process_time()
        ask(instance, **params)
        taken.append((time.process_time() - started) * 1000)
    return taken


def measure() -> dict[str, dict[str, Any]]:
    """The figures of design.md, section 8."""
    with archived_day(hits=120_000, visits=24_000, urls=20_000, settings={}) as instance:
        by_report = [milliseconds(instance, report, ROUNDS) for report in REPORTS]
        flat_500 = milliseconds(instance, FLAT_500, ROUNDS)
    with archived_day(hits=200_000, visits=40_000, urls=40_000, settings=NO_LIMITS) as instance:
        flat = milliseconds(instance, FLAT_10K, 10)
        rows = ask(instance, **FLAT_10K).count(b'"label":')
    assert rows >= 10_000, rows
    taken = [one for report in by_report for one in report]
    return {
        "report_p50_ms": {"value": statistics.median(taken), "unit": "ms CPU", "target": 50},
        "report_p95_ms": {"value": percentile_95(taken), "unit": "ms CPU", "target": 50},
        "report_500_rows_p95_ms": {"value": percentile_95(by_report[0]), "unit": "ms CPU", "target": 30},
        "report_flat_500_of_5000_p95_ms": {"value": percentile_95(flat_500), "unit": "ms CPU", "target": None},
        "report_flat10k_ms": {"value": statistics.median(flat), "unit": "ms CPU", "target": 250},
    }


def percentile_95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


if __name__ == "__main__":
    for name, figure in measure().items():
        print(f"{name:28} {figure['value']:>10.2f} {figure['unit']}")
