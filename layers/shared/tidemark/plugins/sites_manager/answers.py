"""How a site looks to a client of the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from tidemark.model.site import Site
from tidemark.plugin import Context
from tidemark.plugins.sites_manager.localisation import currency_name, time_zone_label

SiteAnswer = dict[str, Any]

_DATE_TIME: Final = "%Y-%m-%d %H:%M:%S"


def site_answer(context: Context, site: Site) -> SiteAnswer:
    """All attributes of the site by Matomo's names; who created it is shown to superusers only."""
    answer: SiteAnswer = {
        "idsite": site.idsite,
        "name": site.name,
        "main_url": site.main_url,
        "ts_created": datetime.fromtimestamp(site.ts_created, UTC).strftime(_DATE_TIME),
        "ecommerce": int(site.ecommerce),
        "sitesearch": int(site.sitesearch),
        "sitesearch_keyword_parameters": ",".join(site.sitesearch_keyword_parameters),
        "sitesearch_category_parameters": ",".join(site.sitesearch_category_parameters),
        "timezone": site.timezone,
        "currency": site.currency,
        "exclude_unknown_urls": int(site.exclude_unknown_urls),
        "excluded_ips": ",".join(site.excluded_ips),
        "excluded_parameters": ",".join(site.excluded_parameters),
        "excluded_user_agents": ",".join(site.excluded_user_agents),
        "excluded_referrers": ",".join(site.excluded_referrers),
        "group": site.group,
        "type": site.type,
        "keep_url_fragment": int(site.keep_url_fragment),
        "creator_login": site.creator_login,
        "timezone_name": time_zone_label(site.timezone),
        "currency_name": currency_name(site.currency, context.settings.text("General.currencies")),
    }
    if not context.identity.is_superuser:
        del answer["creator_login"]
    return answer
