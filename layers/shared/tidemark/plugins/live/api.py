"""The API methods of the visit log. Source: Matomo 5.2, Live API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from tidemark.model.access import Role
from tidemark.model.errors import ApiError, BadParameter
from tidemark.model.period import local_date
from tidemark.model.registry import Registry
from tidemark.model.table import ROWS_ARE_FINAL_METADATA, DataTable, Row
from tidemark.model.time_zone import time_zone
from tidemark.model.visit_reader import LoggedVisit, VisitQuery, VisitReader
from tidemark.plugin import Access, Context, method
from tidemark.plugins.live.details import visible_id
from tidemark.plugins.live.flat import flattened
from tidemark.plugins.live.pages import DISABLE_LOG, DISABLE_PROFILE
from tidemark.plugins.live.profile import DEFAULT_VISITS_SHOWN, profile_of
from tidemark.plugins.live.story import Storyteller, actions_read
from tidemark.plugins.live.window import days_of

_LONGEST_MINUTES: Final = 2880
_DEFAULT_LIMIT: Final = 10
_COUNTERS: Final = {
    "visits": "visits",
    "actions": "actions",
    "visitors": "visitors",
    "visitsConverted": "conversions",
}


@method("Live.getLastVisitsDetails", Access.VIEW)
def get_last_visits_details(
    context: Context,
    idSite: str | int,
    period: str = "",
    date: str = "",
    segment: str = "",
    countVisitorsToFetch: int | None = None,
    minTimestamp: int | None = None,
    flat: bool = False,
    doNotFetchActions: bool = False,
    enhanced: bool = False,  # noqa: ARG001 (clients send it)
) -> DataTable:
    """The visits of sites, newest first, action by action. Limit and offset are the generic ones."""
    _check_log(context)
    idsites = _sites(context, idSite)
    params = context.params
    limit, offset = _number(params.get("filter_limit"), _DEFAULT_LIMIT), _number(params.get("filter_offset"), 0)
    if countVisitorsToFetch is not None:
        limit, offset = countVisitorsToFetch, 0
    first, last = days_of(period, date, _today(context, idsites))
    query = VisitQuery(
        idsites,
        first,
        last,
        segment,
        newer_than=minTimestamp,
        limit=limit if limit > 0 else None,
        offset=max(offset, 0),
        is_ascending=str(params.get("filter_sort_order", "")).lower() == "asc",
        with_actions=not doNotFetchActions,
        most_actions=actions_read(context.settings),
    )
    visits = context.service(VisitReader).visits(query)
    return _table(context, visits, is_flat=flat, with_actions=not doNotFetchActions)


@method("Live.getCounters", Access.VIEW)
def get_counters(
    context: Context,
    idSite: str | int,
    lastMinutes: int,
    segment: str = "",
    showColumns: list[str] | None = None,
    hideColumns: list[str] | None = None,
) -> list[dict[str, int]]:
    """Visits, actions, visitors and conversions of the last minutes, as one row."""
    if not 1 <= lastMinutes <= _LONGEST_MINUTES:
        raise BadParameter(f"'lastMinutes' has to lie between 1 and {_LONGEST_MINUTES}, which {lastMinutes} does not.")
    since = int(context.now) - lastMinutes * 60
    activity = context.service(VisitReader).activity(_sites(context, idSite), since, segment)
    shown = [name for name in _COUNTERS if not showColumns or name in showColumns]
    return [{name: getattr(activity, _COUNTERS[name]) for name in shown if name not in (hideColumns or ())}]


@method("Live.getVisitorProfile", Access.VIEW)
def get_visitor_profile(
    context: Context, idSite: int, visitorId: str = "", segment: str = "", limitVisits: int | None = None
) -> dict[str, Any]:
    """All that the visits of a visitor tell, by default of the one who was there last."""
    _check_profile(context)
    visitor_id = _visitor_number(visitorId) if visitorId else _most_recent_visitor(context, idSite, segment)
    if visitor_id is None:
        return {}
    shown = limitVisits if limitVisits and limitVisits > 0 else DEFAULT_VISITS_SHOWN
    return profile_of(context, idSite, visitor_id, segment, shown)


@method("Live.getMostRecentVisitorId", Access.VIEW)
def get_most_recent_visitor_id(context: Context, idSite: int, segment: str = "") -> str | bool:
    """Id of the visitor who was there last; false if nobody ever was, or for callers who may not see ids."""
    return visible_id(context, _most_recent_visitor(context, idSite, segment))


@method("Live.getFirstVisitForVisitorId", Access.VIEW)
def get_first_visit_for_visitor_id(context: Context, idSite: int, visitorId: str) -> DataTable:
    """The visitor's first visit, without its actions."""
    _check_profile(context)
    visitor_id = _visitor_number(visitorId)
    if visitor_id is None:
        return DataTable()
    query = VisitQuery(_sites(context, idSite), visitor_id=visitor_id, limit=1, is_ascending=True, with_actions=False)
    return _table(context, context.service(VisitReader).visits(query), is_flat=False, with_actions=False)


