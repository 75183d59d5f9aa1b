"""Transitions.getTransitionsFor…: the ways to a page and from it. Source: Matomo 5.2, Transitions API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date as date_type
from typing import Any, Final

from tidemark.model.calls import Calls
from tidemark.model.errors import ApiError, BadParameter, BadSegment
from tidemark.model.period import Period, PeriodKind, local_date
from tidemark.model.period_query import PeriodSelection, select_periods
from tidemark.model.time_zone import time_zone
from tidemark.model.transitions import PageKey, PageQuery, Transitions
from tidemark.plugin import Access, Context, Plugins, method
from tidemark.plugins.transitions.parts import (
    ALL_PARTS,
    FOLLOWING,
    INTERNAL,
    OTHERS,
    REFERRERS,
    external_referrers,
    following_actions,
    internal_referrers,
    page_metrics,
)
from tidemark.plugins.transitions.texts import TEXTS

KEYS: Final = {"url": (PageKey.URL, "pageUrl"), "title": (PageKey.TITLE, "pageTitle")}
"""What an action may be called by, and the segment that compares with it."""
UNKNOWN_TITLE: Final = "Page Name not defined"
DEFAULT_LIMIT: Final = 5
_LONGEST: Final = "Transitions.max_period_allowed"
_DAYS: Final = {"day": 1, "week": 7, "month": 31, "year": 365}
_ALL: Final = "all"


@method("Transitions.getTransitionsForPageTitle", Access.VIEW, raw_strings=True)
def get_transitions_for_page_title(
    context: Context,
    pageTitle: str,
    idSite: int,
    period: str,
    date: str,
    segment: str = "",
    limitBeforeGrouping: int = 0,
) -> dict[str, Any]:
    """The ways to and from the pages with a title. Raises: ApiError if nobody saw one."""
    return get_transitions_for_action(context, pageTitle, "title", idSite, period, date, segment, limitBeforeGrouping)


@method("Transitions.getTransitionsForPageUrl", Access.VIEW, raw_strings=True)
def get_transitions_for_page_url(
    context: Context,
    pageUrl: str,
    idSite: int,
    period: str,
    date: str,
    segment: str = "",
    limitBeforeGrouping: int = 0,
) -> dict[str, Any]:
    """The ways to and from a page. Raises: ApiError if nobody saw it."""
    return get_transitions_for_action(context, pageUrl, "url", idSite, period, date, segment, limitBeforeGrouping)


@method("Transitions.getTransitionsForAction", Access.VIEW, raw_strings=True)
def get_transitions_for_action(
    context: Context,
    actionName: str,
    actionType: str,
    idSite: int,
    period: str,
    date: str,
    segment: str = "",
    limitBeforeGrouping: int = 0,
    parts: str = _ALL,
) -> dict[str, Any]:
    """The parts asked for of: previous pages and searches, what follows, where visits that began here came from.

    Each list has at most `limitBeforeGrouping` entries (0: five), the rest is summed as Others.

    Raises: ApiError if nobody saw the page, or for a period that is too long.
    """
    if actionType not in KEYS:
        raise BadParameter(f"'actionType' has to be url or title, not '{actionType}'.")
    span = _period(context, idSite, period, date)
    if not _is_allowed(context, period, span):
        raise ApiError("PeriodNotAllowed")
    wanted = ALL_PARTS if parts == _ALL else frozenset(parts.split(","))
    key, name = KEYS[actionType]
    value = _stored(context, name, actionName)
    steps = context.service(Transitions).steps(PageQuery(idSite, span.first, span.last, key, value, segment))
    if INTERNAL in wanted and not steps.before:
        raise ApiError("NoDataForAction")
    answer: dict[str, Any] = {"date": context.service(Calls).short_period(_named(context, idSite, period, date))}
    limit = limitBeforeGrouping if limitBeforeGrouping > 0 else DEFAULT_LIMIT
    if INTERNAL in wanted:
        answer |= internal_referrers(steps, value, limit) | {"pageMetrics": {}}
    if FOLLOWING in wanted:
        answer |= following_actions(steps, value, limit, with_loops=INTERNAL not in wanted)
    if REFERRERS in wanted:
        answer |= external_referrers(steps, limit)
    metrics = page_metrics(steps, value, wanted)
    return _in_words(answer | {"pageMetrics": metrics} if metrics else answer, context.translate)


@method("Transitions.getTranslations")
def get_translations(context: Context) -> dict[str, str]:
    """The texts with which clients label the answers."""
    return {key: context.translate(text) for key, text in TEXTS.items()}


@method("Transitions.isPeriodAllowed", Access.VIEW)
def is_period_allowed(context: Context, idSite: int, period: str, date: str) -> bool:
    """Whether the instance answers for so long a period."""
    return _is_allowed(context, period, _period(context, idSite, period, date))


def _in_words(answer: dict[str, Any], translate: Callable[[str], str]) -> dict[str, Any]:
    """The answer with the names of the ways, and those of the rest of each list, in the language of the call."""

    def row(found: dict[str, Any]) -> dict[str, Any]:
        if "shortName" in found:
            return (
                found
                | {"label": translate(found["label"])}
                | ({"details": list(map(row, found["details"]))} if "details" in found else {})
            )
        return found | {"label": translate(OTHERS)} if found["label"] == OTHERS else found

    return {name: list(map(row, part)) if isinstance(part, list) else part for name, part in answer.items()}


def _period(context: Context, id_site: int, period: str, date: str) -> Period:
    """The period of a call; several dates are one range of all their days.

    Source: Matomo 5.2, plugins/Transitions.
    """
    selection = _selected(context, id_site, period, date)
    if selection.is_multiple:
        return Period.range(selection.periods[0].first, selection.periods[-1].last)
    return selection.single


def _named(context: Context, id_site: int, period: str, date: str) -> Period:
    """The period that the answer names: of several weeks or months only the days from and to which were asked for.

    Source: Matomo 5.2, plugins/Transitions (the dates are read once more, as those of a range).
    """
    selection = _selected(context, id_site, period, date)
    if selection.is_multiple:
        return select_periods(PeriodKind.RANGE, date, _today(context, id_site)).single
    return selection.single


def _selected(context: Context, id_site: int, period: str, date: str) -> PeriodSelection:
    enabled = context.settings.words("General.enabled_periods_API")
    return select_periods(period, date, _today(context, id_site), enabled)


def _today(context: Context, id_site: int) -> date_type:
    return local_date(context.now, time_zone(context.site(id_site).timezone))


def _is_allowed(context: Context, period: str, span: Period) -> bool:
    longest = context.settings.text(_LONGEST, _ALL)
    if longest not in _DAYS:
        return longest == _ALL
    if span.kind is PeriodKind.RANGE:
        return span.day_count <= _DAYS[longest]
    return list(_DAYS).index(period) <= list(_DAYS).index(longest)


def _stored(context: Context, segment: str, text: str) -> str:
    """A URL or title as the visit log holds it; the text for pages without a title means those."""
    if segment == "pageTitle" and text.strip() == UNKNOWN_TITLE:
        return ""
    convert = context.service(Plugins).segments()[segment].to_stored
    value = text if convert is None else convert(text)
    if not isinstance(value, str):
        raise BadSegment(f"'{text}' is no {segment}.")
    return value


METHODS: Final = (
    get_transitions_for_page_title,
    get_transitions_for_page_url,
    get_transitions_for_action,
    get_translations,
    is_period_allowed,
)
