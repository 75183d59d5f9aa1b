"""Whose call it is: the token from the parameters or the Authorization header."""

from __future__ import annotations

from tidemark.model.access import Identity
from tidemark.model.errors import InvalidToken, NoAccess
from tidemark.model.ip_range import parse_ip_range
from tidemark.model.settings import Settings
from tidemark.reporting.context import Directory
from tidemark.reporting.parameters import Parameters
from tidemark.reporting.request import ApiRequest

_SCHEME = "bearer "


def token_of(params: Parameters, request: ApiRequest) -> str:
    """The token of a call: ``token_auth``, else the one of an ``Authorization: Bearer`` header; "" without one."""
    token = params.raw("token_auth")
    if token:
        return token
    header = request.headers.get("authorization", "").strip()
    return header[len(_SCHEME) :].strip() if header.lower().startswith(_SCHEME) else ""


def identify(directory: Directory, params: Parameters, request: ApiRequest, *, is_in_query: bool) -> Identity:
    """The caller; without a token the anonymous user.

    Raises:
        InvalidToken: nobody has that token, or it was sent in the query, which this instance or this token does not allow.

    """
    token = token_of(params, request)
    if token and is_in_query and directory.settings().flag("General.only_allow_secure_auth_tokens"):
        raise InvalidToken
    identity = identity_of(directory, token)
    if identity.is_post_only and is_in_query:
        raise InvalidToken
    return identity


def check_address(settings: Settings, client_ip: str) -> None:
    """Refuse callers from addresses that the instance does not allow, where it names some.

    Source: Matomo 5.2, generic parameters, login_allowlist_ip.

    Raises:
        NoAccess: the caller's address is not among them.

    """
    allowed = settings.words("General.login_allowlist_ip")
    if not allowed or not settings.flag("General.login_allowlist_apply_to_reporting_api_requests"):
        return
    caller = parse_ip_range(client_ip)
    ranges = [found for found in map(parse_ip_range, allowed) if found is not None]
    if caller is None or not any(caller.first in allowed_range for allowed_range in ranges):
        raise NoAccess("Your address is not among those that may use this instance.")


def identity_of(directory: Directory, token: str) -> Identity:
    """Whose token it is. Raises: InvalidToken."""
    identity = directory.authenticate(token)
    if identity is None:
        raise InvalidToken
    return identity
