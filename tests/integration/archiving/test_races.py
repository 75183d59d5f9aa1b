"""Two builders race for one archive and die at any of their writes: readers never see a half, one right archive is left.

Builders are threads of which one goes at a time: each stands still before every write until it is told to go on, or to
die. So every write of a builder is gone through; which there are is found by running.
"""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.support.hit_rows import NOON, hit, order
from tests.support.tidy_instance import HOUR, PLUGIN, SITE, KilledError, TidyInstance, at, days_ago
from tidemark.archiving.archiver import Archiver
from tidemark.archiving.build import Builder
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.job import Job
from tidemark.archiving.job_states import JobStates
from tidemark.archiving.store import Archive, ArchiveStore
from tidemark.archiving.tables import decode
from tidemark.model.period import Period, PeriodKind
from tidemark.plugin.plugin import Plugins
from tidemark.sessions.daylogs import Sessions

DAY = days_ago(5)
OTHER = days_ago(4)
PERIODS = [Period.day(DAY), Period.containing(PeriodKind.MONTH, DAY)]
CATALOGUE = Catalogue.of(Plugins((PLUGIN,)))
WRITES = frozenset({"put", "update", "delete", "write_batch", "transact"})
WAIT_SECONDS = 600
FIRST_DIES = ("the first dies", "both die")
SECOND_DIES = ("the second dies", "both die")
WRITES_OF_ONE = 8
"""At least: tables of the log, its state and its settlement, blob and item of the archive, the job's state."""


def view(second: int, visitor: int, day: Any = DAY) -> dict[str, Any]:
    return hit(at(day, second) - NOON, visitor=visitor)


EARLY = [view(0, 1), view(60, 2), view(0, 1, OTHER)]
LATE = [view(90, 1), view(200, 3), order("o", at(DAY, 300) - NOON, visitor=2)]


class Slow:
    """A port that asks before each of its writes whether it may go on."""

    def __init__(self, inner: Any, ask: Callable[[], None]) -> None:
        self._inner, self._ask = inner, ask

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name not in WRITES:
            return method

        def write(*arguments: Any, **named: Any) -> Any:
            self._ask()
            return method(*arguments, **named)

        return write


class Racer:
    """A process that does one job, so many writes at a time."""

    def __init__(self, instance: TidyInstance, period: Period) -> None:
        self._is_told, self._stands = threading.Semaphore(0), threading.Semaphore(0)
        self._dies = False
        self.ended = False
        self.error: BaseException | None = None
        self._run = builder(instance, self._ask).run
        self._message = Job(SITE, period).to_message()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        self._go_on()

    def write(self) -> None:
        """Do the write before which it stands and come to the next one, or to the end."""
        if not self.ended:
            self._go_on()

    def write_often(self, times: int | None, look: Callable[[], None]) -> bool:
        """Do so many writes (None: all that are left), looking after each; whether it stands before another."""
        done = 0
        while not self.ended and done != times:
            self.write()
            look()
            done += 1
        return not self.ended

    def die(self) -> None:
        """Write nothing more."""
        self._dies = True
        self.write()

    def _go_on(self) -> None:
        self._is_told.release()
        assert self._stands.acquire(timeout=WAIT_SECONDS), "it neither writes nor ends"

    def _work(self) -> None:
        self._is_told.acquire()
        try:
            self._run(self._message)
        except KilledError:
            pass
        except BaseException as error:  # noqa: BLE001 - shown by whoever looks
            self.error = error
        self.ended = True
        self._stands.release()

    def _ask(self) -> None:
        if not self._dies:
            self._stands.release()
            self._is_told.acquire()
        if self._dies:
            raise KilledError


def builder(instance: TidyInstance, ask: Callable[[], None]) -> Builder:
    """A builder with eyes and hands of its own on the stores of an instance."""
    names = ("objects", "archive_numeric", "archive_state")
    stores = replace(instance.stores, **{name: Slow(getattr(instance.stores, name), ask) for name in names})
    sessions = Sessions(stores.objects, stores.archive_state, instance.snapshot, Plugins((PLUGIN,)), instance.clock)
    store = ArchiveStore(stores.archive_numeric, stores.objects)
    archiver = Archiver(sessions, store, CATALOGUE, instance.snapshot, instance.clock)
    return Builder(archiver, JobStates(stores.archive_state, instance.clock))


def build(instance: TidyInstance, period: Period) -> None:
    """Do a job undisturbed."""
    builder(instance, lambda: None).run(Job(SITE, period).to_message())


