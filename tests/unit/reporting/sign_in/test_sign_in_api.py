"""Signing in and out, one-time links and second factors, over a registry in memory."""

from __future__ import annotations

import json
from base64 import b64encode

import pyotp
import pytest

from tests.support.api_calls import memory_registry
from tests.support.memory_stores import MemoryTable
from tidemark.clock import SettableClock
from tidemark.model.access import Role
from tidemark.model.site import Site
from tidemark.model.user import User
from tidemark.registry.attempts import StoredAttempts
from tidemark.registry.audit import StoredAuditLog
from tidemark.registry.second_factors import StoredSecondFactors
from tidemark.registry.sign_ins import LONGEST_SECONDS, REMEMBERED_SECONDS, REST_SECONDS, StoredSignIns
from tidemark.reporting.request import ApiRequest
from tidemark.reporting.sign_in.endpoints import SignInApi

NOW = 1_800_000_000
PASSWORD = "correct horse"
ADDRESS = "203.0.113.9"


class Outbox:
    is_set_up = True

    def __init__(self):
        self.mails = []

    def send(self, mail):
        self.mails.append(mail)


class World:
    """One instance; `now` is the machine's clock."""

    def __init__(self):
        self.now = NOW
        self.registry = memory_registry()
        self.registry.add_site(Site(0, "Shop", "https://shop.example.org", NOW))
        self.registry.add_user(User("anna", "Anna@example.org", language="en", roles={1: Role.WRITE}), PASSWORD)
        self.table = MemoryTable()
        self.outbox = Outbox()
        self.audit = StoredAuditLog(self.table, self.clock)
        self.factors = StoredSecondFactors(self.table, self.salt, self.clock)
        self.api = SignInApi(
            self.registry,
            StoredSignIns(self.table, self.registry, self.salt, self.clock),
            self.factors,
            StoredAttempts(self.table, self.salt, self.clock),
            self.audit,
            self.outbox,
            SettableClock(NOW),
        )

    def clock(self):
        return self.now

    def salt(self):
        return "salt"

    def post(self, action, body=None, *, cookie="", csrf="", base="https://stats.example/", verb="POST", **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"content-type": "application/json", "cookie": cookie, "x-csrf-token": csrf, **named}
        data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        answer = self.api.handle(
            ApiRequest(headers=sent, base_url=base, client_ip=ADDRESS, verb=verb, body=data), action
        )
        return answer.status, json.loads(answer.body), answer.headers.get("set-cookie", "")

    def login(self, **given):
        status, session, cookie = self.post("login", {"login": "anna", "password": PASSWORD, **given})
        assert status == 200, session
        return session, cookie.partition(";")[0]

    def session(self, cookie, **headers):
        return self.post("session", cookie=cookie, verb="GET", **headers)[1]

    def enrol(self):
        """A second factor that is on; its codes, the recovery codes, and the session by which it was made."""
        session, cookie = self.login()
        known = {"cookie": cookie, "csrf": session["csrf"]}
        _, begun, _ = self.post("second-factor-begin", {"password": PASSWORD}, **known)
        codes = pyotp.TOTP(begun["secret"])
        status, confirmed, _ = self.post("second-factor-confirm", {"code": codes.at(self.now)}, **known)
        assert status == 200
        return codes, confirmed["recovery_codes"], known


@pytest.fixture
def world():
    return World()


def test_session_when_signed_in(world):
    session, cookie = world.login()
    assert session == {
        "login": "anna",
        "email": "Anna@example.org",
        "is_superuser": False,
        "role": "write",
        "language": "en",
        "use_12_hour_clock": False,
        "second_factor": False,
        "csrf": session["csrf"],
        "expires_at": NOW + LONGEST_SECONDS,
        "logo": "",
    }
    assert len(session["csrf"]) == 64
    assert world.session(cookie) == session
    assert world.session("")["login"] is None
    assert world.session("__Host-tidemark_session=forged")["login"] is None


def test_session_when_the_instance_has_a_logo(world):
    logo = "data:image/png;base64," + b64encode(bytes([0x89, *b"PNG", 13, 10, 26, 10])).decode()
    world.registry.set_settings({"branding_logo": logo})
    assert world.session("")["logo"] == ""
    world.registry.set_settings({"branding_use_custom_logo": True})
    assert world.session("")["logo"] == logo
    session, _ = world.login()
    assert session["logo"] == logo


def test_login_by_address_of_the_user(world):
    assert world.post("login", {"login": "anna@EXAMPLE.org", "password": PASSWORD})[0] == 200


def test_cookie_when_the_instance_is_secure_or_not(world):
    body = {"login": "anna", "password": PASSWORD}
    secure = world.post("login", body)[2]
    plain = world.post("login", {**body, "remember": True}, base="http://127.0.0.1:8080/")[2]
    name, *attributes = secure.split("; ")
    assert name.startswith("__Host-tidemark_session=")
    assert attributes == ["Path=/", "HttpOnly", "SameSite=Strict", "Secure"]
    name, *attributes = plain.split("; ")
    assert name.startswith("tidemark_session=")
    assert attributes == ["Path=/", "HttpOnly", "SameSite=Strict", f"Max-Age={REMEMBERED_SECONDS}"]


