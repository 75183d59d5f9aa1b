"""The addresses /auth/…: signing in and out, one-time links, second factors. JSON in, JSON out."""

from __future__ import annotations

import hmac
import json
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tidemark.clock import Clock
from tidemark.model.access import ANONYMOUS, Role
from tidemark.model.audit import AuditLog
from tidemark.model.branding import CUSTOM_LOGO, shown_logo
from tidemark.model.errors import ApiError
from tidemark.model.links import LINK_BYTES, instance_address, password_link
from tidemark.model.login_attempts import LoginAttempts
from tidemark.model.mail import Mail, Mailer, MailError
from tidemark.model.passwords import password_problem
from tidemark.model.registry import NotRegisteredError, Registry
from tidemark.model.sign_in import SecondFactors, SignIn, SignIns
from tidemark.model.user import User
from tidemark.reporting.authentication import check_address
from tidemark.reporting.request import ApiRequest, ApiResponse
from tidemark.reporting.sign_in.cookies import CSRF_HEADER, dropping, is_own_page, keeping, session_secret

MAX_BODY_BYTES: Final = 10_000
RESET_SECONDS: Final = 86_400
_JSON: Final = "application/json"
_HEADERS: Final = {"content-type": "application/json; charset=utf-8", "cache-control": "no-store"}
_SESSION: Final = "session"

logger = logging.getLogger(__name__)


class Refused(ApiError):  # noqa: N818 (as its kind)
    """What the client did wrong, with a word for programs."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message, status)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint gives: facts, and the cookie that it sets if any."""

    facts: Mapping[str, Any]
    cookie: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """A session at work: its user and secret."""

    user: User
    session: SignIn
    secret: str


