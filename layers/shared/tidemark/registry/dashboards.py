"""Dashboards on the registry table: partition `dashboard#<login>`, one item per dashboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from tidemark.model.dashboard import Dashboard
from tidemark.registry.items import number_key
from tidemark.stores.ports import Absent, ConditionFailedError, Exists, Item, Table, UnavailableError

_MAX_TRIES: Final = 50


class StoredDashboards:
    """Implements tidemark.model.dashboard.Dashboards."""

    __slots__ = ("_table",)

    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, login: str) -> Sequence[Dashboard]:
        """See Dashboards."""
        return [_read(item) for item in self._table.query(_partition(login))]

    def add(self, login: str, dashboard: Dashboard) -> Dashboard:
        """See Dashboards."""
        for _ in range(_MAX_TRIES):
            number = max((one.id for one in self.of(login)), default=0) + 1
            added = replace(dashboard, id=number)
            try:
                self._table.put(_item(login, added), Absent())
            except ConditionFailedError:
                continue
            return added
        raise UnavailableError(f"dashboards were added under {_MAX_TRIES} tries to add one")

    def change(self, login: str, number: int, change: Callable[[Dashboard], Dashboard]) -> Dashboard | None:
        """See Dashboards."""
        item = self._table.get(_partition(login), number_key(number))
        if item is None:
            return None
        changed = replace(change(_read(item)), id=number)
        try:
            self._table.put(_item(login, changed), Exists("pk"))
        except ConditionFailedError:
            return None
        return changed

    def remove(self, login: str, number: int) -> bool:
        """See Dashboards."""
        try:
            self._table.delete(_partition(login), number_key(number), Exists("pk"))
        except ConditionFailedError:
            return False
        return True


def _partition(login: str) -> str:
    return f"dashboard#{login}"


def _item(login: str, dashboard: Dashboard) -> Item:
    return {
        "pk": _partition(login),
        "sk": number_key(dashboard.id),
        "format": 1,
        "name": dashboard.name,
        "columns": [[dict(widget) for widget in column] for column in dashboard.columns],
    }


def _read(item: Item) -> Dashboard:
    return Dashboard(int(item["sk"]), item["name"], tuple(map(tuple, item["columns"])))
