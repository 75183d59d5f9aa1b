"""What earlier days say of a day's visitors, and which later days have to hear of a change.

Source of the rules: Matomo 5.2, tracking behaviour, section 5 (an id is looked up without limit of time) and section 12
(an order id counts once per site).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.clock import Clock
from tidemark.columns import arrow_schema, conform
from tidemark.engine import connect_shared
from tidemark.model.daylog import DayLog, LogTable
from tidemark.model.log import VISITOR_COLUMNS
from tidemark.sessions.commerce import IDGOAL_ORDER
from tidemark.sessions.hits import ORDER
from tidemark.sessions.log_files import SUMMARY_TABLES, read_parquet, read_visitors
from tidemark.sessions.rollups import NO_SUMMARIES, Summary, keys_of, summary_keys
from tidemark.sessions.sessionise import History
from tidemark.stores.ports import Objects

_NO_VISITORS = arrow_schema(VISITOR_COLUMNS).empty_table()


_SUMMARIES: Final = """
    SELECT
        visitor_id,
        coalesce(first_visit_start, visit_first_action_time - visitor_seconds_since_first) AS first_visit_start,
        coalesce(last_visit_start, visit_first_action_time) AS last_visit_start,
        coalesce(visits, visitor_count_visits) AS visits,
        coalesce(last_order_start, visit_first_action_time - visitor_seconds_since_order) AS last_order_start,
        first_sequence
    FROM (FROM read_parquet($paths, union_by_name = true) UNION ALL BY NAME FROM no_summaries)
    WHERE is_summed OR visit_first_action_time IS NULL
"""
"""Visitors of files of visits, of visitors and of roll-ups. Of visits only those from which visitors follow."""
_VISITORS: Final = Summary(
    "visitors",
    SUMMARY_TABLES,
    f"SELECT * FROM ({_SUMMARIES}) WHERE visits > 0 ORDER BY visitor_id, last_visit_start, first_sequence",
)
_LAST_VISITS: Final = f"""
    SELECT visits.* FROM ({_SUMMARIES}) AS visits JOIN wanted
        ON visitor_id = wanted.id AND coalesce(first_sequence, 0) < wanted.sequence
    WHERE visits > 0
    QUALIFY row_number() OVER (PARTITION BY visitor_id ORDER BY last_visit_start DESC, first_sequence) = 1
    ORDER BY visitor_id
"""
_ORDERS: Final = Summary(
    "conversions",
    ("conversions",),
    """
    SELECT DISTINCT order_id, idgoal FROM read_parquet($paths) WHERE idgoal = 0 ORDER BY order_id
    """,
)
_KNOWN_ORDERS: Final = """
    SELECT DISTINCT order_id FROM read_parquet($paths) SEMI JOIN wanted ON order_id = wanted.id WHERE idgoal = 0
"""


def first_day_of_history(day: date, horizon: timedelta) -> date:
    """How far back a day looks: whole months, because they are summed up."""
    return (day - horizon).replace(day=1)


def history_of(objects: Objects, clock: Clock, day: date, hits: pa.Table, earlier: Sequence[DayLog]) -> History:
    """The history of the visitors and order ids of a day's hits in the logs of earlier days, which are in order.

    A visitor's past is the last of the visits that were received before the first of these hits.
    """
    visitors, orders = _NO_VISITORS, set[str]()
    with_id = pc.is_valid(hits["visitor_id"])
    came = pa.table({"id": hits["visitor_id"], "sequence": pc.fill_null(hits["sequence"], 0)}).filter(with_id)
    if came.num_rows and (keys := summary_keys(objects, clock, _VISITORS, earlier, day)):
        came = came.group_by("id", use_threads=False).aggregate([("sequence", "min")])
        visitors = _found(objects, _LAST_VISITS, keys, came.rename_columns(["id", "sequence"]))
    order_ids = pc.unique(hits["order_id"].filter(pc.equal(hits["ecommerce"], ORDER))).drop_null()
    if len(order_ids) and (keys := summary_keys(objects, clock, _ORDERS, earlier, day)):
        orders = set(_found(objects, _KNOWN_ORDERS, keys, pa.table({"id": order_ids}))["order_id"].to_pylist())
    return History(conform(visitors, VISITOR_COLUMNS).sort_by("visitor_id"), frozenset(orders))


def _found(objects: Objects, query: str, keys: list[str], wanted: pa.Table) -> pa.Table:
    with objects.local_files(keys) as paths, connect_shared() as engine:
        engine.register("wanted", wanted)
        engine.register("no_summaries", NO_SUMMARIES)
        return engine.sql(query, params={"paths": paths}).to_arrow_table()


_DAYS_WITH_VISITORS = """
    SELECT DISTINCT filename FROM read_parquet($paths, filename = true, union_by_name = true)
    SEMI JOIN wanted ON visitor_id = wanted.id
