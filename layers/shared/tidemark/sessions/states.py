"""What is known of a site's days: how often their hits changed, and which log was made from them.

Items of the table archive_state, partition site#<id>: day#<date> (mark; raised by ingest after each file that has hits
of the day) and log#<date> (the published log, and the marks that it was made from).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from tidemark.model.daylog import DayLog, mark_key
from tidemark.stores.ports import Absent, AllOf, Equals, Item, Table

DAY_PREFIX: Final = "day#"
LOG_PREFIX: Final = "log#"


@dataclass(frozen=True, slots=True)
class PublishedLog:
    """An item log#<date>."""

    log: DayLog
    mark: int
    """Sum of the marks of the days that it was made from when their hits were read; it only grows."""
    inputs: str
    """Digest of all else that the log was made from: rules, zone."""
    history: str
    """Digest of the earlier days' logs that it was made from."""
    unsettled: Mapping[str, Sequence[str]] | None
    """Objects of the log that later days may still build on, until they have been told of this one."""
    sources: str = ""
    """Key of the object that says which hits the log was made of; empty if it is not to be refreshed."""

    def to_item(self) -> Item:
        """The attributes without their keys."""
        item: Item = {
            **log_document(self.log),
            "mark": self.mark,
            "inputs": self.inputs,
            "history": self.history,
        }
        if self.sources:
            item["sources"] = self.sources
        if self.log.parts:
            item["parts"] = [log_document(part) for part in self.log.parts]
        if self.unsettled is not None:
            item["unsettled"] = {name: list(keys) for name, keys in self.unsettled.items()}
        return item


def log_document(log: DayLog) -> Item:
    """A log, or a part of one, as plain values."""
    tables = {name: [key, log.rows[name]] for name, key in log.keys.items()}
    sent = {} if log.sent is None else {"sent": list(log.sent)}
    return {"version": log.version, "tables": tables, **sent}


@dataclass(slots=True)
class SiteState:
    """The days of a site, as read at one moment; whoever publishes a log enters it here."""

    idsite: int
    marks: dict[date, int] = field(default_factory=dict)
    logs: dict[date, PublishedLog] = field(default_factory=dict)

    def stale(self, inputs: str, reach: int) -> list[date]:
        """Days whose log was made from other hits or rules than there are now, oldest first."""
        return sorted(day for day in {*self.marks, *self.logs} if not self.is_fresh(day, inputs, reach))

    def is_fresh(self, day: date, inputs: str, reach: int) -> bool:
        """Whether the day's log was made from what there is."""
        published = self.logs.get(day)
        mark = sum(self.marks.get(one, 0) for one in days_around(day, reach))
        return published is not None and published.mark == mark and published.inputs == inputs


def history_digest(earlier: Mapping[date, PublishedLog]) -> str:
    """Equal for equal logs of the same days, 16 hexadecimal characters."""
    spelled = " ".join(f"{day}={earlier[day].log.version}" for day in sorted(earlier))
    return hashlib.sha256(spelled.encode()).hexdigest()[:16]


def partition(idsite: int) -> str:
    """The partition key of a site's items."""
    return f"site#{idsite}"


def read_state(table: Table, idsite: int) -> SiteState:
    """The state of all days of a site."""
    marks = {day_of(item): int(item["mark"]) for item in table.query(partition(idsite), sk_prefix=DAY_PREFIX)}
    logs = {
        day_of(item): read_published(idsite, day_of(item), item)
        for item in table.query(partition(idsite), sk_prefix=LOG_PREFIX)
    }
    return SiteState(idsite, marks, logs)


def days_around(day: date, reach: int) -> list[date]:
    """The day and so many days before and after it."""
    return [day + timedelta(days=offset) for offset in range(-reach, reach + 1)]


def read_mark(table: Table, idsite: int, day: date, reach: int) -> int:
    """How often the hits of the day and of those within reach changed; 0 if there are none."""
    items = table.batch_get([(partition(idsite), f"{DAY_PREFIX}{one}") for one in days_around(day, reach)])
    return sum(int(item["mark"]) for item in items.values())


def raise_mark(table: Table, idsite: int, day: date, now: float) -> None:
    """Make the day stale, and everything that is being made of it."""
    table.update(*mark_key(idsite, day), add={"mark": 1}, initial={"since": int(now)})


def read_log(table: Table, idsite: int, day: date) -> PublishedLog | None:
    """The published log of a day, if there is one."""
    item = table.get(partition(idsite), f"{LOG_PREFIX}{day}")
    return None if item is None else read_published(idsite, day, item)


def read_logs(table: Table, idsite: int, first: date, last: date) -> dict[date, PublishedLog]:
    """The published logs of the days from `first` to `last`."""
    items = table.query(partition(idsite), sk_between=(f"{LOG_PREFIX}{first}", f"{LOG_PREFIX}{last}"))
    return {day_of(item): read_published(idsite, day_of(item), item) for item in items}


def put_log(table: Table, new: PublishedLog, over: PublishedLog | None) -> None:
    """Publish a log in place of the one that was read.

    Raises: ConditionFailedError if there is another one by now.
    """
    item = {"pk": partition(new.log.idsite), "sk": f"{LOG_PREFIX}{new.log.day}", **new.to_item()}
    if over is None:
        table.put(item, Absent())
        return
    same = (Equals("version", over.log.version), Equals("mark", over.mark), Equals("inputs", over.inputs))
    table.put(item, AllOf(same))


def read_published(idsite: int, day: date, item: Mapping[str, Any]) -> PublishedLog:
    """The published log of its item."""
    parts = tuple(log_of(idsite, day, part) for part in item.get("parts", ()))
    log = whole_of(parts) if parts else log_of(idsite, day, item)
    unsettled = item.get("unsettled")
    if unsettled is not None:
        unsettled = {name: [keys] if isinstance(keys, str) else list(keys) for name, keys in unsettled.items()}
    return PublishedLog(
        log, int(item["mark"]), str(item["inputs"]), str(item["history"]), unsettled, item.get("sources", "")
    )


def log_of(idsite: int, day: date, item: Mapping[str, Any]) -> DayLog:
    """The log of its document."""
    tables: Mapping[str, list[Any]] = item["tables"]
    keys = {name: str(key) for name, (key, _) in tables.items()}
    rows = {name: int(count) for name, (_, count) in tables.items()}
    sent = (int(item["sent"][0]), int(item["sent"][1])) if "sent" in item else None
    return DayLog(idsite, day, str(item["version"]), keys, rows, sent=sent)


def whole_of(parts: tuple[DayLog, ...]) -> DayLog:
    """The log of a day that was made in parts. Its version is made of theirs."""
    rows: dict[str, int] = {}
    for part in parts:
        for name, count in part.rows.items():
            rows[name] = rows.get(name, 0) + count
    version = hashlib.sha256(" ".join(part.version for part in parts).encode()).hexdigest()[:32]
    ends = [part.sent for part in parts if part.sent is not None]
    is_known = all(part.sent is not None or not part.rows.get("actions") for part in parts)
    sent = (min(first for first, _ in ends), max(last for _, last in ends)) if ends and is_known else None
    return DayLog(parts[0].idsite, parts[0].day, version, {}, rows, parts, sent)


def day_of(item: Mapping[str, Any]) -> date:
    """The day of an item's sort key."""
    return date.fromisoformat(str(item["sk"]).split("#")[1])
