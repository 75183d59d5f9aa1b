"""What tables of a log share with its visits: files hold the visit's number, or nothing, where it is the visit's.

The number is the row of the visit in the file of visits of the same log. What is different from the visit's stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import conform
from tidemark.model.hit import Column
from tidemark.model.log import VISITOR_COLUMNS

NUMBER: Final = Column("visit_number", "int32", "row of the visit in its log's file of visits, from 0")
SUMMED: Final = Column("is_summed", "bool", "the row of visitors for this visit follows from it, and is in no file")
LINKED: Final = frozenset({"actions", "conversions", "items"})
SHARED: Final = ("idvisit", "visitor_id")
_FACTOR: Final = pa.scalar(0x9E3779B97F4A7C15, pa.uint64())
_TYPES: Final = {"idvisit": pa.int64(), "visitor_id": pa.uint64()}
SUMMARY: Final[Mapping[str, str]] = {
    "first_visit_start": "visit_first_action_time - visitor_seconds_since_first",
    "last_visit_start": "visit_first_action_time",
    "visits": "visitor_count_visits",
    "last_order_start": "visit_first_action_time - visitor_seconds_since_order",
}
"""SQL of the columns of visitors of those of visits, where they have other names."""
OF_SUMMARY: Final = (
    "visitor_id",
    "first_sequence",
    "visit_first_action_time",
    "visitor_seconds_since_first",
    "visitor_seconds_since_order",
    "visitor_count_visits",
)
"""The columns of visits that visitors follow from."""


def numbered(visits: pa.Table, summed: pa.BooleanArray) -> pa.Table:
    """The visits as a file holds them: with numbers, and whether visitors follow from them."""
    return visits.append_column(NUMBER.name, _rows(visits)).append_column(SUMMED.name, summed)


def linked(table: pa.Table, visits: pa.Table) -> pa.Table:
    """The table with numbers of visits; as it is where one of its rows has none of these, or lacks what they share."""
    if not table.num_rows or any(table[name].null_count or table[name].type != kind for name, kind in _TYPES.items()):
        return table
    idvisit, visitor_id = (visits[name].combine_chunks() for name in SHARED)
    number = pc.index_in(table["idvisit"].combine_chunks(), value_set=idvisit)
    if number.null_count:
        return table
    own = table["visitor_id"].combine_chunks()
    differs = pc.if_else(pc.equal(visitor_id.take(number), own), pa.scalar(None, pa.uint64()), own)
    table = table.set_column(table.schema.get_field_index("visitor_id"), "visitor_id", differs)
    return table.set_column(table.schema.get_field_index("idvisit"), NUMBER.name, number)


def unlinked(table: pa.Table, visits: pa.Table, wanted: Collection[str] | None = None) -> pa.Table:
    """The table with the columns that it shares with its visits, or those that are wanted."""
    if NUMBER.name not in table.column_names:
        return table
    number = table[NUMBER.name].combine_chunks()
    for name in SHARED if wanted is None else [one for one in SHARED if one in wanted]:
        values = visits[name].combine_chunks().take(number)
        if name in table.column_names:
            own = table[name].combine_chunks()
            table = table.set_column(table.schema.get_field_index(name), name, pc.coalesce(own, values))
        else:
            table = table.append_column(name, values)
    return table.drop_columns([NUMBER.name])


def names_to_read(wanted: Iterable[str]) -> set[str]:
    """The columns of a linked file that some columns are restored from, themselves included."""
    names = set(wanted)
    return names | {NUMBER.name} if names.intersection(SHARED) else names


def summary_of(visits: pa.Table) -> pa.Table:
    """The visitors that follow from visits (OF_SUMMARY), row by row."""
    start = visits["visit_first_action_time"]
    columns = {
        "visitor_id": visits["visitor_id"],
        "first_visit_start": pc.subtract(start, visits["visitor_seconds_since_first"]),
        "last_visit_start": start,
        "visits": visits["visitor_count_visits"],
        "last_order_start": pc.subtract(start, visits["visitor_seconds_since_order"]),
        "first_sequence": visits["first_sequence"],
    }
    return conform(pa.table(columns), VISITOR_COLUMNS)


def unsummed(visitors: pa.Table, visits: pa.Table) -> tuple[pa.Table, pa.BooleanArray]:
    """The visitors that do not follow from visits, and of each visit whether one does."""
    following = summary_of(visits)
    place = pc.index_in(_hashed(following), value_set=_hashed(visitors))
    is_summed = pc.equal(pc.index_in(place, value_set=place), _rows(visits))  # of equal ones the first
    for column in VISITOR_COLUMNS:
        one, other = following[column.name].combine_chunks(), visitors[column.name].combine_chunks().take(place)
        is_same = pc.or_(pc.fill_null(pc.equal(one, other), False), pc.and_(pc.is_null(one), pc.is_null(other)))
        is_summed = pc.and_(is_summed, is_same)
    is_summed = pc.and_(is_summed, pc.is_valid(place))
    is_gone = pc.is_in(_rows(visitors), value_set=place.filter(is_summed))
    return visitors.filter(pc.invert(is_gone)), is_summed


def _rows(table: pa.Table) -> pa.Int32Array:
    return pc.subtract(pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int32()), table.num_rows)), 1)


def _hashed(visitors: pa.Table) -> pa.UInt64Array:
    """A number for each row, equal for equal rows, and hardly ever for others."""
    found = pa.repeat(pa.scalar(0, pa.uint64()), visitors.num_rows)
    for column in VISITOR_COLUMNS:
        values = pc.fill_null(visitors[column.name].combine_chunks().cast(pa.int64(), safe=False), -1)
        found = pc.multiply(pc.bit_wise_xor(found, values.cast(pa.uint64(), safe=False)), _FACTOR)
        found = pc.bit_wise_xor(found, pc.shift_right(found, pa.scalar(29, pa.uint64())))
    return found
