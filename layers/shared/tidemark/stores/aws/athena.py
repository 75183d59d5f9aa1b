"""Athena: runs a statement over the lake's tables and waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError

from tidemark.model.sql_query import SqlError, SqlLimits, SqlResult

FIRST_WAIT_SECONDS: Final = 0.2
LONGEST_WAIT_SECONDS: Final = 2.0
ENDED: Final = frozenset({"SUCCEEDED", "FAILED", "CANCELLED"})
ROWS_AT_ONCE: Final = 1000


class Athena:
    """One workgroup, whose limit of bytes holds for every query."""

    def __init__(self, workgroup: str, database: str, typed: Callable[[str | None, str], Any]) -> None:
        self._workgroup = workgroup
        self._database = database
        self._typed = typed
        self._client = boto3.client("athena")

    def run(self, statement: str, limits: SqlLimits) -> SqlResult:
        """The answer of a statement. Raises: SqlError."""
        try:
            started = self._client.start_query_execution(
                QueryString=statement,
                WorkGroup=self._workgroup,
                QueryExecutionContext={"Database": self._database},
            )
            number = started["QueryExecutionId"]
            return self._result(number, self._wait(number, limits.seconds), limits)
        except ClientError as error:
            raise SqlError(
                f"The query failed: {error.response['Error'].get('Message', 'Athena refuses it')}"
            ) from error

    def _wait(self, number: str, seconds: float) -> int:
        """Until the query has ended well; the bytes that it read."""
        until, pause = time.monotonic() + seconds, FIRST_WAIT_SECONDS
        while True:
            execution: dict[str, Any] = self._client.get_query_execution(QueryExecutionId=number)["QueryExecution"]
            status = execution["Status"]
            if status["State"] in ENDED:
                break
            if time.monotonic() > until:
                self._client.stop_query_execution(QueryExecutionId=number)
                raise SqlError(f"The query took more than {seconds:g} seconds and was stopped.")
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_WAIT_SECONDS)
        if status["State"] != "SUCCEEDED":
            raise SqlError(f"The query failed: {status.get('StateChangeReason', status['State'])}")
        return int(execution.get("Statistics", {}).get("DataScannedInBytes", 0))

    def _result(self, number: str, bytes_read: int, limits: SqlLimits) -> SqlResult:
        columns: list[tuple[str, str]] = []
        rows: list[list[Any]] = []
        pages = self._client.get_paginator("get_query_results").paginate(
            QueryExecutionId=number, PaginationConfig={"PageSize": ROWS_AT_ONCE}
        )
        for page in pages:
            found = page["ResultSet"]["Rows"]
            if not columns:
                columns = [(one["Name"], one["Type"]) for one in page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]]
                found = found[1:]  # the first row names the columns
            for row in found:
                cells = [cell.get("VarCharValue") for cell in row["Data"]]
                rows.append([self._typed(cell, kind) for cell, (_, kind) in zip(cells, columns, strict=True)])
            if len(rows) > limits.rows:
                break
        return SqlResult([name for name, _ in columns], rows[: limits.rows], len(rows) > limits.rows, bytes_read)
