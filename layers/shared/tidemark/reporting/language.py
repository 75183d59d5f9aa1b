"""Answers in the language of their call: the product's own texts in metadata and labels, never what sites sent."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from tidemark.definitions.texts import ENGLISH, translated, translated_name
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
    }
)
"""Methods whose answers are made of the product's own texts."""
_TEXTS = frozenset({"name", "category", "subcategory", "dimension"})
_NAMES_OF_METRICS = frozenset({"metrics", "processedMetrics", "metricsGoal", "processedMetricsGoal", "columns"})
"""Maps from metrics to their names."""
_PLACE_SEPARATOR = ", "
_WITH_NAMES = frozenset(
    {
        "DevicesDetection.getType",
        "Referrers.getReferrerType",
        "UserCountry.getContinent",
        "UserCountry.getCountry",
        "UserLanguage.getLanguage",
        "VisitTime.getByDayOfWeek",
    }
)
"""Methods whose labels are names and texts of the product."""
_WITH_PLACES = frozenset({"UserCountry.getRegion", "UserCountry.getCity"})
"""Methods whose labels end with a country's name."""


def translated_answer(method: str, value: Any, language: str) -> Any:
    """A method's answer with the texts of its metadata in a language; other answers stay as they are."""
    return _in_language(value, language) if method in METADATA_METHODS and isinstance(value, dict | list) else value


def label_translation(method: str, language: str) -> Callable[[Any], Any] | None:
    """What gives the labels of a method's rows in a language; None where there is nothing to translate.

    In every report the row of the rest is called as the language calls it.
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

    def rest(label: Any) -> Any:
        return translated(OTHERS, language) if label == OTHERS else label

    return whole if method in _WITH_NAMES else place if method in _WITH_PLACES else rest


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
