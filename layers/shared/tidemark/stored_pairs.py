"""Columns that mostly follow from another one, as a page's title from its URL: files hold each pair once.

A file marks the row that defines what goes with a value, and leaves the column out of the rows that say the same. Rows
that say something else keep what they say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import encoded
from tidemark.model.hit import Column

DEFINES, FOLLOWS, OWN = range(3)


@dataclass(frozen=True, slots=True)
class Pair:
    """A column and those that it mostly follows from."""

    name: str
    by: tuple[str, ...]

    @property
    def mark(self) -> Column:
        """What a file says of each row."""
        return Column(
            f"{self.name}_mark",
            "uint8",
            f"whether {self.name} is that of the row with its {' and '.join(self.by)} and mark 0: 1 it is, 2 it is not",
        )


PAIRS: Final = (
    Pair("title", ("url", "action_type")),
    Pair("visit_entry_name", ("visit_entry_url",)),
    Pair("visit_exit_name", ("visit_exit_url",)),
    Pair("referer_name", ("referer_url",)),
    Pair("location_longitude", ("location_latitude",)),
    Pair("location_city", ("location_latitude",)),
    Pair("location_region", ("location_latitude",)),
    Pair("location_country", ("location_latitude",)),
)


def shortened(table: pa.Table) -> pa.Table:
    """The table as a file holds it. No pair follows from what another one leaves out."""
    groups: dict[tuple[str, ...], _Groups] = {}
    whole = table
    for pair in pairs_of(table.column_names) if table.num_rows else ():
        if pair.by not in groups:
            groups[pair.by] = _groups(_codes(whole, pair.by))
        group, values = groups[pair.by], _values(whole, pair.name)
        follows = pc.and_(_are_same(values, group.first), group.is_later)
        if 2 * pc.sum(follows).as_py() < table.num_rows:
            continue
        mark = pc.if_else(follows, FOLLOWS, pc.if_else(group.is_first, DEFINES, OWN)).cast(pa.uint8())
        place = table.schema.get_field_index(pair.name)
        left = pc.if_else(follows, pa.scalar(None, values.type), values)
        table = table.set_column(place, pair.name, left).add_column(place + 1, pair.mark.name, mark)
    return table


def restored(table: pa.Table) -> pa.Table:
    """The table as it was before it was stored."""
    for pair in PAIRS:
        if pair.mark.name not in table.column_names:
            continue
        if {pair.name, *pair.by} <= set(table.column_names):
            mark, codes = table[pair.mark.name].combine_chunks(), _codes(table, pair.by)
            defines = pc.equal(mark, DEFINES)
            row = pc.indices_nonzero(defines).take(pc.index_in(codes, value_set=codes.filter(defines)))
            row = pc.if_else(pc.equal(mark, FOLLOWS), row.cast(pa.int64()), _rows(table.num_rows))
            found = _values(table, pair.name).take(row)
            table = table.set_column(table.schema.get_field_index(pair.name), pair.name, found)
        table = table.drop_columns([pair.mark.name])
    return table


@dataclass(frozen=True, slots=True)
class _Groups:
    """Rows with equal codes; those without any are in none."""

    first: pa.Int64Array
    """Of each row: the first of its group."""
    is_first: pa.BooleanArray
    is_later: pa.BooleanArray


def _groups(codes: pa.Array) -> _Groups:
    number = codes.dictionary_encode().indices  # in order of first use
    highest = pc.cumulative_max(pc.fill_null(number, -1))
    before = pa.concat_arrays([pa.array([-1], highest.type), highest.slice(0, len(highest) - 1)])
    is_first = pc.greater(highest, before)
    first = pc.indices_nonzero(is_first).cast(pa.int64()).take(number)
    return _Groups(first, is_first, pc.and_(pc.is_valid(codes), pc.invert(is_first)))


def pairs_of(names: Collection[str]) -> tuple[Pair, ...]:
    """The pairs of a table with these columns."""
    return tuple(pair for pair in PAIRS if {pair.name, *pair.by} <= set(names))


def held_columns(columns: Iterable[Column]) -> tuple[Column, ...]:
    """What files may hold besides a table's columns."""
    return tuple(pair.mark for pair in pairs_of([column.name for column in columns]))


def names_to_read(wanted: Iterable[str]) -> set[str]:
    """The columns of files that some columns are restored from, themselves included."""
    names = set(wanted)
    return names.union(*((*pair.by, pair.mark.name) for pair in PAIRS if pair.name in names))


def read_together(names: Sequence[str]) -> list[tuple[str, ...]]:
    """The columns of a file in groups: those that follow from each other with what they follow from, others alone."""
    groups: dict[tuple[str, ...], set[str]] = {}
    for pair in PAIRS:
        if pair.mark.name in names:
            groups.setdefault(pair.by, set(pair.by)).update((pair.name, pair.mark.name))
    grouped = set().union(*groups.values())
    return [*(tuple(sorted(group)) for group in groups.values()), *((name,) for name in names if name not in grouped)]


def _rows(count: int) -> pa.Int64Array:
    return pc.subtract(pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), count)), 1)


def _values(table: pa.Table, name: str) -> pa.Array:
    column = table[name]
    is_text = pa.types.is_dictionary(column.type) or pa.types.is_string(column.type)
    return encoded(column) if is_text else column.combine_chunks()


def _codes(table: pa.Table, names: tuple[str, ...]) -> pa.Array:
    """Numbers that are equal where some columns are; NULL where the first is."""
    first = _values(table, names[0])
    codes = first.indices if pa.types.is_dictionary(first.type) else first
    for name in names[1:]:
        small = pc.fill_null(table[name].combine_chunks().cast(pa.int64()), 255)
        codes = pc.add(pc.multiply(codes.cast(pa.int64()), 256), small)
    return codes


def _are_same(values: pa.Array, row: pa.Int64Array) -> pa.BooleanArray:
    """Where a value is that of another row; rows that name none do not count."""
    values = values.indices if pa.types.is_dictionary(values.type) else values
    other = values.take(row)
    return pc.or_(pc.fill_null(pc.equal(values, other), False), pc.and_(pc.is_null(values), pc.is_null(other)))
