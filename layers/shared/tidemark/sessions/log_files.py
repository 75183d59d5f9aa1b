"""Tables of the visit log as Parquet: equal tables give equal bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date

import pyarrow as pa

from tidemark.model.daylog import LOG_TABLES, LogTable
from tidemark.parquet_files import FAST_LEVEL, file_bytes, read_file
from tidemark.sessions.sessionise import Logs


def log_prefix(table: LogTable, idsite: int, day: date) -> str:
    """Where all versions of a table of a day's log are stored."""
    return f"log/{table}/site={idsite}/date={day}/"


def log_key(table: LogTable, idsite: int, day: date, version: str) -> str:
    """Where a table of a day's log is stored."""
    return f"{log_prefix(table, idsite, day)}{version}.parquet"


def to_parquet(table: pa.Table) -> bytes:
    """The file of a table. Fixed settings and no times: the bytes are a function of the rows."""
    return file_bytes(table, level=FAST_LEVEL, by_visitor=True, keeps_types=True)


def files_of(logs: Logs) -> dict[LogTable, bytes]:
    """The files of a log; a table without rows has none."""
    return {name: to_parquet(logs[name]) for name in LOG_TABLES if logs[name].num_rows}


def version_of(files: Mapping[LogTable, bytes]) -> str:
    """Hash of the content, 32 hexadecimal characters: equal logs have equal versions."""
    whole = hashlib.sha256()
    for name in LOG_TABLES:
        whole.update(name.encode() + hashlib.sha256(files.get(name, b"")).digest())
    return whole.hexdigest()[:32]


def read_parquet(path: str, columns: list[str] | None = None) -> pa.Table:
    """A stored table, or those of its columns that exist; texts stay encoded by dictionary."""
    return read_file(path, columns).replace_schema_metadata(None)