@method("Live.getMostRecentVisitsDateTime", Access.VIEW)
def get_most_recent_visits_date_time(context: Context, idSite: str | int, period: str = "", date: str = "") -> str:
    """When (UTC) the last action of the sites happened, in the period if one is given; empty if there is none."""
    idsites = _sites(context, idSite)
    first, last = days_of(period, date, _today(context, idsites))
    found = context.service(VisitReader).visits(VisitQuery(idsites, first, last, limit=1, with_actions=False))
    if not found:
        return ""
    return f"{dt.datetime.fromtimestamp(found[0].row['visit_last_action_time'], dt.UTC):%Y-%m-%d %H:%M:%S}"


@method("Live.isVisitorProfileEnabled", Access.VIEW)
def is_visitor_profile_enabled(context: Context, idSite: str | int) -> bool:  # noqa: ARG001 (checked for access)
    """Whether profiles can be asked for."""
    return not any(context.settings.flag(name, default=False) for name in (DISABLE_LOG, DISABLE_PROFILE))


def _check_log(context: Context) -> None:
    if context.settings.flag(DISABLE_LOG, default=False):
        raise ApiError("The visit log is switched off on this instance.")


def _check_profile(context: Context) -> None:
    _check_log(context)
    if context.settings.flag(DISABLE_PROFILE, default=False):
        raise ApiError("Profiles of visitors are switched off on this instance.")


def _sites(context: Context, idSite: str | int) -> tuple[int, ...]:
    """The sites of a parameter that the caller may see; the right to see those named was checked before."""
    if idSite == "all":
        sites = context.service(Registry).sites()
        return tuple(site.idsite for site in sites if context.identity.may(Role.VIEW, site.idsite))
    texts = idSite if isinstance(idSite, list) else str(idSite).split(",")
    return tuple(dict.fromkeys(int(text) for text in texts if str(text).strip().isdecimal()))


def _today(context: Context, idsites: tuple[int, ...]) -> dt.date:
    """The present day: of a site in its zone, of several sites in the instance's default zone."""
    default = context.settings.text("SitesManager_DefaultTimezone")
    zone = context.site(idsites[0]).timezone if len(idsites) == 1 else default
    return local_date(context.now, time_zone(zone))


def _number(sent: Any, default: int) -> int:
    try:
        return int(sent)
    except (TypeError, ValueError):
        return default


def _visitor_number(visitor_id: str) -> int | None:
    """The number behind an id of up to 16 hexadecimal digits, None for anything else."""
    try:
        number = int(visitor_id, 16)
    except ValueError:
        return None
    return number if 0 <= number < 1 << 64 else None


def _most_recent_visitor(context: Context, idsite: int, segment: str) -> int | None:
    query = VisitQuery(_sites(context, idsite), segment=segment, limit=1, with_actions=False)
    found = context.service(VisitReader).visits(query)
    return found[0].row["visitor_id"] if found else None


def _table(context: Context, visits: Sequence[LoggedVisit], *, is_flat: bool, with_actions: bool) -> DataTable:
    """The visits as rows that are sorted and cut already."""
    told = Storyteller(context, visits).told(with_actions=with_actions)
    rows = [Row(flattened(visit) if is_flat else visit) for visit in told]
    return DataTable(rows, metadata={ROWS_ARE_FINAL_METADATA: True})


METHODS = (
    get_last_visits_details,
    get_counters,
    get_visitor_profile,
    get_most_recent_visitor_id,
    get_first_visit_for_visitor_id,
    get_most_recent_visits_date_time,
    is_visitor_profile_enabled,
)
