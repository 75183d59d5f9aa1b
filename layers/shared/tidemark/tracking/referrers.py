"""Where a landing came from, and to whom a conversion is attributed.

Source: Matomo 5.2, tracking behaviour, section 10.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import unquote_plus

from tidemark.definitions.social_networks import ai_assistant_of, social_network_of
from tidemark.model.hit import Referrer, ReferrerType
from tidemark.model.site import Site
from tidemark.tracking.draft import Draft
from tidemark.tracking.message import ToldReferrer
from tidemark.tracking.parameters import decode_entities, text
from tidemark.tracking.rules import RuleBook, SiteRules
from tidemark.tracking.search_keywords import find_engine
from tidemark.tracking.site_urls import canonical_host
from tidemark.tracking.urls import (
    UrlParts,
    UrlRules,
    clean_url,
    looks_like_url,
    read_pairs,
    split_url,
    without_excluded,
)

MAX_NAME: Final = 255
MAX_URL: Final = 1500
_NO_PARTS: Final = UrlParts()
_NOISE: Final[tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = (
    (("instagram.com",), ("e", "s")),
    (("facebook.com",), ("h", "p")),
    (
        ("google.", "googleusercontent."),
        ("ust", "usg", "usd", "sa", "sntz", "ei", "bvm", "ved", "client", "channel"),
    ),
    (("main.exoclick.com",), ("data", "wpn")),
    (("youtube.com",), ("redir_token", "html_redirect", "continuation", "feature")),
    (("bing.com",), ("cvid", "refig", "elv", "plvar", "setlang", "qs", "cc", "mkt", "pc", "form", "src")),
)
"""Parts of hosts, and the parameters that these hosts add to every link."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign; `is_keyword_assumed` if its keyword is only the referrer's host."""

    name: str
    keyword: str
    is_keyword_assumed: bool = False


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a referrer turned out to be."""

    referrer: Referrer
    is_keyword_assumed: bool = False


_DIRECT: Final = Resolved(Referrer(keyword=""))


class Landing(Protocol):
    """What a referrer is resolved by: a hit, or what collect knows of one."""

    @property
    def given(self) -> Mapping[str, Any]: ...

    @property
    def book(self) -> RuleBook: ...

    @property
    def rules(self) -> SiteRules: ...

    @property
    def site(self) -> Site: ...


def put_referrer(draft: Draft) -> None:
    """The referrer of this hit, as a landing would have it."""
    if draft.raw.referrers is not None:
        resolved = _told(draft.raw.referrers.page)
    else:
        resolved = resolve(draft, text(draft.given, "urlref"), text(draft.given, "url"))
    draft.referrer = referrer = resolved.referrer
    draft.row["referer_type"] = int(referrer.type)
    draft.row["referer_name"] = referrer.name
    draft.row["referer_keyword"] = referrer.keyword
    draft.row["referer_url"] = referrer.url
    draft.row["is_referer_keyword_assumed"] = resolved.is_keyword_assumed


def attribution(draft: Draft) -> Referrer | None:
    """Whom the client's attribution cookie names: a campaign (`_rcn`, `_rck`), else what `_ref` resolves to."""
    name = unquote_plus(text(draft.given, "_rcn")).strip()
    if name:
        keyword = unquote_plus(text(draft.given, "_rck")).strip()
        return Referrer(ReferrerType.CAMPAIGN, name.lower()[:MAX_NAME], keyword.lower()[:MAX_NAME])
    if draft.raw.referrers is not None:
        told = draft.raw.referrers.attributed
        return _told(told).referrer if told is not None else None
    return attributed(draft)


def attributed(landing: Landing) -> Referrer | None:
    """What the attribution cookie's URL resolves to; None if it names nobody."""
    url = text(landing.given, "_ref")
    referrer = resolve(landing, url, "").referrer if url else None
    if referrer is None or referrer.type in (ReferrerType.DIRECT, ReferrerType.CAMPAIGN):
        return None
    return referrer


def _told(told: ToldReferrer) -> Resolved:
    referrer = Referrer(ReferrerType(told.kind), told.name, told.keyword, told.url)
    return Resolved(referrer, told.is_keyword_assumed)


def resolve(landing: Landing, referrer_url: str, page_url: str) -> Resolved:
    """What the referrer is for a landing on the page."""
    has_no_campaign = not landing.book.campaign_search.may_be_in(page_url)
    if has_no_campaign and not referrer_url and landing.given.keys().isdisjoint(landing.book.campaign_names):
        return _DIRECT
    page = split_url(clean_url(page_url, landing.rules.url.max_bytes)) or _NO_PARTS
    if page.query and _ignores_referrer(page.query):
        return _DIRECT
    url = decode_entities(referrer_url)
    parts = split_url(url) if looks_like_url(url) else None
    if parts is None or landing.rules.excluded_referrers.sites_of(parts):
        url, parts = "", _NO_PARTS
    campaign = _campaign(landing, page, url, parts)
    if campaign is not None:
        referrer = Referrer(ReferrerType.CAMPAIGN, campaign.name, campaign.keyword, _stored_url(landing, url, parts))
        return Resolved(referrer, campaign.is_keyword_assumed)
    if not parts.host and not url:
        return _DIRECT
    kind, name, keyword = _kind(landing, page, url, parts)
    return Resolved(Referrer(kind, name[:MAX_NAME], keyword[:MAX_NAME], _stored_url(landing, url, parts)))


