"""Tokens with limits, their uses, and second factors where a token is made or taken away."""

import pyotp
import pytest

from tests.support.api_calls import NOW, Caller
from tidemark.model.access import Role
from tidemark.model.errors import ApiError, BadParameter, NoAccess, UnknownSite
from tidemark.model.registry import Registry
from tidemark.model.sign_in import SecondFactors
from tidemark.plugins.sites_manager.changes import add_site
from tidemark.plugins.users_manager.changes import add_user
from tidemark.plugins.users_manager.second_factors import reset_two_factor_auth
from tidemark.plugins.users_manager.tokens import (
    create_app_specific_token_auth,
    delete_app_specific_token,
    get_app_specific_tokens,
)

PASSWORD = "correct horse"
OWN = {"userLogin": "anna", "passwordConfirmation": PASSWORD, "description": "for tests"}


@pytest.fixture
def call():
    call = Caller()
    call.registry.create_superuser("admin", "0" * 32)
    for name in ("Shop", "Blog"):
        call(add_site, siteName=name)
    call(add_user, userLogin="anna", password=PASSWORD, email="anna@example.org", initialIdSite=1)
    return call


def test_a_token_of_single_sites_speaks_for_these_alone(call):
    call.registry.set_password("admin", PASSWORD)
    token = call(
        create_app_specific_token_auth, **{**OWN, "userLogin": "admin"}, onlySites=[2], readOnly=True, secureOnly=True
    )
    identity = call.registry.authenticate(token)
    assert (identity.login, identity.is_superuser, identity.roles) == ("admin", False, {2: Role.ADMIN})
    assert identity.is_post_only
    assert identity.no_changes == "This token may only read."
    assert call.registry.snapshot().grant(token, NOW) is None
    token = call(create_app_specific_token_auth, **OWN, onlySites=[1, 2])
    assert call.registry.authenticate(token).roles == {1: Role.VIEW}
    token = call(create_app_specific_token_auth, **{**OWN, "userLogin": "admin"}, onlySites=[2])
    grant = call.registry.snapshot().grant(token, NOW)
    assert (grant.is_superuser, grant.may_write(1), grant.may_write(2)) == (False, False, True)


def test_limits_are_kept_when_the_registry_is_read_again(call):
    token = call(create_app_specific_token_auth, **OWN, onlySites=[1], readOnly=True)
    before = call.registry.authenticate(token)
    call.registry._catalogue = None
    assert call.registry.authenticate(token) == before


def test_a_token_of_no_such_site(call):
    with pytest.raises(UnknownSite):
        call(create_app_specific_token_auth, **OWN, onlySites=[9])
    assert call.registry.user("anna").tokens == ()


def test_a_token_needs_the_second_factor_of_who_has_one(call):
    factors = call.service(SecondFactors)
    codes = pyotp.TOTP(factors.begin("anna").secret)
    recovery = factors.confirm("anna", codes.at(NOW))
    for code in ("", "000000", codes.at(NOW)):
        with pytest.raises(ApiError, match="authCode"):
            call(create_app_specific_token_auth, **OWN, authCode=code)
    assert call(create_app_specific_token_auth, **OWN, authCode=recovery[0])
    call(reset_two_factor_auth, userLogin="anna")
    assert call(create_app_specific_token_auth, **OWN)
    with pytest.raises(ApiError):
        call(reset_two_factor_auth, userLogin="nobody")


def test_a_second_factor_goes_with_its_user(call):
    registry = call.service(Registry)
    from tidemark.registry.second_factors import StoredSecondFactors

    factors = StoredSecondFactors(registry._table, lambda: "salt", lambda: NOW)
    factors.confirm("anna", pyotp.TOTP(factors.begin("anna").secret).at(NOW))
    assert factors.is_on("anna")
    registry.delete_user("anna")
    assert not factors.is_on("anna")


def test_tokens_when_listed_used_and_deleted(call):
    token = call(create_app_specific_token_auth, **OWN, readOnly=True, expireHours=1)
    anna = call.as_user("anna")
    (listed,) = anna(get_app_specific_tokens)
    assert (listed["last_used"], listed["read_only"], listed["secure_only"]) == (None, 1, 0)
    assert (listed["date_created"], listed["date_expired"]) == ("2027-01-15 08:00:00", "2027-01-15 09:00:00")
    writes = call.registry._table.writes
    for _ in range(3):
        call.registry.authenticate(token)
    assert call.registry._table.writes == writes + 1
    assert anna(get_app_specific_tokens)[0]["last_used"] is not None
    with pytest.raises(BadParameter):
        anna(delete_app_specific_token, idToken="nonsense")
    with pytest.raises(NoAccess):
        call.as_user("ben")(delete_app_specific_token, idToken=listed["id"], userLogin="anna")
    anna(delete_app_specific_token, idToken=listed["id"])
    assert call.registry.authenticate(token) is None
