"""The API methods of dashboards. Source: Matomo 5.2, Dashboard API."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from tidemark.model.access import ANONYMOUS, Role
from tidemark.model.dashboard import Dashboard, Dashboards, Widget
from tidemark.model.errors import ApiError, NoAccess
from tidemark.model.registry import Registry
from tidemark.plugin import Access, Context, method

_NAME: Final = "Dashboard"
_LONGEST_NAME: Final = 100
DEFAULT_COLUMNS: Final[tuple[tuple[Widget, ...], ...]] = tuple(
    tuple({"module": module, "action": action} for module, action in column)
    for column in (
        (("VisitsSummary", "getEvolutionGraph"), ("Live", "widget"), ("VisitorInterest", "getNumberOfVisitsPerPage")),
        (
            ("Referrers", "getReferrerType"),
            ("Referrers", "getWebsites"),
            ("VisitTime", "getVisitInformationPerLocalTime"),
        ),
        (("UserCountryMap", "visitorMap"), ("DevicesDetection", "getBrowsers"), ("Actions", "getPageUrls")),
    )
)


@method("Dashboard.getDashboards", raw_strings=True)
def get_dashboards(context: Context, login: str = "", returnDefaultIfEmpty: bool = True) -> list[dict[str, Any]]:
    """The dashboards of a user (the caller if none is named) with their widgets; who has none sees a default one."""
    owner = login or context.identity.login
    _own_or_superuser(context, owner)
    found = [] if owner == ANONYMOUS else context.service(Dashboards).of(owner)
    if not found and returnDefaultIfEmpty:
        found = [Dashboard(1, _NAME, DEFAULT_COLUMNS)]
    return [{"name": one.name, "id": one.id, "widgets": _widgets(one)} for one in found]


@method("Dashboard.createNewDashboardForUser", Access.NOT_ANONYMOUS, raw_strings=True)
def create_new_dashboard_for_user(
    context: Context, login: str, dashboardName: str = "", addDefaultWidgets: bool = True
) -> int:
    """Number of a new dashboard of a user."""
    _existing(context, login)
    columns = DEFAULT_COLUMNS if addDefaultWidgets else ()
    return context.service(Dashboards).add(login, Dashboard(0, _name(dashboardName), columns)).id


@method("Dashboard.removeDashboard", Access.NOT_ANONYMOUS, raw_strings=True)
def remove_dashboard(context: Context, idDashboard: int, login: str = "") -> None:
    """Forget a dashboard of a user."""
    owner = login or context.identity.login
    _existing(context, owner)
    if not context.service(Dashboards).remove(owner, idDashboard):
        raise ApiError(f"'{owner}' has no dashboard {idDashboard}.")


@method("Dashboard.copyDashboardToUser", Access.SOME_ADMIN, raw_strings=True)
def copy_dashboard_to_user(context: Context, idDashboard: int, copyToUser: str, dashboardName: str = "") -> int:
    """Number of a copy of a dashboard of the caller's among those of a user whom the caller administers."""
    dashboards = context.service(Dashboards)
    mine = {one.id: one for one in dashboards.of(context.identity.login)}
    if idDashboard not in mine:
        raise ApiError(f"You have no dashboard {idDashboard}.")
    user = context.service(Registry).user(copyToUser)
    if user is None or user.login == ANONYMOUS:
        raise ApiError(f"The user '{copyToUser}' does not exist.")
    if not _administers(context, tuple(user.roles)) and user.login != context.identity.login:
        raise NoAccess.to_user(copyToUser)
    name = _name(dashboardName or mine[idDashboard].name)
    return dashboards.add(copyToUser, replace(mine[idDashboard], name=name)).id


@method("Dashboard.resetDashboardLayout", Access.NOT_ANONYMOUS, raw_strings=True)
def reset_dashboard_layout(context: Context, idDashboard: int, login: str = "") -> None:
    """Give a dashboard the widgets that a new one has."""
    owner = login or context.identity.login
    _existing(context, owner)
    changed = context.service(Dashboards).change(owner, idDashboard, lambda one: replace(one, columns=DEFAULT_COLUMNS))
    if changed is None:
        raise ApiError(f"'{owner}' has no dashboard {idDashboard}.")


def _own_or_superuser(context: Context, login: str) -> None:
    if not context.identity.is_superuser and context.identity.login != login:
        raise NoAccess.to_user(login)


def _existing(context: Context, login: str) -> None:
    """Raises: NoAccess, ApiError if there is no such user, or who has no login."""
    _own_or_superuser(context, login)
    if login == ANONYMOUS or context.service(Registry).user(login) is None:
        raise ApiError(f"The user '{login}' does not exist.")


def _administers(context: Context, idsites: tuple[int, ...]) -> bool:
    return context.identity.is_superuser or any(context.identity.may(Role.ADMIN, idsite) for idsite in idsites)


def _name(given: str) -> str:
    return given.strip()[:_LONGEST_NAME] or _NAME


def _widgets(dashboard: Dashboard) -> list[dict[str, Any]]:
    return [dict(widget) for column in dashboard.columns for widget in column]


METHODS = (
    get_dashboards,
    create_new_dashboard_for_user,
    remove_dashboard,
    copy_dashboard_to_user,
    reset_dashboard_layout,
)
