"""A line that counts to the parameters of a tracking request."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, quote

from tidemark.weblogs.counting import Selection, is_bot, is_download, is_error, is_redirect
from tidemark.weblogs.line import LogLine

TRACKER_PATHS: Final = re.compile(r"/(?:matomo|piwik)\.php$|/js/(?:tracker\.php)?$")
MAX_VARIABLES: Final = 5
_NOT_REPLAYED: Final = frozenset({"token_auth", "queuedtracking"})


@dataclass(frozen=True, slots=True)
class Making:
    """How requests are made."""

    selection: Selection = field(default_factory=Selection)
    main_urls: Mapping[int, str] | None = None
    """Addresses of sites for logs that do not tell the host."""
    delimiter: str = "?"
    strips_query: bool = False
    lowers_path: bool = False
    title_delimiter: str = "/"
    visit_variables: Sequence[tuple[str, str]] = ()
    """(group of the format, name of the variable)"""
    page_variables: Sequence[tuple[str, str]] = ()
    with_method: bool = False
    with_user: bool = True


def request_of(line: LogLine, idsite: int, how: Making) -> dict[str, Any]:
    """The parameters of what the line tells."""
    url = _url(line, idsite, how)
    sent: dict[str, Any] = {
        "rec": 1,
        "idsite": idsite,
        "url": url,
        "urlref": line.referrer,
        "cip": line.ip,
        "cdt": line.moment.strftime("%Y-%m-%d %H:%M:%S"),
        "ua": line.user_agent,
        "dp": 1,
    }
    if how.with_user and line.user_id:
        sent["uid"] = line.user_id
    visit = _named(line, how.visit_variables)
    page = _named(line, how.page_variables)
    if how.with_method and line.method:
        page.append(("HTTP-method", line.method))
    if line.status:
        page.append(("HTTP-code", line.status))
    if how.selection.with_bots:
        sent["bots"] = 1
        visit.append(("Bot" if is_bot(line.user_agent) else "Not-Bot", line.user_agent))
    sent |= _variables("_cvar", visit) | _variables("cvar", page)
    if is_download(line, how.selection):
        sent["download"] = url
    if is_error(line.status) or is_redirect(line.status):
        sent["action_name"] = _title(line, url, how.title_delimiter)
    if line.milliseconds is not None:
        sent["pf_srv"] = line.milliseconds
    if line.length is not None:
        sent["bw_bytes"] = line.length
    category, action, name = line.event
    if category and action:
        sent |= {"e_c": category, "e_a": action} | ({"e_n": name} if name else {})
    return sent


def is_tracker_call(line: LogLine) -> bool:
    """Whether the log is one of a tracker, and the line a hit that it got."""
    return TRACKER_PATHS.search(line.path) is not None


def replayed(line: LogLine) -> dict[str, Any] | None:
    """The hit that a tracker's log tells, with what the line tells of its sender; None if it is none."""
    given = {name: value for name, value in parse_qsl(line.query, keep_blank_values=True) if name not in _NOT_REPLAYED}
    if "idsite" not in given or ("rec" not in given and "url" not in given):
        return None
    sender = {
        "cip": line.ip,
        "cdt": line.moment.strftime("%Y-%m-%d %H:%M:%S"),
        "ua": line.user_agent,
        "rec": 1,
    }
    return {**sender, "urlref": line.referrer, **given} | {name: sender[name] for name in ("cip", "cdt")}


def _url(line: LogLine, idsite: int, how: Making) -> str:
    path = line.path.lower() if how.lowers_path else line.path
    query = "" if how.strips_query or not line.query else "?" + line.query
    main = (how.main_urls or {}).get(idsite, "")
    origin = f"{'https' if line.is_secure else 'http'}://{line.host}" if line.host else main.rstrip("/")
    return origin + path + query


def _title(line: LogLine, url: str, delimiter: str) -> str:
    title = f"{line.status}{delimiter}URL = {quote(url, safe='')}"
    return title + (f"{delimiter}From = {quote(line.referrer, safe='')}" if line.referrer else "")


def _named(line: LogLine, wanted: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, line.groups[group]) for group, name in wanted if line.groups.get(group)]


def _variables(parameter: str, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    slots = {str(slot): list(pair) for slot, pair in enumerate(pairs[:MAX_VARIABLES], 1)}
    return {parameter: json.dumps(slots)} if slots else {}
