"""The parts of an answer about a page: lists of what came before and after, sources of visits, sums.

Source: Matomo 5.2, Transitions API.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from tidemark.model.action_type import REFERRER_TYPE_NAMES, ActionType, ReferrerType
from tidemark.model.transitions import PageSteps
from tidemark.plugins.transitions.texts import TEXTS

INTERNAL: Final = "internalReferrers"
FOLLOWING: Final = "followingActions"
REFERRERS: Final = "externalReferrers"
ALL_PARTS: Final = frozenset({INTERNAL, FOLLOWING, REFERRERS})

OTHERS: Final = "Others"
UNKNOWN: Final = "Unknown"
_FOLLOWING: Final = {
    "followingPages": ActionType.PAGE,
    "followingSiteSearches": ActionType.SEARCH,
    "outlinks": ActionType.OUTLINK,
    "downloads": ActionType.DOWNLOAD,
}
_STAYING: Final = (ActionType.PAGE, ActionType.SEARCH)
"""Outlinks and downloads leave the page open: they are no way on."""
_SOURCES: Final = {
    ReferrerType.DIRECT: "directEntries",
    ReferrerType.SEARCH_ENGINE: "fromSearchEngines",
    ReferrerType.SOCIAL_NETWORK: "fromSocialNetworks",
    ReferrerType.WEBSITE: "fromWebsites",
    ReferrerType.CAMPAIGN: "fromCampaigns",
}
"""Where visits come from, in the order of the answer, and how that is called."""
Rows = list[dict[str, Any]]


def internal_referrers(steps: PageSteps, page: str, limit: int) -> dict[str, Rows]:
    """Pages, without the page itself, and searches on the site before the page."""
    before = {key: count for key, count in steps.before.items() if key != (ActionType.PAGE, page)}
    return {
        "previousPages": _top(_of_type(before, ActionType.PAGE), limit),
        "previousSiteSearches": _top(_of_type(before, ActionType.SEARCH), limit),
    }


def following_actions(steps: PageSteps, page: str, limit: int, *, with_loops: bool) -> dict[str, Rows]:
    """Pages, searches, outlinks and downloads after the page; with loops also the page itself."""
    after = Counter(steps.after)
    if with_loops and steps.loops_after:
        after[ActionType.PAGE, page] = steps.loops_after
    return {name: _top(_of_type(after, kind), limit) for name, kind in _FOLLOWING.items()}


def external_referrers(steps: PageSteps, limit: int) -> dict[str, Rows]:
    """Where visits came from that began with the page, by kind, with details."""
    by_kind: dict[int, Counter[str]] = {}
    for (kind, name, keyword, url), visits in steps.entries.items():
        by_kind.setdefault(kind, Counter())[_source_label(kind, name, keyword, url)] += visits
    rows = [
        {
            "label": TEXTS[text],
            "shortName": REFERRER_TYPE_NAMES[kind],
            "visits": by_kind[kind].total(),
            "details": [row for row in _top(by_kind[kind], limit) if row["label"]],
        }
        for kind, text in _SOURCES.items()
        if kind in by_kind
    ]
    nobody = {"label": TEXTS["directEntries"], "shortName": "Direct Entry", "visits": 0}
    return {"referrers": rows or [nobody]}


def page_metrics(steps: PageSteps, page: str, parts: frozenset[str]) -> dict[str, int]:
    """Reloads, views, entries and exits, as far as the parts asked for tell them."""
    loops, views = steps.before.get((ActionType.PAGE, page), 0), sum(steps.before.values())
    metrics: dict[str, int] = {}
    if INTERNAL in parts:
        metrics |= {"loops": loops, "pageviews": views}
    if REFERRERS in parts:
        metrics["entries"] = sum(visits for (kind, *_), visits in steps.entries.items() if kind in _SOURCES)
    if parts >= ALL_PARTS:
        onwards = sum(count for (kind, _), count in steps.after.items() if kind in _STAYING)
        metrics["exits"] = views - onwards - loops
    return metrics


def _source_label(kind: int, name: str, keyword: str, url: str) -> str:
    match kind:
        case ReferrerType.SEARCH_ENGINE:
            return name or UNKNOWN
        case ReferrerType.WEBSITE:
            return url
        case ReferrerType.CAMPAIGN:
            return f"{name} {keyword}"
        case _:
            return name if kind != ReferrerType.DIRECT else ""


def _of_type(steps: Mapping[tuple[ActionType, str], int], kind: ActionType) -> dict[str, int]:
    return {text: count for (found, text), count in steps.items() if found is kind}


def _top(counts: Mapping[str, int], limit: int) -> Rows:
    """The most frequent texts, those as frequent in alphabetical order, the rest as one row."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0].lower(), item[0]))
    rows: Rows = [{"label": text, "referrals": count} for text, count in ordered[:limit]]
    rest = sum(count for _, count in ordered[limit:])
    return [*rows, {"label": OTHERS, "referrals": rest}] if rest else rows
