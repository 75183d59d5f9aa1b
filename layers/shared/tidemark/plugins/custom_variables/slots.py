"""The slots of custom variables: where they stand in the logs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tidemark.plugin import Expression, call, col

SLOTS = range(1, 6)
VISIT, PAGE = "visit", "page"
COLUMNS = {VISIT: "custom_variables_visit", PAGE: "custom_variables_page"}


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot of a scope: "visit" or "page"."""

    scope: str
    index: int

    @property
    def name(self) -> Expression:
        """The variable's name, NULL if the slot is empty."""
        return self._item(0)

    @property
    def value(self) -> Expression:
        """The variable's value."""
        return self._item(1)

    @property
    def column(self) -> str:
        """The record's column that counts uses of the slot."""
        return f"in_{self.scope}_{self.index}"

    def _item(self, place: int) -> Expression:
        return call("json_item", col(COLUMNS[self.scope]), str(self.index), place)


def all_slots() -> Iterator[Slot]:
    """Slot by slot, that of the visit before that of the page."""
    return (Slot(scope, index) for index in SLOTS for scope in (VISIT, PAGE))