def test_nothing_secret_is_stored(world):
    session, cookie = world.login()
    stored = repr(world.table.items) + repr(world.registry._table.items)
    assert cookie.partition("=")[2] not in stored
    assert session["csrf"] not in stored
    assert PASSWORD not in stored


def test_session_when_its_time_is_over(world):
    _, cookie = world.login()
    for _ in range(LONGEST_SECONDS // REST_SECONDS * 2 - 1):
        world.now += REST_SECONDS // 2
        assert world.session(cookie)["login"] == "anna"
    world.now += REST_SECONDS // 2
    assert world.session(cookie)["login"] is None


def test_session_when_it_rested_too_long(world):
    _, cookie = world.login()
    _, remembered = world.login(remember=True)
    world.now += REST_SECONDS
    assert world.session(cookie)["login"] is None
    assert world.session(remembered)["login"] == "anna"


def test_session_when_the_password_changes_or_the_user_goes(world):
    _, cookie = world.login()
    world.registry.set_password("anna", "another one")
    assert world.session(cookie)["login"] is None
    world.registry.set_password("anna", PASSWORD)
    _, cookie = world.login()
    world.registry.delete_user("anna")
    assert world.session(cookie)["login"] is None


def test_session_when_a_page_of_elsewhere_asks(world):
    _, cookie = world.login()
    assert world.session(cookie, sec_fetch_site="same-origin")["login"] == "anna"
    assert world.session(cookie, sec_fetch_site="cross-site")["login"] is None
    assert world.session(cookie, sec_fetch_site="same-site")["login"] is None
    assert world.session(cookie, origin="https://evil.example")["login"] is None
    assert world.session(cookie, origin="https://stats.example")["login"] == "anna"


def test_logout_needs_the_header_and_ends_the_session(world):
    session, cookie = world.login()
    assert world.post("logout", cookie=cookie)[:2] == (
        403,
        {
            "result": "error",
            "message": "The header X-CSRF-Token is missing or is not the session's.",
            "reason": "csrf",
        },
    )
    status, _, dropped = world.post("logout", cookie=cookie, csrf=session["csrf"])
    assert (status, dropped.split("; ")[0], "Max-Age=0" in dropped) == (200, "__Host-tidemark_session=", True)
    assert world.session(cookie)["login"] is None
    assert world.post("logout", cookie=cookie, csrf=session["csrf"])[1]["reason"] == "no_session"


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"login": "anna", "password": "wrong"}, 401, "wrong"),
        ({"login": "nobody", "password": PASSWORD}, 401, "wrong"),
        ({"login": "anonymous", "password": PASSWORD}, 401, "wrong"),
        ({"login": "anna"}, 400, "missing"),
        ({"login": ["anna"], "password": PASSWORD}, 400, "missing"),
        ({"login": "", "password": ""}, 400, "missing"),
        (b"[]", 400, "not_json"),
        (b"{", 400, "not_json"),
        (b'{"a":' * 5000, 413, "too_large"),
    ],
)
def test_login_when_it_is_wrong(world, body, status, reason):
    found, answer, cookie = world.post("login", body)
    assert (found, answer["reason"], cookie) == (status, reason, "")


def test_login_when_it_is_no_json_or_from_elsewhere(world):
    body = {"login": "anna", "password": PASSWORD}
    assert world.post("login", body, content_type="application/x-www-form-urlencoded")[0] == 415
    assert world.post("login", body, sec_fetch_site="cross-site")[0] == 403
    assert world.post("login", body, verb="GET")[0] == 405
    assert world.post("elsewhere", body)[0] == 404


def test_login_when_it_failed_too_often(world):
    for _ in range(20):
        assert world.post("login", {"login": "anna", "password": "guess"})[0] == 401
    status, answer, _ = world.post("login", {"login": "anna", "password": PASSWORD})
    assert (status, answer["reason"]) == (429, "too_many")


def test_second_factor_when_it_is_on(world):
    codes, _, _ = world.enrol()
    wanted = {"login": "anna", "password": PASSWORD}
    assert world.post("login", wanted)[1]["reason"] == "otp_required"
    assert world.post("login", {**wanted, "otp": "000000"})[1]["reason"] == "otp_wrong"
    assert world.post("login", {**wanted, "otp": codes.at(world.now)})[1]["reason"] == "otp_wrong", "used to confirm"
    world.now += 30
    code = codes.at(world.now)
    assert world.login(otp=code)[0]["second_factor"] is True
    assert world.post("login", {**wanted, "otp": code})[1]["reason"] == "otp_wrong"
    assert world.post("login", {**wanted, "otp": codes.at(world.now - 30)})[1]["reason"] == "otp_wrong"


