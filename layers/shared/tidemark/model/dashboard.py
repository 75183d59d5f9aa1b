"""Dashboards: which widgets a user sees first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Widget = Mapping[str, Any]
"""module, action and further parameters of a widget."""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard of a user; `id` counts from 1 for each user. `columns` hold its widgets from left to right."""

    id: int
    name: str
    columns: tuple[tuple[Widget, ...], ...] = ()


class Dashboards(Protocol):
    """The dashboards of all users; asked for as ``context.service(Dashboards)``."""

    def of(self, login: str) -> Sequence[Dashboard]:
        """A user's dashboards in order of their numbers."""
        ...

    def add(self, login: str, dashboard: Dashboard) -> Dashboard:
        """Store a dashboard under the user's next number."""
        ...

    def change(self, login: str, number: int, change: Callable[[Dashboard], Dashboard]) -> Dashboard | None:
        """Change a dashboard; None if there is none."""
        ...

    def remove(self, login: str, number: int) -> bool:
        """Forget a dashboard; whether there was one."""
        ...
