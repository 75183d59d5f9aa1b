"""The core numeric records. Source: Matomo 5.2, records."""

from __future__ import annotations

from tidemark.plugin import VISIT_METRICS, Numeric, Source

NUMBERS: tuple[Numeric, ...] = tuple(Numeric(measure.name, Source.VISITS, measure) for measure in VISIT_METRICS)
"""Unique visitors and users are counted anew for every period, never summed."""
