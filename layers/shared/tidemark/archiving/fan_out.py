"""The archive of a giant day made by many processes: each groups a part of its log, and one merges what they found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tidemark.archiving.compiling import Grouping
from tidemark.archiving.day import DayPart as Found
from tidemark.archiving.part_blobs import FORMAT, from_bytes, to_bytes
from tidemark.archiving.store import ALL_VISITS, Identity
from tidemark.countdown import Countdowns
from tidemark.model.daylog import DayLog, DayPart, PartSender, PartsMissingError
from tidemark.stores.ports import NotFoundError, Objects

ARCHIVE: Final = "archive#"


@dataclass(frozen=True, slots=True)
class FanOut:
    """Archives of days that are made in parts by others. A plan is a digest of all that the archive is made of."""

    objects: Objects
    countdowns: Countdowns

    def found(
        self, identity: Identity, plan: str, log: DayLog, send: PartSender, groupings: Sequence[Grouping]
    ) -> Iterator[Found]:
        """What the parts of a log give, one after the other.

        Raises: PartsMissingError, after telling others of those that nobody was told of.
        """
        name, day = _name(identity), identity.period.first
        parts = len(log.parts)
        work = self.countdowns.start(identity.idsite, name, plan, parts, {"log": log.version})
        if work is None:
            raise PartsMissingError(day)
        if work.missing:
            due = self.countdowns.to_send(work)
            if due:
                send([DayPart("archive", day, plan, number) for number in due])
                self.countdowns.note_sent(identity.idsite, name, work)
            raise PartsMissingError(day)
        for number in range(parts):
            try:
                data = self.objects.get(_key(identity, plan, number)).data
            except NotFoundError:  # swept: the archive was made by this plan before, and nobody noted that
                self.countdowns.finish(identity.idsite, name, plan)
                raise PartsMissingError(day) from None
            found = from_bytes(data, groupings)
            if found is not None:
                yield found

    def needs(self, idsite: int, segment_hash: str, logs: Mapping[date, DayLog]) -> bool:
        """Whether an archive is being made of parts of one of these logs, so that the log should stay as it is.

        Else archives of a day whose hits never cease would be begun again and again. Complete ones of other segments
        are published by others soon.
        """
        for name, work in self.countdowns.under_way(idsite, ARCHIVE).items():
            day, _, hashed = name.partition("#")
            log = logs.get(date.fromisoformat(day))
            is_busy = work.missing or hashed == (segment_hash or ALL_VISITS)
            if log is not None and work.facts["log"] == log.version and is_busy:
                return True
        return False

    def is_wanted(self, identity: Identity, part: DayPart) -> bool:
        """Whether the part belongs to work that is not done or given up."""
        work = self.countdowns.read(identity.idsite, _name(identity))
        return work is not None and work.plan == part.plan

    def keep(self, identity: Identity, part: DayPart, found: Found | None, groupings: Sequence[Grouping]) -> bool:
        """Store what a part found, then count it; True if none is missing now."""
        self.objects.put(_key(identity, part.plan, part.number), to_bytes(found, groupings))
        return self.countdowns.note_done(identity.idsite, _name(identity), part.plan, part.number, True)

    def finish(self, identity: Identity, plan: str, parts: int) -> None:
        """Forget what was only needed until the archive was published."""
        self.countdowns.finish(identity.idsite, _name(identity), plan)
        self.objects.delete([_key(identity, plan, number) for number in range(parts)])


def _key(identity: Identity, plan: str, number: int) -> str:
    """Beside the archive's versions: what nobody finishes is swept with those."""
    return identity.blob_key(f"part-{plan}-{number}-{FORMAT}")


def _name(identity: Identity) -> str:
    return f"{ARCHIVE}{identity.period.first}#{identity.segment_hash or ALL_VISITS}"
