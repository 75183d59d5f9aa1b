"""The API methods: period, date and idSite as for every report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from tidemark.model.access import Role
from tidemark.model.filtered_hits import NO_SITE, FilteredHits
from tidemark.model.period import Period, local_date
from tidemark.model.period_query import select_periods
from tidemark.model.registry import Registry
from tidemark.model.table import LABEL, PERIOD_METADATA, SITE_METADATA, DataTable, Row, Table, TableMap
from tidemark.model.time_zone import time_zone
from tidemark.plugin import Access, Context, method
from tidemark.plugins.tracking_filters.reasons import reason_named
from tidemark.plugins.tracking_filters.reports import NB_HITS

UNNAMED_BOT = "Known by its address only"
AI_CATEGORIES = "AI "
Rows = Callable[[int, Period], Iterable[Row]]


@method("TrackingFilters.getFilteredHits", Access.VIEW)
def get_filtered_hits(context: Context, idSite: str | int, period: str, date: str) -> Table:
    """Hits that were not recorded, by reason."""
    return _tables(context, idSite, period, date, lambda site, when: _by_reason(context, site, when))


@method("TrackingFilters.getBots", Access.VIEW)
def get_bots(context: Context, idSite: str | int, period: str, date: str) -> Table:
    """Hits of bots, by name; with their category, and whether they serve artificial intelligence."""
    return _tables(context, idSite, period, date, lambda site, when: _by_bot(context, site, when))


@method("TrackingFilters.getBotCategories", Access.VIEW)
def get_bot_categories(context: Context, idSite: str | int, period: str, date: str) -> Table:
    """Hits of bots, by category."""
    return _tables(context, idSite, period, date, lambda site, when: _by_category(context, site, when))


@method("TrackingFilters.getHitsOfUnknownSites", Access.SUPERUSER)
def get_hits_of_unknown_sites(context: Context, period: str, date: str) -> Table:
    """Requests for sites that do not exist, by reason."""
    return _of_site(context, NO_SITE, "UTC", period, date, lambda site, when: _by_reason(context, site, when))


METHODS = (get_filtered_hits, get_bots, get_bot_categories, get_hits_of_unknown_sites)


def _by_reason(context: Context, idsite: int, period: Period) -> Iterable[Row]:
    for code, count in context.service(FilteredHits).by_reason(idsite, period.first, period.last).items():
        reason = reason_named(code)
        yield Row({LABEL: reason.name, NB_HITS: count}, {"reason": code, "advice": reason.advice})


def _by_bot(context: Context, idsite: int, period: Period) -> Iterable[Row]:
    for (category, name), count in context.service(FilteredHits).by_bot(idsite, period.first, period.last).items():
        metadata = {"category": category, "is_ai": int(category.startswith(AI_CATEGORIES))}
        yield Row({LABEL: name or UNNAMED_BOT, NB_HITS: count}, metadata)


def _by_category(context: Context, idsite: int, period: Period) -> Iterable[Row]:
    counts: Counter[str] = Counter()
    for (category, _), count in context.service(FilteredHits).by_bot(idsite, period.first, period.last).items():
        counts[category] += count
    for category, count in counts.items():
        metadata = {"is_ai": int(category.startswith(AI_CATEGORIES))}
        yield Row({LABEL: category or UNNAMED_BOT, NB_HITS: count}, metadata)


def _tables(context: Context, idSite: str | int, period: str, date: str, rows: Rows) -> Table:
    """A table per site and period; maps around them where several are asked for."""
    sites = _sites(context, idSite)
    tables = {str(one): _of_site(context, one, context.site(one).timezone, period, date, rows) for one in sites}
    is_multiple = idSite == "all" or len(sites) > 1
    return TableMap("idSite", tables) if is_multiple else tables[str(sites[0])]


def _sites(context: Context, idSite: str | int) -> tuple[int, ...]:
    """The sites of the parameter; the right to see those that it names was checked before."""
    if idSite == "all":
        sites = context.service(Registry).sites()
        return tuple(site.idsite for site in sites if context.identity.may(Role.VIEW, site.idsite))
    return tuple(dict.fromkeys(int(one) for one in str(idSite).split(",")))


def _of_site(context: Context, idsite: int, zone: str, period: str, date: str, rows: Rows) -> Table:
    today = local_date(context.now, time_zone(zone))
    selection = select_periods(period, date, today, context.settings.words("General.enabled_periods_API"))
    tables: dict[str, Table] = {
        one.key: DataTable(rows(idsite, one), metadata={SITE_METADATA: idsite, PERIOD_METADATA: one})
        for one in selection.periods
    }
    return TableMap("date", tables) if selection.is_multiple else next(iter(tables.values()))
