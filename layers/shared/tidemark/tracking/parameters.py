"""Typed reading of request parameters with Matomo's leniency: what cannot be read counts as not given.

Source: Matomo 5.2, tracking parameters, columns type and default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

RawParams = Mapping[str, Any]
"""Names and values as sent: text, maps (brackets), or what a JSON bulk held (lists, maps)."""

_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_ENTITY: Final = re.compile(r"&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_INT64: Final = 1 << 63
_DIGITS: Final = {str(digit): digit for digit in range(10)}
"""Most whole numbers that come are flags: looking one up is faster than reading it."""


def text(params: RawParams, name: str, default: str = "") -> str:
    """The parameter as text, HTML entities decoded, without NUL; the default if absent, empty or a list."""
    value = params.get(name)
    if not isinstance(value, str) or not value:
        return default
    return decode_entities(value) if "&" in value or "\0" in value else value


def decode_entities(value: str) -> str:
    """Text with its HTML 4 entities decoded once; those without a semicolon stay (they are parameters of URLs)."""
    if "&" in value:
        value = _ENTITY.sub(_character, value)
    return value.replace("\0", "") if "\0" in value else value


def _character(match: re.Match[str]) -> str:
    entity = match[1]
    if entity[0] != "#":
        from html.entities import name2codepoint  # noqa: PLC0415 - rarely needed, and a cold start counts

        point = name2codepoint.get(entity)
        return match[0] if point is None else chr(point)
    point = int(f"0{entity[1:]}", 0) if entity[1] in "xX" else int(entity[1:])
    is_character = 0 < point < 0x110000 and not 0xD800 <= point < 0xE000
    return chr(point) if is_character else match[0]


def integer(params: RawParams, name: str, default: int = 0) -> int:
    """The parameter as a whole number ("7", "7.0"), else the default."""
    plain = params.get(name)
    if plain is None:
        return default
    if isinstance(plain, str):
        if plain in _DIGITS:
            return _DIGITS[plain]
        if len(plain) < 16 and plain.isdecimal() and plain.isascii():
            return int(plain)
    if isinstance(plain, str) and "," in plain:  # a number may have one, a whole number is none then
        return default
    found = number(params, name)
    if found is None or found != int(found) or not -_INT64 <= found < _INT64:
        return default
    value = params[name].strip()
    return int(value) if value.lstrip("+-").isdecimal() else int(found)


def number(params: RawParams, name: str) -> float | None:
    """The parameter as a finite number ("3", "3.5", "1e3"), None for anything else; "3,5" passes for one, and is 3.

    Source: Matomo 5.2, Common::getRequestVar (a comma passes the check, and ends the number when it is read).
    """
    value = params.get(name)
    return to_number(value) if isinstance(value, str) and value else None


def to_number(value: str) -> float | None:
    """The text as a finite number, None if it is none; a comma ends it."""
    value = value.strip()
    if not _NUMBER.fullmatch(value.replace(",", ".")):
        return None
    found = float(value.partition(",")[0] or 0) if "," in value else float(value)
    return found if abs(found) != float("inf") else None


def leading_number(value: str) -> float:
    """The number that a text begins with, 0 if with none: what a database makes of a text in a column of numbers."""
    found = _NUMBER.match(value)
    number = float(found[0]) if found else 0.0
    return number if abs(number) != float("inf") else 0.0


def structure(params: RawParams, name: str) -> Any:
    """The parameter's JSON, or the map that brackets made of it; None if absent or malformed."""
    value = params.get(name)
    if not isinstance(value, str):
        return value
    if not value:
        return None
    import orjson  # noqa: PLC0415 - ingest reads structures; collect, which loads this module, does not

    try:
        return orjson.loads(value)
    except ValueError:
        return None


def is_given(params: RawParams, name: str) -> bool:
    """Whether the parameter is there as a text that is not empty; "0" counts as empty, as in PHP."""
    value = params.get(name)
    return isinstance(value, str) and value not in ("", "0")
