"""Formats that are one regular expression a line, as the servers' manuals document them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_HOST: Final = r"(?P<host>[\w.-]+)(?::\d+)?\s+"
_IP: Final = r"(?P<ip>[\w.:*-]+)"
_USER: Final = r"\s+\S+\s+(?P<userid>\S+(?: \S+)*?)"
_WHEN: Final = r"\s+\[(?P<date>[^\]\s]+)(?:\s+(?P<timezone>[+-]\d{2}:?\d{2}))?\]\s+"
_REQUEST: Final = r'"(?P<method>[A-Za-z_-]+)\s+(?P<path>.*?)(?:\s+[A-Z]+/[\d.]+)?"'
_RESULT: Final = r"\s+(?P<status>\d{3})\s+(?P<length>\d+|-)"
_AGENTS: Final = r'\s+"(?P<referrer>(?:[^"\\]|\\.)*)"\s+"(?P<user_agent>(?:[^"\\]|\\.)*)"'
_COMMON: Final = _IP + _USER + _WHEN + _REQUEST + _RESULT
_ELB_TIMES: Final = r"\s+(?P<ip>[\w.:-]+):\d+\s+\S+\s+[\d.-]+\s+(?P<generation_time_secs>[\d.-]+)\s+[\d.-]+"
_ELB_RESULT: Final = r"\s+(?P<status>\d+)\s+\S+\s+\d+\s+(?P<length>\d+)\s+" + _REQUEST
_ELB_AGENT: Final = r'\s+"(?P<user_agent>(?:[^"\\]|\\.)*)"\s+\S+\s+\S+'

PATTERNS: Final[Mapping[str, str]] = {
    "common": _COMMON,
    "common_vhost": _HOST + _COMMON,
    "ncsa_extended": _COMMON + _AGENTS,
    "common_complete": _HOST + _COMMON + _AGENTS,
    "icecast2": _COMMON + _AGENTS + r"\s+(?P<session_time>\d+|-)",
    "ovh": _IP + r"\s+(?P<host>[\w-]+\.[\w.-]+)\s+(?P<userid>\S+)" + _WHEN + _REQUEST + _RESULT + _AGENTS,
    "gandi": _HOST + _IP + _USER + _WHEN + r"\(\S*\)\s+" + _REQUEST + _RESULT + _AGENTS,
    "s3": r"\S+\s+(?P<host>\S+)"
    + _WHEN
    + _IP
    + r"\s+(?P<userid>\S+)\s+\S+\s+\S+\s+\S+\s+"
    + _REQUEST
    + r"\s+(?P<status>\d+)\s+\S+\s+(?P<length>\d+|-)\s+\S+\s+\S+\s+\S+"
    + _AGENTS,
    "elb": r"(?P<date>\d{4}-\d\d-\d\dT[\d:.]+Z)\s+\S+" + _ELB_TIMES + _ELB_RESULT + _ELB_AGENT,
    "alb": r"(?:https?|h2|grpcs|wss?)\s+(?P<date>\d{4}-\d\d-\d\dT[\d:.]+Z)\s+\S+"
    + _ELB_TIMES
    + _ELB_RESULT
    + _ELB_AGENT
    + r'\s+\S+\s+"[^"]*"\s+"(?P<host>[^"]*)"',
    "haproxy": r".*?haproxy\[\d+\]:\s+(?P<ip>[\w.:]+):\d+\s+\[(?P<date>[^\]]+)\]\s+\S+\s+\S+\s+"
    r"\d+/-?\d+/-?\d+/(?P<generation_time_milli>-?\d+)/\+?\d+\s+(?P<status>\d+)\s+(?P<length>\d+)\s+.*?" + _REQUEST,
}
"""By name. Groups are those that `line_of` reads."""

WHOLE_LINE: Final = frozenset({"common", "common_vhost", "ncsa_extended", "common_complete", "gandi"})
"""Formats that end where their pattern ends: what follows makes it another format."""


@dataclass(frozen=True, slots=True)
class PatternFormat:
    """A format told by a regular expression with named groups."""

    name: str
    pattern: re.Pattern[str]

    def groups(self, line: str) -> Mapping[str, str] | None:
        """The named groups of a line; None if it does not fit."""
        found = self.pattern.match(line)
        return None if found is None else {name: text for name, text in found.groupdict().items() if text is not None}


def pattern_format(name: str) -> PatternFormat:
    """The format of that name."""
    return PatternFormat(name, re.compile(PATTERNS[name] + (r"\s*$" if name in WHOLE_LINE else "")))


def own_format(expression: str) -> PatternFormat:
    """The user's own. Raises: ValueError if it is no expression or lacks what every line needs."""
    try:
        pattern = re.compile(expression)
    except re.error as error:
        raise ValueError(f"the expression cannot be read: {error}") from error
    missing = {"date", "path"} - pattern.groupindex.keys()
    if missing:
        raise ValueError(f"the expression has no group named {' and '.join(sorted(missing))}")
    return PatternFormat("regex", pattern)
