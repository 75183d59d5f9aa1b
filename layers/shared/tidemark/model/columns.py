"""Rows as columns: what lets a table of thousands of rows be sorted, cut and computed without making a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

if TYPE_CHECKING:
    from tidemark.model.table import DataTable

GOALS = "goals"
"""The column of goal metrics: {goal: {metric: value}}."""


class Absent:
    """The type of ABSENT."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()
"""Stands in columns and metadata where a row lacks the cell; None is a value."""

Cells = list[Any]
Change = Callable[[Any], Any]
Made = TypeVar("Made")
_NUMBERS = frozenset({int, float})
_GOOD_PART = 4
"""What is made of columns is remembered for all stored rows if at least one row of so many is asked for."""
_FIRST = 16
"""So many cells are looked at before equal ones are sought among all."""
_REMEMBERED = 500
"""So many columns are derived from stored ones before all of them are forgotten."""
_NOTHING = frozenset({Absent, type(None)})


class StoredColumns:
    """Columns of stored rows, which never change, and what was made of them once for all tables that show some."""

    __slots__ = ("_derived", "cells", "count")

    def __init__(self, cells: Mapping[str, Cells], count: int) -> None:
        self.cells = cells
        self.count = count
        self._derived: dict[tuple[Any, ...], tuple[Sequence[Any], Any]] = {}

    def derived(self, sources: Sequence[Any], key: Any, make: Callable[..., Made]) -> Made:
        """What `make` gives for some of these columns, or for some derived from them; remembered under the key."""
        place = (key, *map(id, sources))
        known = self._derived.get(place)
        if known is None:
            if len(self._derived) >= _REMEMBERED:
                self._derived = {}
            known = self._derived[place] = (
                sources,
                make(*sources),
            )  # the sources live on, so that their ids stay theirs
        return cast("Made", known[1])


