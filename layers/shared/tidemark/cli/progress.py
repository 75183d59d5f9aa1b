"""Progress of long work, on standard error: a bar where somebody looks, one line at the end where nobody does."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text


class _Rate(ProgressColumn):
    """So many a second."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} {self._unit}/s" if speed else "")


@contextmanager
def progress(what: str, total: float | None, unit: str, *, is_quiet: bool = False) -> Iterator[Callable[[float], None]]:
    """A function to be called with how much more was done."""
    if is_quiet:
        yield lambda _: None
        return
    done = 0.0
    began = time.monotonic()
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f}"), _Rate(unit))
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)

        def advance(more: float) -> None:
            nonlocal done
            done += more
            bar.advance(task, more)

        yield advance
    if not console.is_terminal:
        rate = done / max(time.monotonic() - began, 1e-9)
        sys.stderr.write(f"{what}: {done:,.0f} {unit}, {rate:,.0f} {unit}/s\n")
