"""Methods whose table depends on the second dimension that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tidemark.model.errors import BadParameter
from tidemark.model.table import Table
from tidemark.plugin import Access, Context, method
from tidemark.plugins.events.records import BY_PARTS

SECONDARY = {
    "category": {"eventAction": "action", "eventName": "name"},
    "action": {"eventName": "name", "eventCategory": "category"},
    "name": {"eventAction": "action", "eventCategory": "category"},
}
"""Second dimensions of each first one by the names of the parameter; the first is the default."""


def secondary_of(main: str, secondaryDimension: str) -> str:
    """The part of events in the subtables. Raises: BadParameter for a dimension that the method does not offer."""
    known = SECONDARY[main]
    if not secondaryDimension or secondaryDimension in {"0", "false"}:
        return next(iter(known.values()))
    if secondaryDimension not in known:
        raise BadParameter(
            f"'{secondaryDimension}' cannot be the secondary dimension of Events.get{main.capitalize()}: "
            f"use {' or '.join(known)}."
        )
    return known[secondaryDimension]


def _main_table(main: str) -> Callable[..., Any]:
    @method(f"Events.get{main.capitalize()}", Access.VIEW)
    def main_table(
        ctx: Context,
        idSite: str,
        period: str,
        date: str,
        segment: str = "",
        expanded: bool = False,
        secondaryDimension: str = "",
        flat: bool = False,
    ) -> Table:
        record = BY_PARTS[main, secondary_of(main, secondaryDimension)]
        return ctx.record_table(record.name, idSite, period, date, segment, expanded=expanded or flat)

    return main_table


FUNCTIONS: tuple[Callable[..., Any], ...] = tuple(_main_table(main) for main in SECONDARY)