class Columns:
    """Some rows of stored columns, in an order of their own, with changed and added columns and with metadata.

    Lists of cells are never changed in place, so that copies share them. Every row has its columns in the order of
    `names`. The metadata of a row stands in slots: its order is that of the slots in which the row has a cell, and
    several slots may have the same name for different rows.
    """

    __slots__ = ("_made", "index", "slots", "sources", "stored", "subtable_ids", "subtables")

    def __init__(
        self,
        stored: StoredColumns,
        index: Sequence[int],
        slots: Iterable[tuple[str, Cells]] = (),
        subtable_ids: Cells | None = None,
        subtables: list[DataTable | None] | None = None,
    ) -> None:
        """`index`: the numbers of the stored rows. `subtables` are the loaded ones."""
        self.stored = stored
        self.index = index
        self.sources: dict[str, Cells | None] = dict(stored.cells)
        self._made: dict[str, Cells] = {}
        self.slots = list(slots)
        self.subtable_ids = subtable_ids
        self.subtables = subtables

    def __len__(self) -> int:
        return len(self.index)

    @property
    def names(self) -> list[str]:
        """The names of the columns in the order of the rows' cells."""
        return list(self.sources)

    def __contains__(self, name: str) -> bool:
        return name in self.sources

    def cells(self, name: str) -> Cells:
        """The cells of a column, ABSENT where rows lack it."""
        made = self._made.get(name)
        if made is None:
            source = self.sources.get(name)
            if source is None:
                return [ABSENT] * len(self)
            made = self._made[name] = picked(source, self.index)
        return made

    def put(self, name: str, cells: Cells) -> None:
        """Set a column's cells; a new column comes last."""
        self.sources[name] = None
        self._made[name] = cells

    def change(self, name: str, change: Change, *, is_constant: bool) -> None:
        """Replace a column's cells by what the function makes of them.

        That of a constant function is remembered with the stored rows.
        """
        source = self.sources.get(name)
        if is_constant and source is not None:
            self.sources[name] = self.stored.derived([source], change, lambda cells: changed(cells, change))
            self._made.pop(name, None)
        elif name in self.sources:
            self.put(name, changed(self.cells(name), change))

    def compute(self, name: str, needs: Sequence[str], function: Callable[..., Any]) -> None:
        """Add a column made of other columns' cells where rows lack it; None leaves it out."""

        def make(*columns: Cells) -> Cells:
            return _computed(function, columns)

        if name not in self.sources and self.is_worth_remembering(needs):
            self.sources[name] = self.stored.derived([self.sources[need] or [] for need in needs], function, make)
            return
        made = make(*(self.cells(need) for need in needs))
        if name in self.sources:
            made = [new if old is ABSENT else old for old, new in zip(self.cells(name), made, strict=True)]
        self.put(name, made)

    def has_any(self, name: str, condition: Callable[[Any], bool]) -> bool:
        """Whether a cell fulfils the condition; what holds for no stored row is found out once."""
        source = self.sources.get(name)
        if source is not None:
            whole = self.stored.derived([source], condition, lambda cells: [any(map(condition, set(cells)))])
            if not whole[0]:
                return False
        cells = self.cells(name)
        return any(map(condition, cells[:_FIRST])) or any(map(condition, set(cells[_FIRST:])))

    def keep(self, is_kept: Callable[[str], bool]) -> None:
        """Leave out the columns whose names are not kept."""
        for name in [name for name in self.sources if not is_kept(name)]:
            del self.sources[name]
            self._made.pop(name, None)

    def is_worth_remembering(self, names: Sequence[str]) -> bool:
        """Whether columns are as they are stored, or derived from such, and a good part of the stored rows is here."""
        are_stored = all(self.sources.get(name) is not None for name in names)
        return are_stored and _GOOD_PART * len(self) >= self.stored.count

    def remembered(self, names: Sequence[str], key: Any, make: Callable[..., Cells]) -> Cells:
        """What `make` gives for columns, row by row; remembered with the stored rows if that is worth while."""
        if self.is_worth_remembering(names):
            derived = self.stored.derived([self.sources[name] or [] for name in names], key, make)
            return cast("Cells", picked(derived, self.index))
        return make(*(self.cells(name) for name in names))

    def is_stored(self, name: str) -> bool:
        """Whether a column is as it is stored, or derived from such."""
        return self.sources.get(name) is not None

    def picked(self, positions: Sequence[int]) -> Columns:
        """The rows at these positions, in that order."""
        found = Columns(self.stored, picked(self.index, positions))
        found.sources = dict(self.sources)
        found._made = {name: picked(cells, positions) for name, cells in self._made.items()}
        found.slots = [(name, picked(cells, positions)) for name, cells in self.slots]
        found.subtable_ids = None if self.subtable_ids is None else picked(self.subtable_ids, positions)
        found.subtables = None if self.subtables is None else picked(self.subtables, positions)
        return found

    def copy(self) -> Columns:
        """An independent copy; lists of cells are shared, since nobody changes them."""
        copied = Columns(self.stored, self.index, self.slots, self.subtable_ids)
        copied.sources = dict(self.sources)
        copied._made = dict(self._made)
        if self.subtables is not None:
            copied.subtables = [None if below is None else below.copy() for below in self.subtables]
        return copied

    def made_of(self) -> Iterator[Any]:
        """All that these rows are made of but loaded subtables: the same objects for copies of the same rows.

        None for a column that is neither stored nor derived.
        """
        yield self.index
        yield self.subtable_ids or ()
        yield from self.sources.values()
        yield from (cells for _, cells in self.slots)

    def settled(self) -> Columns:
        """The same rows with all columns as if they were stored: for rows that stay as they are from now on."""
        for name in [name for name, source in self.sources.items() if source is None]:
            whole: Cells = [ABSENT] * self.stored.count
            for place, cell in zip(self.index, self.cells(name), strict=True):
                whole[place] = cell
            self.sources[name] = whole
        return self

    def metadata(self, name: str) -> Cells:
        """The metadata of that name, ABSENT where rows lack it."""
        found: Cells | None = None
        for slot, cells in self.slots:
            if slot == name:
                found = cells if found is None else _completed(found, cells)
        return [ABSENT] * len(self) if found is None else found

    def put_metadata(self, name: str, cells: Cells) -> None:
        """Set metadata where the new cells are not ABSENT: in its place where rows have some, else behind the others."""
        rest = cells
        for number, (slot, old) in enumerate(self.slots):
            if slot == name:
                if is_full(old) and is_full(rest):
                    self.slots[number] = (slot, rest)
                    return
                pairs = list(zip(old, rest, strict=True))
                self.slots[number] = (slot, [was if was is ABSENT or new is ABSENT else new for was, new in pairs])
                rest = [new if was is ABSENT else ABSENT for was, new in pairs]
        if set(map(type, rest)) != {Absent} and rest:
            self.slots.append((name, rest))

    def pop_metadata(self, name: str) -> Cells:
        """Take metadata out of all rows."""
        found = self.metadata(name)
        self.slots = [(slot, cells) for slot, cells in self.slots if slot != name]
        return found

    def row_metadata(self, position: int) -> dict[str, Any]:
        """The metadata of one row."""
        return {name: cells[position] for name, cells in self.slots if cells[position] is not ABSENT}

    def records(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Columns and metadata of every row, nothing shared that may be changed in place."""
        names = self.names
        found = _dicts(names, [self.cells(name) for name in names], len(self))
        for columns in found:
            goals = columns.get(GOALS)
            if goals:
                columns[GOALS] = {goal: dict(metrics) for goal, metrics in goals.items()}
        metadata = _dicts([name for name, _ in self.slots], [cells for _, cells in self.slots], len(self))
        return list(zip(found, metadata, strict=True))


def are_joinable(parts: Sequence[Columns]) -> bool:
    """Whether all parts are rows of the same stored columns, with columns of the same names in the same order."""
    first = parts[0]
    return all(part.stored is first.stored and part.names == first.names for part in parts)


Piece = tuple[Columns, int, int]
"""Rows that follow each other: of what, the first one, and the one behind the last."""


def joined(stored: Columns, pieces: Sequence[Piece]) -> Columns:
    """The rows of all pieces, one piece after the other, without subtables. `stored`: any of the columns."""
    found = Columns(stored.stored, list(chain.from_iterable(part.index[start:end] for part, start, end in pieces)))
    found.sources = dict(stored.sources)
    parts = list({id(part): part for part, _, _ in pieces}.values())
    for name, source in stored.sources.items():
        if source is None or any(part.sources[name] is not source for part in parts):
            found.sources[name] = _put_together(stored.stored, parts, name)
            if found.sources[name] is None:
                found.put(name, list(chain.from_iterable(part.cells(name)[start:end] for part, start, end in pieces)))
    found.slots = _joined_slots(pieces)
    return found


def _put_together(stored: StoredColumns, parts: Sequence[Columns], name: str) -> Cells | None:
    """One column of all stored rows for parts that have rows of their own and columns derived in different ways.

    None where a part's column is not derived from stored ones, or its rows do not follow each other.
    """
    sources: dict[int, Cells] = {}
    places: list[tuple[int, int, int]] = []
    for part in parts:
        source = part.sources[name]
        if source is None or not isinstance(part.index, range):
            return None
        sources[id(source)] = source
        places.append((part.index.start, part.index.stop, list(sources).index(id(source))))

    def make(*derived: Cells) -> Cells:
        whole = list(derived[0])
        for start, stop, number in places:
            whole[start:stop] = derived[number][start:stop]
        return whole

    return stored.derived(list(sources.values()), ("put together", *places), make)


def picked(cells: Any, positions: Sequence[int]) -> Any:
    """The cells at these positions; a range counts upwards, one by one."""
    if isinstance(positions, range):
        return cells[positions.start : positions.stop]
    if len(positions) > 1:
        return list(itemgetter(*positions)(cells))
    return [cells[position] for position in positions]


def changed(cells: Cells, change: Change) -> Cells:
    """What the function makes of every cell that is there; equal numbers and texts are changed once."""
    kinds = set(map(type, cells)) - _NOTHING
    if kinds <= _NUMBERS or kinds == {str}:
        distinct = set(cells)
        if 2 * len(distinct) < len(cells):
            known = {cell: cell if cell is ABSENT else change(cell) for cell in distinct}
            return [known[cell] for cell in cells]
    return [cell if cell is ABSENT else change(cell) for cell in cells]


def _computed(function: Callable[..., Any], columns: Sequence[Cells]) -> Cells:
    """The function's value for every row, ABSENT for None; computed once for equal cells."""
    together = list(zip(*columns, strict=True))
    values = {cells: function(*cells) for cells in set(together)}
    known = {cells: ABSENT if value is None else value for cells, value in values.items()}
    return [known[cells] for cells in together]


def absent_for_none(cells: Sequence[Any]) -> Cells:
    """The cells, ABSENT for None."""
    if type(None) not in set(map(type, cells)):
        return list(cells)
    return [ABSENT if cell is None else cell for cell in cells]


def is_full(cells: Cells) -> bool:
    """Whether every row has its cell."""
    return Absent not in set(map(type, cells))


def _completed(cells: Cells, others: Cells) -> Cells:
    return [other if cell is ABSENT else cell for cell, other in zip(cells, others, strict=True)]


def _dicts(names: Sequence[str], columns: Sequence[Cells], count: int) -> list[dict[str, Any]]:
    rows = zip(*columns, strict=True) if columns else repeat((), count)
    return [{name: cell for name, cell in zip(names, row, strict=True) if cell is not ABSENT} for row in rows]


def _joined_slots(pieces: Sequence[Piece]) -> list[tuple[str, Cells]]:
    """Slots in which every row keeps the order of its metadata."""
    names: list[str] = []
    places: list[dict[int, Cells]] = []
    for part in {id(part): part for part, _, _ in pieces}.values():
        start = 0
        for name, cells in part.slots:
            place = names.index(name, start) if name in names[start:] else len(names)
            if place == len(names):
                names.append(name)
                places.append({})
            places[place][id(part)] = cells
            start = place + 1
    return [(name, _slot(pieces, found)) for name, found in zip(names, places, strict=True)]


def _slot(pieces: Sequence[Piece], cells: Mapping[int, Cells]) -> Cells:
    return list(
        chain.from_iterable(
            cells[id(part)][start:end] if id(part) in cells else repeat(ABSENT, end - start)
            for part, start, end in pieces
        )
    )
