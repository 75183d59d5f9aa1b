"""The blob: all frames of an archive one after the other, and the index that tells where each is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tidemark.archiving.tables import Frame

VERSION_DIGITS = 24


@dataclass(frozen=True, slots=True)
class Place:
    """Where a frame is in its blob."""

    offset: int
    length: int
    raw_bytes: int


Index = Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Blob:
    """The bytes of an archive's frames. `version` names the content."""

    data: bytes
    index: Index

    @property
    def version(self) -> str:
        """Equal for equal bytes only."""
        return hashlib.sha256(self.data).hexdigest()[:VERSION_DIGITS]


def pack(frames: Mapping[str, Frame], tail: bytes = b"") -> Blob:
    """Frames in the order of their names, then `tail`, which has no place in the index."""
    index: dict[str, Place] = {}
    offset = 0
    for name in sorted(frames):
        frame = frames[name]
        index[name] = Place(offset, len(frame.data), frame.raw_bytes)
        offset += len(frame.data)
    return Blob(b"".join([*(frames[name].data for name in sorted(frames)), tail]), index)


def index_document(index: Index) -> dict[str, list[int]]:
    """The index as it is stored: name -> offset, length, length when decompressed."""
    return {name: [place.offset, place.length, place.raw_bytes] for name, place in index.items()}


@dataclass(frozen=True, slots=True, eq=False)
class StoredIndex(Mapping[str, Place]):
    """The index as its document says: most calls look up one place of many, or none."""

    document: Mapping[str, list[int]]

    def __getitem__(self, name: str) -> Place:
        return Place(*self.document[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.document)

    def __len__(self) -> int:
        return len(self.document)
