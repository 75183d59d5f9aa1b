"""Opting out over HTTP: the script for a site's own pages (action optOutJS) and the page for a frame (optOut)."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Final

from tidemark.model.opt_out import YEARS_SECONDS, page, script, style_of
from tidemark.model.settings import Settings
from tidemark.reporting.request import ApiRequest, ApiResponse, parse_query, read_parameters

MODULE: Final = "CoreAdminHome"
SCRIPT_ACTION: Final = "optOutJS"
PAGE_ACTION: Final = "optOut"
_NO_STORE: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


def opt_out(request: ApiRequest, settings: Settings) -> ApiResponse | None:
    """The answer of the opt-out's addresses; None for other ones."""
    params = read_parameters(request)
    if params.get("module") != MODULE or params.get("action") not in {SCRIPT_ACTION, PAGE_ACTION}:
        return None
    try:
        style = style_of(params)
    except ValueError as error:
        return _answer(400, "text/plain; charset=utf-8", f"{error}\n")
    if params["action"] == SCRIPT_ACTION:
        return _answer(200, "application/javascript; charset=utf-8", script(style))
    name = settings.text("Tracker.ignore_visits_cookie_name")
    chosen = parse_query(request.form).get("out") if request.verb == "POST" else None
    is_out = chosen == "1" if chosen in {"0", "1"} else _has_cookie(request.headers, name)
    headers = {} if chosen is None else {"set-cookie": _cookie(name, request, is_out=is_out)}
    return _answer(200, "text/html; charset=utf-8", page(style, is_out=is_out), headers)


def _answer(status: int, kind: str, text: str, more: Mapping[str, str] | None = None) -> ApiResponse:
    return ApiResponse(status, {"content-type": kind, **_NO_STORE, **(more or {})}, text.encode())


def _cookie(name: str, request: ApiRequest, *, is_out: bool) -> str:
    """The instance's cookie; a browser sends it from a frame of another site only if it is secure."""
    is_https = request.base_url.startswith("https://")
    scope = "SameSite=None; Secure" if is_https else "SameSite=Lax"
    return f"{name}={'ignore' if is_out else ''}; Max-Age={YEARS_SECONDS if is_out else 0}; Path=/; HttpOnly; {scope}"


def _has_cookie(headers: Mapping[str, str], name: str) -> bool:
    try:
        return name in SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return False
