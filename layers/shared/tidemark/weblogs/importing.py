"""Reading a log from its first line to its last: what becomes of each line is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain, islice
from typing import Any, Final

from tidemark.weblogs.columns import FIRST, ColumnFormat
from tidemark.weblogs.counting import refusal
from tidemark.weblogs.formats import LINES_TO_GUESS_BY, Format, format_named, guessed
from tidemark.weblogs.line import LogLine, MalformedLineError, line_of
from tidemark.weblogs.requests import Making, is_tracker_call, replayed, request_of

INVALID: Final = "not of this format"
NO_SITE: Final = "no site"
NO_HIT: Final = "no tracking request"
SKIPPED: Final = "skipped"
HEADER: Final = "header"


class UnknownFormatError(Exception):
    """No known format fits the log."""


SiteOf = Callable[[str], int | None]
"""The site of a host; None if there is none."""


@dataclass(slots=True)
class Tally:
    """What became of the lines of all logs: they add up."""

    lines: int = 0
    requests: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    """By reason."""
    invalid: list[tuple[str, int]] = field(default_factory=list)
    """The first lines that could not be read: file and number."""

    def ignore(self, reason: str) -> None:
        """Count a line that does not count."""
        self.ignored[reason] += 1


@dataclass(frozen=True, slots=True)
class Reading:
    """How a log is read."""

    site_of: SiteOf
    making: Making = field(default_factory=Making)
    format_name: str = ""
    own: Format | None = None
    date_format: str = ""
    shift: timedelta = timedelta()
    skip: int = 0
    replays: bool = False
    host: str = ""
    """For logs that do not tell it."""
    new_columns: Callable[[], ColumnFormat] = ColumnFormat
    invalid_kept: int = 10


def requests_of(name: str, lines: Iterable[str], how: Reading, tally: Tally) -> Iterator[dict[str, Any]]:
    """The requests of a log, in order. Raises: UnknownFormatError."""
    columns = how.new_columns()
    rest = iter(lines)
    first = list(islice(rest, LINES_TO_GUESS_BY))
    chosen = _chosen(first, how, columns)
    if chosen is None:
        if not any(line.strip() for line in first):
            return
        raise UnknownFormatError(name)
    for number, text in enumerate(chain(first, rest), 1):
        tally.lines += 1
        if number <= how.skip:
            tally.ignore(SKIPPED)
        elif text.startswith(FIRST) and chosen is columns:
            columns.header(text)
            tally.ignore(HEADER)
        else:
            made = _request(text, chosen, how, tally, (name, number))
            if made is not None:
                tally.requests += 1
                yield made


def _chosen(first: list[str], how: Reading, columns: ColumnFormat) -> Format | None:
    if how.own is not None:
        return how.own
    if how.format_name:
        return format_named(how.format_name, columns)
    return guessed(first, columns, how.date_format)


def _request(text: str, chosen: Format, how: Reading, tally: Tally, place: tuple[str, int]) -> dict[str, Any] | None:
    line = _line(text, chosen, how)
    if line is None:
        tally.ignore(INVALID)
        if len(tally.invalid) < how.invalid_kept:
            tally.invalid.append(place)
        return None
    if how.replays:
        request = replayed(line) if is_tracker_call(line) else None
        if request is None:
            tally.ignore(NO_HIT)
        return request
    reason = refusal(line, how.making.selection)
    idsite = None if reason else how.site_of(line.host)
    if idsite is None:
        tally.ignore(reason or NO_SITE)
        return None
    return request_of(line, idsite, how.making)


def _line(text: str, chosen: Format, how: Reading) -> LogLine | None:
    groups = chosen.groups(text)
    if groups is None:
        return None
    if how.host and not groups.get("host"):
        groups = {**groups, "host": how.host}
    try:
        line = line_of(groups, how.date_format, how.making.delimiter)
    except MalformedLineError:
        return None
    return _shifted(line, how.shift) if how.shift else line


def _shifted(line: LogLine, by: timedelta) -> LogLine:
    return replace(line, moment=line.moment + by)