"""
_DAYS_WITH_ORDERS = """
    SELECT DISTINCT filename FROM read_parquet($paths, filename = true) SEMI JOIN wanted ON order_id = wanted.id
"""
_CHANGED_VISITORS = """
    SELECT DISTINCT visitor_id FROM ((FROM old EXCEPT FROM new) UNION ALL (FROM new EXCEPT FROM old)) WHERE visits > 0
"""

Keys = Mapping[str, Sequence[str]]
"""Objects of a log's tables, one or one per part; a table without rows has none."""


def touched_by(objects: Objects, old: Keys, new: Keys, later: Sequence[DayLog]) -> list[DayLog]:
    """Those of the later days whose visitors or orders come from a day whose log was replaced by another.

    Raises: NotFoundError if the old log is gone.
    """
    if not later or old == new:
        return []
    changed = _changed_visitors(read_visitors(objects, old), read_visitors(objects, new))
    orders = _order_ids(objects, old).symmetric_difference(_order_ids(objects, new))
    return _touched(objects, later, changed, pa.array(sorted(orders), pa.string()))


def _read(objects: Objects, keys: Keys, table: LogTable) -> pa.Table | None:
    if table not in keys:
        return None
    with objects.local_files(keys[table]) as paths:
        return pa.concat_tables([read_parquet(path) for path in paths]).unify_dictionaries()


def _changed_visitors(old: pa.Table, new: pa.Table) -> pa.Array:
    """Ids of the visitors whose summaries differ."""
    with connect_shared() as engine:
        engine.register("old", old)
        engine.register("new", new)
        return engine.sql(_CHANGED_VISITORS).to_arrow_table()["visitor_id"].combine_chunks()


def _order_ids(objects: Objects, keys: Keys) -> set[str]:
    conversions = _read(objects, keys, "conversions")
    if conversions is None:
        return set()
    return set(conversions["order_id"].filter(pc.equal(conversions["idgoal"], IDGOAL_ORDER)).to_pylist())


def _touched(objects: Objects, later: Sequence[DayLog], visitor_ids: pa.Array, order_ids: pa.Array) -> list[DayLog]:
    found: set[str] = set()
    wanted: tuple[tuple[tuple[LogTable, ...], pa.Array, str], ...] = (
        (SUMMARY_TABLES, visitor_ids, _DAYS_WITH_VISITORS),
        (("conversions",), order_ids, _DAYS_WITH_ORDERS),
    )
    for tables, ids, query in wanted:
        keys = [key for log in later for key in keys_of(log, tables)]
        if not keys or not len(ids):
            continue
        with objects.local_files(keys) as paths, connect_shared() as engine:
            engine.register("wanted", pa.table({"id": ids}))
            rows = engine.execute(query, {"paths": paths}).fetchall()
            by_path = dict(zip(paths, keys, strict=True))
            found |= {by_path[path] for (path,) in rows}
    return [log for log in later if any(not found.isdisjoint(keys) for keys in log.all_keys.values())]
