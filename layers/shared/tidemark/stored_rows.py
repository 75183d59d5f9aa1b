"""Columns of actions that follow from the other actions of their visit: files leave them out, readers see them.

As with stored_columns.py a file does so only where every row can be had back to the last bit. A visit's actions stand
together, in order of sending, and files name their visits by rising numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import canonical, encoded, given
from tidemark.model.hit import ActionType, Column
from tidemark.stored_columns import LAST_TIME

HELD: Final = Column("spent_beyond", "int32", "seconds that time_spent_ref is more than the time since the row before")
VISIT: Final = "visit_number"
_PLACES: Final = (VISIT, "position")
_INT32: Final = 1 << 31


class Neighbours:
    """Actions, and of each of them which rows of its visit come before."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def column(self, name: str) -> pa.Array:
        """A column in one piece, no text."""
        return self._table[name].combine_chunks()

    def texts(self, name: str) -> pa.DictionaryArray:
        """A column of texts, encoded."""
        return encoded(self._table[name])

    @cached_property
    def rows(self) -> pa.Int64Array:
        """0, 1, 2 …"""
        return pc.subtract(pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), self._table.num_rows)), 1)

    @cached_property
    def starts(self) -> pa.BooleanArray:
        """Whether a visit begins."""
        visit = self.column(VISIT)
        return pc.fill_null(pc.not_equal(visit, _above(visit)), True)

    @cached_property
    def first(self) -> pa.Int64Array:
        """The first row of the visit."""
        number = pc.subtract(pc.cumulative_sum(self.starts.cast(pa.int64())), 1)
        return pc.indices_nonzero(self.starts).cast(pa.int64()).take(number)

    @cached_property
    def is_page(self) -> pa.BooleanArray:
        """Whether it is a page view."""
        return self._is(ActionType.PAGE)

    @cached_property
    def is_search(self) -> pa.BooleanArray:
        """Whether it is a site search."""
        return self._is(ActionType.SEARCH)

    @cached_property
    def page_before(self) -> pa.Int64Array:
        """The row of the page or search before; NULL if there is none."""
        return self._before(pc.or_(self.is_page, self.is_search))

    @cached_property
    def name_before(self) -> pa.Int64Array:
        """The row of the last with a title or keyword before."""
        titled, searched = given(self.texts("title")), given(self.texts("search_keyword"))
        return self._before(pc.or_(pc.and_(self.is_page, titled), pc.and_(self.is_search, searched)))

    @cached_property
    def passed(self) -> pa.Int64Array:
        """Seconds since the row before, at least 0."""
        time = self.column("server_time")
        passed = pc.if_else(self.starts, 0, pc.subtract(time, _above(time)))
        return pc.max_element_wise(passed, 0, skip_nulls=False)

    def _is(self, kind: ActionType) -> pa.BooleanArray:
        return pc.fill_null(pc.equal(self.column("action_type"), int(kind)), False)

    def _before(self, flags: pa.BooleanArray) -> pa.Int64Array:
        counted = flags.cast(pa.int64())
        before = pc.subtract(pc.subtract(pc.cumulative_sum(counted), counted), 1)
        row = pc.indices_nonzero(flags).cast(pa.int64()).take(_where(pc.greater_equal(before, 0), before))
        return _where(pc.greater_equal(row, self.first), row)


def _above(values: pa.Array) -> pa.Array:
    """The value of the row above; NULL for the first."""
    return pa.concat_arrays([pa.nulls(min(1, len(values)), values.type), values.slice(0, max(0, len(values) - 1))])


def _where(flags: pa.BooleanArray, values: pa.Array) -> pa.Array:
    return pc.if_else(flags, values, pa.scalar(None, values.type))


def _text(near: Neighbours, name: str, row: pa.Int64Array, flags: pa.BooleanArray) -> pa.DictionaryArray:
    """The text of other rows, where those have a flag."""
    texts = near.texts(name)
    codes = texts.indices.take(_where(flags.take(row), row))
    return pa.DictionaryArray.from_arrays(codes, texts.dictionary)


