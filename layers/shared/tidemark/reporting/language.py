"""Answers in the language of their call: the product's own texts in metadata and labels, never what sites sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

from tidemark.definitions.texts import ENGLISH, translated, translated_name
from tidemark.model.table import DataTable, TableMap, table_leaves
from tidemark.reporting.dates import day_with_year
from tidemark.reporting.filters.flatten import OTHERS

METADATA_METHODS = frozenset(
    {
        "API.getReportMetadata",
        "API.getMetadata",
        "API.getProcessedReport",
        "API.getRowEvolution",
        "API.getSegmentsMetadata",
        "API.getWidgetMetadata",
        "API.getReportPagesMetadata",
        "API.getGlossaryReports",
        "API.getGlossaryMetrics",
        "CustomDimensions.getAvailableExtractionDimensions",
        "CustomDimensions.getAvailableScopes",
        "UsersManager.getAvailableCapabilities",
        "UsersManager.getAvailableRoles",
    }
)
"""Methods whose answers are made of the product's own texts."""
_TEXTS = frozenset({"name", "category", "subcategory", "dimension", "documentation", "description"})
_NAMES_OF_METRICS = frozenset(
    {"metrics", "processedMetrics", "metricsGoal", "processedMetricsGoal", "columns", "metricsDocumentation"}
)
"""Maps from metrics to their names, or to what is said about them."""
_OF_VISITS = frozenset({"Live.getLastVisitsDetails", "Live.getFirstVisitForVisitorId", "Live.getVisitorProfile"})
"""Methods that tell of single visits."""
_NAMES_IN_VISITS = frozenset(
    {"continent", "continentName", "country", "countryName", "deviceType", "language", "prettyName", "referrerTypeName"}
)
"""Fields of visits that hold names and texts of the product."""
_GOAL, _TITLE = "goal", "title"
"""Of conversions the title is the product's own, of pages the site's."""
_MOMENT, _LOCATION = "serverTimePretty", "location"
_MOMENT_FORM = "%b %d, %Y %H:%M:%S"
UNKNOWN = "Unknown"
_NOT_DEFINED = " not defined"
"""How the product's labels end for what a site did not send."""
_COUNTED = re.compile(r"([0-9]\S*) (pages?|visits?|days?)")
_RANGES = ("VisitorInterest.", "Goals.getDaysToConversion", "Goals.getVisitsUntilConversion")
_DEVICES = ("DevicesDetection.", "Resolution.", "Provider.")
"""Methods whose labels are never those of sites."""
_PLACE_SEPARATOR = ", "
_WITH_NAMES = frozenset(
    {
        "DevicesDetection.getType",
        "Referrers.getReferrerType",
        "TrackingFilters.getBotCategories",
        "TrackingFilters.getBots",
        "TrackingFilters.getFilteredHits",
        "TrackingFilters.getHitsOfUnknownSites",
        "UserCountry.getContinent",
        "UserCountry.getCountry",
        "UserLanguage.getLanguage",
        "VisitTime.getByDayOfWeek",
        "WebVitals.getDevices",
        "WebVitals.getPages",
    }
)
"""Methods whose labels are names and texts of the product, or paths, which are called like none of them."""
_CITIES = "UserCountry.getCity"
_WITH_PLACES = frozenset({"UserCountry.getRegion", _CITIES})
"""Methods whose labels end with a country's name."""
_WITH_CODES = "UserLanguage.getLanguageCode"
_CODED = re.compile(r"(.+?)(?: - (.+))?( \([a-z-]+\))")


def translated_answer(method: str, value: Any, language: str) -> Any:
    """A method's answer with the texts of its metadata or visits in a language; other answers stay as they are."""
    if method in _OF_VISITS:
        return _visits_in_language(value, language)
    return _in_language(value, language) if method in METADATA_METHODS else value


def label_translation(method: str, language: str) -> Callable[[Any], Any] | None:
    """What gives the labels of a method's rows in a language; None where there is nothing to translate.

    In every report the row of the rest, and rows of what a site did not send, are called as the language calls them.
    """
    return None if language == ENGLISH else _translation(method, language)


@lru_cache(maxsize=256)
def _translation(method: str, language: str) -> Callable[[Any], Any]:
    def whole(label: Any) -> Any:
        return translated_name(label, language) if isinstance(label, str) else label

    def place(label: Any) -> Any:
        if not isinstance(label, str):
            return label
        start, separator, country = label.rpartition(_PLACE_SEPARATOR)
        parts = start.split(_PLACE_SEPARATOR) if separator else []
        return _PLACE_SEPARATOR.join(
            [*(translated(part, language) for part in parts), translated_name(country, language)]
        )

    def counted(label: Any) -> Any:
        found = _COUNTED.fullmatch(label) if isinstance(label, str) else None
        return f"{found[1]} {translated(found[2], language)}" if found else whole(label)

    def rest(label: Any) -> Any:
        if not isinstance(label, str):
            return label
        is_own = label == OTHERS or label.endswith(_NOT_DEFINED) or (label == UNKNOWN and method.startswith(_DEVICES))
        blank = label[: len(label) - len(label.lstrip(" "))]
        return blank + translated(label[len(blank) :], language) if is_own else label

    if method in _WITH_NAMES:
        return whole
    if method == _WITH_CODES:
        return partial(_with_code, language=language)
    return place if method in _WITH_PLACES else counted if method.startswith(_RANGES) else rest


def _with_code(label: Any, *, language: str) -> Any:
    """English - United States (en-us), in the language."""
    found = _CODED.fullmatch(label) if isinstance(label, str) else None
    if found is None:
        return translated_name(label, language) if isinstance(label, str) else label
    return " - ".join(translated_name(part, language) for part in found.group(1, 2) if part) + found[3]


def _visits_in_language(value: Any, language: str) -> Any:
    if isinstance(value, DataTable | TableMap):
        for row in (row for leaf in table_leaves(value) for row in leaf):
            row.columns = {key: _field(key, item, language) for key, item in row.columns.items()}
        return value
    if isinstance(value, list):
        return [_visits_in_language(item, language) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: _field(key, item, language) for key, item in value.items()}
    if found.get("type") == _GOAL and isinstance(found.get(_TITLE), str):
        found[_TITLE] = translated(found[_TITLE], language)
    return found


def _field(key: Any, item: Any, language: str) -> Any:
    if not isinstance(item, str):
        return _visits_in_language(item, language)
    if key in _NAMES_IN_VISITS:
        return translated_name(item, language)
    if key == _LOCATION:
        return _translation(_CITIES, language)(item)
    if key == _MOMENT:
        return _moment(item, language)
    return translated(item, language) if item == UNKNOWN or item.endswith(_NOT_DEFINED) else item


def _moment(text: str, language: str) -> str:
    """Mar 6, 2010 13:22:33 as the language writes it; other texts as they are."""
    try:
        at = datetime.strptime(text, _MOMENT_FORM).replace(tzinfo=UTC)
    except ValueError:
        return text
    return f"{day_with_year(at.date(), language)} {at:%H:%M:%S}"


def _in_language(value: Any, language: str) -> Any:
    if isinstance(value, list):
        return [_in_language(item, language) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _entry(key, item, language) for key, item in value.items()}


def _entry(key: Any, item: Any, language: str) -> Any:
    if key in _TEXTS and isinstance(item, str):
        return translated(item, language)
    if key in _NAMES_OF_METRICS and isinstance(item, dict):
        return {
            name: translated(text, language) if isinstance(text, str) else _in_language(text, language)
            for name, text in item.items()
        }
    return _in_language(item, language)
