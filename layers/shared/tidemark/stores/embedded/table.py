"""Tables in SQLite: one row per item, conditions checked and written in one transaction."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

from tidemark.stores.embedded.codec import decoded, encoded
from tidemark.stores.embedded.conditions import check
from tidemark.stores.items import (
    added,
    check_distinct,
    check_key,
    check_operations,
    check_update,
    normalised_item,
    operation_key,
)
from tidemark.stores.keys import check_text
from tidemark.stores.limits import MAX_PK_BYTES
from tidemark.stores.ports import TTL_ATTRIBUTE, Check, Delete, Put, Update
from tidemark.stores.sort_range import SortRange

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence

    from tidemark.clock import Clock
    from tidemark.stores.embedded.database import Database
    from tidemark.stores.ports import Condition, Item, Key, Operation

_PAGE_ITEMS = 500
_KEYS_AT_ONCE = 200
_SWEEP_SECONDS = 3600.0


def schema(name: str) -> str:
    """The SQL that makes the table."""
    return f"""
    CREATE TABLE IF NOT EXISTS {name} (
        pk TEXT NOT NULL, sk TEXT NOT NULL, body BLOB NOT NULL, ttl REAL, PRIMARY KEY (pk, sk)
    );
    CREATE INDEX IF NOT EXISTS {name}_ttl ON {name} (ttl) WHERE ttl IS NOT NULL
    """


class SqliteTable:
    """A table of items, each stored as JSON. Items whose time has passed go when the table is next written to."""

    def __init__(self, database: Database, name: str, clock: Clock) -> None:
        self._database = database
        self._name = name
        self._clock = clock
        self._next_sweep = time.monotonic()

    def get(self, pk: str, sk: str) -> Item | None:
        """As the port says."""
        check_key((pk, sk))
        rows = self._database.read(f"SELECT body FROM {self._name} WHERE pk = ? AND sk = ?", (pk, sk))
        return decoded(rows[0][0]) if rows else None

    def batch_get(self, keys: Sequence[Key]) -> dict[Key, Item]:
        """As the port says."""
        found: dict[Key, Item] = {}
        distinct = list(dict.fromkeys(keys))
        for key in distinct:
            check_key(key)
        for first in range(0, len(distinct), _KEYS_AT_ONCE):
            part = distinct[first : first + _KEYS_AT_ONCE]
            places = ", ".join("(?, ?)" for _ in part)
            rows = self._database.read(
                f"SELECT pk, sk, body FROM {self._name} WHERE (pk, sk) IN (VALUES {places})",
                [text for key in part for text in key],
            )
            found.update({(pk, sk): decoded(body) for pk, sk, body in rows})
        return found

    def query(
        self,
        pk: str,
        *,
        sk_prefix: str | None = None,
        sk_between: tuple[str, str] | None = None,
        start_after: str | None = None,
        reverse: bool = False,
        limit: int | None = None,
    ) -> Iterator[Item]:
        """As the port says."""
        check_text("pk", pk, MAX_PK_BYTES)
        sort_range = SortRange.of(sk_prefix, sk_between)
        last, remaining = start_after, limit
        while remaining is None or remaining > 0:
            page_items = _PAGE_ITEMS if remaining is None else min(_PAGE_ITEMS, remaining)
            where, parameters = _where(pk, sort_range, last, is_reverse=reverse)
            direction = "DESC" if reverse else "ASC"
            rows = self._database.read(
                f"SELECT sk, body FROM {self._name} WHERE {where} ORDER BY sk {direction} LIMIT ?",
                [*parameters, page_items],
            )
            yield from (decoded(body) for _, body in rows)
            if len(rows) < page_items:
                return
            last = rows[-1][0]
            remaining = None if remaining is None else remaining - len(rows)

    def put(self, item: Mapping[str, Any], condition: Condition | None = None) -> None:
        """As the port says."""
        self._write_one(Put(normalised_item(item), condition))

    def update(
        self,
        pk: str,
        sk: str,
        *,
        assign: Mapping[str, Any] | None = None,
        initial: Mapping[str, Any] | None = None,
        add: Mapping[str, int | float] | None = None,
        remove: Sequence[str] = (),
        condition: Condition | None = None,
    ) -> Item:
        """As the port says."""
        operation = Update(pk, sk, assign, initial, add, remove, condition)
        check_update(operation)
        return self._write_one(operation) or {}

    def delete(self, pk: str, sk: str, condition: Condition | None = None) -> None:
        """As the port says."""
        check_key((pk, sk))
        self._write_one(Delete(pk, sk, condition))

    def write_batch(self, *, puts: Sequence[Mapping[str, Any]] = (), deletes: Sequence[Key] = ()) -> None:
        """As the port says."""
        operations: list[Operation] = [Put(normalised_item(item)) for item in puts]
        operations += [Delete(pk, sk) for pk, sk in deletes]
        check_distinct(operation_key(operation) for operation in operations)
        self._write_all(operations)

    def transact(self, operations: Sequence[Operation]) -> None:
        """As the port says."""
        check_operations(operations)
        self._write_all([_checked(operation) for operation in operations])

    def _write_one(self, operation: Operation) -> Item | None:
        new = self._database.write(partial(self._apply, operation=operation))
        self._sweep()
        return new

    def _write_all(self, operations: Sequence[Operation]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            for operation in operations:
                self._apply(connection, operation)

        self._database.write(work)
        self._sweep()

    def _apply(self, connection: sqlite3.Connection, operation: Operation) -> Item | None:
        """Do one operation inside a transaction; the new item of a put or an update."""
        needs_current = operation.condition is not None or isinstance(operation, Update)
        current = self._current(connection, operation_key(operation)) if needs_current else None
        check(operation.condition, current)
        match operation:
            case Put(item):
                return self._store(connection, dict(item))
            case Update():
                return self._store(connection, normalised_item(_changed(current, operation)))
            case Delete(pk, sk):
                connection.execute(f"DELETE FROM {self._name} WHERE pk = ? AND sk = ?", (pk, sk))
        return None

    def _current(self, connection: sqlite3.Connection, key: Key) -> Item | None:
        row = connection.execute(f"SELECT body FROM {self._name} WHERE pk = ? AND sk = ?", key).fetchone()
        return decoded(row[0]) if row else None

    def _store(self, connection: sqlite3.Connection, item: Item) -> Item:
        ttl = item.get(TTL_ATTRIBUTE)
        expires_at = float(ttl) if isinstance(ttl, int | float) and not isinstance(ttl, bool) else None
        connection.execute(
            f"INSERT INTO {self._name} (pk, sk, body, ttl) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (pk, sk) DO UPDATE SET body = excluded.body, ttl = excluded.ttl",
            (item["pk"], item["sk"], encoded(item), expires_at),
        )
        return item

    def _sweep(self) -> None:
        """Drop expired items, now and then."""
        if time.monotonic() < self._next_sweep:
            return
        self._next_sweep = time.monotonic() + _SWEEP_SECONDS
        self._database.execute(f"DELETE FROM {self._name} WHERE ttl < ?", [(self._clock.now(),)])


def _where(pk: str, sort_range: SortRange, last: str | None, *, is_reverse: bool) -> tuple[str, list[str]]:
    """The WHERE clause of a query page, and its parameters."""
    terms, parameters = ["pk = ?"], [pk]

    def narrow(term: str, value: str | None) -> None:
        if value is not None:
            terms.append(term)
            parameters.append(value)

    narrow("sk >= ?", sort_range.lower)
    narrow("sk <= ?" if sort_range.includes_upper else "sk < ?", sort_range.upper)
    narrow("sk < ?" if is_reverse else "sk > ?", last)
    return " AND ".join(terms), parameters


def _changed(current: Item | None, update: Update) -> Item:
    """The item as the update makes it."""
    item: Item = dict(current or {"pk": update.pk, "sk": update.sk})
    for name, value in (update.initial or {}).items():
        item.setdefault(name, value)
    item.update(update.assign or {})
    for name, amount in (update.add or {}).items():
        item[name] = added(item.get(name, 0), amount)
    for name in update.remove:
        item.pop(name, None)
    return item


def _checked(operation: Operation) -> Operation:
    """The operation with all its values checked."""
    match operation:
        case Put(item, condition):
            return Put(normalised_item(item), condition)
        case Update():
            check_update(operation)
        case Delete(pk, sk) | Check(pk, sk):
            check_key((pk, sk))
    return operation
