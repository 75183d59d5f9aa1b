"""What is kept of a person: to be found, given to them, and erased. Source: Matomo 5.2, PrivacyManager API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, cast

from tidemark.model.access import Role
from tidemark.model.erasure import DataSubjects, Receipt, VisitsByDay, visitor_text
from tidemark.model.errors import BadParameter, NoAccess
from tidemark.model.period import local_date
from tidemark.model.table import DataTable, Row
from tidemark.model.time_zone import time_zone
from tidemark.model.visit_reader import LoggedVisit, LogRow, VisitQuery, VisitReader
from tidemark.plugin import Access, Context, method
from tidemark.plugins.privacy_manager.moments import moment_text

MOST_FOUND: Final = 401
"""One more than is shown: whoever asks sees that there are more."""
_SHOWN: Final = frozenset(
    [
        "lastActionDateTime",
        "lastActionTimestamp",
        "idVisit",
        "idSite",
        "siteName",
        "visitorId",
        "visitIp",
        "userId",
        "deviceType",
        "deviceModel",
        "deviceTypeIcon",
        "operatingSystem",
        "operatingSystemIcon",
        "browser",
        "browserFamilyDescription",
        "browserIcon",
        "country",
        "region",
        "countryFlag",
    ]
)
_TABLES: Final = ("log_visit", "log_link_visit_action", "log_conversion_item", "log_conversion")
"""Matomo's names of the tables of raw data, in the order of the answers."""
_HEXADECIMAL: Final = ("visitor_id", "fingerprint")

SubjectVisits = Mapping[int, Sequence[int]]
"""Numbers of visits by site."""


@method("PrivacyManager.findDataSubjects", Access.ADMIN)
def find_data_subjects(context: Context, idSite: Any, segment: str) -> DataTable:
    """The visits of a segment, newest first, with what a person can be known by; at most MOST_FOUND."""
    found = context.call(
        "Live.getLastVisitsDetails",
        idSite=idSite,
        period="range",
        date="1998-01-01,today",
        segment=segment,
        filter_limit=MOST_FOUND,
        doNotFetchActions=1,
    )
    table = cast("DataTable", found)
    rows = [Row({name: value for name, value in row.columns.items() if name in _SHOWN}) for row in table.rows]
    return DataTable(rows, metadata=table.metadata)


@method("PrivacyManager.exportDataSubjects", Access.SOME_ADMIN)
def export_data_subjects(context: Context, visits: Any) -> dict[str, list[dict[str, Any]]]:
    """All raw data of some visits, by table."""
    logged = _logged(context, _wanted(context, visits))
    return {name: [_plain(row) for row in rows] for name, rows in _by_table(logged).items()}


@method("PrivacyManager.deleteDataSubjects", Access.SOME_ADMIN)
def delete_data_subjects(context: Context, visits: Any) -> dict[str, int]:
    """Erase some visits wherever they are stored; how many rows of each table go."""
    logged = _logged(context, _wanted(context, visits))
    if logged:
        context.service(DataSubjects).erase_visits(_by_day(context, logged), context.identity.login)
    return {name: len(rows) for name, rows in _by_table(logged).items()}


def _wanted(context: Context, visits: Any) -> SubjectVisits:
    """The visits that a call names, as [{idsite, idvisit}]. Raises: BadParameter, NoAccess."""
    if not isinstance(visits, list | dict) or not visits:
        raise BadParameter("'visits' has to be a list of visits, each with 'idsite' and 'idvisit'.")
    wanted: dict[int, list[int]] = {}
    for one in visits.values() if isinstance(visits, dict) else visits:
        if not isinstance(one, dict):
            raise BadParameter("Each of the 'visits' has to have 'idsite' and 'idvisit'.")
        wanted.setdefault(_number(one, "idsite"), []).append(_number(one, "idvisit"))
    refused = [idsite for idsite in wanted if not context.identity.may(Role.ADMIN, idsite)]
    if refused:
        raise NoAccess.to_site(Role.ADMIN.id, refused)
    return wanted


def _number(visit: Mapping[str, Any], name: str) -> int:
    text = str(visit.get(name, ""))
    if not (text.isascii() and text.isdigit()):
        raise BadParameter(f"The '{name}' of each of the 'visits' has to be a number, which '{text}' is not.")
    return int(text)


def _logged(context: Context, wanted: SubjectVisits) -> list[LoggedVisit]:
    """Those of the visits that exist, with all that belongs to them."""
    found: list[LoggedVisit] = []
    for idsite, idvisits in sorted(wanted.items()):
        context.site(idsite)
        segment = ",".join(f"visitId=={idvisit}" for idvisit in sorted(set(idvisits)))
        found += context.service(VisitReader).visits(VisitQuery((idsite,), segment=segment))
    return found


def _by_table(visits: Iterable[LoggedVisit]) -> dict[str, list[LogRow]]:
    rows: dict[str, list[LogRow]] = {name: [] for name in _TABLES}
    for visit in visits:
        rows["log_visit"].append(visit.row)
        rows["log_link_visit_action"] += visit.actions
        rows["log_conversion_item"] += visit.items
        rows["log_conversion"] += visit.conversions
    return rows


def _plain(row: LogRow) -> dict[str, Any]:
    """A row without what is empty, ids as people know them."""
    return {
        name: visitor_text(value) if name in _HEXADECIMAL else value for name, value in row.items() if value is not None
    }


def _by_day(context: Context, visits: Iterable[LoggedVisit]) -> VisitsByDay:
    days: dict[tuple[int, date], list[int]] = {}
    for visit in visits:
        idsite = visit.row["idsite"]
        day = local_date(visit.row["visit_last_action_time"], time_zone(context.site(idsite).timezone))
        days.setdefault((idsite, day), []).append(visit.row["idvisit"])
    return days


@method("PrivacyManager.getErasures", Access.SUPERUSER)
def get_erasures(context: Context) -> list[dict[str, Any]]:
    """The receipts of all erasures, newest first: what each touched, and how far it is. Matomo keeps none."""
    return [_receipt(one) for one in reversed(context.service(DataSubjects).receipts())]


def _receipt(one: Receipt) -> dict[str, Any]:
    return {
        "id": one.id,
        "requester": one.login,
        "named_by": list(one.kinds),
        "idsites": list(one.idsites) or None,
        "requested": moment_text(one.requested_at),
        "state": one.state.value,
        "erased": moment_text(one.erased_at),
        "days": {str(idsite): [str(day) for day in days] for idsite, days in one.days.items()},
        "counts": dict(one.counts),
    }


METHODS = (find_data_subjects, export_data_subjects, delete_data_subjects, get_erasures)