def made(folder: Path, period: Period) -> None:
    """Make the files of an instance whose archives lack the hits that came last."""
    instance = TidyInstance(folder=folder)
    instance.ingest(EARLY, "early")
    build(instance, period)
    instance.wait(HOUR)
    instance.ingest(LATE, "late")
    instance.close()


@contextmanager
def copied(folder: Path) -> Iterator[TidyInstance]:
    """An instance like that of a folder."""
    with TemporaryDirectory() as other:
        shutil.copytree(folder, other, dirs_exist_ok=True)
        instance = TidyInstance(folder=Path(other))
        instance.wait(HOUR)
        try:
            yield instance
        finally:
            instance.close()


def seen(instance: TidyInstance) -> tuple[Any, ...]:
    """What readers see of the archives, down to the last table; None for one that there is not."""
    store = ArchiveStore(instance.stores.archive_numeric, instance.stores.objects)
    found = store.find(SITE, PERIODS, "")
    return tuple(content(store, found.get(period)) for period in PERIODS)


def content(store: ArchiveStore, archive: Archive | None) -> tuple[Any, ...] | None:
    if archive is None:
        return None
    tables = {
        name: decode(store.frame(archive, place), place.raw_bytes).to_pylist() for name, place in archive.index.items()
    }
    digest = hashlib.sha256(store.blob(archive)).hexdigest()
    return archive.inputs, repr(archive.numbers), archive.blob_key, digest, repr(tables)


def left(instance: TidyInstance) -> tuple[list[str], Any]:
    """All that is stored once housekeeping had its time."""
    instance.wait(30 * HOUR)
    instance.settle(2)
    instance.wait(30 * HOUR)
    instance.settle(2)
    return instance.names(), instance.all_items()


@dataclass(frozen=True, slots=True)
class Race:
    """The files that a race begins with, what readers may see meanwhile, and what is seen and stored at last."""

    folder: Path
    period: Period
    allowed: Sequence[Any]
    rest: Any

    def run(self, end: str, first_writes: int, second_writes: int | None) -> tuple[bool, bool]:
        """Let both write so often (None: to the end), then `end`; whether each stood before a write then."""
        with copied(self.folder) as instance:

            def look() -> None:
                assert seen(instance) in self.allowed

            first = Racer(instance, self.period)
            first_stands = first.write_often(first_writes, look)
            second = Racer(instance, self.period)
            second_stands = second.write_often(second_writes, look)
            for racer, ends in ((first, FIRST_DIES), (second, SECOND_DIES)):
                if end in ends:
                    racer.die()
                    look()
            for racer in (first, second):
                racer.write_often(None, look)
                assert racer.error is None, racer.error
            build(instance, self.period)  # the queue delivers again what nobody finished
            assert seen(instance) == self.allowed[-1]
            assert left(instance) == self.rest
        return first_stands, second_stands


@pytest.fixture(scope="module", params=PERIODS, ids=["day", "month"])
def race(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Race:
    """A race for the archive of a period; for the month's the archive of its day is made, too."""
    period, folder = request.param, tmp_path_factory.mktemp("race")
    made(folder, period)
    with copied(folder) as instance:
        allowed = [seen(instance)]
        racer = Racer(instance, period)
        racer.write_often(None, lambda: allowed.append(seen(instance)))
        rest = left(instance)
    versions = {archive for sight in allowed for archive in sight} - {None}
    assert len(versions) == 2 * len([one for one in allowed[-1] if one]), "each archive is seen old, then new"
    return Race(folder, period, allowed, rest)


def every_write(race: Race, end: str, second_writes: Callable[[int], int | None]) -> int:
    """Run a race for each write before which the first stands; how many those are."""
    for writes in count():
        if not race.run(end, writes, second_writes(writes))[0]:
            return writes
    raise AssertionError


@pytest.mark.slow
@pytest.mark.parametrize("end", [*FIRST_DIES, *SECOND_DIES[:1], "nobody dies"])
def test_side_by_side_killed_at_every_write_they_leave_one_right_archive(race, end):
    assert every_write(race, end, lambda writes: writes) >= WRITES_OF_ONE


@pytest.mark.slow
@pytest.mark.parametrize("end", ["the first dies", "nobody dies"])
def test_overtaken_at_every_write_and_killed_there_or_not_one_right_archive_is_left(race, end):
    assert every_write(race, end, lambda _: None) >= WRITES_OF_ONE
