"""A tracked site: what its owner configured, with Matomo's attribute names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

WEBSITE = "website"
INTRANET = "intranet"
MOBILE_APP = "mobileapp"


class KeepFragment(IntEnum):
    """What a site does with URL fragments (`keep_url_fragment`)."""

    DEFAULT = 0  # as the instance's setting says
    YES = 1
    NO = 2


@dataclass(frozen=True, slots=True)
class Site:
    """One site (Matomo: website, measurable).

    `main_url` and `alias_urls` have no trailing slash. `ts_created` is in UTC unix seconds. The lists hold the site's own
    entries only; the instance's global lists are merged in the tracker snapshot. Empty search parameters mean the global ones.

    Source: Matomo 5.2, database tables site and site_url.
    """

    idsite: int
    name: str
    main_url: str
    ts_created: int
    timezone: str = "UTC"
    currency: str = "USD"
    ecommerce: bool = False
    sitesearch: bool = True
    sitesearch_keyword_parameters: tuple[str, ...] = ()
    sitesearch_category_parameters: tuple[str, ...] = ()
    exclude_unknown_urls: bool = False
    excluded_ips: tuple[str, ...] = ()
    excluded_parameters: tuple[str, ...] = ()
    excluded_user_agents: tuple[str, ...] = ()
    excluded_referrers: tuple[str, ...] = ()
    group: str = ""
    type: str = WEBSITE
    keep_url_fragment: KeepFragment = KeepFragment.DEFAULT
    creator_login: str = ""
    alias_urls: tuple[str, ...] = ()

    @property
    def urls(self) -> tuple[str, ...]:
        """All URLs of the site, the main one first."""
        return (self.main_url, *self.alias_urls) if self.main_url else self.alias_urls
