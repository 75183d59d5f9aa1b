import pytest

from tests.support.api_calls import Caller
from tidemark.model.access import ANONYMOUS, Identity, Role
from tidemark.model.errors import ApiError, BadDate, BadParameter, MissingParameter, NoAccess, UnknownSite
from tidemark.plugins.sites_manager.changes import add_site
from tidemark.plugins.users_manager import reading
from tidemark.plugins.users_manager.capabilities import get_available_capabilities
from tidemark.plugins.users_manager.changes import add_user, delete_user, set_super_user_access, update_user
from tidemark.plugins.users_manager.preferences import get_user_preference, set_user_preference
from tidemark.plugins.users_manager.rights import get_available_roles, set_user_access
from tidemark.plugins.users_manager.tokens import create_app_specific_token_auth

TOKEN = "0123456789abcdef0123456789abcdef"
EVE = {"userLogin": "eve", "password": "correct horse", "email": "eve@example.org"}


@pytest.fixture
def call():
    call = Caller()
    call.registry.create_superuser("admin", TOKEN)
    call(add_site, siteName="Shop")
    call(add_site, siteName="Blog")
    call(add_user, **EVE)
    return call


# ---- adding, changing, deleting


def test_a_new_user_exists_and_may_nothing(call):
    assert call(reading.user_exists, userLogin="eve") is True
    assert call.registry.password_matches("eve", "correct horse")
    assert call(reading.get_sites_access_from_user, userLogin="eve") == []


def test_an_initial_site_may_be_seen(call):
    call(add_user, **{**EVE, "userLogin": "bob", "email": "bob@example.org"}, initialIdSite=2)
    assert call(reading.get_users_access_from_site, idSite=2) == {"bob": "view"}


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"userLogin": "x"}, "2 to 100"),
        ({"userLogin": "a b"}, "a b"),
        ({"userLogin": "eve"}, "taken"),
        ({"userLogin": "eve@example.org"}, "taken"),
        ({"userLogin": "anonymous"}, "taken"),
        ({"email": "nonsense"}, "nonsense"),
        ({"email": "EVE@example.org"}, "taken"),
        ({"password": "short"}, "6 to 200"),
        ({"password": "x" * 201}, "6 to 200"),
        ({"_isPasswordHashed": True}, "hashed"),
    ],
)
def test_a_user_that_makes_no_sense_is_refused(call, changes, part):
    with pytest.raises(BadParameter, match=part):
        call(add_user, **{"userLogin": "bob", "password": "correct horse", "email": "bob@example.org", **changes})
    assert len(call.registry.users()) == 3


def test_administrators_add_users_to_their_own_sites_only(call):
    boss = call.as_user("boss", roles={1: Role.ADMIN})
    bob = {**EVE, "userLogin": "bob", "email": "bob@example.org"}
    with pytest.raises(MissingParameter):
        boss(add_user, **bob)
    with pytest.raises(NoAccess):
        boss(add_user, **bob, initialIdSite=2)
    boss(add_user, **bob, initialIdSite=1)
    with pytest.raises(UnknownSite):
        call(add_user, **{**bob, "userLogin": "joe", "email": "joe@example.org"}, initialIdSite=9)


def test_users_change_their_own_password_and_address(call):
    eve = call.as_user("eve")
    eve(
        update_user,
        userLogin="eve",
        password="battery staple",
        email="new@example.org",
        passwordConfirmation="correct horse",
    )
    assert call.registry.password_matches("eve", "battery staple")
    assert call.registry.user("eve").email == "new@example.org"


def test_a_change_has_to_be_confirmed_by_who_has_a_password(call):
    with pytest.raises(ApiError, match="confirm"):
        call.as_user("eve")(update_user, userLogin="eve", password="battery staple", passwordConfirmation="wrong")
    call(update_user, userLogin="eve", password="battery staple")
    assert call.registry.password_matches("eve", "battery staple")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"userLogin": "nobody"}, ApiError),
        ({"userLogin": ANONYMOUS}, ApiError),
        ({"email": "x"}, BadParameter),
        ({"password": "x"}, BadParameter),
        ({"_isPasswordHashed": True}, BadParameter),
    ],
)
def test_a_bad_change_is_refused(call, changes, error):
    with pytest.raises(error):
        call(update_user, **{"userLogin": "eve", **changes})


def test_others_cannot_be_changed(call):
    with pytest.raises(NoAccess):
        call.as_user("bob")(update_user, userLogin="eve", email="x@example.org")


