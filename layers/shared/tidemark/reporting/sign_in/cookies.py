"""The session's cookie, and which requests it counts for."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from tidemark.reporting.request import ApiRequest

SECURE_NAME: Final = "__Host-tidemark_session"
"""Browsers take it only by https, from this very host and for all of its paths."""
PLAIN_NAME: Final = "tidemark_session"
CSRF_HEADER: Final = "x-csrf-token"
_ATTRIBUTES: Final = "Path=/; HttpOnly; SameSite=Strict"
_OWN_SITES: Final = ("same-origin", "none")


def session_secret(request: ApiRequest) -> str:
    """The secret in the request's session cookie; empty without one, and for requests that another origin's page made."""
    return _cookie(request, _name(request)) if is_own_page(request) else ""


def is_own_page(request: ApiRequest) -> bool:
    """Whether a page of this instance (or no page at all) made the request.

    Browsers say so in Sec-Fetch-Site; older ones name the origin of what is not a plain GET.
    """
    site = request.headers.get("sec-fetch-site", "")
    if site:
        return site in _OWN_SITES
    origin = request.headers.get("origin", "")
    return not origin or urlsplit(origin).netloc == urlsplit(request.base_url).netloc


def keeping(request: ApiRequest, secret: str, seconds: int | None) -> str:
    """The Set-Cookie header that keeps a session: so long, or (None) as long as the browser runs."""
    age = f"; Max-Age={seconds}" if seconds is not None else ""
    return f"{_name(request)}={secret}; {_attributes(request)}{age}"


def dropping(request: ApiRequest) -> str:
    """The Set-Cookie header that takes the cookie away."""
    return f"{_name(request)}=; {_attributes(request)}; Max-Age=0"


def _name(request: ApiRequest) -> str:
    return SECURE_NAME if _is_secure(request) else PLAIN_NAME


def _attributes(request: ApiRequest) -> str:
    return f"{_ATTRIBUTES}; Secure" if _is_secure(request) else _ATTRIBUTES


def _is_secure(request: ApiRequest) -> bool:
    return request.base_url.startswith("https://")


def _cookie(request: ApiRequest, name: str) -> str:
    for part in request.headers.get("cookie", "").split(";"):
        own, _, value = part.strip().partition("=")
        if own == name:
            return value
    return ""
