"""SQL of a table of the logs as its files hold it: whole columns of files of every age, for DuckDB and for Trino.

A source is a table of what files hold, with `log_file`: a name that the files of one log have in common.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from tidemark import stored_columns, stored_pairs, stored_rows
from tidemark.model.hit import Column
from tidemark.stored_links import LINKED, NUMBER, SHARED, SUMMARY, SUMMED

LOG_FILE: Final = Column("log_file", "string", "name of the file, which all tables of a log have in common")
_KEYS: Final = (LOG_FILE.name, NUMBER.name)


def held_columns(table: str, columns: Iterable[Column]) -> tuple[Column, ...]:
    """What files may hold besides a table's columns, or in place of some."""
    every = tuple(columns)
    own = {"visits": (NUMBER, SUMMED), **dict.fromkeys(LINKED, (NUMBER,))}
    pairs = () if table == "hits" else stored_pairs.held_columns(every)
    return (*own.get(table, ()), *pairs, *stored_rows.held_columns(every), *stored_columns.held_columns(every))


def wanted_of(columns: Iterable[Column], names: Collection[str] | None) -> frozenset[str]:
    """The columns that a query may mean by the names that it mentions (None: all): those that cost nothing always are."""
    costly = {*SHARED, *stored_rows.FOLLOWERS, *(pair.name for pair in stored_pairs.PAIRS)}
    return frozenset(one.name for one in columns if names is None or one.name in names or one.name not in costly)


def sources_of(table: str, wanted: Collection[str]) -> tuple[str, ...]:
    """The tables whose files are read for these columns of a table."""
    of_visits = not set(SHARED).isdisjoint(wanted)
    return (table, "visits") if table == "visitors" or (table in LINKED and of_visits) else (table,)


def whole(table: str, columns: Iterable[Column], wanted: Collection[str], sources: Mapping[str, str]) -> str:
    """A SELECT of those of a table's columns that are wanted. `sources`: of all tables that `sources_of` names."""
    every = tuple(columns)
    names = [column.name for column in every if column.name in wanted]
    by_row = stored_columns.selected(every)
    if table == "visitors":
        summed = _select({name: SUMMARY.get(name, f'"{name}"') for name in names}, sources["visits"])
        return f"{_select(_plain(names), sources[table])} UNION ALL {summed} WHERE {SUMMED.name}"
    if table == "hits":
        return _select({name: by_row[name] for name in names}, sources[table])
    if table not in LINKED:
        return _by_row(names, by_row, sources[table])
    query = _near(names, by_row, sources[table])
    shared = [name for name in SHARED if name in names]
    if not shared:
        return _select(_plain(names), f"({query})")
    visits = _select(_plain([*_KEYS, *shared]), sources["visits"])
    keys = " AND ".join(f"linked.{name} = own.{name}" for name in _KEYS)
    both = {name: f'own."{name}"' for name in names}
    both |= {name: f'coalesce(own."{name}", linked."{name}")' for name in shared}
    return _select(both, f"({query}) AS own LEFT JOIN ({visits}) AS linked ON {keys}")


def _near(names: list[str], by_row: Mapping[str, str], source: str) -> str:
    """Rows with their keys, and the columns that follow from others of their visit."""
    followers = {name: one for name, one in stored_rows.FOLLOWERS.items() if name in names}
    if not followers:
        return _by_row(names, by_row, source, _KEYS)
    read = dict.fromkeys([*names, "position", *(need for one in followers.values() for need in one.needs)])
    held = [*_KEYS, stored_rows.HELD.name]
    query = _by_row(list(read), by_row, source, held)
    places = {
        name: sql for name, sql in stored_rows.PLACES_SQL.items() if any(name in one.sql for one in followers.values())
    }
    if places:
        query = _select({**_plain([*read, *held]), **places}, f"({query})")
    wholes = {name: f'coalesce("{name}", {one.sql})' for name, one in followers.items()}
    return _select({**_plain([*names, *_KEYS]), **wholes}, f"({query})")


def _by_row(names: list[str], by_row: Mapping[str, str], source: str, held: Iterable[str] = ()) -> str:
    """Columns of each row for itself, and those that mostly follow from another one in the same file."""
    pairs = [pair for pair in stored_pairs.pairs_of(by_row.keys()) if pair.name in names]
    if not pairs:
        return _select({**{name: by_row[name] for name in names}, **_plain(held)}, source)
    read = dict.fromkeys([LOG_FILE.name, *held, *(name for pair in pairs for name in (*pair.by, pair.mark.name))])
    raw = {name: by_row.get(name, f'"{name}"') for name in dict.fromkeys([*names, *read])}
    columns = {name: f'own."{name}"' for name in (*names, *held)}
    joined = f"({_select(raw, source)}) AS own"
    for pair in pairs:
        alias, keys = f"by_{pair.name}", (LOG_FILE.name, *pair.by)
        defining = _select(_plain([*keys, pair.name]), source)
        equal = " AND ".join(f'{alias}."{key}" = own."{key}"' for key in keys)
        follows = f'own."{pair.mark.name}" = {stored_pairs.FOLLOWS}'
        joined += f' LEFT JOIN ({defining} WHERE "{pair.mark.name}" = {stored_pairs.DEFINES}) AS {alias} ON {equal} AND {follows}'
        columns[pair.name] = f'CASE WHEN {follows} THEN {alias}."{pair.name}" ELSE own."{pair.name}" END'
    return _select(columns, joined)


def _plain(names: Iterable[str]) -> dict[str, str]:
    return {name: f'"{name}"' for name in names}


def _select(columns: Mapping[str, str], source: str) -> str:
    named = ", ".join(f'{sql} AS "{name}"' for name, sql in columns.items())
    return f"SELECT {named} FROM {source}"
