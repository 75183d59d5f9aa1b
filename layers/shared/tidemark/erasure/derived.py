"""What was made from hits: visit logs are made anew without the erased hits, and what the old ones left behind goes.

Makers who began before the days were marked cannot publish: their marks are older. So everything that is neither named by
the present log nor written after the marks may go at once, not only after an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tidemark.archiving.job import Job
from tidemark.archiving.store import ALL_VISITS, month_of, partition_key, sort_key
from tidemark.clock import Clock
from tidemark.model.daylog import LOG_TABLES, VisitLogs
from tidemark.model.period import ONE_DAY, Period, PeriodKind, add_months, parents_of
from tidemark.model.segment import segment_hash
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.sessions.fan_out import split_prefix
from tidemark.sessions.log_files import log_prefix
from tidemark.sessions.states import PublishedLog, raise_mark, read_log
from tidemark.stores.ports import Objects, Table

RANGE_MONTHS: Final = 24
"""Ranges that begin so many months before an erased day are looked for."""
ROLLED_UP: Final = ("visitors", "conversions")


@dataclass(frozen=True, slots=True)
class DerivedData:
    """Visit logs and archives of all sites. `segments_of`: those that are archived in advance."""

    objects: Objects
    state: Table
    numeric: Table
    logs: VisitLogs
    snapshot: Callable[[], TrackerSnapshot]
    segments_of: Callable[[int], Sequence[str]]
    raw_data_from: Callable[[int], date | None]
    ask: Callable[[Job], None]
    clock: Clock
    real_now: Callable[[], float]

    def make_anew(self, idsite: int, days: Collection[date]) -> dict[str, int]:
        """Make the logs of these days again and drop what was made of the old ones; how many objects that were."""
        if not days:
            return {}
        around = sorted({day + offset * ONE_DAY for day in days for offset in (-1, 0, 1)})
        before = {day: read_log(self.state, idsite, day) for day in around}
        marked_at = int(self.real_now())
        for day in days:
            raise_mark(self.state, idsite, day, self.clock.now())
        if self.snapshot().site(idsite) is not None:
            self.logs.ensure(idsite, max(self.logs.stale_days(idsite), default=max(days)))
        files = self._drop_logs(idsite, before, marked_at)
        return {"visit_log_files": files, "archives": self._drop_archives(idsite, sorted(days))}

    def _drop_logs(self, idsite: int, before: dict[date, PublishedLog | None], marked_at: int) -> int:
        doomed: list[str] = []
        for day, old in before.items():
            known = _named(old)
            kept = _named(read_log(self.state, idsite, day))
            for table in LOG_TABLES:
                doomed += [
                    info.key
                    for info in self.objects.listing(log_prefix(table, idsite, day))
                    if info.key not in kept and (info.key in known or info.modified < marked_at)
                ]
            doomed += [info.key for info in self.objects.listing(split_prefix(idsite, day))]
        for month in sorted({f"{day:%Y-%m}" for day in before}):
            for table_name in ROLLED_UP:  # made again by whoever misses them
                prefix = f"log/rollup/{table_name}/site={idsite}/month={month}/"
                doomed += [info.key for info in self.objects.listing(prefix) if info.modified <= marked_at]
        self.objects.delete(doomed)
        return len(doomed)

    def _drop_archives(self, idsite: int, days: Sequence[date]) -> int:
        """Delete the archives of all periods that contain one of the days, and ask for those made in advance."""
        known = {segment_hash(one): one for one in ("", *self.segments_of(idsite))}
        limit = self.raw_data_from(idsite)
        count = 0
        for period in (*_periods(days), *self._ranges(idsite, days)):
            if limit is not None and period.last < limit:
                continue  # nothing is left to make it from
            count += self._drop_archive(idsite, period, known)
        return count

    def _drop_archive(self, idsite: int, period: Period, known: dict[str, str]) -> int:
        month = month_of(period)
        dates = period.first.isoformat() if period.kind is PeriodKind.DAY else period.range_text
        prefix = f"archive_blob/{month}/site={idsite}/{period.kind}/{dates}/"
        keys = [info.key for info in self.objects.listing(prefix)]
        folders = {key.removeprefix(prefix).split("/")[0] for key in keys}
        for folder in sorted(folders):
            hashed = "" if folder == ALL_VISITS else folder
            self.numeric.delete(partition_key(idsite, month, hashed), sort_key(period, hashed))
            if hashed in known:
                self.ask(Job(idsite, period, known[hashed]))
        self.objects.delete(keys)
        return len(folders)

    def _ranges(self, idsite: int, days: Sequence[date]) -> Iterator[Period]:
        """The archived ranges with one of the days."""
        month = add_months(days[0], -RANGE_MONTHS).replace(day=1)
        while month <= days[-1]:
            prefix = f"archive_blob/{month_of(Period.day(month))}/site={idsite}/{PeriodKind.RANGE}/"
            texts = {info.key.removeprefix(prefix).split("/")[0] for info in self.objects.listing(prefix)}
            for text in sorted(texts):
                first, last = map(date.fromisoformat, text.split(","))
                if any(first <= day <= last for day in days):
                    yield Period.range(first, last)
            month = add_months(month, 1)


def _periods(days: Sequence[date]) -> list[Period]:
    return list(dict.fromkeys(period for day in days for period in (Period.day(day), *parents_of(day))))


def _named(published: PublishedLog | None) -> set[str]:
    """The objects that a published log names, those of its parts too."""
    if published is None:
        return set()
    tables = (published.log.all_keys, published.unsettled or {})
    return {key for named in tables for keys in named.values() for key in keys}
