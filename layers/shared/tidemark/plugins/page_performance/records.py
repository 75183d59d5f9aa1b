"""Sums of the timings of page views and how many have them. Source: Matomo 5.2, records (its spellings are kept)."""

from __future__ import annotations

from functools import reduce
from operator import add, or_

from tidemark.model.timings import TIMINGS
from tidemark.plugin import Numeric, Source, col, count, total

PARTS = {
    "time_network": ("PagePerformance_network_time", "PagePerformance_network_hits"),
    "time_server": ("PagePerformance_servery_time", "PagePerformance_server_hits"),
    "time_transfer": ("PagePerformance_transfer_time", "PagePerformance_transfer_hits"),
    "time_dom_processing": ("PagePerformance_domprocessing_time", "PagePerformance_domprocessing_hits"),
    "time_dom_completion": ("PagePerformance_domcompletion_time", "PagePerformance_domcompletion_hits"),
    "time_on_load": ("PagePerformance_onload_time", "PagePerformance_onload_hits"),
}
"""Numeric records of each timing: milliseconds and hits."""
LOAD_TIME, LOAD_HITS = "PagePerformance_pageload_time", "PagePerformance_pageload_hits"

_ALL = reduce(add, (col(timing) for timing in TIMINGS))
_ANY = reduce(or_, (col(timing).not_null() for timing in TIMINGS))

NUMBERS: tuple[Numeric, ...] = (
    *(
        number
        for timing, (time, hits) in PARTS.items()
        for number in (
            Numeric(time, Source.ACTIONS, total(time, col(timing))),
            Numeric(hits, Source.ACTIONS, count(hits, where=col(timing).not_null())),
        )
    ),
    Numeric(LOAD_TIME, Source.ACTIONS, total(LOAD_TIME, _ALL)),
    Numeric(LOAD_HITS, Source.ACTIONS, count(LOAD_HITS, where=_ANY)),
)
