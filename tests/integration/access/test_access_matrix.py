"""Every method x every role x own and foreign site: exactly the allowed combinations answer.

The cases are generated from the table of methods. A method that needs no more than its declaration says is checked by
it; those that look further (at the user or the visits that a call names) stand in BEYOND with their rule.
"""

from __future__ import annotations

import csv
from copy import deepcopy

import pytest

from tests.support.memory_stores import MemoryObjects, MemoryTable
from tidemark.clock import SettableClock
from tidemark.local.template import find_template
from tidemark.model.access import Role
from tidemark.model.errors import ApiError
from tidemark.model.registry import Registry
from tidemark.model.site import Site
from tidemark.model.user import User
from tidemark.plugin import Access, load_plugins
from tidemark.registry.table_registry import TableRegistry
from tidemark.reporting.context import CallContext
from tidemark.reporting.parameters import Parameters
from tidemark.reporting.service import Api
from tidemark.reporting.signature import declared_parameters

NOW = 1_800_000_000
OWN, FOREIGN = 1, 2
ROLES = {"anonymous": None, "viewer": Role.VIEW, "writer": Role.WRITE, "manager": Role.ADMIN, "superuser": None}
SITE_LEVELS = {Access.VIEW: Role.VIEW, Access.WRITE: Role.WRITE, Access.ADMIN: Role.ADMIN}
SOME_LEVELS = {Access.SOME_VIEW: Role.VIEW, Access.SOME_WRITE: Role.WRITE, Access.SOME_ADMIN: Role.ADMIN}
OTHER = "other"
"""A user with view access to the foreign site: none of the callers but the superuser administers them."""

PLUGINS = load_plugins()
METHODS = PLUGINS.methods()
REPORTS = sorted({report.method for report in PLUGINS.reports()} - METHODS.keys())


def superusers(role, _site):
    return role == "superuser"


def site_level(level):
    return lambda role, site: role == "superuser" or (site == OWN and (ROLES[role] or 0) >= level)


BEYOND = {
    # of a user whom the call names: another one
    "Dashboard.getDashboards": superusers,
    "Dashboard.createNewDashboardForUser": superusers,
    "Dashboard.removeDashboard": superusers,
    "Dashboard.resetDashboardLayout": superusers,
    "LanguagesManager.getLanguageForUser": superusers,
    "LanguagesManager.uses12HourClockForUser": superusers,
    "LanguagesManager.set12HourClockForUser": superusers,
    "UsersManager.getUser": superusers,
    "UsersManager.updateUser": superusers,
    "UsersManager.setUserPreference": superusers,
    "UsersManager.getUserPreference": superusers,
    "UsersManager.getAppSpecificTokens": superusers,
    "UsersManager.deleteAppSpecificToken": superusers,
    "UsersManager.resendInvite": superusers,
    "UsersManager.generateInviteLink": superusers,
    "UsersManager.deleteUser": superusers,
    "UsersManager.userExists": lambda role, _site: role != "anonymous",
    # of sites that stand elsewhere than in idSite
    "CustomDimensions.getConfiguredCustomDimensions": site_level(Role.VIEW),
    "CustomDimensions.getConfiguredCustomDimensionsHavingScope": site_level(Role.VIEW),
    "CustomDimensions.getAvailableScopes": site_level(Role.VIEW),
    "PrivacyManager.exportDataSubjects": site_level(Role.ADMIN),
    "PrivacyManager.deleteDataSubjects": site_level(Role.ADMIN),
    "CoreAdminHome.deleteTrackingFailure": site_level(Role.ADMIN),
    # of a site that may be named
    "CoreAdminHome.getArchivingState": site_level(Role.ADMIN),
    "SegmentEditor.getAll": site_level(Role.VIEW),
    "ScheduledReports.getReports": site_level(Role.VIEW),
    # of a site that stands in what the call names; here there is none
    "ScheduledReports.generateReport": lambda role, _site: role != "anonymous",
}
SELF = {
    "Dashboard.getDashboards": "login",
    "Dashboard.createNewDashboardForUser": "login",
    "Dashboard.removeDashboard": "login",
    "Dashboard.resetDashboardLayout": "login",
    "LanguagesManager.getLanguageForUser": "login",
    "LanguagesManager.setLanguageForUser": "login",
    "LanguagesManager.uses12HourClockForUser": "login",
    "LanguagesManager.set12HourClockForUser": "login",
    "UsersManager.getUser": "userLogin",
    "UsersManager.updateUser": "userLogin",
    "UsersManager.setUserPreference": "userLogin",
    "UsersManager.getUserPreference": "userLogin",
    "UsersManager.getAppSpecificTokens": "userLogin",
    "UsersManager.deleteAppSpecificToken": "userLogin",
}
"""Methods that users may call for themselves, and the parameter that names them."""
LOGINS = ("userLogin", "login", "copyToUser")
VALUES = {"integer": 1, "number": 1.0, "flag": 1, "list": ["x"], "integers": [1], "map": {}}
LEVEL_OF_SPEC = {
    "none": Access.NONE,
    "some view": Access.SOME_VIEW,
    "some write": Access.SOME_WRITE,
    "some admin": Access.SOME_ADMIN,
    "view (site)": Access.VIEW,
    "write (site)": Access.WRITE,
    "admin (site)": Access.ADMIN,
    "not anonymous": Access.NOT_ANONYMOUS,
    "superuser": Access.SUPERUSER,
}
STRICTER = {
    "Transitions.isPeriodAllowed": "names a site, and tells nothing of the others",
    "Live.getFirstVisitForVisitorId": "names a site, and tells nothing of the others",
}
"""Methods that ask for more than Matomo does, and why."""


