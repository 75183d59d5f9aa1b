"""The code that tracks a site: JavaScript for its pages, or an image."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from tidemark.model.site import Site
from tidemark.plugin import Access, Context, method
from tidemark.plugins.sites_manager.validation import words

_SCOPES: Final = ("visit", "page")


def instance_url(context: Context, given: str) -> str:
    """The address to track to, without scheme, ending with a slash: as given, else the instance's own."""
    address = given or context.settings.text("General.instance_url", "") or "localhost/"
    return address.split("://", 1)[-1].strip("/") + "/"


def call(name: str, *arguments: Any) -> str:
    """One command for the tracker's queue."""
    listed = json.dumps([name, *arguments], ensure_ascii=False).replace("<", "\\u003c")
    return f"  _paq.push({listed});"


def own_hosts(site: Site) -> list[str]:
    """Hosts and paths of the site's URLs, with a wildcard for subdomains in place of www."""
    places = (urlsplit(url) for url in site.urls)
    return ["*." + (place.netloc.removeprefix("www.") + place.path).rstrip("/") for place in places if place.netloc]


def custom_variables(variables: Sequence[Any], scope: str) -> Iterator[str]:
    """Commands for pairs of name and value, in slots from 1."""
    for slot, pair in enumerate(variables, start=1):
        if isinstance(pair, (list, tuple)) and len(pair) == len(("name", "value")):
            yield call("setCustomVariable", slot, str(pair[0]), str(pair[1]), scope)


def script(address: str, idsite: int, commands: Sequence[str], *, with_image: bool) -> str:
    """The whole tag for a page's head."""
    lines = [
        "<!-- Matomo -->",
        "<script>",
        "  var _paq = (window._paq = window._paq || []);",
        *commands,
        call("trackPageView"),
        call("enableLinkTracking"),
        f'  _paq.push(["setTrackerUrl", "//{address}matomo.php"]);',
        call("setSiteId", str(idsite)),
        "  (function (page) {",
        '    var tag = page.createElement("script");',
        "    tag.async = true;",
        f'    tag.src = "//{address}matomo.js";',
        "    page.head.appendChild(tag);",
        "  })(document);",
        "</script>",
    ]
    if with_image:
        source = escape(f"//{address}matomo.php?idsite={idsite}&rec=1")
        lines.append(
            f'<noscript><img referrerpolicy="no-referrer-when-downgrade" src="{source}" style="border:0" alt="" /></noscript>'
        )
    return "\n".join([*lines, "<!-- End Matomo Code -->"])


@method("SitesManager.getJavascriptTag", Access.VIEW, raw_strings=True)
def get_javascript_tag(
    context: Context,
    idSite: int,
    piwikUrl: str = "",
    mergeSubdomains: bool = False,
    groupPageTitlesByDomain: bool = False,
    mergeAliasUrls: bool = False,
    visitorCustomVariables: Any = None,
    pageCustomVariables: Any = None,
    customCampaignNameQueryParam: str = "",
    customCampaignKeywordParam: str = "",
    doNotTrack: bool = False,
    disableCookies: bool = False,
    trackNoScript: bool = False,
    crossDomain: bool = False,
    forceMatomoEndpoint: bool = False,  # noqa: ARG001  there is no other name
    excludedQueryParams: Any = "",
    excludedReferrers: Any = "",
    disableCampaignParameters: bool = False,
) -> str:
    """The JavaScript tag to put on every page."""
    site = context.site(idSite)
    hosts = own_hosts(site)
    ignored_referrers = words(excludedReferrers) or site.excluded_referrers
    options = (
        (groupPageTitlesByDomain, '  _paq.push(["setDocumentTitle", document.domain + "/" + document.title]);'),
        (mergeSubdomains and hosts, call("setCookieDomain", hosts[0].split("/")[0] if hosts else "")),
        ((mergeAliasUrls or crossDomain) and hosts, call("setDomains", hosts)),
        (crossDomain, call("enableCrossDomainLinking")),
        (customCampaignNameQueryParam, call("setCampaignNameKey", customCampaignNameQueryParam)),
        (customCampaignKeywordParam, call("setCampaignKeywordKey", customCampaignKeywordParam)),
        (doNotTrack, call("setDoNotTrack", True)),
        (disableCookies, call("disableCookies")),
        (disableCampaignParameters, call("disableCampaignParameters")),
        (words(excludedQueryParams), call("setExcludedQueryParams", list(words(excludedQueryParams)))),
        (ignored_referrers, call("setExcludedReferrers", list(ignored_referrers))),
    )
    commands = [
        *(command for is_wanted, command in options if is_wanted),
        *custom_variables(visitorCustomVariables or [], _SCOPES[0]),
        *custom_variables(pageCustomVariables or [], _SCOPES[1]),
    ]
    return script(instance_url(context, piwikUrl), idSite, commands, with_image=trackNoScript)


@method("SitesManager.getImageTrackingCode", raw_strings=True)
def get_image_tracking_code(
    context: Context,
    idSite: int,
    piwikUrl: str = "",
    actionName: str | None = None,
    idGoal: int | None = None,
    revenue: str | None = None,
    forceMatomoEndpoint: bool = False,  # noqa: ARG001  there is no other name
) -> str:
    """An image that tracks a page view, or the conversion of a goal, where no script can run."""
    sent = {"action_name": actionName, "idgoal": idGoal, "revenue": revenue if idGoal is not None else None}
    given = {name: value for name, value in sent.items() if value is not None}
    query = urlencode({"idsite": idSite, "rec": 1, **given})
    source = escape(f"https://{instance_url(context, piwikUrl)}matomo.php?{query}")
    return (
        "<!-- Matomo Image Tracker-->\n"
        f'<img referrerpolicy="no-referrer-when-downgrade" src="{source}" style="border:0" alt="" />\n'
        "<!-- End Matomo -->"
    )


METHODS = (get_javascript_tag, get_image_tracking_code)