def test_second_factor_when_the_password_is_wrong_tells_nothing_of_it(world):
    codes, _, _ = world.enrol()
    world.now += 30
    given = {"login": "anna", "password": "wrong", "otp": codes.at(world.now)}
    assert world.post("login", given)[1]["reason"] == "wrong"


def test_recovery_codes_are_good_once(world):
    _, recovery, known = world.enrol()
    assert len(set(recovery)) == 10
    world.login(otp=recovery[0].upper())
    wanted = {"login": "anna", "password": PASSWORD, "otp": recovery[0]}
    assert world.post("login", wanted)[1]["reason"] == "otp_wrong"
    status, renewed, _ = world.post("recovery-codes", {"password": PASSWORD, "otp": recovery[1]}, **known)
    assert status == 200
    assert world.post("login", {**wanted, "otp": recovery[2]})[1]["reason"] == "otp_wrong"
    world.login(otp=renewed["recovery_codes"][0])


def test_second_factor_when_it_is_switched_off(world):
    codes, _, known = world.enrol()
    world.now += 30
    body = {"password": PASSWORD, "otp": codes.at(world.now)}
    assert world.post("second-factor-disable", {**body, "password": "x"}, **known)[1]["reason"] == "wrong"
    assert world.post("second-factor-disable", {"password": PASSWORD}, **known)[1]["reason"] == "otp_required"
    assert world.post("second-factor-begin", body, **known)[1]["reason"] == "is_on"
    assert world.post("second-factor-disable", body, **known)[0] == 200
    world.login()


def test_second_factor_when_its_first_code_is_wrong(world):
    session, cookie = world.login()
    known = {"cookie": cookie, "csrf": session["csrf"]}
    assert world.post("second-factor-confirm", {"code": "123456"}, **known)[1]["reason"] == "otp_wrong"
    world.post("second-factor-begin", {"password": PASSWORD}, **known)
    assert world.post("second-factor-confirm", {"code": "12345x"}, **known)[1]["reason"] == "otp_wrong"
    assert not world.factors.is_on("anna")


def test_one_time_link_when_used(world):
    world.registry.set_link("anna", "a" * 64, NOW + 10)
    token = {"token": "a" * 64}
    assert world.post("link", token)[1] == {"login": "anna", "email": "Anna@example.org", "kind": "password"}
    assert world.post("choose-password", {**token, "password": "short"})[1]["reason"] == "bad_password"
    assert world.post("choose-password", {**token, "password": "new password"})[:2] == (200, {"login": "anna"})
    assert world.post("choose-password", {**token, "password": "new password"})[1]["reason"] == "ended"
    assert world.post("link", token)[0] == 401
    assert world.post("login", {"login": "anna", "password": "new password"})[0] == 200


def test_one_time_link_when_it_is_an_invitation_or_guessed(world):
    world.registry.add_user(User("ben", "ben@example.org"))
    world.registry.set_link("ben", "b" * 64, NOW + 10)
    assert world.post("link", {"token": "b" * 64})[1]["kind"] == "invitation"
    for _ in range(20):
        assert world.post("link", {"token": "guess"})[0] == 401
    assert world.post("link", {"token": "b" * 64})[0] == 429


def test_forgotten_password_when_the_settings_do_not_name_the_instance(world, caplog):
    before = world.registry.user("anna")
    status = world.post("forgot", {"login": "anna"}, base="https://elsewhere.example/")[0]
    assert (status, world.outbox.mails) == (200, []), "the request's host may be a stranger's"
    assert world.registry.user("anna") == before
    assert "General.trusted_hosts" in caplog.text


def test_forgotten_password_when_the_request_names_another_host(world):
    world.registry.set_settings({"General.trusted_hosts": "stats.example"})
    world.post("forgot", {"login": "anna"}, base="https://elsewhere.example/")
    (mail,) = world.outbox.mails
    assert ("https://stats.example/#/" in mail.text, "elsewhere" in mail.text) == (True, False)


def test_forgotten_password_when_the_user_exists_or_not(world):
    world.registry.set_settings({"General.trusted_hosts": "stats.example"})
    known, unknown = world.post("forgot", {"login": "anna"}), world.post("forgot", {"login": "nobody"})
    assert known == unknown
    (mail,) = world.outbox.mails
    assert mail.to == "Anna@example.org"
    link = next(line for line in mail.text.splitlines() if line.startswith("http"))
    assert link.startswith("https://stats.example/#/choose-password?token=")
    token = link.rpartition("=")[2]
    assert world.post("choose-password", {"token": token, "password": "new password"})[0] == 200
    for _ in range(40):
        world.post("forgot", {"login": "anna"})
    assert len(world.outbox.mails) < 20


def test_acts_stand_in_the_audit_log(world):
    _, _, known = world.enrol()
    world.post("logout", **known)
    acts = {(entry.login, entry.act) for entry in world.audit.entries(10)}
    assert acts == {("anna", "logout"), ("anna", "second-factor-confirm"), ("anna", "login")}
