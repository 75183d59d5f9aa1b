"""Site search: found in request parameters or in the URL of the page.

Source: Matomo 5.2, tracking behaviour, section 9.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import quote_plus, unquote_to_bytes

from tidemark.model.tracked_site import TrackedSite
from tidemark.tracking.parameters import RawParams, integer, is_given, text, to_number
from tidemark.tracking.urls import (
    DEFAULT_MAX_BYTES,
    ParameterFilter,
    ParameterSearch,
    QueryValue,
    UrlParts,
    clean_text,
    clean_url,
    join_url,
    read_pairs,
    split_url,
)

UNKNOWN_COUNT = -1
CATEGORY_MAX = 200


@dataclass(frozen=True, slots=True)
class SiteSearch:
    """A search on the site. `count` is None if the number of results is unknown.

    `url` is the page's, without the parameters that told of the search; empty if the request told of it otherwise.
    """

    keyword: str
    category: str = ""
    count: int | None = None
    url: str = field(default="", compare=False)


def find_search(params: RawParams, site: TrackedSite, max_bytes: int = DEFAULT_MAX_BYTES) -> SiteSearch | None:
    """The search of a request: explicit parameters first, then those of the page's URL."""
    if not site.site.sitesearch:
        return None
    found = _explicit(params) if is_given(params, "search") else _in_url(params, site, max_bytes)
    if found is None or found.keyword in ("", "0"):
        return None
    return replace(found, keyword=clean_text(found.keyword, max_bytes), category=found.category[:CATEGORY_MAX])


def _explicit(params: RawParams) -> SiteSearch:
    count = integer(params, "search_count", UNKNOWN_COUNT)
    category = text(params, "search_cat").strip() if is_given(params, "search_cat") else ""
    return SiteSearch(text(params, "search").strip(), category, count if count >= 0 else None)


def _in_url(params: RawParams, site: TrackedSite, max_bytes: int) -> SiteSearch | None:
    url = text(params, "url")
    if not _keywords(site.sitesearch_keyword_parameters).may_be_in(url):
        return None
    parts = split_url(clean_url(url, max_bytes))
    if parts is None or not (parts.query or parts.fragment):
        return None
    fragment = parts.fragment.partition("?")[2] or parts.fragment
    pairs = read_pairs(f"{parts.query}&{fragment}" if fragment else parts.query)
    values = {name.lower(): value for name, value in pairs.items()}
    charset = text(params, "cs")
    keyword = _first(values, site.sitesearch_keyword_parameters, charset).strip()
    if not keyword:
        return None
    category = _first(values, site.sitesearch_category_parameters, charset).strip()
    return SiteSearch(keyword, category, _count(values.get("search_count")), _without_search(parts, values, site))


def _without_search(parts: UrlParts, values: Mapping[str, QueryValue], site: TrackedSite) -> str:
    """The URL without the parameters of keyword and category; of several names the first that is given goes.

    Source: Matomo 5.2, plugins/Actions/Actions/ActionSiteSearch.
    """
    lists = (site.sitesearch_keyword_parameters, site.sitesearch_category_parameters)
    told = ParameterFilter(_given_name(values, names) for names in lists)
    path, question_mark, query = parts.fragment.partition("?")
    fragment = told.filtered(query or path)
    if question_mark and query:
        fragment = f"{path}?{fragment}" if fragment else path
    return join_url(parts._replace(query=told.filtered(parts.query), fragment=fragment))


def _given_name(values: Mapping[str, QueryValue], names: Sequence[str]) -> str:
    """The first of the parameters that has a value; the last if none has."""
    return next((name for name in names if values.get(name.lower()) not in (None, "", "0")), names[-1] if names else "")


@lru_cache(maxsize=512)
def _keywords(names: Sequence[str]) -> ParameterSearch:
    return ParameterSearch(names)


def _first(values: Mapping[str, QueryValue], names: Sequence[str], charset: str) -> str:
    """The value of the first of the parameters that has one, decoded."""
    for name in names:
        value = values.get(name.lower())
        if isinstance(value, list):
            value = value[0] if value else None
        if value and value != "0":
            return _decoded(value, charset)
    return ""


def _decoded(value: str, charset: str) -> str:
    """Percent-decoded text of the page's charset, else of UTF-8; bytes that are neither stay encoded."""
    data = unquote_to_bytes(value.replace("+", " "))
    for encoding in (charset, "utf-8") if charset else ("utf-8",):
        try:
            return data.decode(encoding)
        except (UnicodeError, LookupError, ValueError):
            continue
    return quote_plus(data)


def _count(value: QueryValue) -> int | None:
    number = to_number(value) if isinstance(value, str) else None
    return int(number) if number is not None and number >= 0 else None