class Unusable:
    """A service behind a method: whoever gets as far as to use it was not refused."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_arguments, **_named):
        raise ApiError("not part of this test")


class Services(dict):
    """Gives every service."""

    def get(self, kind, default=None):
        return dict.get(self, kind, default or Unusable())


def prepared():
    table, objects, clock = MemoryTable(), MemoryObjects(), SettableClock(NOW)
    registry = TableRegistry(table, objects, clock, new_salt=lambda: "salt")
    for name in ("Own", "Foreign", "Third"):
        registry.add_site(Site(0, name, f"https://{name.lower()}.example.org", NOW))
    for login, role in ROLES.items():
        if role is not None:
            registry.add_user(User(login, f"{login}@example.org", roles={OWN: role}))
    registry.add_user(User("superuser", "superuser@example.org", superuser_access=True))
    registry.add_user(User(OTHER, "other@example.org", roles={FOREIGN: Role.VIEW}))
    return table.items, objects


ITEMS, OBJECTS = prepared()


def is_answered(method, role, params):
    """Whether a caller gets further than the checks of access."""
    table = MemoryTable()
    table.items = deepcopy(ITEMS)
    registry = TableRegistry(table, deepcopy(OBJECTS), SettableClock(NOW))
    api = Api(PLUGINS, Unusable(), registry, SettableClock(NOW), Services({Registry: registry}))
    from tidemark.registry.catalogue import identity

    caller = identity(registry.refresh(), role)
    context = CallContext(api._dispatcher, caller, Parameters(params), NOW, "203.0.113.9")
    try:
        api._dispatcher.raw(method, context)
    except ApiError as error:
        return error.status != 401
    return True


def arguments(method, site):
    """Values for all required parameters of a method, the site's among them."""
    given = {"idSite": site, "period": "day", "date": "today"}
    given |= {report.search.parameter: "x" for report in PLUGINS.reports() if report.method == method and report.search}
    if method in METHODS:
        declared = METHODS[method]
        for one in declared_parameters(declared.function):
            if one.is_required or one.name in LOGINS:
                given[one.name] = VALUES.get(one.kind, "x")
        given[declared.site_parameter] = site
    logins = dict.fromkeys(LOGINS, OTHER)
    known = {"idSite": site, "idSites": str(site), "date": "2026-01-01", "dates": "2026-01-01", "period": "day"}
    visits = {"visits": [{"idsite": site, "idvisit": 1}]}
    return {**given, **{name: value for name, value in {**logins, **known, **visits}.items() if name in given}}


def expected(method, role, site):
    """Whether the combination is allowed."""
    if method in BEYOND:
        return BEYOND[method](role, site)
    access = METHODS[method].access if method in METHODS else Access.VIEW
    if access in SITE_LEVELS:
        return site_level(SITE_LEVELS[access])(role, site)
    if access in SOME_LEVELS:
        return role == "superuser" or (ROLES[role] or 0) >= SOME_LEVELS[access]
    if access is Access.NOT_ANONYMOUS:
        return role != "anonymous"
    return role == "superuser" or access is not Access.SUPERUSER


@pytest.mark.parametrize("method", sorted(METHODS) + REPORTS)
def test_exactly_the_allowed_combinations_answer(method):
    combinations = [(role, site) for role in ROLES for site in (OWN, FOREIGN)]
    found = {(role, site): is_answered(method, role, arguments(method, site)) for role, site in combinations}
    assert found == {(role, site): expected(method, role, site) for role, site in combinations}


@pytest.mark.parametrize("method", sorted(SELF))
def test_users_may_call_for_themselves(method):
    for role in ("viewer", "writer", "manager", "superuser"):
        assert is_answered(method, role, {**arguments(method, OWN), SELF[method]: role}), role


def test_levels_are_those_of_the_specification():
    path = find_template().parent.parent / "shared" / "spec" / "api-methods.csv"
    if not path.is_file():
        pytest.skip("the specification is not beside the project")
    with path.open(encoding="utf-8") as stream:
        told = {row["api"]: row["required_access"] for row in csv.DictReader(stream)}
    different = {
        name: (method.access.value, told[name])
        for name, method in METHODS.items()
        if name not in BEYOND
        and name not in STRICTER
        and told.get(name) in LEVEL_OF_SPEC
        and method.access is not LEVEL_OF_SPEC[told[name]]
    }
    assert different == {}
