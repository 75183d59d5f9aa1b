"""JSON of a table whose rows are held as columns: every column is written at once, then rows are put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import Any

import orjson

from tidemark.model.columns import ABSENT, Absent, Cells, Columns
from tidemark.model.table import LABEL, DataTable
from tidemark.reporting.formats.base import FormatOptions
from tidemark.reporting.formats.plain import SUBTABLE_ID

_NUMBERS = frozenset({int, float})
_WRITTEN = "json"
_UNCLEAN = (b".0,", b".0}", b'{"0":', b"{}", b"[", b"&")
"""In maps: whole decimals, maps that become lists, lists, entities."""

Clean = Callable[[Any], Any]


def columns_json(table: DataTable, options: FormatOptions, clean: Clean) -> bytes | None:
    """The list of a table's rows, with `clean` values; None if only rows can be written."""
    parts = table.parts()
    if not parts or (options.with_subtables and next(table.subtables(), None) is not None):
        return None
    if not all(_is_writable(part) for part in parts):
        return None
    try:
        rows = [row for part in parts for row in _rows(part, options, clean)]
    except TypeError:  # what JSON cannot hold
        return None
    return b"[{" + b"},{".join(rows) + b"}]" if rows else b"[]"


def _is_writable(part: Columns) -> bool:
    """Whether rows have labels, so that none is empty or like a list, and each name once."""
    names = [*part.names, *dict.fromkeys(name for name, _ in part.slots), SUBTABLE_ID]
    return names[0] == LABEL and ABSENT not in part.cells(LABEL) and len(set(names)) == len(names)


def _rows(part: Columns, options: FormatOptions, clean: Clean) -> list[bytes]:
    columns = []
    for is_stored, run in groupby(part.names, key=part.is_stored):
        names = tuple(run)
        for run_of_names in [names] if is_stored else [(name,) for name in names]:
            write = partial(_run, run_of_names, clean)
            columns.append(part.remembered(run_of_names, (_WRITTEN, run_of_names), write))
    columns += [_written(cells, _key(name), clean) for name, cells in part.slots]
    if part.subtable_ids is not None and not options.hide_subtable_ids:
        ids = [ABSENT if number is None else number for number in part.subtable_ids]
        columns.append(_written(ids, _key(SUBTABLE_ID), clean))
    return list(map(b"".join, zip(*columns, strict=True)))


def _run(names: Sequence[str], clean: Clean, *columns: Cells) -> list[bytes]:
    """Columns that follow each other, row by row."""
    written = [_written(cells, _key(name), clean) for name, cells in zip(names, columns, strict=True)]
    return list(map(b"".join, zip(*written, strict=True))) if len(written) > 1 else written[0]


def _key(name: str) -> bytes:
    """What stands before a cell; the label comes first."""
    return (b"" if name == LABEL else b",") + orjson.dumps(name) + b":"


def _written(cells: Cells, key: bytes, clean: Clean) -> list[bytes]:
    """Every cell with its key before it; nothing for ABSENT."""
    kinds = set(map(type, cells))
    if Absent in kinds:
        present = iter(_present([cell for cell in cells if cell is not ABSENT], kinds - {Absent}, key, clean))
        return [b"" if cell is ABSENT else next(present) for cell in cells]
    return _present(cells, kinds, key, clean)


def _present(cells: Cells, kinds: set[type], key: bytes, clean: Clean) -> list[bytes]:
    """Numbers and texts in one go, where nothing in them looks like what separates them; other cells one by one."""
    if not cells:
        return []
    if kinds <= _NUMBERS:
        written = orjson.dumps(cells)
        if b".0," in written or b".0]" in written:
            written = orjson.dumps([clean(cell) for cell in cells])
        return _split(written[1:-1], b",", b"", key)
    if kinds == {str}:
        written = orjson.dumps(cells)
        if b"&" in written:
            written = orjson.dumps([clean(cell) for cell in cells])
        if b'\\"' not in written:
            return _split(written[1:-1], b'","', b'"', key)
    if kinds == {dict}:
        return _maps(cells, key, clean)
    return [key + orjson.dumps(clean(cell)) for cell in cells]


def _split(written: bytes, separator: bytes, quote: bytes, key: bytes) -> list[bytes]:
    """The cells between separators, whose first and last signs are quotes, each with the key before it."""
    return (key + written.replace(separator, quote + b"\0" + key + quote)).split(b"\0")  # NUL stands in no JSON


def _maps(cells: Cells, key: bytes, clean: Clean) -> list[bytes]:
    """Maps as they are, where nothing in them looks as if it had to be cleaned."""
    written = [key + orjson.dumps(cell) for cell in cells]
    together = b"".join(written)
    if any(mark in together for mark in _UNCLEAN):
        return [key + orjson.dumps(clean(cell)) for cell in cells]
    return written
