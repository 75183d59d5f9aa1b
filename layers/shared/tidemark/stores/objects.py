"""The objects port: bytes by key, with conditional writes, ranged reads and ordered listings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

Content: TypeAlias = "bytes | bytearray | memoryview | Path"


class StoredObject(NamedTuple):
    """What a read gives: the bytes asked for, and the version that they are of."""

    data: bytes
    etag: str


class ObjectInfo(NamedTuple):
    """A line of a listing. `modified` is unix seconds; `etag` is opaque and changes with the content."""

    key: str
    size: int
    etag: str
    modified: float


class KeyedObjects(Protocol):
    """Reading and writing whole objects by key: all that collect needs."""

    def put(self, key: str, data: Content, *, if_absent: bool = False, if_match: str | None = None) -> str:
        """Store an object, atomically and durably, and give its etag. A Path is streamed from that file.

        With `if_absent` only if there is none; with `if_match` only if its etag is this one. (A lost answer is
        tried again by the driver, so PreconditionFailedError may, rarely, mean that the first try did it.)

        Raises: PreconditionFailedError, TooLargeError, UnavailableError.
        """
        ...

    def get(self, key: str, *, start: int = 0, length: int | None = None) -> StoredObject:
        """The object, or `length` bytes (fewer at its end, at least 1) from byte `start`.

        Raises: NotFoundError, InvalidRangeError.
        """
        ...

    def get_if_changed(self, key: str, etag: str | None) -> StoredObject | None:
        """The object, or None while its etag is still `etag`.

        Raises: NotFoundError.
        """
        ...


class Objects(KeyedObjects, Protocol):
    """Keys are non-empty text of up to MAX_OBJECT_KEY_BYTES in UTF-8; "/" has no meaning to the store."""

    def head(self, key: str) -> ObjectInfo | None:
        """What a listing says of the object; None if there is none."""
        ...

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects; those that do not exist are ignored."""
        ...

    def listing(self, prefix: str, *, start_after: str | None = None) -> Iterator[ObjectInfo]:
        """The objects under a prefix, in order of their keys' UTF-8 bytes, read page by page."""
        ...

    def local_files(self, keys: Sequence[str]) -> AbstractContextManager[list[str]]:
        """Paths at which the objects can be read while the context lasts, in the order of `keys`.

        The embedded driver gives its own files, without a copy: read only. The AWS driver downloads.

        Raises: NotFoundError.
        """
        ...
