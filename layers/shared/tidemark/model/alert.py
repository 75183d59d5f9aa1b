"""Alerts: what is watched, when it is worth telling, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

PERIODS: Final = ("hour", "day", "week", "month")
ANOMALY: Final = "anomaly"
CONDITIONS: Final = (
    "less_than",
    "greater_than",
    "decrease_more_than",
    "increase_more_than",
    "percentage_decrease_more_than",
    "percentage_increase_more_than",
    ANOMALY,
)
ROW_CONDITIONS: Final = (
    "matches_any",
    "matches_exactly",
    "does_not_match_exactly",
    "contains",
    "does_not_contain",
    "starts_with",
    "does_not_start_with",
    "ends_with",
    "does_not_end_with",
    "matches_regex",
    "does_not_match_regex",
)


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert, with the attribute names of Matomo's plugin; `idalert` counts from 1 and is never given twice.

    `report` is a report's unique id, `metric` one of its columns; of a report with rows, those that `report_condition` and
    `report_value` choose are summed. `condition` compares with `value`; a change is one against the period `compared_to`
    periods before (of hours: days before); for `anomaly`, `value` is the least distance from what is usual.
    `report_value` is written in `language`, for reports call their rows differently in others.
    """

    idalert: int
    login: str
    name: str
    idsites: tuple[int, ...]
    period: str
    report: str
    metric: str
    condition: str
    value: float
    compared_to: int = 1
    report_condition: str = ""
    report_value: str = ""
    language: str = "en"
    email_me: bool = False
    additional_emails: tuple[str, ...] = ()
    to_topic: bool = False
    webhook: str = ""
    webhook_secret: str = ""
    ts_created: int = 0
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Triggered:
    """An alert that went off: for which site and period, the value, what it was compared with, and what explains it."""

    idalert: int
    idsite: int
    login: str
    slot: str
    at: int
    value: float
    usual: float
    explanation: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


class Alerts(Protocol):
    """All alerts; asked for as ``context.service(Alerts)``."""

    def all(self) -> Sequence[Alert]:
        """Those that are not deleted, in order of their numbers."""
        ...

    def add(self, alert: Alert) -> Alert:
        """Store an alert under the next number."""
        ...

    def change(self, idalert: int, change: Callable[[Alert], Alert]) -> Alert | None:
        """Change an alert; None if there is none."""
        ...

    def note(self, triggered: Triggered) -> None:
        """Keep that an alert went off."""
        ...

    def triggered(self, login: str, limit: int) -> Sequence[Triggered]:
        """The latest ones of a user, newest first."""
        ...


def delivery_name(idalert: int, idsite: int) -> str:
    """What the deliveries call an alert for a site."""
    return f"alert#{idalert}#{idsite}"