def _ignores_referrer(query: str) -> bool:
    if "ignore_refer" not in query:
        return False
    values = read_pairs(query)
    return values.get("ignore_referrer") == "1" or values.get("ignore_referer") == "1"


# ---- campaigns


def _campaign(landing: Landing, page: UrlParts, url: str, parts: UrlParts) -> Campaign | None:
    name, keyword = _campaign_of_page(landing, page)
    if name and not keyword:
        keyword = (find_engine(url) or ("", ""))[1] if url else ""
    if not keyword:
        name, keyword = _adwords(name, parts)
    name, keyword = _campaign_of_request(landing, name, keyword)
    if not name:
        return None
    assumed = not keyword
    return Campaign(name.lower()[:MAX_NAME], (keyword or parts.host).lower()[:MAX_NAME], is_keyword_assumed=assumed)


def _campaign_of_page(landing: Landing, page: UrlParts) -> tuple[str, str]:
    """Name and keyword in the page's query; where either is missing, in its fragment."""
    name, keyword = _campaign_of_query(landing, page.query) if "=" in page.query else ("", "")
    if not keyword and "=" in page.fragment:
        other_name, keyword = _campaign_of_query(landing, page.fragment)
        name = other_name or name
    return name, keyword


def _campaign_of_query(landing: Landing, query: str) -> tuple[str, str]:
    values = read_pairs(query)
    name = _first(values, landing.book.campaign_names)
    return (name, _first(values, landing.book.campaign_keywords)) if name else ("", "")


def _first(values: Mapping[str, object], names: Sequence[str]) -> str:
    if values.keys().isdisjoint(names):
        return ""
    for name in names:
        value = values.get(name)
        if isinstance(value, str) and (found := unquote_plus(value).strip()) and found != "0":
            return found
    return ""


def _campaign_of_request(landing: Landing, name: str, keyword: str) -> tuple[str, str]:
    """Campaign parameters that the tracking request itself carries win over those of the page."""
    given = landing.given
    for parameter in landing.book.campaign_names:
        if parameter in given and (found := text(given, parameter)):
            words = (text(given, word) for word in landing.book.campaign_keywords if word in given)
            return found, next((word for word in words if word), keyword)
    return name, keyword


def _adwords(name: str, parts: UrlParts) -> tuple[str, str]:
    """An advertisement on a site of Google's network, told by the parameters of its referrer."""
    if not parts.query or not ("googleads" in parts.host or "doubleclick" in parts.host):
        return name, ""
    values = read_pairs(parts.query)
    shown_on = split_url(_first(values, ("url",)))
    if shown_on is None or not shown_on.host:
        return name, ""
    kind = _first(values, ("ad_type",))
    return name or (f"AdWords ({kind})" if kind else "AdWords"), f"(adwords) {shown_on.host}"


# ---- everything else


def _kind(landing: Landing, page: UrlParts, url: str, parts: UrlParts) -> tuple[ReferrerType, str, str]:
    """Type, name and keyword of a referrer that is no campaign."""
    if not parts.host:
        return ReferrerType.DIRECT, "", ""
    own = _own_host(landing, page)
    if _is_own(landing, page, parts, own):
        return ReferrerType.DIRECT, "", ""
    if engine := find_engine(url):
        return ReferrerType.SEARCH_ENGINE, *engine
    if network := social_network_of(url):
        return ReferrerType.SOCIAL_NETWORK, network, ""
    if assistant := ai_assistant_of(url):
        return ReferrerType.AI_ASSISTANT, assistant, ""
    path = landing.book.all_urls.path_of(parts)
    return ReferrerType.WEBSITE, parts.host.lower() + (path.rstrip("/") if path else ""), ""


def _own_host(landing: Landing, page: UrlParts) -> tuple[str, int] | None:
    """The host of the request's page, which belongs to the site whatever is registered."""
    parts = page if page.host else split_url(text(landing.given, "url")) or _NO_PARTS
    return (canonical_host(parts.host), landing.site.idsite) if parts.host else None


def _is_own(landing: Landing, page: UrlParts, parts: UrlParts, own: tuple[str, int] | None) -> bool:
    sites = landing.book.all_urls.sites_of(parts, also=own)
    if sites is not None:
        return landing.site.idsite in sites
    return not landing.site.exclude_unknown_urls and bool(page.host) and page.host.lower() == parts.host.lower()


def _stored_url(landing: Landing, url: str, parts: UrlParts) -> str:
    """The referrer's URL without excluded parameters and without the noise that some hosts add."""
    if not url:
        return ""
    noise = [name for hosts, names in _NOISE if any(host in parts.host for host in hosts) for name in names]
    rules = landing.rules.url
    if noise:
        rules = UrlRules(rules.excluded.with_names(noise), rules.keeps_fragment, rules.max_bytes)
    return (without_excluded(url, rules) or "")[:MAX_URL]
