"""What may be asked: one SELECT over the logs' tables, which reaches nothing else.

The engine itself has no access to files or networks while it runs a query (engine.connect_closed); the guard says in
advance, in words, what would fail, and refuses what a query has no business with. It reads the engine's own syntax tree,
so there is no second idea of what SQL is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from tidemark.model.sql_query import SQL_TABLES, SqlError

MOST_CHARACTERS: Final = 50_000
TABLE_FUNCTIONS: Final = frozenset({"unnest", "range", "generate_series"})
"""Functions that may stand after FROM; all others read files, settings or memory."""
FORBIDDEN_FUNCTIONS: Final = frozenset(
    {
        "current_connection_id",
        "current_query",
        "current_query_id",
        "current_setting",
        "current_transaction_id",
        "currval",
        "getenv",
        "getextension",
        "getvariable",
        "json_deserialize_sql",
        "json_execute_serialized_sql",
        "json_serialize_plan",
        "json_serialize_sql",
        "nextval",
        "query",
        "query_table",
        "setseed",
        "setval",
        "sleep_ms",
        "stats",
        "vector_type",
        "write_log",
    }
)
FORBIDDEN_PREFIXES: Final = ("pg_", "duckdb_", "pragma_", "read_", "parquet_", "arrow_", "python_", "pandas_")
_NAMELESS: Final = frozenset({"STAR", "PIVOT", "POSITIONAL_REFERENCE"})
"""Kinds of nodes that mean columns without naming them."""
_SOURCES: Final = frozenset({"JOIN", "SUBQUERY", "EMPTY", "EXPRESSION_LIST", "PIVOT", "BASE_TABLE", "TABLE_FUNCTION"})
"""What may stand after FROM."""


@dataclass(frozen=True, slots=True)
class Used:
    """What a query reads."""

    tables: frozenset[str]
    """Of the logs."""
    names: frozenset[str] | None
    """Names that it mentions, in lower case: columns that are not among them are not read. None: any may be."""


def used_by(connection: duckdb.DuckDBPyConnection, sql: str) -> Used:
    """What a query reads. Raises: SqlError, if it may not run."""
    statement = _only_statement(connection, sql)
    return Used(frozenset(_tables_of(statement)), _names_in(statement))


def _names_in(statement: dict[str, Any]) -> frozenset[str] | None:
    """Every name that a query mentions; None if it means columns that it does not name: all, whole rows, by place."""
    names: set[str] = set()
    alone: set[str] = set()
    sources: set[str] = set()
    for node in _nodes(statement):
        if node.get("type") in _NAMELESS or node.get("ref_type") == "NATURAL" or node.get("column_name_alias"):
            return None
        mentioned = [str(name).lower() for key in ("column_names", "using_columns") for name in node.get(key) or ()]
        names.update(mentioned)
        alone.update(mentioned if len(mentioned) == 1 else ())
        if "sample" in node:
            sources |= {str(node.get(key) or "").lower() for key in ("table_name", "alias")}
    return None if alone & sources else frozenset(names)


def _tables_of(statement: dict[str, Any]) -> set[str]:
    own = {entry["key"].lower() for node in _nodes(statement) for entry in (node.get("cte_map") or {}).get("map", ())}
    used: set[str] = set()
    for node in _nodes(statement):
        kind = node.get("type")
        if kind == "BASE_TABLE":
            used.add(_table(node, own))
        elif kind == "SHOW_REF":
            raise SqlError("DESCRIBE, SHOW and SUMMARIZE are not available: Sql.getTables names the tables' columns.")
        elif kind == "TABLE_FUNCTION":
            _refuse_table_function(node["function"].get("function_name", ""))
        elif kind == "VALUE_PARAMETER":
            raise SqlError("A query has no parameters: write the values into it.")
        if node.get("class") == "FUNCTION" or "function_name" in node:
            _refuse_function(str(node.get("function_name", "")))
        _refuse_source(node.get("from_table"))
    return used & set(SQL_TABLES)


def _only_statement(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    if len(sql) > MOST_CHARACTERS:
        raise SqlError(f"A query may have {MOST_CHARACTERS} characters.")
    [[serialised]] = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()
    tree = json.loads(serialised)
    if tree.get("error"):
        if tree.get("error_type") == "parser":
            raise SqlError(f"The query cannot be read: {tree.get('error_message')}")
        raise SqlError("Only SELECT is possible: the logs cannot be changed.")
    statements = tree["statements"]
    if len(statements) != 1:
        raise SqlError("Ask one query at a time.")
    statement: dict[str, Any] = statements[0]
    return statement


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object in the tree."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _table(node: dict[str, Any], own: set[str]) -> str:
    name = str(node.get("table_name", "")).lower()
    if node.get("schema_name") or node.get("catalog_name") or name not in own | set(SQL_TABLES):
        asked = ".".join(filter(None, (node.get("catalog_name"), node.get("schema_name"), node.get("table_name"))))
        raise SqlError(f"There is no table '{asked}'. The tables are: {', '.join(SQL_TABLES)}.")
    return name


def _refuse_source(source: Any) -> None:
    if isinstance(source, dict) and source.get("type") not in _SOURCES | {"SHOW_REF", None}:
        raise SqlError(f"{source.get('type')} cannot stand after FROM.")


def _refuse_table_function(name: str) -> None:
    if name.lower() not in TABLE_FUNCTIONS:
        raise SqlError(f"The function {name}() cannot stand after FROM: only {', '.join(sorted(TABLE_FUNCTIONS))} can.")


def _refuse_function(name: str) -> None:
    if name.lower() in FORBIDDEN_FUNCTIONS or name.lower().startswith(FORBIDDEN_PREFIXES):
        raise SqlError(f"The function {name}() is not available.")
