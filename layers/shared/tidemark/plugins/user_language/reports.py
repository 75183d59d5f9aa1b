"""Dimension, record and reports about languages. Source: Matomo 5.2, tracking behaviour, section 17; records."""

from __future__ import annotations

from typing import Any

from tidemark.definitions.languages import clean_accept_language, country_of, main_language
from tidemark.definitions.names import country_name, language_name
from tidemark.plugin import (
    VISIT_METRICS,
    VISIT_RATES,
    Dimension,
    HitContext,
    Part,
    Record,
    Report,
    Scope,
    Segment,
    Source,
    call,
    col,
    group_by_label,
    metadata_from_label,
    relabel,
    segment_value,
)

UNKNOWN = "xx"


def language(hit: HitContext) -> str:
    """The best language of the list, with its region if it has one; empty if nothing was sent."""
    return main_language(clean_accept_language(hit.language))[:20] if hit.language else ""


def label_of(stored: str) -> tuple[str, ...]:
    """Language, or language-country if the country says more than the language."""
    cleaned = clean_accept_language(stored)
    code = main_language(cleaned).partition("-")[0]
    country = country_of(cleaned, guesses=True)
    return (code if country in {UNKNOWN, code} else f"{code}-{country}",)


def name_of(code: str) -> str:
    """French"""
    if code in {"", UNKNOWN}:
        return "Unknown"
    return language_name(code) or f"Language code {code}"


def name_with_code(label: Any) -> str:
    """Portuguese - Brazil (pt-br)"""
    code, _, region = str(label).partition("-")
    country = country_name(region) if region and region != code else None
    return f"{name_of(code)} - {country} ({label})" if country else f"{name_of(code)} ({code})"


def _segment(code: Any) -> str:
    return "languageCode==xx" if code in {"", UNKNOWN} else f"languageCode=={code},languageCode=@{code}-"


DIMENSIONS: tuple[Dimension, ...] = (Dimension("location_browser_lang", Scope.VISIT, language),)
SEGMENTS: tuple[Segment, ...] = (
    Segment(
        "languageCode",
        "Language",
        "Visitor location",
        col("location_browser_lang"),
        accepted_values="de, fr, en-gb, zh-cn, etc.",
    ),
)
LANGUAGES = Record(
    "UserLanguage_language",
    (Part(Source.VISITS, (call("coalesce", col("location_browser_lang"), ""),), VISIT_METRICS),),
    path=label_of,
)
RECORDS: tuple[Record, ...] = (LANGUAGES,)

REPORTS: tuple[Report, ...] = (
    Report(
        "UserLanguage.getLanguage",
        "Web-browser language",
        "Visitors",
        "Locations",
        record=LANGUAGES,
        dimension="Language",
        dimension_id="UserLanguage.Language",
        on_request=VISIT_RATES,
        filters=(
            group_by_label(lambda label: str(label).partition("-")[0]),
            metadata_from_label("segment", _segment),
            relabel(name_of),
        ),
        order=8,
        related=("UserLanguage.getLanguageCode",),
        documentation="Which languages browsers asked for.",
    ),
    Report(
        "UserLanguage.getLanguageCode",
        "Language code",
        "Visitors",
        "Locations",
        record=LANGUAGES,
        dimension="Language",
        dimension_id="UserLanguage.Language",
        segment="languageCode",
        on_request=VISIT_RATES,
        filters=(segment_value(), relabel(name_with_code)),
        order=11,
        related=("UserLanguage.getLanguage",),
        documentation="Which languages browsers asked for, with their regions.",
    ),
)
