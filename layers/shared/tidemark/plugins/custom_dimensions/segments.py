"""Segments on custom dimensions: dimension<id>, whatever the scope of that dimension of the site is."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Literal

from tidemark.model.custom_dimension import ACTION_SCOPE
from tidemark.model.period import add_months
from tidemark.model.registry import Registry
from tidemark.plugin import MOST_SUGGESTIONS, Context, Details, Segment, call, col
from tidemark.plugins.custom_dimensions.records import VALUE_NOT_DEFINED

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


def suggested(iddimension: int, context: Context, idsite: int, visits: Sequence[Details]) -> list[str]:
    """The most frequent values: of actions by the report of the last two months, of visits by the recent ones.

    Source: Matomo 5.2, plugins/CustomDimensions (suggested values).
    """
    known = context.service(Registry).custom_dimensions(idsite)
    if any(one.idcustomdimension == iddimension and one.scope == ACTION_SCOPE for one in known):
        return _of_actions(iddimension, context, idsite)
    counts = Counter(str(value) for visit in visits if (value := visit.get(f"dimension{iddimension}")))
    return sorted(counts, key=lambda value: (-counts[value], value))


def _of_actions(iddimension: int, context: Context, idsite: int) -> list[str]:
    first = add_months(dt.datetime.fromtimestamp(context.now, dt.UTC).date(), -2).replace(day=1)
    table = context.call(
        "CustomDimensions.getCustomDimension",
        idDimension=iddimension,
        idSite=idsite,
        period="range",
        date=f"{first},today",
        filter_limit=MOST_SUGGESTIONS,
        disable_queued_filters=1,
    )
    return [str(row.label) for row in table if row.label != VALUE_NOT_DEFINED]


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
            suggest=partial(suggested, iddimension),
        )


SEGMENTS: tuple[Segment, ...] = tuple(_segments())
