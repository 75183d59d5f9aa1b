"""Everything that the active plugins declare for archives, worked out once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from functools import cache

from tidemark.archiving.compiling import CompiledNumber, CompiledRecord, Compiler, Value
from tidemark.archiving.kinds import ColumnTypes
from tidemark.archiving.shapes import Shape
from tidemark.archiving.sources import column_types, columns_needed
from tidemark.model.tracked_site import TrackedSite
from tidemark.plugin.dimension import Segment
from tidemark.plugin.plugin import Plugins
from tidemark.plugin.record import Aggregate, Numeric, Record, RowCount, Source, TableTotal

FORMAT = 2
"""Raised when archives built from equal inputs would differ from those built before."""
GOAL_FIELD = "{idgoal}"
SITES_KEPT = 100
"""So many different sets of records of single sites are kept ready."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The records and numbers of an archive. `digest` changes with any declaration."""

    records: tuple[Record, ...]
    numerics: tuple[Numeric, ...]
    totals: tuple[TableTotal, ...]
    counts: tuple[RowCount, ...]
    segments: Mapping[str, Segment]
    types: Mapping[Source, ColumnTypes]
    compiled: Mapping[str, CompiledRecord]
    compiled_numbers: tuple[CompiledNumber, ...]
    unique_values: Mapping[str, Value]
    """Of numbers that longer periods count anew, what is counted."""
    shared: frozenset[int]
    needed: Mapping[Source, frozenset[str]]
    digest: str
    compiler: Compiler = field(compare=False, repr=False)
    records_of: Callable[[TrackedSite], tuple[Record, ...]] = field(compare=False, repr=False)
    """Records that only this site has (tables of its custom dimensions)."""
    extended: dict[tuple[Record, ...], Catalogue] = field(default_factory=dict, compare=False, repr=False)
    """The catalogues of sites that have further records, by those."""

    @classmethod
    def of(cls, plugins: Plugins) -> Catalogue:
        """What these plugins declare."""
        types = column_types(plugins.dimensions())
        records, numbers = plugins.records(), plugins.numbers()
        numerics = tuple(number for number in numbers if isinstance(number, Numeric))
        compiler = Compiler(types)
        compiled = {record.name: compiler.record(record) for record in records}
        compiled_numbers = tuple(compiler.number(number) for number in numerics)
        unique_values = {
            number.name: compiler.value(number.source, number.measure.of)
            for number in numerics
            if _is_unique(number) and number.measure.of is not None
        }
        return cls(
            records,
            numerics,
            tuple(number for number in numbers if isinstance(number, TableTotal)),
            tuple(number for number in numbers if isinstance(number, RowCount)),
            plugins.segments(),
            types,
            compiled,
            compiled_numbers,
            unique_values,
            compiler.shared,
            {source: frozenset(names) for source, names in columns_needed(records, numerics).items()},
            digest_of((FORMAT, records, numbers)),
            compiler,
            plugins.site_records,
        )

    def for_site(self, site: TrackedSite) -> Catalogue:
        """The catalogue with the records that only the site has."""
        own = self.records_of(site)
        if not own:
            return self
        known = self.extended.get(own)
        if known is None:
            if len(self.extended) >= SITES_KEPT:
                self.extended.clear()
            known = self.extended[own] = self._with(own)
        return known

    def _with(self, own: tuple[Record, ...]) -> Catalogue:
        compiled = {record.name: self.compiler.record(record) for record in own}
        needed = columns_needed(own, ())
        return replace(
            self,
            records=self.records + own,
            compiled={**self.compiled, **compiled},
            shared=self.compiler.shared,
            needed={source: names | needed.get(source, set()) for source, names in self.needed.items()},
            digest=digest_of((self.digest, own)),
            extended={},
        )

    def records_for(self, site: TrackedSite) -> tuple[Record, ...]:
        """The records that a site has."""
        return tuple(record for record in self.records if record.needs is None or record.needs(site))

    @property
    def settings(self) -> tuple[str, ...]:
        """Names of the settings on which archives depend."""
        names = {name for record in self.records for name in record.options}
        names |= {name for record in self.records for name in (record.limit.rows, record.limit.subtable_rows) if name}
        return tuple(sorted(names))

    @property
    def shapes(self) -> dict[str, Shape]:
        """The columns of every record's day table."""
        return {name: compiled.shape for name, compiled in self.compiled.items()}

    def record_of(self, name: str) -> Record | None:
        """The record that a stored table belongs to; for tables per goal the record without the goal."""
        for record in self.records:
            if record.name == name or (record.per_goal and _per_goal_pattern(record.name).fullmatch(name)):
                return record
        return None


def _is_unique(number: Numeric) -> bool:
    """Whether the number counts different values over all visits, which cannot be summed over days."""
    measure = number.measure
    is_plain = number.source is Source.VISITS and number.where is measure.where is None and not number.per_goal
    return measure.aggregate is Aggregate.DISTINCT and measure.daily_sum is not None and is_plain


def per_goal_name(name: str, idgoal: int | str) -> str:
    """The name of one goal's table or number."""
    return name.replace(GOAL_FIELD, str(idgoal))


def _per_goal_pattern(name: str) -> re.Pattern[str]:
    return re.compile(re.escape(name).replace(re.escape(GOAL_FIELD), "-?[0-9]+"))


def digest_of(value: object) -> str:
    """A digest of facts: equal declarations give equal digests in every process."""
    return hashlib.sha256(_spelled(value, {})).hexdigest()[:32]


def _spelled(value: object, known: dict[int, bytes]) -> bytes:
    """A value's content as texts, each with a zero byte behind it; functions stand by their names.

    `known`: what declarations come to, by identity, because many records share theirs.
    """
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}\0".encode()
    if is_dataclass(value) and not isinstance(value, type):
        found = known.get(id(value))
        if found is None:
            inside = (_spelled(getattr(value, name), known) for name in _names(type(value)))
            found = known[id(value)] = b"".join((f"{type(value).__name__}\0".encode(), *inside))
        return found
    if isinstance(value, tuple | list):
        return b"".join((f"[{len(value)}\0".encode(), *(_spelled(item, known) for item in value)))
    if callable(value):
        name = getattr(value, "__qualname__", type(value).__name__)
        return f"{getattr(value, '__module__', '')}.{name}\0".encode()
    return f"{type(value).__name__}:{value!r}\0".encode()


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
