"""What a part of a giant day adds to an archive, as bytes: its groups and value sets, one frame each.

Groupings are numbered in the order of the catalogue, so both sides need the same declarations; whoever names such bytes
puts a digest of those into the name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import orjson
import pyarrow as pa

from tidemark.archiving.aggregation import Partial
from tidemark.archiving.blob import StoredIndex, index_document, pack
from tidemark.archiving.compiling import Grouping
from tidemark.archiving.content import SET_PREFIX
from tidemark.archiving.day import DayPart
from tidemark.archiving.tables import Frame, decode, encode

_KEY: Final = "key:"
_LENGTH_BYTES: Final = 8
FORMAT: Final = 2
"""Of these bytes: part of their name, so that what an earlier version stored is not read."""
_ID: Final = "id"


def to_bytes(part: DayPart | None, groupings: Sequence[Grouping]) -> bytes:
    """A part of a day; None is one without visits."""
    frames: dict[str, Frame] = {}
    counts: dict[str, int] = {}
    if part is not None:
        for number, grouping in enumerate(groupings):
            for found in part.partials.get(grouping, ()):
                keys = {f"{_KEY}{place}": key for place, key in enumerate(found.keys)}
                frames[str(number)] = encode(pa.table({**keys, **found.columns}))
                counts[str(number)] = found.count
        for name, (ids,) in part.sets.items():
            frames[SET_PREFIX + name] = encode(pa.table({_ID: ids}))
    blob = pack(frames)
    head = orjson.dumps({"has_visits": part is not None, "counts": counts, "index": index_document(blob.index)})
    return len(head).to_bytes(_LENGTH_BYTES, "little") + head + blob.data


def from_bytes(data: bytes, groupings: Sequence[Grouping]) -> DayPart | None:
    """The part of its bytes."""
    start = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES], "little")
    head: dict[str, Any] = orjson.loads(data[_LENGTH_BYTES:start])
    if not head["has_visits"]:
        return None
    found = DayPart()
    body = memoryview(data)[start:]
    for name, place in StoredIndex(head["index"]).items():
        table = decode(body[place.offset : place.offset + place.length], place.raw_bytes)
        if name.startswith(SET_PREFIX):
            found.sets[name.removeprefix(SET_PREFIX)] = [table[_ID].combine_chunks()]
            continue
        grouping = groupings[int(name)]
        columns = {one: table[one].combine_chunks() for one in table.column_names}
        keys = tuple(columns.pop(f"{_KEY}{place}") for place in range(len(grouping.keys)))
        count = head["counts"][name]
        found.keep(grouping, Partial(keys, tuple(key.kind for key in grouping.keys), columns, count))
    return found
