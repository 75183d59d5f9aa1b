"""What schedules do, done now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TaskRun:
    """A task and what came of it."""

    task: str
    output: str


class ScheduledTasks(Protocol):
    """Asked for as ``context.service(ScheduledTasks)``."""

    def run(self) -> Sequence[TaskRun]:
        """Do every task once, or order it where it is another function's right to do it."""
        ...
