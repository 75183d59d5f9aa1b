"""The API methods: a query, and what can be queried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date as Day  # noqa: N812 - `date` is a parameter's name
from typing import Any, Final

from tidemark.model.errors import BadParameter
from tidemark.model.period import local_date
from tidemark.model.period_query import select_periods
from tidemark.model.registry import Registry
from tidemark.model.sql_query import SQL_TABLES, SqlLimits, SqlQueries, SqlResult
from tidemark.model.time_zone import time_zone
from tidemark.plugin import Access, Context, method

MOST_ROWS: Final = SqlLimits().rows


@method("Sql.query", Access.SUPERUSER, raw_strings=True)
def query(
    context: Context, sql: str, idSite: str | int, period: str, date: str, limit: int = 1000
) -> list[dict[str, Any]]:
    """Answer one SELECT over hits, visits, actions, conversions, items and visitors of these sites and days.

    An answer with more than `limit` rows is an error, so that nobody takes a part for the whole.
    """
    if not 1 <= limit <= MOST_ROWS:
        raise BadParameter(f"'limit' has to be between 1 and {MOST_ROWS}.")
    first, last = _days(context, idSite, period, date)
    result = context.service(SqlQueries).run(sql, _sites(context, idSite), first, last, SqlLimits(rows=limit))
    return rows_of(result, limit)


@method("Sql.getTables", Access.SUPERUSER)
def get_tables(context: Context) -> list[dict[str, Any]]:
    """The tables that can be queried, each column with its type."""
    queries = context.service(SqlQueries)
    return [
        {"table": table, "column": name, "type": kind} for table in SQL_TABLES for name, kind in queries.columns(table)
    ]


METHODS = (query, get_tables)


def rows_of(result: SqlResult, limit: int) -> list[dict[str, Any]]:
    """The rows by column names. Raises: BadParameter, if rows or columns would be lost."""
    if result.is_cut:
        raise BadParameter(f"The answer has more than {limit} rows: aggregate, add a LIMIT, or allow more by 'limit'.")
    repeated = [name for name, count in Counter(result.columns).items() if count > 1]
    if repeated:
        raise BadParameter(f"Several columns are named {', '.join(repeated)}: name them apart with AS.")
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]


def _sites(context: Context, idSite: str | int) -> Sequence[int]:
    if idSite == "all":
        return [site.idsite for site in context.service(Registry).sites()]
    return list(dict.fromkeys(int(one) for one in str(idSite).split(",")))


def _days(context: Context, idSite: str | int, period: str, date: str) -> tuple[Day, Day]:
    """The first and the last day that the parameters name; "today" is that of the first site."""
    sites = _sites(context, idSite)
    zone = context.site(sites[0]).timezone if sites else "UTC"
    today = local_date(context.now, time_zone(zone))
    periods = select_periods(period, date, today, context.settings.words("General.enabled_periods_API")).periods
    return min(one.first for one in periods), max(one.last for one in periods)
