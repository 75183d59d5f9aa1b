"""Object keys: checks that both drivers share, and the order of prefixes. Imports nothing heavy: collect uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from tidemark.stores.errors import InvalidValueError, TooLargeError
from tidemark.stores.limits import MAX_OBJECT_BYTES, MAX_OBJECT_KEY_BYTES

if TYPE_CHECKING:
    from tidemark.stores.objects import Content

_LONGEST_FILE_NAME = 150
_LAST_CODE_POINT = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


def check_text(name: str, value: str, limit_bytes: int) -> None:
    """A key is non-empty text of at most so many bytes in UTF-8.

    Raises: InvalidValueError, TooLargeError.
    """
    if not value:
        raise InvalidValueError(f"{name} must not be empty")
    try:
        size = len(value.encode())
    except UnicodeEncodeError as error:
        raise InvalidValueError(f"{name} must be UTF-8: {error}") from error
    if size > limit_bytes:
        raise TooLargeError(f"{name} of {size} bytes passes the limit of {limit_bytes}")


def check_object_key(key: str) -> None:
    """Raises: InvalidValueError, TooLargeError."""
    check_text("an object key", key, MAX_OBJECT_KEY_BYTES)


def check_range(start: int, length: int | None) -> None:
    """A ranged read starts at 0 or later and asks for at least one byte.

    Raises: InvalidValueError.
    """
    if start < 0 or (length is not None and length < 1):
        raise InvalidValueError(f"cannot read {length} bytes from byte {start}")


def content_bytes(data: Content) -> int:
    """The size of what is to be stored.

    Raises: TooLargeError.
    """
    size = memoryview(data).nbytes if isinstance(data, bytes | bytearray | memoryview) else data.stat().st_size
    if size > MAX_OBJECT_BYTES:
        raise TooLargeError(f"an object of {size} bytes passes the limit of {MAX_OBJECT_BYTES}")
    return size


def file_names(key: str) -> list[str]:
    """Harmless names of folders and a file that resemble the key; different keys may give the same."""
    return [_file_name(part) for part in key.split("/")]


def prefix_end(prefix: str) -> str | None:
    """The first text behind all that start with the prefix, in order of UTF-8 bytes; None if there is none."""
    stem = prefix.rstrip(chr(_LAST_CODE_POINT))
    if not stem:
        return None
    following = ord(stem[-1]) + 1
    return stem[:-1] + chr(_SURROGATES.stop if following in _SURROGATES else following)


def _file_name(part: str) -> str:
    name = quote(part, safe="=,+@ ")[:_LONGEST_FILE_NAME]
    return "%" + name if name in ("", ".", "..") else name
