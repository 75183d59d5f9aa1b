"""Alerts on the registry table: partition `alert`, one item each; what went off for a year in `alert_triggered#<login>`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Final

from tidemark.model.alert import Alert, Triggered
from tidemark.registry.items import number_key, storable
from tidemark.stores.ports import (
    TTL_ATTRIBUTE,
    Absent,
    ConditionFailedError,
    Exists,
    Item,
    Table,
    UnavailableError,
)

PARTITION: Final = "alert"
KEPT_SECONDS: Final = 366 * 86_400
_MAX_TRIES: Final = 50
_KEYS: Final = ("pk", "sk", "version", TTL_ATTRIBUTE)


class StoredAlerts:
    """Implements tidemark.model.alert.Alerts."""

    __slots__ = ("_table",)

    def __init__(self, table: Table) -> None:
        self._table = table

    def all(self) -> Sequence[Alert]:
        """See Alerts."""
        return [alert for alert in map(_read, self._table.query(PARTITION)) if not alert.deleted]

    def add(self, alert: Alert) -> Alert:
        """See Alerts."""
        for _ in range(_MAX_TRIES):
            last = next(iter(self._table.query(PARTITION, reverse=True, limit=1)), None)
            added = replace(alert, idalert=1 if last is None else int(last["sk"]) + 1)
            try:
                self._table.put(_item(added), Absent())
            except ConditionFailedError:
                continue
            return added
        raise UnavailableError(f"alerts were added under {_MAX_TRIES} tries to add one")

    def change(self, idalert: int, change: Callable[[Alert], Alert]) -> Alert | None:
        """See Alerts."""
        item = self._table.get(PARTITION, number_key(idalert))
        if item is None or item["deleted"]:
            return None
        changed = replace(change(_read(item)), idalert=idalert)
        self._table.put(_item(changed), Exists("pk"))
        return changed

    def note(self, triggered: Triggered) -> None:
        """See Alerts."""
        key = f"{triggered.at:012d}#{triggered.idalert}#{triggered.idsite}#{triggered.slot}"
        facts = storable(asdict(triggered))
        ends = {"version": 1, TTL_ATTRIBUTE: triggered.at + KEPT_SECONDS}
        self._table.put({**facts, **ends, "pk": _of(triggered.login), "sk": key})

    def triggered(self, login: str, limit: int) -> Sequence[Triggered]:
        """See Alerts."""
        found = self._table.query(_of(login), reverse=True, limit=limit)
        return [Triggered(**{name: value for name, value in item.items() if name not in _KEYS}) for item in found]


def _of(login: str) -> str:
    return f"alert_triggered#{login}"


def _item(alert: Alert) -> Item:
    return {**storable(asdict(alert)), "pk": PARTITION, "sk": number_key(alert.idalert), "version": 1}


def _read(item: Item) -> Alert:
    attributes = {name: value for name, value in item.items() if name not in _KEYS}
    lists = {"idsites": tuple(item["idsites"]), "additional_emails": tuple(item["additional_emails"])}
    return Alert(**{**attributes, **lists})