@dataclass(frozen=True, slots=True)
class SignInApi:
    """Answers the requests below /auth/."""

    registry: Registry
    sign_ins: SignIns
    factors: SecondFactors
    attempts: LoginAttempts
    audit: AuditLog
    mailer: Mailer
    clock: Clock

    def handle(self, request: ApiRequest, action: str) -> ApiResponse:
        """The answer to a request for /auth/<action>; what the client did wrong has a status of 4xx."""
        try:
            answer = self._answer(request, action)
        except ApiError as error:
            reason = error.reason if isinstance(error, Refused) else _reason(error)
            status = error.status if error.status != ApiError.status else 400
            return _response(status, {"result": "error", "message": error.message, "reason": reason})
        return _response(200, answer.facts, answer.cookie)

    def _answer(self, request: ApiRequest, action: str) -> Answer:
        check_address(self.registry.settings(), request.client_ip)
        if action == _SESSION and request.verb in {"GET", "HEAD"}:
            return Answer(self._told(self._session(request)))
        open_to_all = self._open_actions().get(action)
        own = self._own_actions().get(action)
        if open_to_all is None and own is None:
            raise Refused(404, "unknown", "There is nothing at this address.")
        if request.verb != "POST":
            raise Refused(405, "wrong_verb", "This address takes POST only.")
        if not is_own_page(request):
            raise Refused(403, "foreign_page", "Only pages of this instance may ask for this.")
        given = read_body(request)
        if open_to_all is not None:
            return open_to_all(request, given)
        return self._own(request, given, own) if own is not None else Answer({})

    def _open_actions(self) -> Mapping[str, Callable[[ApiRequest, Mapping[str, Any]], Answer]]:
        return {
            "login": self._login,
            "link": self._link,
            "choose-password": self._choose_password,
            "forgot": self._forgot,
        }

    def _own_actions(self) -> Mapping[str, Callable[[ApiRequest, Mapping[str, Any], Caller], Answer]]:
        return {
            "logout": self._logout,
            "second-factor-begin": self._begin_factor,
            "second-factor-confirm": self._confirm_factor,
            "second-factor-disable": self._disable_factor,
            "recovery-codes": self._renew_recovery,
        }

    # ---- open to everyone

    def _login(self, request: ApiRequest, given: Mapping[str, Any]) -> Answer:
        name, password = _text(given, "login"), _text(given, "password", strip=False)
        user = self._user(name)
        account = user.login if user is not None else name
        self.attempts.check(request.client_ip, account)
        is_right = self.registry.password_matches(account, password) and account != ANONYMOUS
        if user is None or not is_right:
            self.attempts.failed(request.client_ip, account)
            raise Refused(401, "wrong", "The login or the password is not correct.")
        if self.factors.is_on(user.login):
            self._check_code(request, user.login, _text(given, "otp", is_needed=False))
        secret, session = self.sign_ins.begin(user.login, remember=given.get("remember") is True)
        self.audit.note(user.login, "login", {"address": request.client_ip})
        return Answer(self._told(Caller(user, session, secret)), keeping(request, secret, session.cookie_seconds))

    def _link(self, request: ApiRequest, given: Mapping[str, Any]) -> Answer:
        user = self._link_owner(request, given)
        kind = "password" if user.password_hash else "invitation"
        return Answer({"login": user.login, "email": user.email, "kind": kind})

    def _choose_password(self, request: ApiRequest, given: Mapping[str, Any]) -> Answer:
        password = _text(given, "password", strip=False)
        problem = password_problem(password)
        if problem:
            raise Refused(400, "bad_password", problem)
        self._link_owner(request, given)
        try:
            login = self.registry.use_link(_text(given, "token"), password).login
        except NotRegisteredError as error:
            raise _ended() from error
        self.audit.note(login, "choose-password", {"address": request.client_ip})
        return Answer({"login": login})

    def _link_owner(self, request: ApiRequest, given: Mapping[str, Any]) -> User:
        self.attempts.check(request.client_ip)
        user = self.registry.link_owner(_text(given, "token"))
        if user is None:
            self.attempts.failed(request.client_ip)
            raise _ended()
        return user

    def _forgot(self, request: ApiRequest, given: Mapping[str, Any]) -> Answer:
        """Mails a link. The answer is the same for everyone: it tells nobody which logins there are."""
        name = _text(given, "login")
        self.attempts.check(request.client_ip, f"forgot {name}")
        self.attempts.failed(request.client_ip, f"forgot {name}")
        user = self._user(name)
        if user is not None and user.email and user.login != ANONYMOUS and self._can_mail_links():
            token = secrets.token_hex(LINK_BYTES)
            self.registry.set_link(user.login, token, int(self.clock.now()) + RESET_SECONDS)
            self._mail_link(user, password_link(instance_address(self.registry.settings()), token))
        return Answer({"result": "success", "message": "If there is such a user, a link was sent to their address."})

    def _can_mail_links(self) -> bool:
        """Whether mails are set up and the settings name the instance: what a request calls it may be a stranger's."""
        if self.mailer.is_set_up and not self.registry.settings().words("General.trusted_hosts"):
            logger.warning("no link was mailed, since General.trusted_hosts does not name the instance")
            return False
        return self.mailer.is_set_up

    def _mail_link(self, user: User, link: str) -> None:
        text = (
            f"Hello {user.login},\n\nsomebody (you, we hope) asked for another password. Choose it here within a day:\n\n"
            f"{link}\n\nIf it was not you, do nothing: your password stays as it is.\n"
        )
        try:
            self.mailer.send(Mail(user.email, "Choose another password", text))
        except MailError:
            return  # whoever asks learns nothing of it; the mailer has logged it

    # ---- for who has a session

    def _own(
        self,
        request: ApiRequest,
        given: Mapping[str, Any],
        act: Callable[[ApiRequest, Mapping[str, Any], Caller], Answer],
    ) -> Answer:
        caller = self._session(request)
        if caller is None:
            raise Refused(401, "no_session", "Sign in first.")
        if not hmac.compare_digest(request.headers.get(CSRF_HEADER, "").encode(), caller.session.csrf.encode()):
            raise Refused(403, "csrf", "The header X-CSRF-Token is missing or is not the session's.")
        return act(request, given, caller)

    def _logout(self, request: ApiRequest, _given: Mapping[str, Any], caller: Caller) -> Answer:
        self.sign_ins.end(caller.secret)
        self.audit.note(caller.user.login, "logout", {})
        return Answer({"result": "success"}, dropping(request))

    def _begin_factor(self, request: ApiRequest, given: Mapping[str, Any], caller: Caller) -> Answer:
        self._check_password(request, caller, given)
        if self.factors.is_on(caller.user.login):
            raise Refused(400, "is_on", "The second factor is on already: switch it off first.")
        enrolment = self.factors.begin(caller.user.login)
        return Answer({"secret": enrolment.secret, "uri": enrolment.uri})

    def _confirm_factor(self, request: ApiRequest, given: Mapping[str, Any], caller: Caller) -> Answer:
        login = caller.user.login
        self.attempts.check(request.client_ip, login)
        codes = self.factors.confirm(login, _text(given, "code"))
        if codes is None:
            self.attempts.failed(request.client_ip, login)
            raise _wrong_code()
        self.audit.note(login, "second-factor-confirm", {})
        return Answer({"recovery_codes": list(codes)})

    def _disable_factor(self, request: ApiRequest, given: Mapping[str, Any], caller: Caller) -> Answer:
        self._check_password(request, caller, given)
        self._check_code(request, caller.user.login, _text(given, "otp", is_needed=False))
        self.factors.off(caller.user.login)
        self.audit.note(caller.user.login, "second-factor-disable", {})
        return Answer({"result": "success"})

    def _renew_recovery(self, request: ApiRequest, given: Mapping[str, Any], caller: Caller) -> Answer:
        self._check_password(request, caller, given)
        self._check_code(request, caller.user.login, _text(given, "otp", is_needed=False))
        self.audit.note(caller.user.login, "recovery-codes", {})
        return Answer({"recovery_codes": list(self.factors.renew_recovery(caller.user.login))})

    # ---- checks

    def _session(self, request: ApiRequest) -> Caller | None:
        secret = session_secret(request)
        found = self.sign_ins.find(secret)
        user = self.registry.user(found.login) if found is not None else None
        return Caller(user, found, secret) if found is not None and user is not None else None

    def _check_password(self, request: ApiRequest, caller: Caller, given: Mapping[str, Any]) -> None:
        login = caller.user.login
        self.attempts.check(request.client_ip, login)
        if not self.registry.password_matches(login, _text(given, "password", strip=False)):
            self.attempts.failed(request.client_ip, login)
            raise Refused(401, "wrong", "The password is not correct.")

    def _check_code(self, request: ApiRequest, login: str, code: str) -> None:
        if not code:
            raise Refused(401, "otp_required", "A code of your second factor is needed.")
        self.attempts.check(request.client_ip, login)
        if not self.factors.accept(login, code):
            self.attempts.failed(request.client_ip, login)
            raise _wrong_code()

    def _user(self, name: str) -> User | None:
        """The user of a login or an e-mail address."""
        found = self.registry.user(name)
        if found is not None:
            return found
        wanted = name.lower()
        return next((user for user in self.registry.users() if user.email and user.email.lower() == wanted), None)

    def _told(self, caller: Caller | None) -> dict[str, Any]:
        if caller is None:
            return {
                "login": None,
                "is_superuser": False,
                "role": "none",
                "csrf": "",
                "expires_at": 0,
                "logo": self._logo(),
            }
        user, identity = caller.user, self.registry.identity(caller.user.login)
        highest = max(identity.roles.values(), default=None)
        return {
            "login": user.login,
            "email": user.email,
            "is_superuser": identity.is_superuser,
            "role": "superuser" if identity.is_superuser else Role(highest).id if highest is not None else "none",
            "language": user.language,
            "use_12_hour_clock": user.use_12_hour_clock,
            "second_factor": self.factors.is_on(user.login),
            "csrf": caller.session.csrf,
            "expires_at": caller.session.expires_at,
            "logo": self._logo(),
        }

    def _logo(self) -> str:
        """The instance's own picture as data: address; "" where there is none."""
        settings = self.registry.settings()
        return settings.text(CUSTOM_LOGO) if shown_logo(settings) else ""


