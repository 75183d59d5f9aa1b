"""What is known of the archives that have to be made: asked for, queued, running, failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from tidemark.model.period import Period

JobStatus = Literal["asked", "queued", "running", "failed"]


@dataclass(frozen=True, slots=True)
class ArchiveJob:
    """One archive that is not up to date. All times are unix seconds; 0 where there is none."""

    idsite: int
    period: Period
    segment: str
    status: JobStatus
    since: float
    """When it was found to be stale, or was invalidated."""
    queued_at: float = 0
    started_at: float = 0
    failed_at: float = 0
    attempts: int = 0
    """How often it was begun since it was last done."""
    reason: str = ""
    """Why the last attempt failed."""


class ArchiveJobs(Protocol):
    """The visible state of the archive queue."""

    def jobs(self, idsites: Sequence[int]) -> Sequence[ArchiveJob]:
        """The archives of the sites that are not up to date, as far as the planner has seen them."""
        ...

    def queue_stale(self) -> int:
        """Queue a job for every archive that is stale now; how many."""
        ...
