"""A goal's definition as clients send it, checked and cleaned."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_plus

from tidemark.model.errors import BadParameter
from tidemark.model.goal import EVENT_ATTRIBUTES, MANUALLY, MATCH_ATTRIBUTES, NUMERIC_ATTRIBUTES, Goal

_NUMERIC_PATTERNS: Final = ("greater_than",)
_TEXT_PATTERNS: Final = ("contains", "exact", "regex")
_MAX_NAME: Final = 50
_MAX_TEXT: Final = 255
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


def definition(
    idsite: int,
    name: str,
    match_attribute: str,
    pattern: str,
    pattern_type: str,
    *,
    case_sensitive: bool,
    revenue: float,
    allow_multiple: bool,
    description: str,
    event_value_as_revenue: bool,
) -> Goal:
    """A goal without a number yet. Raises: BadParameter for what cannot be matched."""
    if match_attribute not in MATCH_ATTRIBUTES:
        raise BadParameter(f"'{match_attribute}' is nothing that a goal can match: {', '.join(MATCH_ATTRIBUTES)}.")
    if event_value_as_revenue and match_attribute not in EVENT_ATTRIBUTES:
        raise BadParameter("'useEventValueAsRevenue' goes with goals that match a part of an event only.")
    pattern, pattern_type = unquote_plus(pattern), pattern_type.lower()
    if match_attribute != MANUALLY:
        check_pattern(match_attribute, pattern, pattern_type)
    return Goal(
        idsite=idsite,
        idgoal=0,
        name=unquote_plus(name)[:_MAX_NAME],
        match_attribute=match_attribute,
        pattern=pattern[:_MAX_TEXT],
        pattern_type=pattern_type,
        description=unquote_plus(description)[:_MAX_TEXT],
        case_sensitive=case_sensitive,
        allow_multiple=allow_multiple,
        revenue=revenue,
        event_value_as_revenue=event_value_as_revenue,
    )


def check_pattern(match_attribute: str, pattern: str, pattern_type: str) -> None:
    """Refuse patterns that can never match what they are for. Raises: BadParameter.

    Source: Matomo 5.2, tracking behaviour, section 11.
    """
    is_numeric = match_attribute in NUMERIC_ATTRIBUTES
    allowed = _NUMERIC_PATTERNS if is_numeric else _TEXT_PATTERNS
    if pattern_type not in allowed:
        raise BadParameter(f"The pattern type '{pattern_type}' is none of: {', '.join(allowed)}.")
    if is_numeric and not _NUMBER.fullmatch(pattern.strip()):
        raise BadParameter(f"The pattern '{pattern}' is not a number, which '{match_attribute}' is compared with.")
    is_url = match_attribute not in EVENT_ATTRIBUTES and match_attribute != "title"
    if pattern_type == "exact" and is_url and not pattern.startswith("http"):
        raise BadParameter(
            f"'{pattern}' can never be a whole URL: an exact match needs one that starts with http:// or https://."
        )
    if pattern_type == "regex":
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            raise BadParameter(f"'{pattern}' is not a valid regular expression: {error}.") from error
