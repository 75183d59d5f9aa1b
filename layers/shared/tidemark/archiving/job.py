"""Jobs of the archive queue: an archive to bring up to date, or a part of a giant day to make for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from tidemark.model.daylog import DayPart
from tidemark.model.period import Period, PeriodKind
from tidemark.model.segment import segment_hash


@dataclass(frozen=True, slots=True)
class Job:
    """One archive to bring up to date."""

    idsite: int
    period: Period
    segment: str = ""

    @property
    def segment_hash(self) -> str:
        """Names the segment in keys; empty for all visits."""
        return segment_hash(self.segment)

    def to_document(self) -> dict[str, Any]:
        """The job as plain values."""
        return {
            "idsite": self.idsite,
            "period": self.period.kind.value,
            "first": self.period.first.isoformat(),
            "last": self.period.last.isoformat(),
            "segment": self.segment,
        }

    def to_message(self) -> bytes:
        """The job as a message of the archive queue."""
        return orjson.dumps(self.to_document())

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Job:
        """The job of its document. Raises: ValueError, KeyError."""
        first, last = date.fromisoformat(document["first"]), date.fromisoformat(document["last"])
        period = Period(PeriodKind(document["period"]), first, last)
        return cls(int(document["idsite"]), period, document["segment"])

    @classmethod
    def from_message(cls, body: bytes | str) -> Job:
        """The job of a message. Raises: ValueError, KeyError."""
        return cls.from_document(orjson.loads(body))


@dataclass(frozen=True, slots=True)
class PartJob:
    """A part of a giant day to make, and the job that waits for all of them."""

    job: Job
    part: DayPart

    def to_message(self) -> bytes:
        """The job as a message of the archive queue."""
        part = self.part
        made = {"stage": part.stage, "day": part.day.isoformat(), "plan": part.plan, "number": part.number}
        return orjson.dumps({**self.job.to_document(), "part": made})


def read_message(body: bytes | str) -> Job | PartJob:
    """The job of a message. Raises: ValueError, KeyError."""
    document = orjson.loads(body)
    job = Job.from_document(document)
    if "part" not in document:
        return job
    part = document["part"]
    if part["stage"] not in {"log", "archive"}:
        raise ValueError("Parts are made of logs and archives only.")
    return PartJob(job, DayPart(part["stage"], date.fromisoformat(part["day"]), part["plan"], int(part["number"])))
