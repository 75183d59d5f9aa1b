"""The floor of archiving: visits cut and grouped by SQL written by hand for the query engine, nothing else.

No labels, no trees, no limits, nothing stored: what the archive adds to this is its cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from tidemark.engine import connect

VISIT = (
    "count(DISTINCT visitor_id), count(*), sum(visit_total_actions), count(DISTINCT user_id), "
    "max(visit_total_actions), sum(visit_total_time), count(*) FILTER (WHERE visit_total_actions <= 1), "
    "sum(visit_goal_converted)"
)
GOAL = (
    "count(*), count(DISTINCT idvisit), sum(revenue), sum(revenue_subtotal), sum(revenue_tax), "
    "sum(revenue_shipping), sum(revenue_discount), sum(items)"
)
TIMINGS = ("time_network", "time_server", "time_transfer", "time_dom_processing", "time_dom_completion", "time_on_load")
PAGE = (
    "count(DISTINCT idvisit), count(DISTINCT visitor_id), count(*), count(*) FILTER (WHERE ref_type = 8), "
    + ", ".join(f"sum({name}), count({name}), min({name}), max({name})" for name in TIMINGS)
)
LINK = "count(DISTINCT idvisit), count(DISTINCT visitor_id), count(*)"
EVENT = f"{LINK}, count(event_value), sum(event_value), min(event_value), max(event_value)"
ENTRY = (
    "count(DISTINCT visitor_id), count(*), sum(visit_total_actions), sum(visit_total_time), "
    "count(*) FILTER (WHERE visit_total_actions <= 1)"
)
REFERRER = ("referer_type", "referer_name", "referer_keyword", "referer_url")
PLACE = ("location_country", "location_region", "location_city")

VISIT_KEYS: tuple[str, ...] = (
    "config_device_type",
    "config_device_brand",
    "config_device_brand, config_device_model",
    "config_os",
    "config_os, config_os_version",
    "config_browser_name",
    "config_browser_engine",
    "config_browser_name, config_browser_version",
    "visitor_localtime // 3600",
    "visit_first_action_time % 86400 // 3600",
    "location_browser_lang",
    "config_resolution",
    "config_os, config_browser_name, config_resolution",
    "user_id, visitor_id",
    ", ".join(REFERRER),
    *(", ".join(PLACE[:depth]) for depth in (1, 2, 3)),
)
GOAL_KEYS: tuple[str, ...] = (
    "config_device_type",
    "config_device_brand",
    "config_device_brand, config_device_model",
    "config_browser_name",
    "server_time % 86400 // 3600",
    ", ".join(REFERRER[:3]),
    *(", ".join(PLACE[:depth]) for depth in (1, 2, 3)),
)
EVENT_KEYS = "event_category, event_action, event_name"
REFERRER_TYPES = (2, 2, 3, 6, 7)
"""Types with tables of their own: engines by keyword and keywords by engine, sites, campaigns, networks."""

SESSIONS = (
    # numbers only: windows over texts would cost ten times as much
    """CREATE TEMP TABLE ordered AS
       SELECT row, coalesce(visitor_id, fingerprint) AS who, server_time, sequence, action_type FROM hits""",
    """CREATE TEMP TABLE cut AS
       SELECT *, sum(is_start) OVER (PARTITION BY who ORDER BY server_time, sequence) AS nth FROM (
           SELECT *, (coalesce(server_time - lag(server_time) OVER (PARTITION BY who ORDER BY server_time, sequence), 9999)
               > 1800)::INT AS is_start FROM ordered)""",
    """CREATE TEMP TABLE floor_visits AS
       SELECT who, nth, min(server_time), max(server_time), count(*), arg_min(row, sequence) AS first_row,
           arg_max(row, sequence) AS last_row FROM cut GROUP BY who, nth""",
    """CREATE TEMP TABLE floor_actions AS
       SELECT row, who, nth, lag(row) OVER visit AS row_before, server_time - lag(server_time) OVER visit AS seconds,
           row_number() OVER visit AS place
       FROM cut WINDOW visit AS (PARTITION BY who, nth ORDER BY sequence)""",
    """CREATE TEMP TABLE visit_texts AS
       SELECT v.*, f.url AS entry_url, f.title AS entry_title, f.referer_name, l.url AS exit_url, l.title AS exit_title
       FROM floor_visits v JOIN hits f ON f.row = v.first_row JOIN hits l ON l.row = v.last_row""",
    """CREATE TEMP TABLE action_texts AS
       SELECT a.*, h.url, h.title, b.url AS url_before, b.title AS title_before
       FROM floor_actions a JOIN hits h ON h.row = a.row LEFT JOIN hits b ON b.row = a.row_before""",
)


def group_bys() -> Iterator[str]:
    """The group-bys that the default plugins' records come down to."""
    yield f"SELECT {VISIT} FROM visits"
    yield from (f"SELECT {key}, {VISIT} FROM visits GROUP BY ALL" for key in VISIT_KEYS)
    for kind in REFERRER_TYPES:
        yield f"SELECT {', '.join(REFERRER[1:])}, {VISIT} FROM visits WHERE referer_type = {kind} GROUP BY ALL"
    for column in ("visit_total_time", "visit_total_actions", "visitor_count_visits", "visitor_seconds_since_last"):
        ranges = ", ".join(f"count(*) FILTER (WHERE {column} BETWEEN {low} AND {low * 2})" for low in range(1, 12))
        yield f"SELECT {ranges} FROM visits"
    for name in ("url", "name"):
        page = "url" if name == "url" else "title"
        yield f"SELECT {page}, min(url_prefix), {PAGE} FROM actions WHERE action_type = 1 GROUP BY 1"
        yield (
            f"SELECT {page}_ref, sum(time_spent_ref) FROM actions "
            f"WHERE time_spent_ref > 0 AND action_type <> 10 AND ref_type = 1 GROUP BY 1"
        )
        yield f"SELECT visit_entry_{name}, {ENTRY} FROM visits WHERE visit_entry_{name} <> '' GROUP BY 1"
        yield f"SELECT visit_exit_{name}, count(DISTINCT visitor_id), count(*) FROM visits GROUP BY 1"
        yield (
            f"SELECT visit_entry_{name}, idgoal, count(*), sum(revenue) FROM conversions WHERE idgoal >= 0 GROUP BY ALL"
        )
        yield (
            f"SELECT a.{page}, c.idgoal, count(*), sum(c.revenue), max(pageviews_before), sum(1 / pageviews_before) "
            "FROM conversions c JOIN actions a ON a.idvisit = c.idvisit AND a.action_type = 1 "
            "AND a.server_time <= c.server_time GROUP BY ALL"
        )
    yield from (
        f"SELECT url, min(url_prefix), {LINK} FROM actions WHERE action_type = {kind} GROUP BY 1" for kind in (2, 3)
    )
    yield f"SELECT search_keyword, {LINK}, max(search_count) FROM actions WHERE action_type = 8 GROUP BY 1"
    yield from (f"SELECT {EVENT_KEYS}, {EVENT} FROM actions WHERE action_type = 10 GROUP BY ALL" for _ in range(6))
    for _ in range(2):
        yield f"SELECT content_piece, content_target, content_name, {LINK} FROM actions WHERE action_type = 13 GROUP BY ALL"
    yield f"SELECT {', '.join(f'sum({name}), count({name})' for name in TIMINGS)} FROM actions"
    yield f"SELECT idgoal, {GOAL} FROM conversions GROUP BY 1"
    yield from (f"SELECT {key}, idgoal, {GOAL} FROM conversions GROUP BY ALL" for key in GOAL_KEYS)
    for name in ("sku", "name", "categories[1]"):
        yield (
            f"SELECT {name}, order_id = '', sum(price * quantity), sum(quantity), sum(price), count(DISTINCT order_id) "
            "FROM items GROUP BY ALL"
        )


def run_sessions(hits: pa.Table) -> None:
    """Cut the hits into visits and chain their actions."""
    with connect() as engine:
        engine.register("hits", hits.append_column("row", pa.array(range(hits.num_rows), pa.int64())))
        for sql in SESSIONS:
            engine.execute(sql)


def run_group_bys(tables: Mapping[str, pa.Table]) -> int:
    """Run every group-by over the tables of the visit log; gives how many groups there are."""
    groups = 0
    with connect() as engine:
        for name, table in tables.items():
            engine.register(name, table)
        for sql in group_bys():
            found: Any = engine.sql(sql).to_arrow_table()
            groups += found.num_rows
    return groups
