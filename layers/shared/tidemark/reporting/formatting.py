"""Metrics as people read them: percentages, durations, money and sizes, in the notation of a language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, Final

from tidemark.definitions.texts import ENGLISH
from tidemark.model.rounding import round_half_up
from tidemark.model.table import DataTable
from tidemark.plugin import ProcessedMetric
from tidemark.plugin.report import MetricType
from tidemark.reporting.filters.together import subtables_of, together
from tidemark.reporting.metrics import comparisons_of, with_metrics
from tidemark.reporting.text import is_numeric, number_of, number_text

FORMATTED = "processed_metrics_formatted"
_ALWAYS_PERCENT = re.compile(
    r"^bounce_rate|conversion_rate|abandoned_rate|interaction_rate|exit_rate|nb_visits_percentage|_evolution"
    r"|step_.*_rate|funnel_.*_rate|form_.*_rate|field_.*_rate|Referrers.*_percent$"
)
"""Rates that external calls get as text by default; most may stand anywhere in a name (conversion_rate_new_visit).

Source: Matomo 5.2, generic parameters, format_metrics=bc.
"""
_DAY_SECONDS = 86_400
_YEAR_SECONDS = 365.25 * _DAY_SECONDS
_SIZE_UNITS = ("B", "K", "M", "G", "T")


@dataclass(frozen=True, slots=True)
class _Notation:
    """How a language writes numbers: its marks, what stands behind percentages, where currencies stand, its units."""

    decimal: str = "."
    thousands: str = ","
    percent: str = "%"
    money: str = "{symbol}{amount}"
    years: str = "years"
    days: str = "days"
    hours: str = "hours"

    def number(self, text: str) -> str:
        """A number in English notation in this one."""
        if self.decimal == ".":
            return text
        return text.replace(",", "\0").replace(".", self.decimal).replace("\0", self.thousands)


_BEHIND: Final = "{amount}\u00a0{symbol}"
_NOTATIONS: Final[Mapping[str, _Notation]] = {
    ENGLISH: _Notation(),
    "de": _Notation(",", ".", "\u00a0%", _BEHIND, "Jahre", "Tage", "Stunden"),
    "fr": _Notation(",", "\u202f", "\u00a0%", _BEHIND, "ans", "jours", "heures"),
}
"""Source: Unicode CLDR."""


@dataclass(frozen=True, slots=True)
class Formatter:
    """How numbers become text; the currency symbol is that of the table's site."""

    currency_symbol: str = "$"
    language: str = ENGLISH

    @property
    def _notation(self) -> _Notation:
        return _NOTATIONS[self.language]

    def format(self, value: Any, kind: MetricType, *, is_clock: bool = False) -> Any:
        """A metric's value as text; types that have no text form stay numbers."""
        formatter = Formatter.clock if is_clock else _FORMATS.get(kind)
        return value if formatter is None else formatter(self, number_of(value))

    def by_name(self, column: str, value: Any) -> Any:
        """A number as text by its column's name: durations, money, rates; others stay as they are.

        Source: Matomo 5.2, API.getProcessedReport.
        """
        if isinstance(value, bool) or not (isinstance(value, int | float) or (value and is_numeric(str(value)))):
            return value
        number = number_of(value)
        if "time" in column:
            return self.sentence(number) if "time_generation" in column else self.clock(number)
        if ("revenue" in column or "price" in column) and "evolution" not in column:
            return self.money(number)
        if "_rate" not in column:
            return value
        return f"{self._notation.number(number_text(round_half_up(number * 100, 10)))}{self._notation.percent}"

    def percent(self, value: float) -> str:
        """A quotient as percent with at most four decimals: 0.27 is 27%."""
        return _percent(value, self.language)

    def money(self, value: float) -> str:
        """An amount with the site's currency symbol; decimals only where there are some."""
        sign, amount = ("-", -value) if value < 0 else ("", value)
        rounded = round_half_up(amount, 2)
        digits = grouped(rounded) if float(rounded).is_integer() else f"{rounded:,.2f}"
        notation = self._notation
        return sign + notation.money.format(symbol=self.currency_symbol, amount=notation.number(digits))

    def clock(self, seconds: float) -> str:
        """Seconds as 00:13:31, days before it, hundredths behind it."""
        sign, rest = ("-", -seconds) if seconds < 0 else ("", seconds)
        days, day_rest = divmod(rest, _DAY_SECONDS)
        hours, hour_rest = divmod(day_rest, 3600)
        minutes, last = divmod(hour_rest, 60)
        text = f"{int(hours):02d}:{int(minutes):02d}:{int(last):02d}"
        if days:
            text = f"{int(days)} {self._notation.days} {text}"
        hundredths = int(rest * 100) % 100
        return f"{sign}{text}.{hundredths:02d}" if hundredths else sign + text

    def sentence(self, seconds: float) -> str:
        """Seconds as words: 13 min 31s."""
        sign, rest = ("-", -seconds) if seconds < 0 else ("", seconds)
        units = self._notation
        years, year_rest = divmod(rest, _YEAR_SECONDS)
        days, day_rest = divmod(year_rest, _DAY_SECONDS)
        hours, hour_rest = divmod(day_rest, 3600)
        minutes, last = divmod(hour_rest, 60)
        if years:
            return f"{sign}{int(years)} {units.years} {int(days)} {units.days}"
        if days:
            return f"{sign}{int(days)} {units.days} {int(hours)} {units.hours}"
        if hours:
            return f"{sign}{int(hours)} {units.hours} {int(minutes)} min"
        last_text = grouped(round_half_up(last, 3 if 0 < last < 0.01 else 2), self.language)
        return f"{sign}{int(minutes)} min {last_text}s" if minutes else f"{sign}{last_text}s"

    def size(self, byte_count: float) -> str:
        """Bytes in the largest fitting unit with one decimal: 1.5 K."""
        if not byte_count:
            return "0 M"
        value, unit = float(byte_count), 0
        while value >= 1024 and unit < len(_SIZE_UNITS) - 1:
            value, unit = value / 1024, unit + 1
        return f"{grouped(round_half_up(value, 1), self.language)} {_SIZE_UNITS[unit]}"


