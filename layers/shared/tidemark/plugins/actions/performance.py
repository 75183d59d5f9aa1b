"""Average timings of page views, computed from the sums that page tables hold. Source: Matomo 5.2, metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tidemark.model.timings import TIMINGS
from tidemark.plugin import ProcessedMetric, ratio
from tidemark.plugin.metrics import as_number

LABELS = {
    "time_network": ("Avg. network time", "connecting to the server"),
    "time_server": ("Avg. server time", "waiting for the server's first byte"),
    "time_transfer": ("Avg. transfer time", "downloading the page"),
    "time_dom_processing": ("Avg. DOM processing time", "parsing until people can use the page"),
    "time_dom_completion": ("Avg. DOM completion time", "loading what the page embeds"),
    "time_on_load": ("Avg. on load time", "running what waits for the page to be loaded"),
}
AVERAGES = tuple(f"avg_{timing}" for timing in TIMINGS)
COLUMNS = tuple(f"{part}_{timing}" for timing in TIMINGS for part in ("sum", "nb_hits_with", "min", "max"))


def _average(timing: str) -> ProcessedMetric:
    name, about = LABELS[timing]
    total, hits = f"sum_{timing}", f"nb_hits_with_{timing}"

    average = ratio(f"avg_{timing}", name, total, hits, digits=3)
    return replace(
        average,
        type="duration_s",
        documentation=f"Time spent {about}, on average.",
        temporary=(total,),
        only_with=total,
        drops=(hits, f"min_{timing}", f"max_{timing}"),
        root_only=True,
        is_listed=False,
    )


def _load_time(columns: Mapping[str, Any]) -> float | int:
    return _sum(*map(columns.get, AVERAGES))


def _sum(*cells: Any) -> float | int:
    return sum(map(as_number, cells))


PAGE_LOAD_METRICS: tuple[ProcessedMetric, ...] = (
    *(_average(timing) for timing in TIMINGS),
    ProcessedMetric(
        "avg_page_load_time",
        "Avg. page load time",
        AVERAGES,
        _load_time,
        "duration_s",
        "Time from asking for the page to everything being loaded, on average.",
        root_only=True,
        is_listed=False,
        of_cells=_sum,
    ),
)
