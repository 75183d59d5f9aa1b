"""A giant day's log made by many processes: one splits the hits, each part is sessionised by whoever is told of it.

Order of the writes: the parts' hits, the countdown, the messages. Who splits comes again until all parts are counted,
then publishes the log; each of its steps may be repeated, and a part that is made twice has the same content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import orjson

from tidemark.countdown import Countdowns, Work
from tidemark.model.daylog import DayLog, DayPart, PartSender, PartsMissingError
from tidemark.model.hit import Column
from tidemark.sessions.parts import split_hits
from tidemark.sessions.sources import new_files
from tidemark.sessions.states import PublishedLog, log_document, log_of
from tidemark.stores.ports import NotFoundError, Objects

SPLIT: Final = "split"


def split_prefix(idsite: int, day: date) -> str:
    """Where the hits of a day's parts are until its log is published."""
    return f"log/{SPLIT}/site={idsite}/date={day}/"


@dataclass(frozen=True, slots=True)
class DaySource:
    """What a day's log is made of: its mark, a digest of the rules, one of the earlier days, and its hit files."""

    mark: int
    inputs: str
    history: str
    files: Mapping[str, str]

    def plan(self, parts: int) -> str:
        """Equal for what is cut in the same way."""
        whole = (self.mark, self.inputs, self.history, parts, sorted(self.files.items()))
        return hashlib.sha256(orjson.dumps(whole)).hexdigest()[:32]

    @property
    def facts(self) -> dict[str, Any]:
        """What a part and the one who publishes have to know."""
        return {"mark": self.mark, "inputs": self.inputs, "history": self.history}


@dataclass(frozen=True, slots=True)
class FanOut:
    """Days that are made in parts by others."""

    objects: Objects
    countdowns: Countdowns

    def under_way(self, idsite: int, day: date, now: DaySource, published: PublishedLog | None) -> Work | None:
        """The work on a day's log that still holds: only hits that are new came since, and it is not published.

        Those hits are for the next time; else a day whose hits never cease would never be done.
        """
        work = self.countdowns.read(idsite, _name(day))
        if work is None:
            return None
        rules = work.facts["inputs"], work.facts["history"]
        is_published = (
            published is not None
            and rules == (published.inputs, published.history)
            and int(work.facts["mark"]) <= published.mark
        )
        if rules != (now.inputs, now.history) or is_published:
            return None
        try:
            known = orjson.loads(self.objects.get(_files_key(idsite, day, work.plan)).data)
        except NotFoundError:
            return None
        return None if new_files(known, now.files) is None else work

    def split(
        self,
        idsite: int,
        day: date,
        source: DaySource,
        paths: Sequence[str],
        around: tuple[int, int],
        columns: Sequence[Column],
        parts: int,
    ) -> Work | None:
        """Store the hits of every part, then begin the countdown; None if somebody else did just now."""
        plan = source.plan(parts)
        self.objects.put(_files_key(idsite, day, plan), orjson.dumps(dict(source.files)))
        with TemporaryDirectory(prefix="tidemark-parts-") as folder:
            files = split_hits(paths, *around, columns, parts, Path(folder), for_others=True)
            for number, file in enumerate(files):
                self.objects.put(part_key(idsite, day, plan, number), file)
                file.unlink()
        return self.countdowns.start(idsite, _name(day), plan, parts, source.facts)

    def logs(self, idsite: int, day: date, work: Work | None, send: PartSender) -> tuple[DayLog, ...]:
        """The logs of all parts. Raises: PartsMissingError, after telling others of those that nobody was told of."""
        if work is None:
            raise PartsMissingError(day)
        if work.missing:
            due = self.countdowns.to_send(work)
            if due:
                send([DayPart("log", day, work.plan, number) for number in due])
                self.countdowns.note_sent(idsite, _name(day), work)
            raise PartsMissingError(day)
        return tuple(log_of(idsite, day, work.results[number]) for number in range(work.parts))

    def part(self, idsite: int, part: DayPart) -> Work | None:
        """The work that a part belongs to; None if that is done or was given up."""
        work = self.countdowns.read(idsite, _name(part.day))
        return work if work is not None and work.plan == part.plan else None

    def note_done(self, idsite: int, part: DayPart, log: DayLog) -> bool:
        """Count a part; True if none is missing now."""
        return self.countdowns.note_done(idsite, _name(part.day), part.plan, part.number, log_document(log))

    def finish(self, idsite: int, day: date, work: Work) -> None:
        """Forget what was only needed until the log was published."""
        self.countdowns.finish(idsite, _name(day), work.plan)
        keys = [part_key(idsite, day, work.plan, number) for number in range(work.parts)]
        self.objects.delete([*keys, _files_key(idsite, day, work.plan)])


def part_key(idsite: int, day: date, plan: str, number: int) -> str:
    """Where the hits of a part are."""
    return f"{split_prefix(idsite, day)}{plan}-{number}.arrow"


def _files_key(idsite: int, day: date, plan: str) -> str:
    return f"{split_prefix(idsite, day)}{plan}-files.json"


def _name(day: date) -> str:
    return f"log#{day}"
