"""What every visit in the visit log tells first: ids, site, times. Source: Matomo 5.2, Live API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Final

from tidemark.model.calls import Calls
from tidemark.model.period import Period
from tidemark.model.time_zone import time_zone
from tidemark.model.visit_reader import LoggedVisit
from tidemark.plugin import Context, Details, DetailsContext, VisitDetails
from tidemark.plugins.live.referral import referral_summary

DAY_SECONDS: Final = 86_400


def visit_fields(visit: LoggedVisit, context: DetailsContext) -> Details:
    """Ids and times, in UTC and on the site's clock; places for the actions and conversions."""
    row = visit.row
    site = context.call.site(row["idsite"])
    first, last = row["visit_first_action_time"], row["visit_last_action_time"]
    zone = time_zone(site.timezone)
    here, here_first = datetime.fromtimestamp(last, zone), datetime.fromtimestamp(first, zone)
    utc = datetime.fromtimestamp(last, UTC)
    return {
        "idSite": row["idsite"],
        "idVisit": row["idvisit"],
        "visitIp": row["location_ip"],
        "visitorId": hexadecimal(row["visitor_id"]),
        "fingerprint": hexadecimal(row["fingerprint"]),
        "actionDetails": [],
        "goalConversions": 0,
        "siteCurrency": site.currency,
        "siteCurrencySymbol": context.once("currencies", lambda: _symbols(context)).get(site.currency, site.currency),
        "serverDate": utc.date().isoformat(),
        "visitServerHour": str(utc.hour),
        "lastActionTimestamp": last,
        "lastActionDateTime": f"{utc:%Y-%m-%d %H:%M:%S}",
        "siteName": site.name,
        "serverTimestamp": last,
        "firstActionTimestamp": first,
        "serverTimePretty": f"{here:%H:%M:%S}",
        "serverDatePretty": _long_date(here.date(), context),
        "serverDatePrettyFirstAction": _long_date(here_first.date(), context),
        "serverTimePrettyFirstAction": f"{here_first:%H:%M:%S}",
    }


def hexadecimal(number: int | None) -> str | bool:
    """An id as people know it: 16 hexadecimal digits; False for one that is not to be seen."""
    return False if number is None else f"{number:016x}"


def visible_id(call: Context, visitor_id: int | None) -> str | bool:
    """A visitor's id for the caller; False if there is none, or for callers without login."""
    return hexadecimal(None if call.identity.is_anonymous else visitor_id)


def _symbols(context: DetailsContext) -> dict[str, str]:
    symbols: dict[str, str] = context.call.call("SitesManager.getCurrencySymbols")
    return symbols


def _long_date(day: date, context: DetailsContext) -> str:
    """Wednesday, March 4, 2015"""
    return context.call.service(Calls).pretty_period(Period.day(day))


def profile_totals(visits: Sequence[Details], _context: DetailsContext) -> Details:
    """How often and how long the visitor was there."""
    seconds = sum(visit["visitDuration"] for visit in visits)
    return {"totalVisits": len(visits), "totalVisitDuration": seconds}


def profile_summary(visits: Sequence[Details], context: DetailsContext) -> Details:
    """The visitor's first and last visits."""
    seconds = sum(visit["visitDuration"] for visit in visits)
    return {
        "totalVisitDurationPretty": context.call.in_words(seconds),
        "userId": visits[-1]["userId"] or False,
        "firstVisit": _summary(visits[-1], context),
        "lastVisit": _summary(visits[0], context),
        "visitsAggregated": len(visits),
    }


def _summary(visit: Details, context: DetailsContext) -> dict[str, Any]:
    zone = time_zone(context.call.site(visit["idSite"]).timezone)
    start = visit["firstActionTimestamp"]
    return {
        "date": start,
        "prettyDate": _long_date(datetime.fromtimestamp(start, zone).date(), context),
        "daysAgo": int((_midnight(context.call.now, zone) - start) / DAY_SECONDS),
        "referrerType": visit["referrerType"],
        "referrerUrl": visit["referrerUrl"] or "",
        "referralSummary": referral_summary(visit),
    }


def _midnight(now: float, zone: tzinfo) -> float:
    """When the present day began there."""
    return datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


DETAILS = VisitDetails(0, visit=visit_fields, totals=profile_totals, summary=profile_summary)