def test_users_are_deleted_but_for_the_last_superuser_and_the_anonymous_one(call):
    call(delete_user, userLogin="eve")
    assert call(reading.user_exists, userLogin="eve") is False
    for login in ("eve", "admin", ANONYMOUS):
        with pytest.raises(ApiError):
            call(delete_user, userLogin=login)


def test_superusers_are_made_and_unmade_but_for_the_last_one(call):
    call(set_user_access, userLogin="eve", access="view", idSites="1")
    call(set_super_user_access, userLogin="eve", hasSuperUserAccess=True)
    assert [user["login"] for user in call(reading.get_users_having_super_user_access)] == ["admin", "eve"]
    assert call.registry.user("eve").roles == {}
    call(set_super_user_access, userLogin="eve", hasSuperUserAccess=False)
    with pytest.raises(ApiError, match="only superuser"):
        call(set_super_user_access, userLogin="admin", hasSuperUserAccess=False)


def test_changing_users_can_be_switched_off(call):
    call.registry.set_settings({"General.enable_users_admin": 0})
    for function, params in ((add_user, EVE), (delete_user, {"userLogin": "eve"}), (update_user, {"userLogin": "eve"})):
        with pytest.raises(ApiError, match="switched off"):
            call(function, **params)


# ---- reading


def test_superusers_see_everything_but_secrets(call):
    assert call(reading.get_user, userLogin="eve") == {
        "login": "eve",
        "email": "eve@example.org",
        "superuser_access": 0,
        "date_registered": "2027-01-15 08:00:00",
        "invited_by": None,
        "invite_expired_at": None,
        "invite_accept_at": None,
        "invite_status": "active",
        "uses_2fa": False,
    }
    assert call(reading.get_users_login) == ["admin", "anonymous", "eve"]


def test_administrators_see_little_of_the_users_of_their_sites(call):
    call(set_user_access, userLogin="eve", access="view", idSites="1")
    boss = call.as_user("boss", roles={1: Role.ADMIN})
    assert boss(reading.get_users) == [{"login": "eve", "superuser_access": 0, "invite_status": "active"}]
    assert boss(reading.get_users_login) == ["eve"]
    assert call.as_user("other", roles={2: Role.ADMIN})(reading.get_users) == []


def test_some_users_may_be_asked_for(call):
    assert [user["login"] for user in call(reading.get_users, userLogins="eve,nobody")] == ["eve"]


def test_users_are_found_by_address(call):
    assert call(reading.get_user_by_email, userEmail="EVE@example.org")["login"] == "eve"
    assert call(reading.get_user_login_from_user_email, userEmail="eve@example.org") == "eve"
    assert call(reading.user_email_exists, userEmail="eve@example.org") is True
    assert call(reading.user_email_exists, userEmail="") is False
    for function in (reading.get_user_by_email, reading.get_user_login_from_user_email):
        with pytest.raises(ApiError):
            call(function, userEmail="nobody@example.org")


def test_the_anonymous_user_always_exists_and_asks_nothing_else(call):
    nobody = call.as_user(ANONYMOUS)
    assert nobody(reading.user_exists, userLogin=ANONYMOUS) is True
    with pytest.raises(NoAccess):
        nobody(reading.user_exists, userLogin="eve")
    assert nobody(reading.has_super_user_access) is False
    assert call(reading.has_super_user_access) is True


def test_users_read_about_themselves_only(call):
    eve = call.as_user("eve")
    assert eve(reading.get_user, userLogin="eve")["email"] == "eve@example.org"
    with pytest.raises(NoAccess):
        eve(reading.get_user, userLogin="admin")


# ---- roles


@pytest.mark.parametrize(("access", "sites"), [("write", "1,2"), (["write"], ["1", "2"]), ("write", "all")])
def test_a_role_is_given_on_several_sites(call, access, sites):
    call(set_user_access, userLogin="eve", access=access, idSites=sites)
    assert call(reading.get_sites_access_from_user, userLogin="eve") == [
        {"site": 1, "access": "write"},
        {"site": 2, "access": "write"},
    ]
    assert call(reading.get_users_sites_from_access, access="write") == {"eve": [1, 2]}


def test_a_role_takes_the_place_of_another_and_can_be_taken_away(call):
    call(set_user_access, userLogin="eve", access="write", idSites="1,2")
    call(set_user_access, userLogin="eve", access="view", idSites="1")
    assert call(reading.get_users_access_from_site, idSite=1) == {"eve": "view"}
    call(set_user_access, userLogin="eve", access="noaccess", idSites="1")
    assert call(reading.get_users_access_from_site, idSite=1) == {}
    assert [user["login"] for user in call(reading.get_users_with_site_access, idSite=2, access="write")] == ["eve"]


