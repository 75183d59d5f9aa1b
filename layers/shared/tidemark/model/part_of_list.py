"""Some entries of a longer list, which knows how long that is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


class PartOfList(list[T]):
    """The entries that were asked for; ``total`` is how many there are."""

    def __init__(self, entries: Iterable[T], total: int) -> None:
        super().__init__(entries)
        self.total = total
