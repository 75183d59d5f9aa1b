"""Values of visit scope: custom dimensions and variables, whose last value wins until the end of the visit.

Hits carry them as JSON objects. Most visits have one and the same object in all their hits, so whole objects are
compared by number and merged only where a visit has several. Source: Matomo 5.2, tracking behaviour, section 13.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import encoded
from tidemark.sessions.vectors import Runs, count_in, last_before, last_of, last_so_far, positions


@dataclass(frozen=True, slots=True)
class Scoped:
    """JSON objects of all rows, and how they add up in their runs."""

    texts: pa.DictionaryArray
    runs: Runs
    varies: pa.BooleanArray
    """Of each run: whether its rows have different objects."""

    def at_end(self) -> pa.StringArray:
        """Of each run: all values, each as it was last; NULL if there are none."""
        return self._merged(last_of(pc.is_valid(self.texts), self.runs), self.varies)

    def as_of(self, row: pa.Int64Array) -> pa.StringArray:
        """The values as they were at some rows, what these rows brought included."""
        known = last_so_far(pc.is_valid(self.texts), self.runs).take(row)
        return self._merged(known, self.varies.take(self.runs.number.take(row)))

    def as_converted(self, row: pa.Int64Array) -> pa.StringArray:
        """The variables of conversions at some rows: what the visit had before wins over what these rows brought.

        Source: Matomo 5.2, core/Tracker/GoalManager (names and values of the visit that are not empty).
        """
        found = self.as_of(row)
        visit = self.runs.number.take(row)
        is_later = pc.greater(row, self.runs.first.take(visit))
        own = self.texts.take(row).cast(pa.string())
        places = positions(pc.and_(pc.and_(is_later, pc.is_valid(own)), self.varies.take(visit)))
        if not len(places):
            return found
        texts = found.to_pylist()
        before = self.as_of(pc.subtract(row.take(places), 1)).to_pylist()
        for place, known, brought in zip(places.to_pylist(), before, own.take(places).to_pylist(), strict=True):
            if known is not None:
                texts[place] = _spell(_kept(orjson.loads(known), orjson.loads(brought)))
        return pa.array(texts, pa.string())

    def _merged(self, row: pa.Int64Array, varies: pa.BooleanArray) -> pa.StringArray:
        simple = self.texts.take(row).cast(pa.string())
        if not pc.any(varies).as_py():
            return simple
        texts = simple.to_pylist()
        is_known = pc.is_valid(self.texts)
        for place in positions(pc.and_(varies, pc.is_valid(row))).to_pylist():
            last = row[place].as_py()
            first = self.runs.first[self.runs.number[last].as_py()].as_py()
            span = self.texts.slice(first, last - first + 1).filter(is_known.slice(first, last - first + 1))
            merged: dict[str, Any] = {}
            for text in span.to_pylist():
                merged |= orjson.loads(text)
            texts[place] = _spell(merged)
        return pa.array(texts, pa.string())


def scoped(texts: pa.DictionaryArray, runs: Runs) -> Scoped:
    """The objects of all rows, as `only` gives them."""
    is_known = pc.is_valid(texts)
    codes = texts.indices
    before = codes.take(last_before(is_known, runs))
    differs = pc.fill_null(pc.not_equal(codes, before), False)
    return Scoped(texts, runs, pc.greater(count_in(pc.and_(is_known, differs), runs), 0))


def only(texts: pa.DictionaryArray, is_wanted: Callable[[str], bool]) -> pa.DictionaryArray:
    """The objects with the wanted keys only, spelled in one way; NULL for what is empty or no object."""
    chosen = encoded(pa.array([_chosen(text, is_wanted) for text in texts.dictionary.to_pylist()], pa.string()))
    return pa.DictionaryArray.from_arrays(chosen.indices.take(texts.indices), chosen.dictionary)


def _kept(known: dict[str, Any], brought: dict[str, Any]) -> dict[str, Any]:
    """Names and values of slots: those known, where they are empty those brought."""
    return known | {
        slot: [old or new for old, new in zip(known.get(slot, ("", "")), pair, strict=False)]
        for slot, pair in brought.items()
    }


def _chosen(text: str | None, is_wanted: Callable[[str], bool]) -> str | None:
    try:
        values = orjson.loads(text or "")
    except orjson.JSONDecodeError:
        return None
    if not isinstance(values, dict):
        return None
    wanted = {key: value for key, value in values.items() if is_wanted(key) and _is_plain(value)}
    return _spell(wanted) if wanted else None


def _is_plain(value: Any) -> bool:
    """Whether it is a value as ingest writes them: a text or number, or a list of such."""
    values = value if isinstance(value, list) else [value]
    return all(isinstance(one, str | int | float) for one in values)


def _spell(values: dict[str, Any]) -> str:
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()
