"""Segments on custom variables, by slot and over all slots of a scope."""

from __future__ import annotations

from collections.abc import Iterator

from tidemark.plugin import Segment
from tidemark.plugins.custom_variables.slots import PAGE, SLOTS, VISIT, Slot

CATEGORY = "Custom Variables"
PREFIXES = {VISIT: "customVariable", PAGE: "customVariablePage"}


def _segments(scope: str, part: str) -> Iterator[Segment]:
    prefix = f"{PREFIXES[scope]}{part}"
    label = f"Custom Variable {part.lower()}"
    for index in SLOTS:
        slot = Slot(scope, index)
        yield Segment(
            f"{prefix}{index}",
            f"{label} {index} (scope {scope})",
            CATEGORY,
            slot.name if part == "Name" else slot.value,
            "visits" if scope == VISIT else "actions",
        )
    union = tuple(f"{prefix}{index}" for index in SLOTS)
    yield Segment(prefix, f"{label} (scope {scope})", CATEGORY, None, union_of=union)


SEGMENTS: tuple[Segment, ...] = tuple(
    segment for part in ("Name", "Value") for scope in (VISIT, PAGE) for segment in _segments(scope, part)
)
