"""The one place that opens the query engine (DuckDB), so that every query runs under the same limits and rules."""

from __future__ import annotations

import os
import re
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tidemark.config import PREFIX, ConfigError

_shared: dict[EngineLimits, duckdb.DuckDBPyConnection] = {}
_sharing = threading.Lock()
_SIZE = re.compile(r"\d+(\.\d+)?\s*(KB|MB|GB|TB|KiB|MiB|GiB|TiB)")


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """How much of the machine one connection may use.

    `memory` is what the engine may hold before it spills to `temp_directory`; 0 threads means one per core.
    """

    memory: str = "1GB"
    threads: int = 0
    temp_directory: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> EngineLimits:
        """The limits that TIDEMARK_ENGINE_MEMORY, TIDEMARK_ENGINE_THREADS and TIDEMARK_ENGINE_TEMP_DIRECTORY ask for.

        Raises: ConfigError, naming the variable.
        """
        default = cls()
        memory = environment.get(f"{PREFIX}ENGINE_MEMORY", default.memory)
        threads = environment.get(f"{PREFIX}ENGINE_THREADS", str(default.threads))
        if not _SIZE.fullmatch(memory):
            raise ConfigError(f"{PREFIX}ENGINE_MEMORY has to be a size like 1GB, not {memory!r}.")
        if not threads.isdecimal():
            raise ConfigError(f"{PREFIX}ENGINE_THREADS has to be a number of threads, not {threads!r}.")
        return cls(memory, int(threads), environment.get(f"{PREFIX}ENGINE_TEMP_DIRECTORY", ""))


def connect(limits: EngineLimits | None = None, *, is_closed: bool = False) -> duckdb.DuckDBPyConnection:
    """A new in-memory database of its own, to be closed by the caller.

    It knows no network: extensions are neither loaded nor installed by themselves. The zone is UTC, rows keep the
    order of their source, and the configuration cannot be changed by a query. Without limits those of the environment.
    A closed one has no access to files either: it knows what is registered with it, and spills nothing.
    """
    connection = _opened(limits or EngineLimits.from_environment(os.environ), is_closed=is_closed)
    connection.execute("SET enable_progress_bar = false")
    if is_closed:
        connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def connect_shared() -> duckdb.DuckDBPyConnection:
    """A connection to the database that all callers of this process share, to be closed by the caller.

    Making a database costs a hundred times as much as a query over a small site's day. What is registered and what is
    temporary belongs to the connection; nothing else may be created. The memory limit is that of all connections.
    """
    limits = EngineLimits.from_environment(os.environ)
    with _sharing:
        database = _shared.get(limits)
        if database is None:
            database = _shared[limits] = _opened(limits, is_closed=False)
            database.execute("SET GLOBAL enable_external_file_cache = false")  # what was read once is not kept
            database.execute("SET GLOBAL lock_configuration = true")
        return database.cursor()


def _opened(chosen: EngineLimits, *, is_closed: bool) -> duckdb.DuckDBPyConnection:
    """A new database whose configuration may still be changed."""
    temp_directory = chosen.temp_directory or str(Path(tempfile.gettempdir()) / "tidemark-engine")
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": chosen.memory,
        "temp_directory": temp_directory,
        "autoload_known_extensions": False,
        "autoinstall_known_extensions": False,
        "allow_community_extensions": False,
        "preserve_insertion_order": True,
    }
    if is_closed:
        config["temp_directory"] = ""
    if chosen.threads:
        config["threads"] = chosen.threads
    connection = duckdb.connect(":memory:", config=config)
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute("SET GLOBAL python_enable_replacements = false")
    return connection
