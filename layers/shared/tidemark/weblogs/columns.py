"""Formats whose columns a line "#Fields:" names: W3C extended and what is like it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import unquote

_COLUMNS: Final[Mapping[str, str]] = {
    "date": "date",
    "time": "time",
    "c-ip": "ip",
    "cs-method": "method",
    "cs-uri": "path",
    "cs-uri-stem": "path",
    "cs-uri-query": "query_string",
    "cs-url": "path",
    "sc-status": "status",
    "c-status": "status",
    "x-cf-status": "status",
    "sc-bytes": "length",
    "cs-host": "host",
    "cs(host)": "host",
    "x-host-header": "host",
    "cs-username": "userid",
    "cs(user-agent)": "user_agent",
    "c-user-agent": "user_agent",
    "cs(referer)": "referrer",
    "cs(referrer)": "referrer",
    "c-referrer": "referrer",
    "cs-protocol": "https",
    "time-taken": "generation_time_secs",
    "x-duration": "generation_time_secs",
    "x-event": "event_action",
    "x-sname": "event_name",
}
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.|"")*)"|(\S+)')
_MICROSOFT: Final = "microsoft"
_STREAMING: Final = "cloudfront_rtmp"
FIRST: Final = "#"


class ColumnFormat:
    """A W3C log under way: its header lines change what the next lines mean."""

    def __init__(
        self, fields: str = "", mapped: Mapping[str, str] | None = None, *, in_milliseconds: bool = False
    ) -> None:
        """`fields`: for logs without such a line. `mapped`: names that a log has instead of the standard's."""
        self.name = "w3c_extended"
        self._mapped = {own.lower(): standard.lower() for standard, own in (mapped or {}).items()}
        self._in_milliseconds = in_milliseconds
        self._names: list[str] = []
        self._has_tabs = False
        if fields:
            self.header(fields if fields.startswith(FIRST) else f"#Fields: {fields}")

    @property
    def is_ready(self) -> bool:
        """Whether the columns are known."""
        return bool(self._names)

    def header(self, line: str) -> bool:
        """Take a line that begins with "#"; True if it is one that this format knows."""
        key, _, value = line[1:].partition(":")
        match key.strip().lower():
            case "software":
                self._in_milliseconds = self._in_milliseconds or _MICROSOFT in value.lower()
                self.name = "iis" if _MICROSOFT in value.lower() else self.name
            case "fields":
                names = [one.lower() for one in value.split()]
                self._has_tabs = "x-edge-location" in names
                self._names = [self._mapped.get(one, one) for one in names]
                self.name = _known_as(self._names, self.name)
            case "version" | "date" | "start-date" | "end-date" | "remark":
                pass
            case _:
                return False
        return True

    def groups(self, line: str) -> Mapping[str, str] | None:
        """The named groups of a line; None if it has other columns than the header says."""
        values = line.split("\t") if self._has_tabs and "\t" in line else _split(line)
        if len(values) < len(self._names) or not self._names:
            return None
        found: dict[str, str] = {}
        for name, value in zip(self._names, values, strict=False):
            group = _COLUMNS.get(name, name)
            if value != "-" or group not in found:
                found[group] = value
        if self._in_milliseconds and "generation_time_secs" in found:
            found["generation_time_milli"] = found.pop("generation_time_secs")
        return self._completed(found)

    def _completed(self, found: dict[str, str]) -> Mapping[str, str]:
        agent = found.get("user_agent", "")
        if "%" in agent:
            agent = unquote(unquote(agent))
        found["user_agent"] = agent.replace("+", " ") if "+" in agent and " " not in agent else agent
        if "event_action" in found:
            found["event_category"] = _STREAMING
        if "cs-clapp" in self._names:  # it counts the bytes of answers under this name
            found.setdefault("length", found.get("cs-bytes", ""))
        return found


def _known_as(names: Sequence[str], otherwise: str) -> str:
    """Logs of some products are told by columns that only they have."""
    for column, name in (
        ("x-sname", "amazon_cloudfront_rtmp"),
        ("x-edge-location", "amazon_cloudfront"),
        ("avgbandwidth", "shoutcast"),
        ("cs-clapp", "incapsula_w3c"),
    ):
        if column in names:
            return name
    return otherwise


def _split(line: str) -> list[str]:
    """Values between spaces; those in quotes may hold spaces."""
    if '"' not in line:
        return line.split()
    return [_plain(found.groups()) for found in _QUOTED.finditer(line)]


def _plain(parts: Iterable[str | None]) -> str:
    quoted, plain = parts
    return quoted.replace('""', '"') if quoted is not None else plain or ""