def read_body(request: ApiRequest) -> Mapping[str, Any]:
    """The object in a request's body. Only JSON is read: a page of another origin cannot send it unasked.

    Raises: Refused.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
        raise Refused(415, "not_json", "The body has to be JSON (Content-Type: application/json).")
    if len(request.body) > MAX_BODY_BYTES:
        raise Refused(413, "too_large", f"A body has at most {MAX_BODY_BYTES} bytes here.")
    try:
        given = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise Refused(400, "not_json", "The body is not JSON.") from error
    if not isinstance(given, dict):
        raise Refused(400, "not_json", "The body has to be an object.")
    return given


def _text(given: Mapping[str, Any], name: str, *, is_needed: bool = True, strip: bool = True) -> str:
    value = given.get(name, "")
    if not isinstance(value, str) or (is_needed and not value):
        raise Refused(400, "missing", f"The body has to have a text '{name}'.")
    return value.strip() if strip else value


def _ended() -> Refused:
    return Refused(401, "ended", "The link was used already, or has ended.")


def _wrong_code() -> Refused:
    return Refused(401, "otp_wrong", "The code is not correct, or was used already.")


def _reason(error: ApiError) -> str:
    return "too_many" if error.status == 429 else "refused"


def _response(status: int, facts: Mapping[str, Any], cookie: str = "") -> ApiResponse:
    headers = {**_HEADERS, **({"set-cookie": cookie} if cookie else {})}
    return ApiResponse(status, headers, json.dumps(facts, ensure_ascii=False).encode())
