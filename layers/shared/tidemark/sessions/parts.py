"""Splits a giant day's hits into parts with visitors of their own, so that each part is made by itself.

Hits belong together that share a fingerprint, a visitor id, a user id or an order id, directly or through others: no
rule of recognition, history or e-commerce looks further. A part is chosen by a hash of the least fingerprint of those.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import canonical, encoded
from tidemark.model.hit import CORE_COLUMNS, Column
from tidemark.sessions.hit_files import joined, read_file
from tidemark.sessions.hits import ORDER, single
from tidemark.sessions.vectors import mixed

MAX_PARTS: Final = 256
RESTING_MB: Final = 350
"""What a process takes that has the package and its libraries loaded."""
BYTES_PER_HIT: Final = 1300
"""What sessions and records take at their peak, measured with all default plugins."""
LEAST_HITS: Final = 10_000
BATCH_ROWS: Final = 200_000
"""At least so many hits are split at a time; else half of what a part has."""
LINKED_ROWS: Final = 200_000
"""So many hits are linked at a time: few columns are read for that."""
LINKS_WAITING: Final = 2_000_000
HITS_PER_TEXT: Final = 4
"""Dictionaries with fewer texts than one for so many hits are copied as they are."""
BYTES_ON_DISK: Final = 1000
"""More than a hit takes that is not compressed."""
_LINKING: Final = ("server_time", "visitor_id", "fingerprint", "user_id", "order_id", "ecommerce")
LINK_COLUMNS: Final = tuple(column for column in CORE_COLUMNS if column.name in _LINKING)
_PART_SALT: Final = 0x50415254
_ID_SALT, _USER_SALT, _ORDER_SALT = 1, 2, 3
_PAIR: Final = ["link", "fingerprint"]
_NO_LINKS: Final = pa.schema([(name, pa.uint64()) for name in _PAIR]).empty_table()


def hits_within(memory_mb: int) -> int:
    """How many hits a part may have whose archive is to take no more memory."""
    return max(LEAST_HITS, (memory_mb - RESTING_MB) * 1_000_000 // BYTES_PER_HIT)


def parts_needed(hits: int, hits_per_part: int) -> int:
    """Into how many parts a day is split, a power of two; 1: not at all."""
    parts = 1
    while parts < MAX_PARTS and hits > parts * hits_per_part:
        parts *= 2
    return parts


@dataclass(frozen=True, slots=True)
class Linked:
    """Fingerprints that belong together: those that are not the least of their group, and that least one."""

    others: pa.UInt64Array
    least: pa.UInt64Array
    hits: int = 0
    """How many hits it was found in, repetitions included."""

    def least_of(self, fingerprint: pa.UInt64Array) -> pa.UInt64Array:
        """The least fingerprint of the group of each."""
        if not len(self.others):
            return fingerprint
        return pc.coalesce(self.least.take(pc.index_in(fingerprint, value_set=self.others)), fingerprint)

    def part_of(self, fingerprint: pa.UInt64Array, parts: int) -> pa.UInt64Array:
        """The part of hits with these fingerprints."""
        hashed = mixed(self.least_of(fingerprint), pa.repeat(pa.scalar(0, pa.int64()), len(fingerprint)), _PART_SALT)
        return pc.shift_right(hashed, pa.scalar(64 - parts.bit_length() + 1, pa.uint64()))


def linked_in(paths: Sequence[str], start: int, end: int) -> Linked:
    """What belongs together in the hits of some files."""
    pairs: list[pa.Table] = []
    waiting = seen = 0
    for hits in _batches(paths, start, end, LINK_COLUMNS, LINKED_ROWS):
        seen += hits.num_rows
        pairs.extend(links_of(hits))
        waiting += sum(table.num_rows for table in pairs[-3:])
        if waiting > LINKS_WAITING:
            pairs, waiting = [each_once(pairs)], 0
    return replace(joined_links(each_once(pairs)), hits=seen)


def joined_links(pairs: pa.Table) -> Linked:
    """Linked of the fingerprints of links (`link`, `fingerprint`, each pair once)."""
    by_link = pairs.group_by("link", use_threads=False).aggregate([("fingerprint", "min"), ("fingerprint", "max")])
    several = by_link.filter(pc.not_equal(by_link["fingerprint_min"], by_link["fingerprint_max"]))
    firsts = dict(zip(several["link"].to_pylist(), several["fingerprint_min"].to_pylist(), strict=True))
    torn = pairs.filter(pc.is_in(pairs["link"], value_set=several["link"]))
    above: dict[int, int] = {}
    for link, fingerprint in zip(torn["link"].to_pylist(), torn["fingerprint"].to_pylist(), strict=True):
        one, other = _top(above, fingerprint), _top(above, firsts[link])
        above[max(one, other)] = min(one, other)
    least = {one: top for one in above if (top := _top(above, one)) != one}
    return Linked(pa.array(least.keys(), pa.uint64()), pa.array(least.values(), pa.uint64()))


def _top(above: dict[int, int], one: int) -> int:
    """The least fingerprint known to belong to one; the way there is made shorter."""
    top = one
    while above.get(top, top) != top:
        top = above[top]
    while one != top:
        above[one], one = top, above[one]
    return top


def links_of(hits: pa.Table) -> Iterator[pa.Table]:
    """What links the hits of a table, and the fingerprints that it links: pairs, each once."""
    fingerprint = pc.fill_null(hits["fingerprint"], 0)
    has_id = pc.is_valid(hits["visitor_id"])
    yield _pairs(hits["visitor_id"].filter(has_id), fingerprint.filter(has_id), _ID_SALT)
    has_user = pc.fill_null(pc.not_equal(hits["user_id"].cast(pa.string()), ""), False)
    yield _pairs(_hashed(hits["user_id"].filter(has_user)), fingerprint.filter(has_user), _USER_SALT)
    is_order = pc.fill_null(pc.equal(hits["ecommerce"], ORDER), False)
    orders = pc.fill_null(hits["order_id"].filter(is_order).cast(pa.string()), "")
    yield _pairs(_hashed(orders), fingerprint.filter(is_order), _ORDER_SALT)


def _pairs(link: pa.ChunkedArray, fingerprint: pa.ChunkedArray, salt: int) -> pa.Table:
    numbers = single(pa.chunked_array(link))
    links = mixed(numbers, pa.repeat(pa.scalar(0, pa.int64()), len(numbers)), salt)
    return each_once([pa.table([links, fingerprint], names=_PAIR)])


def each_once(pairs: Sequence[pa.Table]) -> pa.Table:
    """Links, each pair of a link and a fingerprint once."""
    return pa.concat_tables([_NO_LINKS, *pairs]).group_by(_PAIR, use_threads=False).aggregate([]).select(_PAIR)


def _hashed(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """A number for each text."""
    codes = encoded(texts)
    numbers = [
        int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
        for text in codes.dictionary.to_pylist()
    ]
    return pa.chunked_array([pa.array(numbers, pa.uint64()).take(codes.indices)])


def split_hits(
    paths: Sequence[str],
    start: int,
    end: int,
    columns: Sequence[Column],
    parts: int,
    folder: Path,
    *,
    for_others: bool = False,
) -> list[Path]:
    """Write the hits of files to one file per part, never holding more than a part has; gives those files.

    Compressing them takes as much work as all the rest: files are that go to other processes, or do not fit.
    """
    linked = linked_in(paths, start, end)
    fits = shutil.disk_usage(folder).free > linked.hits * BYTES_ON_DISK
    compression = None if fits and not for_others else "lz4"
    size = max(BATCH_ROWS, linked.hits // parts // 2)
    files = [folder / f"{part}.arrow" for part in range(parts)]
    with ExitStack() as stack:
        writers: list[Any] = [None] * parts
        for batch in _batches(paths, start, end, columns, size):
            pieces = _split(batch, linked, parts)
            del batch  # before the next one is read
            for number, piece in enumerate(pieces):
                if writers[number] is None:
                    writers[number] = stack.enter_context(_writer(files[number], piece.schema, compression))
                writers[number].write_table(piece)
    pa.default_memory_pool().release_unused()
    return files


def _split(batch: pa.Table, linked: Linked, parts: int) -> Iterator[pa.Table]:
    """The rows of every part."""
    part = linked.part_of(single(pc.fill_null(batch["fingerprint"], 0)), parts)
    counts = {entry["values"]: entry["counts"] for entry in part.value_counts().to_pylist()}
    order = pc.array_sort_indices(part)
    types = dict(zip(batch.schema.names, batch.schema.types, strict=True))
    waiting = dict(zip(batch.column_names, batch.columns, strict=True))
    del batch
    # a column of the batch is let go once it is sorted
    columns = {name: _sorted(waiting.pop(name), order) for name in types}
    done = 0
    for number in range(parts):
        count = counts.get(number, 0)
        yield pa.table({name: _piece(values, types[name], done, count) for name, values in columns.items()})
        done += count


def _sorted(values: pa.ChunkedArray, order: pa.Array) -> pa.Array | None:
    """The values in another order, None if there are none."""
    return None if _is_empty(values) else single(values).take(order)


def _is_empty(values: pa.ChunkedArray) -> bool:
    return bool(values.null_count == len(values))


def _piece(values: pa.Array | None, kind: pa.DataType, start: int, count: int) -> pa.Array:
    """Some values of a column (None: of one without any), without most of the texts that only others have."""
    if values is None:
        return pa.nulls(count, kind)
    piece = values.slice(start, count)
    if count and pa.types.is_dictionary(kind) and len(piece.dictionary) > count // HITS_PER_TEXT:
        return canonical(piece)
    return piece


def _batches(paths: Sequence[str], start: int, end: int, columns: Sequence[Column], size: int) -> Iterator[pa.Table]:
    """The hits of all files in tables of a good size; one at least."""
    waiting: list[pa.Table] = []
    for path in paths:
        table = read_file(path, start, end, columns)
        for first in range(0, table.num_rows, size):
            waiting.append(table.slice(first, size))
            if sum(one.num_rows for one in waiting) >= size:
                yield joined(waiting, columns)
    yield joined(waiting, columns)


def _writer(path: Path, schema: pa.Schema, compression: str | None) -> Any:
    options = pa.ipc.IpcWriteOptions(compression=compression)
    return pa.ipc.new_stream(str(path), schema, options=options)


def read_part(path: Path, columns: Sequence[Column]) -> pa.Table:
    """The hits of a part."""
    with pa.ipc.open_stream(str(path)) as stream:
        return joined([stream.read_all()], columns)
