"""Where a visit came from, in a few words. Source: Matomo 5.2, Live.getVisitorProfile."""

from __future__ import annotations

from tidemark.plugin import Details

KEYWORD_NOT_DEFINED = "Keyword not defined"


def referral_summary(visit: Details) -> str:
    """Google (a keyword); Campaign: name - keyword; the name of others."""
    name, keyword = visit["referrerName"], visit["referrerKeyword"]
    match visit["referrerType"]:
        case "direct":
            return "Direct Entry"
        case "search":
            return name if keyword == KEYWORD_NOT_DEFINED else f"{name} ({keyword})"
        case "campaign":
            return f"Campaign: {name}" + (f" - {keyword}" if keyword else "")
        case _:
            return str(name)
