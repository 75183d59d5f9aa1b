"""The API method: what this month costs, by line."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from tidemark.model.filtered_hits import NO_SITE, FilteredHits
from tidemark.model.period import Period, PeriodKind
from tidemark.model.registry import Registry
from tidemark.plugin import Access, Context, method
from tidemark.plugins.cost.model import Traffic, dollars, total, usage
from tidemark.plugins.cost.prices import DATED

DAY_SECONDS: Final = 86_400
RECORDED: Final = "nb_actions"


@method("Cost.getMonthlyEstimate", Access.SUPERUSER)
def get_monthly_estimate(context: Context) -> list[dict[str, Any]]:
    """What this instance costs on AWS this month in US dollars, by line, if hits go on coming as they did so far.

    A model (docs/cost.md): counted work times published prices. Hits count as single requests, filtered ones too; calls of
    the API and the CDN's requests are left out.
    """
    now = datetime.fromtimestamp(context.now, UTC)
    month = Period.containing(PeriodKind.MONTH, now.date())
    so_far = _traffic(context, month)
    passed = (now - datetime(now.year, now.month, 1, tzinfo=UTC)).total_seconds() or 1.0
    whole = replace(so_far, hits=so_far.hits / passed * DAY_SECONDS * monthrange(now.year, now.month)[1])
    used = usage(whole)
    paid, free = dollars(used), dollars(used, free_tier=True)
    rows = [{"label": line, "usd": round(paid[line], 4), "usd_in_free_tier": round(free[line], 4)} for line in paid]
    rows = [row for row in rows if row["label"] != "CDN requests"]
    sums = {"usd": round(total(paid, ["CDN requests"]), 2), "usd_in_free_tier": round(total(free, ["CDN requests"]), 2)}
    facts = {"hits_so_far": round(so_far.hits), "hits_expected": round(whole.hits), "prices": DATED}
    return [*rows, {"label": "total", **sums, **facts}]


METHODS = (get_monthly_estimate,)


def _traffic(context: Context, month: Period) -> Traffic:
    """The hits of the month so far, recorded or filtered, and how many sites had some."""
    filtered = context.service(FilteredHits)
    ids = [site.idsite for site in context.service(Registry).sites()]
    numbers = context.archives.numbers(ids, [month], [RECORDED]) if ids else {}
    by_site = {
        idsite: numbers.get((idsite, month), {}).get(RECORDED, 0)
        + sum(filtered.by_reason(idsite, month.first, month.last).values())
        for idsite in ids
    }
    unknown = sum(filtered.by_reason(NO_SITE, month.first, month.last).values())
    return Traffic(hits=sum(by_site.values()) + unknown, sites=max(1, sum(map(bool, by_site.values()))))