def test_all_means_the_sites_that_one_administers(call):
    call.as_user("boss", roles={2: Role.ADMIN})(set_user_access, userLogin="eve", access="view", idSites="all")
    assert call.registry.user("eve").roles == {2: Role.VIEW}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"access": "galaxy"}, BadParameter),
        ({"access": []}, BadParameter),
        ({"access": ["view", "write"]}, BadParameter),
        ({"idSites": ""}, BadParameter),
        ({"userLogin": "nobody"}, ApiError),
        ({"userLogin": "admin"}, ApiError),
        ({"userLogin": ANONYMOUS, "access": "write"}, BadParameter),
    ],
)
def test_a_role_that_makes_no_sense_is_refused(call, changes, error):
    with pytest.raises(error):
        call(set_user_access, **{"userLogin": "eve", "access": "view", "idSites": "1", **changes})


def test_anonymous_users_may_be_let_in(call):
    call(set_user_access, userLogin=ANONYMOUS, access="view", idSites="1")
    assert call.registry.authenticate("").roles == {1: Role.VIEW}


def test_roles_are_listed(call):
    assert [role["id"] for role in call(get_available_roles)] == ["view", "write", "admin"]
    assert call(get_available_capabilities) == []


def test_superusers_administer_every_site(call):
    assert [one["access"] for one in call(reading.get_sites_access_from_user, userLogin="admin")] == ["admin", "admin"]


# ---- tokens and preferences


def make_token(call, **changes):
    params = {"userLogin": "eve", "passwordConfirmation": "correct horse", "description": "Log importing", **changes}
    return call.as_user(ANONYMOUS)(create_app_specific_token_auth, **params)


@pytest.mark.parametrize("login", ["eve", "eve@example.org"])
def test_a_password_makes_a_token(call, login):
    token = make_token(call, userLogin=login)
    assert len(token) == 32
    assert call.registry.authenticate(token).login == "eve"
    assert call.registry.user("eve").tokens[0].description == "Log importing"


@pytest.mark.parametrize(
    "changes", [{"passwordConfirmation": "wrong"}, {"userLogin": "nobody"}, {"userLogin": "admin"}]
)
def test_without_the_password_there_is_no_token(call, changes):
    with pytest.raises(ApiError):
        make_token(call, **changes)


@pytest.mark.parametrize(
    ("changes", "expires_at"),
    [({}, None), ({"expireHours": 48}, 1_800_172_800), ({"expireDate": "2027-02-01"}, 1_801_440_000)],
)
def test_a_token_ends_when_it_was_told_to(call, changes, expires_at):
    make_token(call, **changes)
    assert call.registry.user("eve").tokens[0].expires_at == expires_at


def test_a_token_cannot_end_on_a_day_that_is_none(call):
    with pytest.raises(BadDate):
        make_token(call, expireDate="sometime")


def test_preferences_are_remembered(call):
    eve = call.as_user("eve", roles={2: Role.VIEW})
    assert eve(get_user_preference, preferenceName="defaultReport") == 2
    assert eve(get_user_preference, preferenceName="defaultReportDate") == "yesterday"
    assert eve(get_user_preference, preferenceName="isLDAPUser") is False
    eve(set_user_preference, userLogin="eve", preferenceName="defaultReport", preferenceValue="1")
    assert call(get_user_preference, userLogin="eve", preferenceName="defaultReport") == "1"


@pytest.mark.parametrize(
    ("caller", "login", "name", "error"),
    [
        ("eve", "admin", "defaultReport", NoAccess),
        (ANONYMOUS, ANONYMOUS, "defaultReport", NoAccess),
        ("eve", "eve", "favouriteColour", BadParameter),
    ],
)
def test_a_preference_that_makes_no_sense_is_refused(call, caller, login, name, error):
    with pytest.raises(error):
        call.as_user(caller)(set_user_preference, userLogin=login, preferenceName=name, preferenceValue="x")


def test_a_preference_of_nobody_is_refused(call):
    with pytest.raises(ApiError):
        call(set_user_preference, userLogin="nobody", preferenceName="defaultReport", preferenceValue="x")


def test_the_callers_identity_is_the_registrys(call):
    assert call.registry.authenticate(TOKEN) == Identity("admin", is_superuser=True)
