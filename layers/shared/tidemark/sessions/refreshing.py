"""A day's log after some of its visitors were sessionised again: the others' rows stay as they are."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import canonical, encoded
from tidemark.model.daylog import LOG_TABLES, LogTable
from tidemark.sessions.hits import single
from tidemark.sessions.sessionise import Logs
from tidemark.sessions.visits import VISITOR_ORDER

_ORDER = ("visit_first_action_time", "first_sequence", "idvisit")


def refreshed(old: Logs, made: Logs, fingerprints: pa.UInt64Array, visitor_ids: pa.UInt64Array) -> Logs:
    """The log with the rows of some visitors replaced: those with these fingerprints and ids.

    Equal to the last byte to the log that is made of all hits.
    """
    visits = old["visits"]
    is_gone = pc.is_in(visits["fingerprint"], value_set=fingerprints)
    gone = visits.filter(is_gone)
    without: dict[LogTable, pa.Table] = {}
    for name in LOG_TABLES:
        key, values = (
            ("visitor_id", pa.concat_arrays([visitor_ids, single(gone["visitor_id"])]))
            if name == "visitors"
            else (
                "idvisit",
                single(gone["idvisit"]),
            )
        )
        without[name] = old[name].filter(pc.invert(pc.is_in(old[name][key], value_set=values)))
    both = {
        name: pa.concat_tables([_plain(without[name], made[name]), made[name]]).unify_dictionaries()
        for name in LOG_TABLES
    }
    order = pc.sort_indices(both["visits"], sort_keys=[(name, "ascending") for name in _ORDER])
    ids = single(both["visits"]["idvisit"].take(order))
    found: dict[LogTable, pa.Table] = {"visits": _rows(both["visits"], order)}
    for name in ("actions", "conversions", "items"):
        place = pc.index_in(both[name]["idvisit"], value_set=ids)
        found[name] = _rows(both[name], pc.sort_indices(pa.table({"place": place}), sort_keys=[("place", "ascending")]))
    found["visitors"] = both["visitors"].combine_chunks().sort_by(VISITOR_ORDER)
    return found


def _plain(table: pa.Table, like: pa.Table) -> pa.Table:
    """The table with texts encoded where another one has them so, and lists named as there."""
    columns: dict[str, Any] = {}
    for field in like.schema:
        values = table[field.name]
        if pa.types.is_dictionary(field.type):
            values = encoded(values)
        elif pa.types.is_list(field.type):  # Parquet calls what is in them by another name
            values = values.cast(field.type)
        columns[field.name] = values
    return pa.table(columns, schema=like.schema)


def _rows(table: pa.Table, order: pa.Array) -> pa.Table:
    """Rows in another order, texts encoded as if the table had been made so."""
    columns = {}
    for name in table.column_names:
        values = single(table[name])
        taken = values.take(order)
        columns[name] = canonical(taken) if pa.types.is_dictionary(taken.type) else taken
    return pa.table(columns)