def _spent(near: Neighbours) -> pa.Array:
    spent = pc.add(near.passed, near.column(HELD.name).cast(pa.int64()))
    return _where(pc.and_(pc.less(spent, _INT32), pc.greater_equal(spent, -_INT32)), spent).cast(pa.int32())


def _spent_later(near: Neighbours) -> pa.Array:
    later = pa.concat_arrays([_spent(near).slice(1), pa.nulls(1, pa.int32())])
    is_last = pa.concat_arrays([near.starts.slice(1), pa.array([True])])
    return _where(pc.invert(is_last), later)


def _place_of_page(near: Neighbours) -> pa.Array:
    counted = pc.or_(near.is_page, near.is_search).cast(pa.int32())
    total = pc.cumulative_sum(counted)
    place = pc.subtract(total, pc.subtract(total.take(near.first), counted.take(near.first)))
    return _where(pc.greater(place, 0), place)


WINDOW: Final = 'PARTITION BY log_file, visit_number ORDER BY "position"'
"""The actions of a visit for SQL; `log_file` tells files apart, whose numbers of visits are their own."""
_IS_PAGE, _IS_SEARCH = f"action_type = {int(ActionType.PAGE)}", f"action_type = {int(ActionType.SEARCH)}"
_IS_NAMED: Final = f"({_IS_PAGE} AND title <> '') OR ({_IS_SEARCH} AND search_keyword <> '')"


