"""An item as JSON bytes and back. What JSON lacks (bytes, ints over 64 bits) is an object with a marked key."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from tidemark.stores.ports import Item

_MARK = "\x00"
_BYTES = _MARK + "b"
_BIG_INT = _MARK + "n"
_ESCAPED_MARK = b"\\u0000"
_SMALLEST_INT = -(2**63)
_LARGEST_INT = 2**63 - 1


def encoded(item: Item) -> bytes:
    """The bytes of an item that is normalised already; equal items give equal bytes."""
    return orjson.dumps(_plain(item), option=orjson.OPT_SORT_KEYS)


def decoded(data: bytes) -> Item:
    """The item again."""
    item: Item = orjson.loads(data)
    if _ESCAPED_MARK in data:
        item = _restored(item)
    return item


def _plain(value: Any) -> Any:
    match value:
        case bytes():
            return {_BYTES: b64encode(value).decode()}
        case bool():
            return value
        case int():
            return value if _SMALLEST_INT <= value <= _LARGEST_INT else {_BIG_INT: str(value)}
        case list():
            return [_plain(part) for part in value]
        case dict():
            return {_MARK + name if name.startswith(_MARK) else name: _plain(part) for name, part in value.items()}
    return value


def _restored(value: Any) -> Any:
    if isinstance(value, list):
        return [_restored(part) for part in value]
    if not isinstance(value, dict):
        return value
    if _BYTES in value:
        return b64decode(value[_BYTES])
    if _BIG_INT in value:
        return int(value[_BIG_INT])
    return {name[1:] if name.startswith(_MARK) else name: _restored(part) for name, part in value.items()}