_FORMATS: dict[str, Callable[[Formatter, float], str]] = {
    "percent": Formatter.percent,
    "money": Formatter.money,
    "duration_s": Formatter.sentence,
    "duration_ms": lambda formatter, value: formatter.sentence(value / 1000),
    "byte": Formatter.size,
}


@lru_cache(maxsize=8192)
def _percent(value: float, language: str) -> str:
    return percentage(round_half_up(value * 100, 4), language)


def percentage(value: float, language: str = ENGLISH) -> str:
    """A number of hundredths as percentage: 27%, 27 %."""
    return f"{grouped(value, language)}{_NOTATIONS[language].percent}"


def grouped(value: float, language: str = ENGLISH) -> str:
    """A number with marks between thousands, without needless decimals."""
    if isinstance(value, int) or value.is_integer():
        return _NOTATIONS[language].number(f"{int(value):,}")
    whole, _, fraction = f"{value:,.6f}".partition(".")
    return _NOTATIONS[language].number(f"{whole}.{fraction.rstrip('0')}")


def format_tables(
    tables: Iterable[DataTable], declared: Sequence[ProcessedMetric], mode: str, formatter: Formatter
) -> None:
    """Turn metrics into text by ``format_metrics``: bc only rates, 1 all processed metrics, all also money columns.

    Any other mode leaves the table as it is, and so does any mode where it has no processed metrics; a table is
    formatted once only. Source: Matomo 5.2, generic parameters, format_metrics.
    """
    if mode not in {"bc", "1", "all"}:
        return
    for alike, metrics in with_metrics((one for one in tables if not one.metadata.get(FORMATTED)), declared):
        if not metrics:
            continue
        chosen = [one for one in metrics if one.type in _FORMATS and (mode != "bc" or is_always_percent(one.name))]
        _format_columns(alike, [(metric.name, metric.type, metric.is_clock) for metric in chosen], formatter)
        for table in alike if mode == "all" else ():
            _format_money(table, formatter)


def is_always_percent(name: str) -> bool:
    """Whether external calls get this rate as text by default."""
    return _ALWAYS_PERCENT.search(name) is not None


def _format_columns(
    tables: Sequence[DataTable], kinds: Sequence[tuple[str, MetricType, bool]], formatter: Formatter
) -> None:
    """Format the columns of these names, types and notations of durations, at every level."""
    while tables:
        for table in tables:
            table.metadata[FORMATTED] = True
        every = together(tables)
        for table, (name, kind, is_clock) in product(every, kinds):
            table.change_cells(name, _format_of(formatter, kind, is_clock), summary=True, is_constant=True)
        tables = subtables_of(tables) + [compared for table in every for compared in comparisons_of(table)]


@lru_cache(maxsize=64)
def _format_of(formatter: Formatter, kind: MetricType, is_clock: bool) -> Callable[[Any], Any]:
    """What turns cells into text; the same function for the same formatter and kind."""
    return lambda cell: cell if cell is None or cell is False else formatter.format(cell, kind, is_clock=is_clock)


def _format_money(table: DataTable, formatter: Formatter) -> None:
    for row in table:
        for name, value in row.columns.items():
            if "revenue" in name and isinstance(value, int | float):
                row.columns[name] = formatter.money(value)
        if row.subtable is not None:
            _format_money(row.subtable, formatter)