def _at_sql(condition: str) -> str:
    """The position of the last row before on which something is so."""
    return (
        f'max(CASE WHEN {HELD.name} IS NOT NULL AND ({condition}) THEN "position" END) '
        f"OVER ({WINDOW} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    )


PLACES_SQL: Final[Mapping[str, str]] = {
    "page_at": _at_sql(f"{_IS_PAGE} OR {_IS_SEARCH}"),
    "name_at": _at_sql(_IS_NAMED),
}
"""Columns that are added before those of FOLLOWERS are."""


def _back_sql(column: str, place: str) -> str:
    return f'lag({column}, coalesce("position" - {place}, 0)) OVER ({WINDOW})'


def _text_sql(column: str, place: str, kind: ActionType) -> str:
    is_kind = f"{_back_sql('action_type', place)} = {int(kind)}"
    return f"CASE WHEN {place} IS NOT NULL AND {is_kind} THEN {_back_sql(column, place)} END"


@dataclass(frozen=True, slots=True)
class Follower:
    """A column that follows from other rows."""

    type: pa.DataType
    needs: tuple[str, ...]
    restore: Callable[[Neighbours], pa.Array]
    sql: str
    """Of what is there and PLACES_SQL; understood by DuckDB and by Trino."""


_LAG: Final = f"server_time - coalesce(lag(server_time) OVER ({WINDOW}), server_time)"
_LEAD: Final = f"lead(server_time) OVER ({WINDOW}) - server_time"
_COUNT: Final = f"count(CASE WHEN {_IS_PAGE} OR {_IS_SEARCH} THEN 1 END) OVER ({WINDOW})"
FOLLOWERS: Final[Mapping[str, Follower]] = {
    "url_ref": Follower(
        pa.string(),
        ("action_type", "url"),
        lambda near: _text(near, "url", near.page_before, near.is_page),
        _text_sql("url", "page_at", ActionType.PAGE),
    ),
    "title_ref": Follower(
        pa.string(),
        ("action_type", "title", "search_keyword"),
        lambda near: _text(near, "title", near.name_before, near.is_page),
        _text_sql("title", "name_at", ActionType.PAGE),
    ),
    "search_ref": Follower(
        pa.string(),
        ("action_type", "title", "search_keyword"),
        lambda near: _text(near, "search_keyword", near.name_before, near.is_search),
        _text_sql("search_keyword", "name_at", ActionType.SEARCH),
    ),
    "ref_type": Follower(
        pa.uint8(),
        ("action_type",),
        lambda near: near.column("action_type").take(near.page_before),
        f"CASE WHEN page_at IS NOT NULL THEN {_back_sql('action_type', 'page_at')} END",
    ),
    "time_spent_ref": Follower(
        pa.int32(), ("server_time",), _spent, f"cast(greatest({_LAG}, 0) + {HELD.name} AS integer)"
    ),
    "time_spent": Follower(
        pa.int32(),
        ("server_time",),
        _spent_later,
        f"cast(greatest({_LEAD}, 0) + lead({HELD.name}) OVER ({WINDOW}) AS integer)",
    ),
    "pageview_position": Follower(
        pa.int32(),
        ("action_type",),
        _place_of_page,
        f"CASE WHEN {HELD.name} IS NOT NULL THEN cast(nullif({_COUNT}, 0) AS integer) END",
    ),
}
NEEDS: Final = frozenset(name for follower in FOLLOWERS.values() for name in (*follower.needs, *_PLACES))


def shortened(table: pa.Table) -> pa.Table:
    """The actions as a file holds them; other tables as they are."""
    types = dict(zip(table.schema.names, table.schema.types, strict=True))
    if not table.num_rows or not types.keys() >= NEEDS:
        return table
    if not all(_is_of(types.get(name), follower.type) for name, follower in FOLLOWERS.items()):
        return table
    held = _held(table)
    if held is None:
        return table
    place = table.schema.get_field_index("url_ref")
    return table.add_column(place, HELD.name, held).drop_columns(list(FOLLOWERS))


def restored(table: pa.Table, wanted: Collection[str] | None = None) -> pa.Table:
    """The table with the columns that follow, or those of them that are wanted; they stand at its end."""
    if HELD.name not in table.column_names:
        return table
    present, near = set(table.column_names), Neighbours(table)
    for name, one in FOLLOWERS.items():
        if (wanted is None or name in wanted) and present.issuperset(one.needs):
            values = one.restore(near)
            table = table.append_column(name, canonical(values) if pa.types.is_dictionary(values.type) else values)
    return table.drop_columns([HELD.name])


def names_to_read(wanted: Iterable[str]) -> set[str]:
    """The columns of files that some columns are restored from, themselves included."""
    names = set(wanted)
    followers = [FOLLOWERS[name] for name in names if name in FOLLOWERS]
    return names.union(*(one.needs for one in followers), (HELD.name, VISIT) if followers else ())


def held_columns(columns: Iterable[Column]) -> tuple[Column, ...]:
    """What files may hold in place of some of a table's columns."""
    return (HELD,) if FOLLOWERS.keys() <= {column.name for column in columns} else ()


def _held(table: pa.Table) -> pa.Array | None:
    """What a file holds in place of the followers; None where that would not say all."""
    near, ends = Neighbours(table), pc.min_max(table["server_time"]).as_py()
    if not _is_in_order(near) or ends["min"] is None or not 0 <= ends["min"] <= ends["max"] < LAST_TIME:
        return None
    beyond = pc.subtract(near.column("time_spent_ref").cast(pa.int64()), near.passed)
    beyond = _where(pc.less(pc.abs(beyond), _INT32), beyond).cast(pa.int32())
    if beyond.null_count:
        return None
    near = Neighbours(table.append_column(HELD.name, beyond))
    return beyond if all(_are_equal(one.restore(near), table[name]) for name, one in FOLLOWERS.items()) else None


def _is_in_order(near: Neighbours) -> bool:
    """Whether each visit's actions stand together, numbered through: so SQL finds the same neighbours."""
    visit, position = near.column(VISIT), near.column("position").cast(pa.int64())
    follows = pc.equal(position, pc.add(_above(position), 1))
    rises = pc.greater_equal(visit, _above(visit))
    is_right = pc.and_(pc.fill_null(rises, True), pc.or_(near.starts, pc.fill_null(follows, False)))
    return not visit.null_count and not position.null_count and bool(pc.all(is_right).as_py())


def _is_of(kind: pa.DataType | None, wanted: pa.DataType) -> bool:
    return kind == wanted or (kind is not None and pa.types.is_dictionary(kind) and kind.value_type == wanted)


def _are_equal(one: pa.Array, other: pa.ChunkedArray) -> bool:
    if not pa.types.is_dictionary(one.type):
        return bool(pa.chunked_array([one]).equals(other))
    texts = encoded(other)
    codes = pc.index_in(one.dictionary, value_set=texts.dictionary).take(one.indices)
    return bool(codes.null_count == one.indices.null_count and codes.equals(texts.indices.cast(codes.type)))
