"""Having reports made again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date
from typing import Any

from tidemark.model.access import Role
from tidemark.model.errors import BadDate, BadParameter, BadPeriod
from tidemark.model.invalidation import Invalidation
from tidemark.model.period import Period, PeriodKind, local_date
from tidemark.model.period_query import parse_date, select_periods
from tidemark.model.registry import Registry
from tidemark.model.segment import parse_segment
from tidemark.plugin import Access, Context, method


@method("CoreAdminHome.invalidateArchivedReports", Access.ADMIN, site_parameter="idSites", raw_strings=True)
def invalidate_archived_reports(
    context: Context,
    idSites: Any,
    dates: Any,
    period: str = "",
    segment: str = "",
    cascadeDown: bool = False,
    _forceInvalidateNonexistent: bool = False,
) -> list[str]:
    """Have archives built anew, with those of longer periods around them. Dates that cannot be read are left out."""
    sites = _sites(context, idSites)
    bad: list[str] = []
    periods = list(_periods(context, dates, period, bad))
    if segment:
        parse_segment(segment)
    count = context.service(Invalidation).invalidate_archives(
        sites, periods, segment, cascades=cascadeDown, forces=_forceInvalidateNonexistent
    )
    texts = ", ".join(dict.fromkeys(one.key for one in periods)) or "no date"
    lines = [f"Invalidated {texts} of the sites {', '.join(map(str, sites))}: {count} archives will be built again."]
    if bad:
        lines.append(f"Some dates cannot be read and were left out: {'; '.join(bad)}.")
    return lines


def _sites(context: Context, sent: Any) -> list[int]:
    """Numbers of the sites that the caller asked for; the rights were checked."""
    if sent == "all":
        known = context.service(Registry).sites()
        return [site.idsite for site in known if context.identity.may(Role.ADMIN, site.idsite)]
    texts = sent if isinstance(sent, list) else str(sent).split(",")
    sites = [int(text) for text in texts if str(text).strip().isdigit()]
    if not sites:
        raise BadParameter("At least one site has to be named in 'idSites'.")
    return sites


def _periods(context: Context, dates: Any, period: str, bad: list[str]) -> Iterator[Period]:
    """The period of every date or range that can be read; the others are added to `bad`."""
    today = local_date(context.now, UTC)
    is_range = period == PeriodKind.RANGE
    texts = dates if isinstance(dates, list) else [str(dates)] if is_range else str(dates).split(",")
    for text in dict.fromkeys(str(one).strip() for one in texts):
        try:
            found = select_periods(period, text, today).periods[0] if is_range else _period(period, text, today)
        except (BadDate, BadPeriod):
            bad.append(text)
        else:
            yield found


def _period(period: str, text: str, today: date) -> Period:
    """The period that contains a date. Days beyond the end of a month are refused here. Raises: BadDate, BadPeriod."""
    day = parse_date(text, today)
    if text not in {"today", "yesterday", day.isoformat()}:
        raise BadDate(f"The date '{text}' is none that a calendar knows.")
    return Period.containing(_kind(period), day)


def _kind(period: str) -> PeriodKind:
    try:
        return PeriodKind(period or PeriodKind.DAY)
    except ValueError as error:
        raise BadPeriod(period, tuple(PeriodKind)) from error


METHODS = (invalidate_archived_reports,)
