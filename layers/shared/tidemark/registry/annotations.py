"""Notes on days of sites, in partitions of their own of the registry table: no change of them makes a version."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tidemark.model.annotation import Annotation
from tidemark.model.registry import NotRegisteredError
from tidemark.registry.items import annotation_item, annotation_partition, number_key, read_annotation
from tidemark.stores.ports import (
    Absent,
    ConditionFailedError,
    Exists,
    Table,
    TransactionConflictError,
    UnavailableError,
)

_MAX_TRIES: Final = 50
_RETRY_SECONDS: Final = 0.01


@dataclass(frozen=True, slots=True)
class StoredAnnotations:
    """Reads and writes the notes; see Registry."""

    table: Table
    wait: Callable[[float], None] = time.sleep

    def all(self, idsite: int) -> Sequence[Annotation]:
        """A site's notes by their numbers."""
        return tuple(read_annotation(item) for item in self.table.query(annotation_partition(idsite)))

    def add(self, annotation: Annotation) -> Annotation:
        """Add a note with the next number of its site. Raises: UnavailableError."""
        for _ in range(_MAX_TRIES):
            last = list(self.table.query(annotation_partition(annotation.idsite), reverse=True, limit=1))
            added = replace(annotation, id_note=last[0]["id_note"] + 1 if last else 0)
            try:
                self.table.put(annotation_item(added), Absent())
            except (ConditionFailedError, TransactionConflictError):
                self.wait(_RETRY_SECONDS)
                continue
            return added
        raise UnavailableError(f"notes were added under {_MAX_TRIES} tries to add one")

    def change(self, annotation: Annotation) -> Annotation:
        """Write a note over the one with its number. Raises: NotRegisteredError."""
        try:
            self.table.put(annotation_item(annotation), Exists("pk"))
        except ConditionFailedError as error:
            raise NotRegisteredError(f"site {annotation.idsite} has no note {annotation.id_note}") from error
        return annotation

    def delete(self, idsite: int, id_notes: Sequence[int]) -> None:
        """Forget notes."""
        partition = annotation_partition(idsite)
        self.table.write_batch(deletes=[(partition, number_key(id_note)) for id_note in id_notes])
