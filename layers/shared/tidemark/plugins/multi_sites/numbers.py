"""The numbers of sites in periods and in those before them. Source: Matomo 5.2, MultiSites API (evolution)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tidemark.model.past_dates import earlier_date
from tidemark.model.period import ONE_DAY, Period, local_date, midnight_utc
from tidemark.model.rounding import round_half_up
from tidemark.model.table import PERIOD_METADATA, SITE_METADATA, table_leaves
from tidemark.model.time_zone import time_zone
from tidemark.plugin import Context
from tidemark.plugins.multi_sites.metrics import RATIO, SiteMetric

Numbers = Mapping[int, Mapping[str, Any]]
"""By site: column -> number; nothing for what is 0."""

_UTC: Final = time_zone("UTC")
_RATIO_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The numbers of sites in one period; `before` is the period that it is compared with, None: with nothing."""

    period: Period
    present: Numbers
    before: Period | None = None
    past: Numbers = field(default_factory=dict)
    ratios: Mapping[int, float] = field(default_factory=dict)

    def past_columns(self, idsite: int, metrics: Iterable[SiteMetric]) -> dict[str, Any]:
        """A site's numbers of the period before and how much of them to compare with."""
        if self.before is None:
            return {}
        past = self.past.get(idsite, {})
        return {RATIO: self.ratios[idsite], **{one.previous: past.get(one.column, 0) for one in metrics}}


def read_dashboard(
    context: Context, ids: Sequence[int], period: str, date: str, segment: str, metrics: Iterable[SiteMetric]
) -> list[Dashboard]:
    """A dashboard per period that the call means. Raises: ApiError, as reports do."""
    columns = {one.column: one.record for one in metrics}
    present = _numbers(context, ids, period, date, segment, columns)
    earlier = earlier_date(period, date, _today(context, ids))
    if earlier is None:
        return [Dashboard(one, numbers) for one, numbers in present.items()]
    past = _numbers(context, ids, period, earlier, segment, columns)
    return [
        Dashboard(
            one,
            present[one],
            before,
            past[before],
            {site: _ratio(context, site, one, before, segment) for site in ids},
        )
        for one, before in zip(present, past, strict=True)
    ]


def part_over(period: Period, before: Period, now: float) -> float:
    """How much of a period is over at a moment, as part of the length of the period before it; 1 when it is over."""
    start, end = period.bounds_utc(_UTC)
    if not start <= now < end:
        return 1
    seconds_before = midnight_utc(before.last + ONE_DAY, _UTC) - 1 - midnight_utc(before.first, _UTC)
    return round_half_up((now - start) / seconds_before, _RATIO_DIGITS)


def _today(context: Context, ids: Sequence[int]) -> dt.date:
    """The present day of the first site, which relative dates go by."""
    return local_date(context.now, time_zone(context.site(ids[0]).timezone))


def _ratio(context: Context, idsite: int, period: Period, before: Period, segment: str) -> float:
    archived = context.archives.archived_at(idsite, period, segment)
    return part_over(period, before, context.now if archived is None else archived)


def _numbers(
    context: Context, ids: Sequence[int], period: str, date: str, segment: str, columns: Mapping[str, str]
) -> dict[Period, dict[int, Mapping[str, Any]]]:
    """By period and site."""
    table = context.number_table(columns, ",".join(map(str, ids)), period, date, segment)
    found: dict[Period, dict[int, Mapping[str, Any]]] = {}
    for leaf in table_leaves(table):
        row = leaf.first_row
        by_site = found.setdefault(leaf.metadata[PERIOD_METADATA], {})
        by_site[leaf.metadata[SITE_METADATA]] = row.columns if row is not None else {}
    return found
