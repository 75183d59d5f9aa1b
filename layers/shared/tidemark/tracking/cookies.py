"""The two cookies that the server itself knows: opt-out and, if switched on, a third-party visitor id.

Source: Matomo 5.2, tracking behaviour, sections 4 and 5. First-party cookies of trackers are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from tidemark.model.settings import Settings
from tidemark.tracking.request import Request

ID_LENGTH: Final = 16
_HEXADECIMAL: Final = frozenset("0123456789abcdefABCDEF")


def has_opted_out(cookie_header: str, settings: Settings) -> bool:
    """Whether the visitor does not want to be counted here."""
    name = settings.text("Tracker.ignore_visits_cookie_name")
    return any(found == name for found, _ in _pairs(cookie_header))


def third_party_id(cookie_header: str, settings: Settings) -> str:
    """The visitor id of our own cookie, 16 hexadecimal digits; empty if there is none or it is not used."""
    if not settings.flag("Tracker.use_third_party_id_cookie"):
        return ""
    name = settings.text("Tracker.cookie_name")
    return next((value for found, value in _pairs(cookie_header) if found == name and _is_id(value)), "")


def third_party_cookie(request: Request, first_party_id: str, settings: Settings) -> str:
    """The Set-Cookie header that keeps the visitor's id, empty if there is no id or the visitor opted out."""
    header = request.header("cookie")
    if has_opted_out(header, settings):
        return ""
    idvisitor = third_party_id(header, settings) or first_party_id[:ID_LENGTH]
    if not _is_id(idvisitor):
        return ""
    return _set_cookie(request, idvisitor, settings.number("Tracker.cookie_expire"), settings)


def deleted_third_party_cookie(request: Request, settings: Settings) -> str:
    """The Set-Cookie header that deletes the visitor's id, empty if there is none. Source: section 4, Do Not Track."""
    name = settings.text("Tracker.cookie_name")
    has_one = any(found == name for found, _ in _pairs(request.header("cookie")))
    return _set_cookie(request, "deleted", 0, settings) if has_one else ""


def _set_cookie(request: Request, value: str, seconds: int, settings: Settings) -> str:
    is_https = request.header("x-forwarded-proto").lower() == "https"
    parts = [
        f"{quote(settings.text('Tracker.cookie_name'))}={value}",
        f"Max-Age={seconds}",
        f"Path={settings.text('Tracker.cookie_path') or '/'}",
        "HttpOnly",
        "SameSite=None; Secure" if is_https else "SameSite=Lax",
    ]
    if domain := settings.text("Tracker.cookie_domain"):
        parts.append(f"Domain={domain}")
    return "; ".join(parts)


def _is_id(value: str) -> bool:
    return len(value) == ID_LENGTH and _HEXADECIMAL.issuperset(value)


def _pairs(header: str) -> Iterator[tuple[str, str]]:
    for part in header.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals:
            yield name, value
