import pytest

from tests.support.api_calls import Caller
from tidemark.model.access import Identity, Role
from tidemark.model.errors import ApiError, BadParameter, NoAccess
from tidemark.plugin import Capability, Plugin, Plugins
from tidemark.plugins.sites_manager.changes import add_site
from tidemark.plugins.users_manager.capabilities import (
    add_capabilities,
    get_available_capabilities,
    remove_capabilities,
)
from tidemark.plugins.users_manager.changes import add_user, delete_user
from tidemark.plugins.users_manager.invitations import (
    accept_invitation,
    generate_invite_link,
    invite_user,
    resend_invite,
)
from tidemark.plugins.users_manager.rights import set_user_access
from tidemark.plugins.users_manager.roles_of_users import get_sites_access_for_user, get_users_plus_role

PUBLISH = Capability("publish", "Publish", "May publish.", "Tags", (Role.ADMIN,))
READ = Capability("read", "Read", "May read.")


@pytest.fixture
def call():
    call = Caller(services={Plugins: Plugins((Plugin("Tags", capabilities=(PUBLISH, READ)),))})
    call.registry.create_superuser("admin", "0" * 32)
    call(add_site, siteName="Shop")
    call(add_site, siteName="Blog")
    for login in ("anna", "ben"):
        call(add_user, userLogin=login, password="correct horse", email=f"{login}@example.org")
    call(set_user_access, userLogin="anna", access="view", idSites="1")
    return call


def capabilities(call, idsite=1):
    (anna,) = call(get_users_plus_role, idSite=idsite, filter_search="anna")
    return anna["capabilities"]


def test_capabilities_come_and_go_with_the_role(call):
    assert [one["id"] for one in call(get_available_capabilities)] == ["publish", "read"]
    call(add_capabilities, userLogin="anna", capabilities="publish,read", idSites="1")
    call(add_capabilities, userLogin="anna", capabilities=["read"], idSites="1")
    assert capabilities(call) == ["publish", "read"]
    call(remove_capabilities, userLogin="anna", capabilities="publish", idSites="1")
    assert capabilities(call) == ["read"]
    call(set_user_access, userLogin="anna", access="noaccess", idSites="1")
    assert capabilities(call) == []


def test_what_a_role_includes_is_not_given_twice(call):
    call(set_user_access, userLogin="anna", access="admin", idSites="1")
    call(add_capabilities, userLogin="anna", capabilities="publish,read", idSites="1")
    assert capabilities(call) == ["read"]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"capabilities": "fly"}, BadParameter),
        ({"capabilities": ""}, BadParameter),
        ({"userLogin": "admin"}, ApiError),
        ({"userLogin": "anonymous"}, ApiError),
        ({"userLogin": "nobody"}, ApiError),
        ({"idSites": "2"}, ApiError),
    ],
)
def test_a_capability_that_cannot_be_given_is_refused(call, given, error):
    with pytest.raises(error):
        call(add_capabilities, **{"userLogin": "anna", "capabilities": "read", "idSites": "1", **given})


def test_users_are_found_by_role_search_and_page(call):
    def logins(**filters):
        return [(user["login"], user["role"]) for user in call(get_users_plus_role, idSite=1, **filters)]

    everyone = [("admin", "superuser"), ("anna", "view"), ("anonymous", "noaccess"), ("ben", "noaccess")]
    assert logins() == everyone
    assert logins(limit=2, offset=1) == everyone[1:3]
    assert logins(filter_access="some") == everyone[:2]
    assert logins(filter_access="noaccess", filter_search="BEN@") == everyone[3:]
    with pytest.raises(BadParameter):
        logins(filter_access="all")


def test_administrators_see_those_of_their_sites_only(call):
    own = call.as_user("carl", roles={1: Role.ADMIN})
    assert [user["login"] for user in own(get_users_plus_role, idSite=1)] == ["anna"]
    assert own(get_sites_access_for_user, userLogin="anna") == [
        {"idsite": 1, "site_name": "Shop", "role": "view", "capabilities": []}
    ]


def test_sites_of_a_user_are_found_by_role(call):
    assert [site["role"] for site in call(get_sites_access_for_user, userLogin="anna")] == ["view", "noaccess"]
    assert len(call(get_sites_access_for_user, userLogin="anna", filter_access="some")) == 1
    with pytest.raises(ApiError):
        call(get_sites_access_for_user, userLogin="admin")


def test_an_invitation_ends_and_may_be_begun_anew(call):
    call(invite_user, userLogin="dora", email="dora@example.org", expiryInDays=1)
    later = Caller(call.registry, now=call.now + 86_400, services=call.services)
    assert call.registry.user("dora").status(call.now) == "pending"
    assert call.registry.user("dora").status(later.now) == "expired"
    later(resend_invite, userLogin="dora", expiryInDays=2)
    assert call.registry.user("dora").status(later.now) == "pending"
    with pytest.raises(BadParameter):
        call(resend_invite, userLogin="dora", expiryInDays=0)


def test_an_invitation_is_taken_back_by_who_invited_and_nobody_else(call):
    carl, eve = (
        Caller(call.registry, Identity(login, roles={1: Role.ADMIN}), services=call.services)
        for login in ("carl", "eve")
    )
    carl(invite_user, userLogin="dora", email="dora@example.org", initialIdSite=1)
    for caller, login in ((eve, "dora"), (carl, "nobody"), (carl, "anna")):
        with pytest.raises(NoAccess):
            caller(delete_user, userLogin=login)
    carl(delete_user, userLogin="dora")
    assert call.registry.user("dora") is None
    carl(invite_user, userLogin="dora", email="dora@example.org", initialIdSite=1)
    link = carl(generate_invite_link, userLogin="dora")
    call(accept_invitation, inviteToken=link.rpartition("=")[2], password="correct horse")
    with pytest.raises(NoAccess):
        carl(delete_user, userLogin="dora")


def test_only_who_invited_may_make_a_link(call):
    first = Caller(call.registry, Identity("carl", roles={1: Role.ADMIN}), services=call.services)
    first(invite_user, userLogin="dora", email="dora@example.org", initialIdSite=1)
    assert "token=" in first(generate_invite_link, userLogin="dora")
    second = Caller(call.registry, Identity("eve", roles={1: Role.ADMIN}), services=call.services)
    with pytest.raises(NoAccess):
        second(generate_invite_link, userLogin="dora")
    with pytest.raises(NoAccess):
        first(invite_user, userLogin="emil", email="emil@example.org", initialIdSite=2)
    call(generate_invite_link, userLogin="dora")
