"""Values as PHP serialises them, read without making anything but numbers, texts and maps. Source: PHP's serialize()."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

MOST_LEVELS: Final = 32


class SerializedError(ValueError):
    """The bytes are not a serialised value, or one of an object."""


def unserialized(data: bytes) -> Any:
    """The value. Arrays are dicts, texts str (what is no UTF-8 in them is replaced). Raises: SerializedError."""
    try:
        value, end = _value(data, 0, 0)
    except (IndexError, ValueError) as error:
        raise SerializedError(str(error)) from error
    if end != len(data):
        raise SerializedError("something follows the value")
    return value


def _value(data: bytes, at: int, level: int) -> tuple[Any, int]:
    """The value that begins there, and where it ends."""
    kind = data[at : at + 2]
    if kind == b"N;":
        return None, at + 2
    if kind in _SCALARS:
        end = data.index(b";", at)
        return _SCALARS[kind](data[at + 2 : end]), end + 1
    if kind == b"s:":
        start, length = _length(data, at)
        text = data[start : start + length]
        if data[start - 1 : start] + data[start + length : start + length + 2] != b'"";' or len(text) < length:
            raise SerializedError("a text without its end")
        return text.decode("utf-8", "replace"), start + length + 2
    if kind != b"a:" or level > MOST_LEVELS:
        raise SerializedError(f"{kind!r} is no number, text or array")
    at, count = _length(data, at)
    found: dict[Any, Any] = {}
    for _ in range(count):
        key, at = _value(data, at, level + 1)
        found[key], at = _value(data, at, level + 1)
    if data[at : at + 1] != b"}":
        raise SerializedError("an array without its end")
    return found, at + 1


def _length(data: bytes, at: int) -> tuple[int, int]:
    """Where the content begins, and the number before it: `s:5:"` and `a:5:{`."""
    end = data.index(b":", at + 2)
    return end + 2, int(data[at + 2 : end])


_SCALARS: Final[dict[bytes, Callable[[bytes], Any]]] = {b"i:": int, b"d:": float, b"b:": lambda one: one == b"1"}
