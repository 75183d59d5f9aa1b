"""Segments on custom dimensions: dimension<id>, whatever the scope of that dimension of the site is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Literal

from tidemark.model.registry import Registry
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


def _is_active(iddimension: int, registry: Registry, idsite: int) -> bool:
    known = registry.custom_dimensions(idsite)
    return any(one.idcustomdimension == iddimension and one.active for one in known)


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
            is_known_to=partial(_is_active, iddimension),
        )


SEGMENTS: tuple[Segment, ...] = tuple(_segments())
