"""Values as source text of PHP, which is how Matomo shows nested values where a format has cells of text only."""

from __future__ import annotations

import re
from typing import Any

_INTEGER_KEY = re.compile(r"0|-?[1-9][0-9]{0,17}")


def exported(value: Any, indent: str = "") -> str:
    """A value as PHP writes it: arrays over several lines, texts quoted, floats always with a point or an exponent.

    Source: Matomo 5.2, generic parameters, "format html".
    """
    if isinstance(value, list | tuple):
        return _array(enumerate(value), indent)
    if isinstance(value, dict):
        return _array(value.items(), indent)
    if value is None or isinstance(value, bool):
        return {None: "NULL", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return _float(value)
    return str(value) if isinstance(value, int) else _quoted(str(value))


def _array(entries: Any, indent: str) -> str:
    below = indent + "  "
    lines = []
    for key, item in entries:
        start = f"\n{below}" if isinstance(item, list | tuple | dict) else ""
        name = str(key) if _INTEGER_KEY.fullmatch(str(key)) else _quoted(str(key))
        lines.append(f"{below}{name} => {start}{exported(item, below)},\n")
    return f"array (\n{''.join(lines)}{indent})"


def _float(value: float) -> str:
    """The shortest text of the number: 0.0, 1.0E-5."""
    digits, exponent_mark, exponent = repr(value).partition("e")
    if not exponent_mark:
        return digits.upper() if digits.strip("-").isalpha() else digits
    mantissa = digits if "." in digits else f"{digits}.0"
    return f"{mantissa}E{exponent[0]}{exponent[1:].lstrip('0')}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\0", "' . \"\\0\" . '")
    return f"'{escaped}'"
