"""Making one level of a table whose rows are held as columns, without making rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tidemark.model.columns import ABSENT, Columns, Piece, are_joinable, joined
from tidemark.model.table import LABEL, DataTable
from tidemark.reporting.filters.flat_labels import Flattening, Level

_LABEL_TYPES = frozenset({str, int})


def flatten_columns(flat: DataTable, table: DataTable, flattening: Flattening) -> bool:
    """Fill `flat` with the leaves of a table as flattening by rows does; False, and nothing done, where it must.

    That is where parents are kept, a subtable is not loaded or has filters of its own, or somebody made rows.
    """
    parts = _parts(table)
    if flattening.keep_parents or not parts or not are_joinable(parts):
        return False
    flat.hold(_remembered(parts, table, flattening), None)
    return True


def _remembered(parts: Sequence[Columns], table: DataTable, flattening: Flattening) -> Columns:
    """The leaves of a table as they were made of the same parts before, if all of these are stored or derived."""

    def make() -> Columns:
        leaves: list[Piece] = []
        _add_leaves(leaves, table, flattening, flattening.level(0, ""))
        return joined(parts[0], leaves)

    sources = [source for part in parts for source in part.made_of()]
    if any(source is None for source in sources):
        return make()
    shape = tuple((tuple(part.names), tuple(name for name, _ in part.slots), _parents(part)) for part in parts)
    key = ("flat", flattening.separator, flattening.dimensions, flattening.translations, shape)
    return parts[0].stored.derived(sources, key, lambda *_: make().settled()).copy()


def _parents(part: Columns) -> tuple[int, ...]:
    """The places of rows with subtables."""
    return tuple(place for place, below in enumerate(part.subtables or ()) if below is not None)


def _parts(table: DataTable) -> list[Columns]:
    """The columns of a table and of all its subtables; nothing if one cannot be flattened as it is."""
    parts = table.parts()
    found = list(parts)
    for part in parts:
        if not set(map(type, part.cells(LABEL))) <= _LABEL_TYPES:
            return []
        loaded = part.subtables or [None] * len(part)
        for number, below in zip(part.subtable_ids or (), loaded, strict=False):
            inner = _parts(below) if below is not None and not below.queued and part is parts[0] else []
            if number is not None and not inner:
                return []
            found += inner
    return found


def _add_leaves(leaves: list[Piece], table: DataTable, flattening: Flattening, level: Level) -> None:
    """Add the leaves of a table, those of a parent's subtable in the place of the parent; the summary row last."""
    rows, *summary = table.parts()
    wholes, owns = _label(rows, level)
    next_leaf = 0
    for position, below in enumerate(rows.subtables or ()):
        if below is not None:
            _add_piece(leaves, rows, next_leaf, position)
            next_leaf = position + 1
            for part in below.parts():
                _hand_down(part, rows.row_metadata(position), level.dimension, owns[position])
            _add_leaves(
                leaves, below, flattening, flattening.level(level.number + 1, wholes[position] + level.separator)
            )
    _add_piece(leaves, rows, next_leaf, len(rows))
    for others in summary:
        others.pop_metadata("url")
        others.put_metadata("is_summary", [True])
        _label(others, level, is_summary=True)
        _add_piece(leaves, others, 0, 1)


def _add_piece(leaves: list[Piece], part: Columns, start: int, end: int) -> None:
    if start < end:
        leaves.append((part, start, end))


def _label(part: Columns, level: Level, *, is_summary: bool = False) -> tuple[list[str], list[str]]:
    """Give rows their whole labels, and those of their own dimension as metadata."""
    raw = part.cells(LABEL)
    if is_summary:
        wholes, owns = ([text] for text in level.label(raw[0], is_summary=True))
    else:
        wholes, owns = level.labels(raw)
    above = part.metadata(level.dimension)
    if above and above[0] and len(set(above)) == 1:
        owns = list(map(level.continued(above[0], "", is_summary=is_summary).__add__, owns))
    elif any(above):
        owns = [level.continued(over, own, is_summary=is_summary) for over, own in zip(above, owns, strict=True)]
    part.put(LABEL, wholes)
    part.put_metadata(level.dimension, owns)
    return wholes, owns


def _hand_down(part: Columns, metadata: Mapping[str, Any], dimension: str, label: str) -> None:
    """Give a parent's metadata to the rows of its subtable, which keep their own where they have some."""
    for name, value in metadata.items():
        if name == dimension:
            continue
        known = part.metadata(name)
        if name == "segment":
            chosen = zip(known, part.metadata("segmentValue"), strict=True)
            part.put_metadata(name, [value if own is ABSENT is mark else ABSENT for own, mark in chosen])
        else:
            part.put_metadata(name, [value if own is ABSENT else ABSENT for own in known])
    part.put_metadata(dimension, [label] * len(part))
