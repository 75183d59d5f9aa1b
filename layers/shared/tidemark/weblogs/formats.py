"""All formats by name, and which one a log has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from tidemark.weblogs.columns import FIRST, ColumnFormat
from tidemark.weblogs.documents import DOCUMENTS
from tidemark.weblogs.line import MalformedLineError, line_of
from tidemark.weblogs.patterns import PATTERNS, pattern_format

COLUMN_FORMATS: Final = (
    *("w3c_extended", "iis", "amazon_cloudfront", "amazon_cloudfront_rtmp", "shoutcast", "incapsula_w3c"),
    "netscaler",
)
_GUESSED: Final = (
    *("elb", "alb", "haproxy", "s3", "gandi", "icecast2", "ovh", "common_complete", "ncsa_extended", "common_vhost"),
    "common",
)
"""Those that say most come first."""
LINES_TO_GUESS_BY: Final = 100


class Format(Protocol):
    """Splits lines into named groups."""

    @property
    def name(self) -> str: ...

    def groups(self, line: str) -> Mapping[str, str] | None:
        """The named groups of a line; None if it does not fit."""
        ...


def format_names() -> tuple[str, ...]:
    """Names that a format may be asked for by."""
    return tuple(sorted({*PATTERNS, *COLUMN_FORMATS, *(one.name for one in DOCUMENTS)}))


def format_named(name: str, columns: ColumnFormat) -> Format:
    """The format of a name; `columns` stands for all that have header lines. Raises: KeyError."""
    if name in COLUMN_FORMATS:
        return columns
    for one in DOCUMENTS:
        if one.name == name:
            return one
    return pattern_format(name)


def guessed(lines: Sequence[str], columns: ColumnFormat, date_format: str = "") -> Format | None:
    """The format that most of a log's first lines have; None if there is none."""
    for line in lines:
        if line.startswith(FIRST):
            columns.header(line)
    if columns.is_ready:
        return columns
    candidates: list[Format] = [*DOCUMENTS, *(pattern_format(name) for name in _GUESSED)]
    told = [line for line in lines if line.strip()][:LINES_TO_GUESS_BY]
    counts = [sum(_fits(one, line, date_format) for line in told) for one in candidates]
    best = max(counts, default=0)
    return candidates[counts.index(best)] if best else None


def _fits(one: Format, line: str, date_format: str) -> bool:
    groups = one.groups(line)
    try:
        return groups is not None and bool(line_of(groups, date_format))
    except MalformedLineError:
        return False
