"""How labels of several levels become one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from tidemark.model.table import SUMMARY_LABEL, DataTable, Row
from tidemark.reporting.text import cell_text

Translation = Callable[[Any], Any]
PATH_SEPARATOR = "/"
"""Tables of paths join labels without doubling the slash."""


@dataclass(frozen=True, slots=True)
class Flattening:
    """How a report's levels become one: the separator between labels, and each level's dimension id ("" if unknown)."""

    separator: str
    dimensions: tuple[str, ...]
    keep_parents: bool = False
    load_subtable: Callable[[DataTable, Row], DataTable | None] | None = None
    translations: tuple[Translation | None, ...] = ()
    """What labels of each level are called in the language of the call; the last one holds for all levels below."""

    def level(self, number: int, prefix: str) -> Level:
        """A level (from 0) with the labels above it, each followed by the separator."""
        known = self.dimensions[min(number, len(self.dimensions) - 1)] if self.dimensions else ""
        dimension = known.replace(".", "_") or f"label{prefix.count(self.separator) + 1}"
        translation = self.translations[min(number, len(self.translations) - 1)] if self.translations else None
        return Level(number, dimension, prefix, self.separator, translation)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a table below the same rows.

    ``dimension``: under which metadata name its rows store their labels.
    """

    number: int
    dimension: str
    prefix: str
    separator: str
    translation: Translation | None = None

    def label(self, raw: Any, *, is_summary: bool = False) -> tuple[str, str]:
        """A stored label's whole path, and the label by itself."""
        text = raw if type(raw) is str else cell_text(raw)
        own = label = (text if self.translation is None else cell_text(self.translation(text))).strip()
        if self.separator == PATH_SEPARATOR and self.prefix:
            if label.startswith("/"):
                own = label = label[1:]
            elif is_summary and raw != SUMMARY_LABEL:
                label = f" - {label}"
        return self.prefix + label, own

    def labels(self, raw: Sequence[Any]) -> tuple[list[str], list[str]]:
        """The same for the labels of many rows, none of them a summary row."""
        owns = [cell_text(one).strip() for one in raw] if set(map(type, raw)) != {str} else list(map(str.strip, raw))
        if self.translation is not None:
            owns = [cell_text(self.translation(own)) for own in owns]
        if self.separator == PATH_SEPARATOR and self.prefix:
            owns = list(map(str.removeprefix, owns, repeat("/")))
        return list(map(self.prefix.__add__, owns)), owns

    def continued(self, above: Any, own: str, *, is_summary: bool = False) -> str:
        """A label behind those of the same dimension above it."""
        if not above:
            return own
        mark = " - " if is_summary and self.separator == PATH_SEPARATOR else ""
        return f"{above}{self.separator}{mark}{own}"
