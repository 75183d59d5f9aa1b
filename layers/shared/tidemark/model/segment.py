"""Segment expressions: `browserCode==FF;countryCode!=de,visitCount>3` as conditions. What the names mean is not known here.

Source: Matomo 5.2, archiving rules, section 12.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import quote_plus, unquote_plus

from tidemark.model.errors import BadSegment

MAX_LENGTH = 8192
"""Characters of an expression that are read; the rest is ignored."""


class Operator(StrEnum):
    """How a value is compared. The last two are `==` and `!=` without a value."""

    EQUAL = "=="
    NOT_EQUAL = "!="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    CONTAINS = "=@"
    CONTAINS_NOT = "!@"
    STARTS_WITH = "=^"
    ENDS_WITH = "=$"
    EMPTY = "is empty"
    NOT_EMPTY = "is not empty"


_WITHOUT_VALUE = {Operator.EQUAL: Operator.EMPTY, Operator.NOT_EQUAL: Operator.NOT_EMPTY}
_CONDITION = re.compile(r"(.+?)(==|!=|>=|>|<=|<|=@|!@|=\^|=\$)(.*)")
_AND = re.compile(r"(?<!\\);(?!$)")
_OR = re.compile(r"(?<!\\),(?!$)")


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. `value` is decoded; it is empty for EMPTY and NOT_EMPTY."""

    name: str
    operator: Operator
    value: str

    def __str__(self) -> str:
        """The condition as it would stand in an expression."""
        operator = next((text for text, empty in _WITHOUT_VALUE.items() if empty is self.operator), self.operator)
        return f"{self.name}{operator.value}{escape(self.value)}"


@dataclass(frozen=True, slots=True)
class SegmentExpression:
    """Visits that meet every group; a group is met by one of its conditions. No group: all visits."""

    definition: str
    groups: tuple[tuple[Condition, ...], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The segments used, each once, in order."""
        return tuple(dict.fromkeys(condition.name for group in self.groups for condition in group))

    @property
    def hash(self) -> str:
        """Names the segment in keys; empty for all visits."""
        return segment_hash(self.definition)

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.groups)


def segment_hash(definition: str) -> str:
    """MD5 of the decoded definition: expressions that mean the same in another order are different segments."""
    if not definition:
        return ""
    return hashlib.md5(_decoded(definition).encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()


@lru_cache(maxsize=512)
def parse_segment(text: str) -> SegmentExpression:
    """Read an expression; `;` is AND, `,` is OR and binds tighter, a backslash before them makes them plain text.

    Clients send expressions encoded once, twice or not at all. What gives more conditions is taken: the text as it
    came or the text decoded; values are then decoded again.

    Raises: BadSegment.
    """
    raw = text.strip()[:MAX_LENGTH]
    decoded = _decoded(raw)[:MAX_LENGTH]
    if decoded != raw and _count(raw) > _count(decoded):
        return SegmentExpression(raw, _groups(raw))
    return SegmentExpression(decoded, _groups(decoded))


def combine(segment: str, condition: str) -> str:
    """Both by AND, unless the segment has the condition already."""
    if not segment or not condition:
        return segment or condition
    variants = {condition, quote_plus(condition), _decoded(condition)}
    if segment in variants:
        return segment
    separators = (";", quote_plus(";"))
    joined = {text for variant in variants for s in separators for text in (s + variant, variant + s)}
    if any(text in segment for text in joined):
        return segment
    return f"{segment};{condition}"


def escape(value: str) -> str:
    """A value as it may stand in an expression."""
    return value.replace(";", "\\;").replace(",", "\\,")


def _decoded(text: str) -> str:
    return unquote_plus(text, errors="replace")


def _count(text: str) -> int:
    try:
        return sum(len(group) for group in _groups(text))
    except BadSegment:
        return 0


def _groups(text: str) -> tuple[tuple[Condition, ...], ...]:
    groups = (part for part in _AND.split(text) if part)
    return tuple(tuple(_condition(_unescaped(part)) for part in _OR.split(group)) for group in groups)


def _unescaped(text: str) -> str:
    return text.replace("\\;", ";").replace("\\,", ",")


def _condition(text: str) -> Condition:
    found = _CONDITION.match(_decoded(text))
    if found is None:
        raise BadSegment(f"The segment condition '{text}' is not of the form name, operator, value.")
    name, operator, value = found[1], Operator(found[2]), _decoded(found[3])
    if value:
        return Condition(name, operator, value)
    if operator not in _WITHOUT_VALUE:
        raise BadSegment(
            f"The segment condition '{text}' lacks a value, which only {Operator.EQUAL.value} (empty) and "
            f"{Operator.NOT_EQUAL.value} (not empty) may."
        )
    return Condition(name, _WITHOUT_VALUE[operator], "")
