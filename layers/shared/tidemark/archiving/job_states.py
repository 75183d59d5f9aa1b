"""What is known of archive jobs, as items of the table archive_state: partition site#<id>, sort job#<period>#<dates>#<segment>.

An item is there while its archive is asked for, queued, being built, or failed to be built. Attributes: since, queued_at,
asked_at, started_at, failed_at, retry_at, attempts, reason, and the job itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from tidemark.archiving.job import Job
from tidemark.clock import Clock
from tidemark.model.archive_jobs import ArchiveJob, JobStatus
from tidemark.stores.ports import (
    Absent,
    AllOf,
    AnyOf,
    Condition,
    ConditionFailedError,
    Equals,
    Exists,
    Item,
    LessThan,
    StoreError,
    Table,
)

JOB_PREFIX = "job#"
SEGMENT_PREFIX = "segment#"
FORGOTTEN_AFTER_SECONDS = 3600
"""A job that was queued so long ago and is not done is queued again; doing it twice changes nothing."""
FIRST_RETRY_SECONDS = 60
LAST_RETRY_SECONDS = 6 * 3600
"""The planner waits so long after a first and at most after a further failure; the queue itself repeats meanwhile."""
WAIT_SECONDS = 120
"""The planner asks again so often for what waits for parts of a giant day."""
RUN_SECONDS = 900
"""How long a job may run; the planner leaves it alone meanwhile."""
REASON_LENGTH = 300
NOT_UNDER_WAY = ("started_at", "failed_at", "retry_at", "attempts", "reason")


class JobStates:
    """The items of archive jobs."""

    def __init__(self, state: Table, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._known_segments: set[tuple[str, str]] = set()

    def take(self, job: Job) -> bool:
        """Note that a job is being queued; False if it waits already, or failed a short while ago."""
        now = self._clock.now()
        is_free = AnyOf((Absent("queued_at"), LessThan("queued_at", now - FORGOTTEN_AFTER_SECONDS)))
        may_retry = AnyOf((Absent("retry_at"), LessThan("retry_at", now)))
        try:
            self._write(job, {"queued_at": now}, AllOf((is_free, may_retry)))
        except ConditionFailedError:
            return False
        return True

    def ask(self, job: Job) -> None:
        """Note that an archive shall be built whatever the marks of its days say."""
        self._write(job, {"asked_at": self._clock.now()})

    def begin(self, job: Job) -> Item:
        """Note that a job is being done. What becomes stale from here on is queued anew when it ends."""
        now = self._clock.now()
        return self._state.update(
            *key_of(job),
            assign={"started_at": now, "retry_at": now + RUN_SECONDS, "job": job.to_document()},
            initial={"since": self._clock.now()},
            add={"attempts": 1},
            remove=("queued_at",),
        )

    def finish(self, job: Job, begun: Item) -> None:
        """Forget a job that is done, unless it was asked for or queued again meanwhile."""
        asked: Condition = Equals("asked_at", begun["asked_at"]) if "asked_at" in begun else Absent("asked_at")
        pk, sk = key_of(job)
        try:
            self._state.delete(pk, sk, AnyOf((Absent("pk"), AllOf((asked, Absent("queued_at"))))))
        except ConditionFailedError:
            self._state.update(pk, sk, remove=NOT_UNDER_WAY)

    def fail(self, job: Job, begun: Item, error: Exception) -> None:
        """Note why a job failed."""
        now = self._clock.now()
        wait = min(FIRST_RETRY_SECONDS * 2 ** (int(begun["attempts"]) - 1), LAST_RETRY_SECONDS)
        failed = {"failed_at": now, "retry_at": now + wait, "reason": reason_of(error)}
        self._state.update(*key_of(job), assign=failed, remove=("started_at",))

    def wait(self, job: Job) -> None:
        """Note that a job goes on when parts of a giant day are there."""
        self._state.update(*key_of(job), assign={"retry_at": self._clock.now() + WAIT_SECONDS})

    def note(self, job: Job, error: Exception) -> None:
        """Note why a part that a job waits for failed; the queue repeats it."""
        with suppress(ConditionFailedError):
            self._state.update(*key_of(job), assign={"reason": reason_of(error)}, condition=Exists("job"))

    def asked(self, idsite: int) -> Iterator[Job]:
        """The archives of a site that were asked for."""
        for item in self._items(idsite):
            if "asked_at" in item:
                yield Job.from_document(item["job"])

    def is_new_segment(self, idsite: int, segment_hash: str) -> bool:
        """Whether the past was not yet asked for in a segment that is archived in advance."""
        key = f"site#{idsite}", f"{SEGMENT_PREFIX}{segment_hash}"
        if key not in self._known_segments and self._state.get(*key) is not None:
            self._known_segments.add(key)
        return key not in self._known_segments

    def note_segment(self, idsite: int, segment_hash: str) -> None:
        """Note that the past was asked for in a segment."""
        item = {"pk": f"site#{idsite}", "sk": f"{SEGMENT_PREFIX}{segment_hash}", "at": self._clock.now()}
        self._state.put(item)

    def jobs(self, idsite: int) -> Iterator[ArchiveJob]:
        """All jobs of a site, by kind of period and date."""
        for item in self._items(idsite):
            yield _fact(item)

    def _items(self, idsite: int) -> Iterator[Item]:
        for item in self._state.query(f"site#{idsite}", sk_prefix=JOB_PREFIX):
            if "job" in item:
                yield item

    def _write(self, job: Job, changes: dict[str, Any], condition: Condition | None = None) -> None:
        self._state.update(
            *key_of(job),
            assign={**changes, "job": job.to_document()},
            initial={"since": self._clock.now()},
            condition=condition,
        )


def key_of(job: Job) -> tuple[str, str]:
    """Key of a job's item."""
    return f"site#{job.idsite}", f"{JOB_PREFIX}{job.period.kind}#{job.period.range_text}#{job.segment_hash or 'all'}"


def reason_of(error: Exception) -> str:
    """What may be said of an error: the message only of the stores' own ones, which hold nothing of visitors."""
    name = type(error).__name__
    return f"{name}: {error}"[:REASON_LENGTH] if isinstance(error, StoreError) else name


def _fact(item: Item) -> ArchiveJob:
    job = Job.from_document(item["job"])
    return ArchiveJob(
        job.idsite,
        job.period,
        job.segment,
        _status(item),
        float(item["asked_at"] if "asked_at" in item else item["since"]),
        float(item.get("queued_at", 0)),
        float(item.get("started_at", 0)),
        float(item.get("failed_at", 0)),
        int(item.get("attempts", 0)),
        str(item.get("reason", "")),
    )


def _status(item: Item) -> JobStatus:
    if "started_at" in item:
        return "running"
    if "failed_at" in item:
        return "failed"
    return "queued" if "queued_at" in item else "asked"
