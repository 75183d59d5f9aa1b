"""Build: does one job of the archive queue."""

from __future__ import annotations

import logging

from tidemark.archiving.archiver import Archiver
from tidemark.archiving.job import Job
from tidemark.archiving.job_states import JobStates
from tidemark.archiving.store import Archive
from tidemark.model.errors import BadSegment, UnknownSite

logger = logging.getLogger(__name__)


class Builder:
    """Does jobs. A job that comes twice finds its archive fresh."""

    def __init__(self, archiver: Archiver, states: JobStates) -> None:
        self._archiver = archiver
        self._states = states

    def run(self, body: bytes | str) -> Archive | None:
        """Bring the archive that a message names up to date; None if its period is empty or its site is gone.

        Raises: ValueError, KeyError when the message is none of ours; whatever the stores raise.
        """
        job = Job.from_message(body)
        begun = self._states.begin(job)  # first: what changes from here on is planned anew
        try:
            archive = self._archiver.ensure(job.idsite, job.period, job.segment)
        except (UnknownSite, BadSegment):
            logger.warning("archive job dropped", extra={"idsite": job.idsite, "segment_hash": job.segment_hash})
            archive = None
        except Exception as error:
            self._states.fail(job, begun, error)
            raise
        self._states.finish(job, begun)
        return archive
