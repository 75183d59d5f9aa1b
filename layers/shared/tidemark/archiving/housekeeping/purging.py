"""Orders to delete by age now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tidemark.archiving.housekeeping.lease import Chores


@dataclass(frozen=True, slots=True)
class OrderedPurge:
    """Implements tidemark.model.purging.Purging: everything is due at the next run, which `run_now` (if any) is."""

    chores: Chores
    run_now: Callable[[], object] | None = None

    def purge(self) -> None:
        """See Purging."""
        self.chores.forget()
        if self.run_now is not None:
            self.run_now()
