"""What clients may know of the archive queue, and have it filled."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tidemark.archiving.job_states import JobStates
from tidemark.model.archive_jobs import ArchiveJob


class QueueState:
    """Implements tidemark.model.archive_jobs.ArchiveJobs."""

    def __init__(self, states: JobStates, plan: Callable[[], int]) -> None:
        self._states = states
        self._plan = plan

    def jobs(self, idsites: Sequence[int]) -> Sequence[ArchiveJob]:
        """As the protocol says."""
        return [job for idsite in idsites for job in self._states.jobs(idsite)]

    def queue_stale(self) -> int:
        """As the protocol says."""
        return self._plan()
