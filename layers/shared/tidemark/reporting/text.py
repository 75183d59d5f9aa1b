"""Texts and numbers as Matomo's clients see them: HTML entities, numeric texts, decimal notation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.entities import name2codepoint
from typing import Any
from urllib.parse import unquote_plus

_ENTITY = re.compile(r"&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,7}));")
_NUMERIC = re.compile(r"[ \t\n\r\v\f]*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[ \t\n\r\v\f]*")
_FORBIDDEN_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL_IN_XML = re.compile('[&<>"\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]')
_SURROGATES = re.compile("[\ud800-\udfff]")
EXACT_INTEGERS = 1e15

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#039;"})
_XML_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_UNSAFE_IN_LABELS = "%+&<>\"'"
_NEEDS_ESCAPE = re.compile("[&<>\"']")


def decode_entities(text: str) -> str:
    """The text with HTML 4 entities (named ones and numbers, always with their semicolon) as characters."""
    return _ENTITY.sub(_character, text) if "&" in text else text


def escape_html(text: str) -> str:
    """The text with & < > and both quotes as entities."""
    return text.translate(_ESCAPES) if _NEEDS_ESCAPE.search(text) else text


def escape_xml(text: str) -> str:
    """The text for XML content and attributes in double quotes, without characters that XML cannot hold."""
    if _SPECIAL_IN_XML.search(text) is None:
        return text
    return _FORBIDDEN_IN_XML.sub("", text.translate(_XML_ESCAPES))


def sanitise(text: str) -> str:
    """A request's text as methods get it: entities decoded once, zero bytes dropped, then HTML-escaped.

    Source: Matomo 5.2, generic parameters, "types".
    """
    return escape_html(decode_entities(text).replace("\0", ""))


def sanitise_all(value: Any) -> Any:
    """The same for every text, key included, inside lists and maps."""
    if isinstance(value, str):
        return value if is_numeric(value) else sanitise(value)
    if isinstance(value, list):
        return [sanitise_all(item) for item in value]
    if isinstance(value, dict):
        return {sanitise_all(key): sanitise_all(item) for key, item in value.items()}
    return value


def safe_label(label: str) -> str:
    """A stored label as tables show it: URL-decoded once, then HTML-escaped.

    Source: Matomo 5.2, processing order, queued filters.
    """
    decoded = unquote_plus(label, errors="ignore") if "%" in label or "+" in label else label
    return escape_html(decode_special_characters(decoded))


def are_safe_labels(labels: Iterable[Any]) -> bool:
    """Whether all texts among the labels are shown as they are stored."""
    together = "".join([label for label in labels if type(label) is str])
    return not any(character in together for character in _UNSAFE_IN_LABELS)


def decode_special_characters(text: str) -> str:
    """The inverse of ``escape_html``; other entities stay."""
    if "&" not in text:
        return text
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#039;", "'"), ("&#39;", "'")):
        text = text.replace(entity, character)
    return text.replace("&amp;", "&")


def is_numeric(text: str) -> bool:
    """Whether the text is a decimal number, blanks around it allowed."""
    return bool(_NUMERIC.fullmatch(text))


def number_of(value: Any) -> float | int:
    """The number that a cell stands for; 0 for what is none."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and is_numeric(value):
        return float(value) if re.search("[.eE]", value) else int(value)
    return 0


def number_text(value: float) -> str:
    """A number with at most 14 significant digits, as texts show it: 42, 0.3, 1.0E+25."""
    if isinstance(value, int):
        return str(value)
    if value != value:  # noqa: PLR0124 (NaN)
        return "NAN"
    if value.is_integer() and abs(value) < EXACT_INTEGERS:
        return str(int(value))
    digits, exponent_mark, exponent = f"{value:.14G}".partition("E")
    if not exponent_mark:
        return digits
    mantissa = digits if "." in digits else f"{digits}.0"
    return f"{mantissa}E{exponent[0]}{exponent[1:].lstrip('0')}"


def cell_text(value: Any) -> str:
    """A cell as text: true is 1, false 0, None empty."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return number_text(value) if isinstance(value, int | float) else str(value)


def without_surrogates(text: str) -> str:
    """The text without halves of characters, which no encoding can hold."""
    return text if text.isascii() else _SURROGATES.sub("", text)


def _character(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name is not None:
        code = name2codepoint.get(name)
    else:
        code = int(decimal) if decimal is not None else int(hexadecimal, 16)
    if code is None or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF or code == 0:
        return found[0]
    return chr(code)
