"""Deleting what is older than the settings allow, before the schedule does."""

from __future__ import annotations

from typing import Protocol


class Purging(Protocol):
    """Asked for as ``context.service(Purging)``."""

    def purge(self) -> None:
        """Let old raw data and reports be deleted without waiting for the days between two deletions to be over."""
        ...
