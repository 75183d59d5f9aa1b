import pytest

from tests.support.api_calls import Caller
from tests.support.memory_stores import MemoryTable
from tidemark.model.access import ANONYMOUS, Identity, Role
from tidemark.model.dashboard import Dashboards
from tidemark.model.errors import ApiError, NoAccess
from tidemark.model.user import User
from tidemark.plugins.dashboard import methods
from tidemark.registry.dashboards import StoredDashboards


@pytest.fixture
def call():
    call = Caller(services={Dashboards: StoredDashboards(MemoryTable())})
    call.registry.create_superuser("admin", "0" * 32)
    call.registry.add_user(User("anna", "anna@example.org", roles={1: Role.VIEW}))
    call.registry.add_user(User("ben", "ben@example.org"))
    return call


def names(call, login="", **more):
    return [(one["id"], one["name"]) for one in call(methods.get_dashboards, login=login, **more)]


def test_who_has_no_dashboard_sees_a_default_one(call):
    (default,) = call(methods.get_dashboards)
    assert (default["id"], default["name"]) == (1, "Dashboard")
    assert {"module": "VisitsSummary", "action": "getEvolutionGraph"} in default["widgets"]
    assert names(call, returnDefaultIfEmpty=False) == []


def test_dashboards_are_numbered_for_each_user_and_go_alone(call):
    assert call(methods.create_new_dashboard_for_user, login="anna", dashboardName="Mine") == 1
    assert call(methods.create_new_dashboard_for_user, login="anna", addDefaultWidgets=False) == 2
    assert call(methods.create_new_dashboard_for_user, login="ben") == 1
    call(methods.remove_dashboard, idDashboard=1, login="anna")
    assert names(call, "anna") == [(2, "Dashboard")]
    with pytest.raises(ApiError):
        call(methods.remove_dashboard, idDashboard=1, login="anna")


def test_a_layout_is_reset_to_the_default(call):
    call(methods.create_new_dashboard_for_user, login="anna", addDefaultWidgets=False)
    assert call(methods.get_dashboards, login="anna")[0]["widgets"] == []
    call(methods.reset_dashboard_layout, idDashboard=1, login="anna")
    assert call(methods.get_dashboards, login="anna")[0]["widgets"] != []
    with pytest.raises(ApiError):
        call(methods.reset_dashboard_layout, idDashboard=9, login="anna")


def test_a_copy_goes_to_those_whom_one_administers(call):
    call(methods.create_new_dashboard_for_user, login="ben", dashboardName="Ben's")
    ben = Caller(call.registry, Identity("ben", roles={1: Role.ADMIN}), services=call.services)
    assert ben(methods.copy_dashboard_to_user, idDashboard=1, copyToUser="anna") == 1
    assert names(call, "anna") == [(1, "Ben's")]
    other = Caller(call.registry, Identity("ben", roles={2: Role.ADMIN}), services=call.services)
    with pytest.raises(NoAccess):
        other(methods.copy_dashboard_to_user, idDashboard=1, copyToUser="anna")
    with pytest.raises(ApiError):
        ben(methods.copy_dashboard_to_user, idDashboard=7, copyToUser="anna")
    with pytest.raises(ApiError):
        ben(methods.copy_dashboard_to_user, idDashboard=1, copyToUser="nobody")


@pytest.mark.parametrize(
    ("function", "more"),
    [
        (methods.get_dashboards, {}),
        (methods.create_new_dashboard_for_user, {}),
        (methods.remove_dashboard, {"idDashboard": 1}),
        (methods.reset_dashboard_layout, {"idDashboard": 1}),
    ],
)
def test_nobody_touches_the_dashboards_of_others(call, function, more):
    with pytest.raises(NoAccess):
        call.as_user("ben")(function, login="anna", **more)


def test_anonymous_users_see_the_default_only(call):
    assert names(call.as_user(ANONYMOUS)) == [(1, "Dashboard")]
    with pytest.raises(ApiError):
        call(methods.create_new_dashboard_for_user, login=ANONYMOUS)
