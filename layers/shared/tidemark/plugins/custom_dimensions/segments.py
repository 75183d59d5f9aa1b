"""Segments on custom dimensions: dimension<id>, whatever the scope of that dimension of the site is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from tidemark.plugin import Segment, call, col

CATEGORY = "Custom dimensions"
HIGHEST_ID = 100
"""Segments exist for ids up to it; a site's ids count from 1."""


def _of_scope(iddimension: int, table: Literal["visits", "actions"]) -> Segment:
    return Segment(
        f"dimension{iddimension}.{table}",
        f"Custom dimension {iddimension}",
        CATEGORY,
        call("json_text", col("custom_dimensions"), str(iddimension)),
        table,
        is_listed=False,
    )


def _segments() -> Iterator[Segment]:
    for iddimension in range(1, HIGHEST_ID + 1):
        of_visits, of_actions = _of_scope(iddimension, "visits"), _of_scope(iddimension, "actions")
        yield from (of_visits, of_actions)
        yield Segment(
            f"dimension{iddimension}",
            f"Custom dimension {iddimension}",
            CATEGORY,
            None,
            union_of=(of_visits.segment, of_actions.segment),
            is_listed=False,
        )


SEGMENTS: tuple[Segment, ...] = tuple(_segments())
