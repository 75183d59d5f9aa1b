"""The parity report's tables: rows of archives made here beside those that Matomo archived, value by value.

Source: Matomo 5.2, database schema (blob format), metrics.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from typing import Any, Final

from tidemark.importing.database import MatomoDatabase
from tidemark.importing.parity import DAY, Difference, whole_archive
from tidemark.importing.serialized import SerializedError, unserialized
from tidemark.model.table import DataTable

NAMES: Final = {
    **dict(
        enumerate(
            (
                *("nb_uniq_visitors", "nb_visits", "nb_actions", "max_actions", "sum_visit_length", "bounce_count"),
                *("nb_visits_converted", "nb_conversions", "revenue", "goals", "sum_daily_nb_uniq_visitors", "nb_hits"),
                *("sum_time_spent", "exit_nb_uniq_visitors", "exit_nb_visits", "sum_daily_exit_nb_uniq_visitors"),
                *("entry_nb_uniq_visitors", "sum_daily_entry_nb_uniq_visitors", "entry_nb_visits", "entry_nb_actions"),
                *("entry_sum_visit_length", "entry_bounce_count", "revenue", "quantity", "price", "orders"),
                *("price_viewed", "site_search_has_no_result", "nb_hits_following_search", "sum_time_generation"),
                *("nb_hits_with_time_generation", "min_time_generation", "max_time_generation", "nb_events"),
                *("sum_event_value", "min_event_value", "max_event_value", "nb_events_with_value", "nb_users"),
                *("sum_daily_nb_users", "nb_impressions", "nb_interactions", "nb_uniq_fingerprints"),
            ),
            1,
        )
    )
}
"""Matomo's numbers of columns in blobs -> names."""
GOAL_NAMES: Final = {1: "nb_conversions", 2: "revenue"}
OTHERS: Final = -1
COLUMNS, SUBTABLE = 0, 3
_CHUNK: Final = "_chunk_"

Values = Mapping[tuple[str, ...], Mapping[str, float]]
"""Columns by the labels that lead to a row."""


class UnreadableError(Exception):
    """A blob is not in the format of Matomo 3 and later."""


def compared_tables(
    database: MatomoDatabase,
    idsite: int,
    day: date,
    records: Collection[str],
    here: Callable[[str], DataTable],
) -> Iterator[Difference]:
    """Every value of those of the records that Matomo archived for the day; `here` gives our tables with all levels.

    Columns that only one side knows are left out unless the other has the row without it.
    """
    stored = matomo_blobs(database, idsite, day, records)
    for record in sorted(record for record in stored if _CHUNK not in record and record in records):
        try:
            there = matomo_values(record, stored)
        except UnreadableError:
            continue
        own = own_values(here(record))
        known = {name for row in own.values() for name in row}
        for path in sorted(there.keys() | own.keys()):
            theirs, ours = there.get(path, {}), own.get(path, {})
            for name in sorted((theirs.keys() | ours.keys()) & (known or theirs.keys())):
                if name in theirs or theirs == {}:
                    label = " > ".join(path)
                    yield Difference(day, f"{record}.{name}", theirs.get(name, 0.0), ours.get(name, 0.0), label)


def matomo_blobs(database: MatomoDatabase, idsite: int, day: date, records: Collection[str]) -> dict[str, bytes]:
    """The blobs of a day's last whole archive by their names, those of subtables too."""
    table = f"archive_blob_{day:%Y_%m}"
    latest = whole_archive(database, idsite, day)
    if latest is None or not database.columns(table):
        return {}
    where = "idarchive = %s AND idsite = %s AND period = %s"
    found = {}
    for row in database.rows(table, where, [latest, idsite, DAY], "name"):
        name = str(row["name"])
        if name.partition(_CHUNK)[0] in records and row["value"]:
            found[name] = bytes(row["value"])
    return found


def matomo_values(record: str, blobs: Mapping[str, bytes]) -> dict[tuple[str, ...], dict[str, float]]:
    """A record's rows of all levels. Raises: UnreadableError."""
    subtables: dict[int, Any] = {}
    for name, blob in blobs.items():
        if name.startswith(record + _CHUNK):
            subtables |= {int(key): _read(value) for key, value in _read(blob).items()}
    found: dict[tuple[str, ...], dict[str, float]] = {}
    _collect(_read(blobs[record]), (), subtables, found)
    return found


def own_values(table: DataTable, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], dict[str, float]]:
    """The rows of a table of all levels; rows of zeros are those that Matomo fills in when it answers."""
    found: dict[tuple[str, ...], dict[str, float]] = {}
    for row in (*table.rows, *([table.summary_row] if table.summary_row is not None else ())):
        label = str(OTHERS) if row is table.summary_row else str(row.columns.get("label"))
        values = _own_row(row.columns)
        if any(values.values()):
            found[*path, label] = values
        if row.subtable is not None:
            found |= own_values(row.subtable, (*path, label))
    return found


def _collect(
    rows: Mapping[Any, Any],
    path: tuple[str, ...],
    subtables: Mapping[int, Any],
    found: dict[tuple[str, ...], dict[str, float]],
) -> None:
    for number, row in rows.items():
        try:
            columns, subtable = row[COLUMNS], row.get(SUBTABLE)
            label = str(OTHERS) if number == OTHERS else str(columns.get("label"))
        except (KeyError, AttributeError, TypeError) as error:
            raise UnreadableError from error
        values = _matomo_row(columns)
        if any(values.values()):
            found[*path, label] = values
        if subtable is not None and int(subtable) in subtables:
            _collect(subtables[int(subtable)], (*path, label), subtables, found)


def _matomo_row(columns: Mapping[Any, Any]) -> dict[str, float]:
    values: dict[str, float] = {}
    for key, value in columns.items():
        name = NAMES.get(key, str(key)) if isinstance(key, int) else str(key)
        if name == "goals" and isinstance(value, dict):
            for goal, numbers in value.items():
                for number, of_goal in GOAL_NAMES.items():
                    if number in numbers:
                        values[f"goal {goal} {of_goal}"] = _number(numbers[number])
        elif name != "label":
            values[name] = _number(value)
    return values


def _own_row(columns: Mapping[str, Any]) -> dict[str, float]:
    values: dict[str, float] = {}
    for name, value in columns.items():
        if name == "goals" and value:
            for goal, numbers in value.items():
                for of_goal in GOAL_NAMES.values():
                    if of_goal in numbers:
                        values[f"goal {goal} {of_goal}"] = _number(numbers[of_goal])
        elif name not in {"label", "goals"}:
            values[name] = _number(value)
    return values


def _number(value: Any) -> float:
    """A number; what is no number counts as none."""
    try:
        return float(value or 0)
    except (TypeError, ValueError):
        return 0.0


def _read(blob: bytes | str) -> Any:
    """A stored array, compressed or not. Raises: UnreadableError."""
    try:
        data = blob.encode() if isinstance(blob, str) else blob
        found = unserialized(zlib.decompress(data) if data[:1] == b"\x78" else data)
    except (zlib.error, SerializedError) as error:
        raise UnreadableError from error
    if not isinstance(found, dict):
        raise UnreadableError
    return found
