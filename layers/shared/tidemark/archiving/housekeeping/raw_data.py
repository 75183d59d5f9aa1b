"""Retention of raw data: hits and visit logs of days that are older than a setting allows.

Three steps, each of which may be cut off anywhere and is taken up by the next run: what has to be archived before is
asked for; then the site's limit moves (see RawDataLimits), from when on archives of earlier days stay as they are; an
hour later the items and objects of those days go.
Source: Matomo 5.2, settings Deletelogs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tidemark.archiving.archiver import Archiver
from tidemark.archiving.housekeeping.lease import Chores
from tidemark.archiving.job import Job
from tidemark.archiving.job_states import JobStates
from tidemark.archiving.raw_data import RawDataLimits
from tidemark.clock import Clock
from tidemark.hit_folders import HITS_PREFIX, span_of
from tidemark.model.daylog import LOG_TABLES, VisitLogs
from tidemark.model.period import ONE_DAY, Period, midnight_utc
from tidemark.model.settings import Settings, site_setting
from tidemark.model.time_zone import time_zone
from tidemark.model.tracked_site import TrackedSite
from tidemark.stores.ports import Objects, Table

ENABLED = "Deletelogs.delete_logs_enable"
OLDER_THAN_DAYS = "Deletelogs.delete_logs_older_than"
LOWEST_INTERVAL_DAYS = "Deletelogs.delete_logs_schedule_lowest_interval"
GRACE_SECONDS = 3600.0
KEYS_AT_ONCE = 1000
EARLIEST = date(1970, 1, 1)
STATE_PREFIXES = ("day#", "log#", "import#")


def days_kept(settings: Settings, idsite: int) -> int | None:
    """For how many days a site's raw data are kept; None: for ever. What is set for the site counts before all else."""
    own_switch, own_days = site_setting(ENABLED, idsite), site_setting(OLDER_THAN_DAYS, idsite)
    is_enabled = settings.flag(own_switch if settings.is_given(own_switch) else ENABLED)
    if not is_enabled:
        return None
    return max(1, settings.number(own_days if settings.is_given(own_days) else OLDER_THAN_DAYS))


@dataclass(frozen=True, slots=True)
class RawDataRetention:
    """Deletes hits and visit logs by age."""

    objects: Objects
    state: Table
    logs: VisitLogs
    archiver: Archiver
    limits: RawDataLimits
    states: JobStates
    chores: Chores
    clock: Clock

    def run(self, site: TrackedSite, settings: Settings) -> int:
        """Do what is due for a site; how many objects were deleted."""
        limit = self.limits.read(site.idsite)
        count = 0
        if limit is not None and self.clock.now() - limit.since >= GRACE_SECONDS:
            count = self._delete(site, limit.before)
        kept = days_kept(settings, site.idsite)
        if kept is None:
            return count
        chore = f"raw_data#{site.idsite}"
        if not self.chores.is_due(chore, max(1, settings.number(LOWEST_INTERVAL_DAYS)) * 86_400):
            return count
        wanted = self.archiver.today(site.idsite) - timedelta(days=kept)
        reached = self._archived_until(site.idsite, limit.before if limit else EARLIEST, wanted)
        if limit is None or reached > limit.before:
            self.limits.move(site.idsite, reached)
        if reached == wanted:
            self.chores.done(chore)
        return count

    def _archived_until(self, idsite: int, first: date, until: date) -> date:
        """The first day from `first` until before `until` that has to be archived before its raw data may go.

        `until` itself if there is none. What has to be archived is asked for.
        """
        if until <= first:
            return first
        waiting = {day for day in self.logs.stale_days(idsite) if day < until}
        days = [Period.day(log.day) for log in self.logs.days(idsite, first, until - ONE_DAY)]
        if days:
            waiting |= {period.first for period in self.archiver.outdated(idsite, days)}
        for day in waiting:
            self.states.ask(Job(idsite, Period.day(day)))
        return min([until, *waiting])

    def _delete(self, site: TrackedSite, before: date) -> int:
        """Forget the days first, so that nobody looks for their objects, then delete those."""
        days = [key for key in self._items(site.idsite) if date.fromisoformat(key[1].split("#")[1]) < before]
        if days:
            self.state.write_batch(deletes=days)
        count = 0
        for keys in _chunks(self._keys(site, before)):
            self.objects.delete(keys)
            count += len(keys)
        return count

    def _items(self, idsite: int) -> Iterator[tuple[str, str]]:
        for prefix in STATE_PREFIXES:
            for item in self.state.query(f"site#{idsite}", sk_prefix=prefix):
                yield item["pk"], item["sk"]

    def _keys(self, site: TrackedSite, before: date) -> Iterator[str]:
        """Objects of the days before a day: hit files that end before it, logs, and roll-ups of whole months."""
        midnight = midnight_utc(before, time_zone(site.timezone))
        prefix = f"{HITS_PREFIX}site={site.idsite}/"
        for info in self.objects.listing(prefix):
            start, end = span_of(info.key)
            if start >= midnight:
                break
            if end <= midnight:
                yield info.key
        yield from self._until(f"imported/site={site.idsite}/", f"date={before}")
        for table in LOG_TABLES:
            yield from self._until(f"log/{table}/site={site.idsite}/", f"date={before}")
            yield from self._until(f"log/rollup/{table}/site={site.idsite}/", f"month={before:%Y-%m}")

    def _until(self, prefix: str, end: str) -> Iterator[str]:
        for info in self.objects.listing(prefix):
            if info.key[len(prefix) :] >= end:
                return
            yield info.key


def _chunks(keys: Iterator[str]) -> Iterator[Sequence[str]]:
    chunk: list[str] = []
    for key in keys:
        chunk.append(key)
        if len(chunk) == KEYS_AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
