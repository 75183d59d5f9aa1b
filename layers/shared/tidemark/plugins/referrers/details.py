"""Where a visit in the visit log came from. Source: Matomo 5.2, Live.getLastVisitsDetails."""

from __future__ import annotations

import re
from html import unescape
from typing import Final
from urllib.parse import parse_qs, unquote_plus, urlsplit

from tidemark.definitions.search_engines import url_of_engine
from tidemark.definitions.social_networks import main_host_of_network
from tidemark.model.hit import ReferrerType
from tidemark.model.visit_reader import LoggedVisit
from tidemark.plugin import Details, DetailsContext, VisitDetails
from tidemark.plugins.referrers.channels import SEGMENT_VALUES, channel_name
from tidemark.plugins.referrers.filters import keyword_name

_LOOKS_LIKE_URL: Final = re.compile(
    r"(?!(?:javascript|vbscript|data):)(?:(?:[a-z][a-z0-9+.-]*)?:)?//.+", re.IGNORECASE | re.DOTALL
)


def visit_fields(visit: LoggedVisit, _context: DetailsContext) -> Details:
    """Channel, name, keyword and address of the referrer."""
    row = visit.row
    kind = row["referer_type"] or int(ReferrerType.DIRECT)
    name, url = row["referer_name"] or "", row["referer_url"] or ""
    is_search = kind == ReferrerType.SEARCH_ENGINE
    is_social = kind == ReferrerType.SOCIAL_NETWORK and bool(name)
    return {
        "referrerType": SEGMENT_VALUES.get(kind, ""),
        "referrerTypeName": channel_name(kind),
        "referrerName": unescape(name),
        "referrerKeyword": _keyword(row["referer_keyword"] or "", is_search=is_search),
        "referrerKeywordPosition": _position(url) if is_search and "Google" in name else None,
        "referrerUrl": url if _LOOKS_LIKE_URL.fullmatch(url) else None,
        "referrerSearchEngineUrl": url_of_engine(name) if is_search and name else None,
        "referrerSearchEngineIcon": None,
        "referrerSocialNetworkUrl": main_host_of_network(name) or url if is_social else None,
        "referrerSocialNetworkIcon": None,
    }


def _keyword(keyword: str, *, is_search: bool) -> str:
    return unquote_plus(keyword_name(keyword) if is_search else keyword)


def _position(url: str) -> str | None:
    """The result's place on Google's page, where the referrer tells it."""
    try:
        found = parse_qs(urlsplit(url).query).get("cd", [""])
    except ValueError:
        return None
    return found[-1] or None


DETAILS = VisitDetails(30, visit=visit_fields)
