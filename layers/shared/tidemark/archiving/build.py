"""Build: does one job of the archive queue."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from tidemark.archiving.archiver import Archiver
from tidemark.archiving.job import Job, PartJob, read_message
from tidemark.archiving.job_states import JobStates
from tidemark.archiving.lag import Lag
from tidemark.archiving.store import Archive
from tidemark.model.daylog import DayPart, PartSender, PartsMissingError
from tidemark.model.errors import BadSegment, UnknownSite
from tidemark.stores.ports import Sender

logger = logging.getLogger(__name__)


class Builder:
    """Does jobs. A job that comes twice finds its archive fresh.

    With a `queue`, parts of giant days become jobs of their own: a job that needs them ends, and whoever makes the last
    part queues it again. Unless it `fans_out` they are made one after the other.
    """

    def __init__(
        self,
        archiver: Archiver,
        states: JobStates,
        queue: Sender | None = None,
        *,
        fans_out: bool = True,
        lag: Lag | None = None,
    ) -> None:
        self._archiver = archiver
        self._states = states
        self._queue = queue
        self._fans_out = fans_out
        self._lag = lag

    def run(self, body: bytes | str, tell_lag: Callable[[float], object] = float) -> Archive | None:
        """Bring the archive that a message names up to date, or make a part for it.

        `tell_lag` hears how many seconds the oldest of the hits waited that a day's archive is the first to count.

        None if its period is empty, its site is gone, or parts are missing.

        Raises: ValueError, KeyError when the message is none of ours; whatever the stores raise.
        """
        job = read_message(body)
        if isinstance(job, PartJob):
            self._make_part(job)
            return None
        begun = self._states.begin(job)  # first: what changes from here on is planned anew
        try:
            waiting = self._lag.look(job) if self._lag else None
            archive = self._archiver.ensure(job.idsite, job.period, job.segment, self._sender(job))
        except (UnknownSite, BadSegment):
            logger.warning("archive job dropped", extra={"idsite": job.idsite, "segment_hash": job.segment_hash})
            archive = None
        except PartsMissingError:
            self._states.wait(job)
            return None
        except Exception as error:
            self._states.fail(job, begun, error)
            raise
        self._states.finish(job, begun)
        if self._lag and waiting:
            tell_lag(self._lag.measure(job, waiting))
        return archive

    def _make_part(self, job: PartJob) -> None:
        """Make a part; who makes the last one has the job done. Raises: whatever the stores raise."""
        waiting = job.job
        try:
            is_last = self._archiver.make_part(waiting.idsite, job.part, waiting.segment)
        except (UnknownSite, BadSegment):
            logger.warning("archive part dropped", extra={"idsite": waiting.idsite})
            return
        except Exception as error:
            self._states.note(waiting, error)
            raise
        if is_last and self._queue is not None:
            self._queue.send(waiting.to_message())

    def _sender(self, job: Job) -> PartSender | None:
        queue = self._queue
        if queue is None or not self._fans_out:
            return None

        def send(parts: Sequence[DayPart]) -> None:
            queue.send_batch([PartJob(job, part).to_message() for part in parts])

        return send
