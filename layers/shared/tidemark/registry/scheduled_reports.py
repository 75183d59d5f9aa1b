"""Scheduled reports on the registry table: partition `report`, one item each; deleted ones keep their number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Final

from tidemark.model.scheduled_report import ScheduledReport
from tidemark.registry.items import number_key, storable
from tidemark.stores.ports import Absent, ConditionFailedError, Exists, Item, Table, UnavailableError

PARTITION: Final = "report"
_MAX_TRIES: Final = 50


class StoredReports:
    """Implements tidemark.model.scheduled_report.ScheduledReports."""

    __slots__ = ("_table",)

    def __init__(self, table: Table) -> None:
        self._table = table

    def all(self) -> Sequence[ScheduledReport]:
        """See ScheduledReports."""
        return [report for report in map(_read, self._table.query(PARTITION)) if not report.deleted]

    def add(self, report: ScheduledReport) -> ScheduledReport:
        """See ScheduledReports."""
        for _ in range(_MAX_TRIES):
            last = next(iter(self._table.query(PARTITION, reverse=True, limit=1)), None)
            added = replace(report, idreport=1 if last is None else int(last["sk"]) + 1)
            try:
                self._table.put(_item(added), Absent())
            except ConditionFailedError:
                continue
            return added
        raise UnavailableError(f"reports were added under {_MAX_TRIES} tries to add one")

    def change(self, idreport: int, change: Callable[[ScheduledReport], ScheduledReport]) -> ScheduledReport | None:
        """See ScheduledReports."""
        item = self._table.get(PARTITION, number_key(idreport))
        if item is None or item["deleted"]:
            return None
        changed = replace(change(_read(item)), idreport=idreport)
        self._table.put(_item(changed), Exists("pk"))
        return changed


def _item(report: ScheduledReport) -> Item:
    return {**storable(asdict(report)), "pk": PARTITION, "sk": number_key(report.idreport), "version": 1}


def _read(item: Item) -> ScheduledReport:
    attributes = {name: value for name, value in item.items() if name not in {"pk", "sk", "version"}}
    return ScheduledReport(**{**attributes, "reports": tuple(item["reports"])})
