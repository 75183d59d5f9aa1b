"""Invalidation by hand: days are made again from their hits, archives are built again whatever they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Protocol

from tidemark.archiving.job import Job
from tidemark.archiving.job_states import JobStates
from tidemark.archiving.store import ALL_VISITS, ArchiveStore, Identity, month_of
from tidemark.clock import Clock
from tidemark.model.period import ONE_DAY, Period, PeriodKind, add_months, parents_of
from tidemark.model.segment import segment_hash
from tidemark.stores.ports import Objects

RANGE_MONTHS = 24
"""Ranges that begin so many months before an invalidated day are looked for."""


class Days(Protocol):
    """Marks days, which makes them anew from their hits."""

    def invalidate(self, idsites: Sequence[int], first: date, last: date) -> int: ...

    def days(self, idsite: int, first: date, last: date) -> Sequence[date]: ...


class Invalidations:
    """Implements tidemark.model.invalidation.Invalidation."""

    def __init__(
        self,
        days: Days,
        store: ArchiveStore,
        objects: Objects,
        states: JobStates,
        segments_of: Callable[[int], Sequence[str]],
        raw_data_from: Callable[[int], date | None],
        clock: Clock,
    ) -> None:
        """`segments_of`: the segments that are archived in advance; `raw_data_from`: see RawDataLimits.before."""
        self._days = days
        self._store = store
        self._objects = objects
        self._states = states
        self._segments_of = segments_of
        self._raw_data_from = raw_data_from
        self._clock = clock

    def invalidate(self, idsites: Sequence[int], first: date, last: date) -> int:
        """As the protocol says."""
        return self._days.invalidate(idsites, first, last)

    def invalidate_archives(
        self,
        idsites: Sequence[int],
        periods: Sequence[Period],
        segment: str = "",
        *,
        cascades: bool = False,
        forces: bool = False,
        is_dry_run: bool = False,
    ) -> int:
        """As the protocol says. Days are marked first: who builds an archive from then on sees the mark."""
        touched = list(dict.fromkeys(one for period in periods for one in touched_by(period, cascades=cascades)))
        count = 0
        for idsite in idsites:
            limit = self._raw_data_from(idsite)
            open_ones = [period for period in touched if limit is None or period.first >= limit]
            if not is_dry_run and not segment:
                for period in open_ones:
                    if period.kind is PeriodKind.DAY:
                        self._days.invalidate([idsite], period.first, period.last)
            for period in open_ones:
                count += self._invalidate(idsite, period, segment, forces=forces, is_dry_run=is_dry_run)
            for period in self._ranges(idsite, periods):
                if limit is None or period.first >= limit:
                    count += self._invalidate(idsite, period, segment, forces=False, is_dry_run=is_dry_run)
        return count

    def rebuild(self, idsites: Sequence[int], first: date, last: date) -> int:
        """Have every archive around the days with hits from first to last built anew, whatever is or is not there.

        Gives how many archives are to be built.
        """
        count = 0
        for idsite in idsites:
            days = [Period.day(day) for day in self._days.days(idsite, first, last)]
            count += self.invalidate_archives([idsite], days, forces=True)
        return count

    def _invalidate(self, idsite: int, period: Period, segment: str, *, forces: bool, is_dry_run: bool) -> int:
        """Make the archives of one period stale, and ask for those that are made in advance; how many are asked for."""
        in_advance = [segment] if segment else ["", *self._segments_of(idsite)]
        known = {segment_hash(one): one for one in in_advance}
        hashes = dict.fromkeys(known) if segment else dict.fromkeys((*known, *self._stored_segments(idsite, period)))
        count = 0
        for hashed in hashes:
            identity = Identity(idsite, period, hashed)
            exists = self._store.exists(identity) if is_dry_run else self._store.invalidate(identity, self._clock.now())
            if hashed in known and (exists or forces):
                count += 1
                if not is_dry_run:
                    self._states.ask(Job(idsite, period, known[hashed]))
        return count

    def _stored_segments(self, idsite: int, period: Period) -> Iterator[str]:
        """Hashes of the segments of which there are tables for the period."""
        prefix = Identity(idsite, period).blob_key("").removesuffix(f"{ALL_VISITS}/")
        for info in self._objects.listing(prefix):
            hashed = info.key.removeprefix(prefix).split("/")[0]
            yield "" if hashed == ALL_VISITS else hashed

    def _ranges(self, idsite: int, periods: Iterable[Period]) -> list[Period]:
        """The archived ranges that share a day with one of the periods."""
        wanted = list(periods)
        if not wanted:
            return []
        month = add_months(min(period.first for period in wanted), -RANGE_MONTHS).replace(day=1)
        found: dict[Period, None] = {}
        while month <= max(period.last for period in wanted):
            prefix = f"archive_blob/{month_of(Period.day(month))}/site={idsite}/{PeriodKind.RANGE}/"
            for info in self._objects.listing(prefix):
                first, last = info.key.removeprefix(prefix).split("/")[0].split(",")
                period = Period.range(date.fromisoformat(first), date.fromisoformat(last))
                if any(period.overlaps(one) for one in wanted):
                    found[period] = None
            month = add_months(month, 1)
        return list(found)


def touched_by(period: Period, *, cascades: bool) -> Iterator[Period]:
    """The period, longer ones that share a day with it, and with `cascades` the shorter ones inside.

    A range stands for its days. Source: Matomo 5.2, archiving rules, section 9.
    """
    is_range = period.kind is PeriodKind.RANGE
    if not is_range:
        yield period
    inside = period.kind if cascades or is_range else None
    day = period.first
    while day <= period.last:
        if inside is not None:
            yield Period.day(day)
        for parent in parents_of(day):
            is_longer = is_range or parent.kind.id > period.kind.id
            is_inside = inside is not None and period.contains(parent.first) and period.contains(parent.last)
            if is_longer or is_inside:
                yield parent
        day += ONE_DAY
