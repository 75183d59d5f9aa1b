"""Demo traffic: two weeks of visits to a small shop, the same for the same day."""

from __future__ import annotations

import hashlib
import random  # noqa: TID251 - seeded: the same day gives the same traffic
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tidemark.cli.client import DEMO_SITE, Client, ClientError

DAYS: Final = 14
VISITS_A_DAY: Final = 60

SITE: Final = DEMO_SITE
BULK: Final = 200
PAGES: Final = (
    ("/", "Welcome"),
    ("/shoes", "Shoes"),
    ("/shoes/runner", "Shoes / Runner"),
    ("/shoes/sandal", "Shoes / Sandal"),
    ("/bags", "Bags"),
    ("/bags/tote", "Bags / Tote"),
    ("/blog/care", "Blog / How to care for leather"),
    ("/about", "About us"),
    ("/contact", "Contact"),
)
REFERRERS: Final = (
    "",
    "",
    "https://www.google.com/",
    "https://www.google.com/",
    "https://duckduckgo.com/",
    "https://www.facebook.com/",
    "https://news.example.net/best-shoes",
)
CAMPAIGNS: Final = ("", "", "", "", "?mtm_campaign=autumn&mtm_kwd=boots")
BROWSERS: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
)
LANGUAGES: Final = ("en-US,en;q=0.9", "de-DE,de;q=0.9,en;q=0.5", "fr-FR,fr;q=0.9", "pl-PL,pl;q=0.9")
SCREENS: Final = ("1920x1080", "1440x900", "390x844", "412x915")


@dataclass(frozen=True, slots=True)
class _Visitor:
    """Who comes back with the same id, browser and address."""

    id: str
    browser: str
    language: str
    screen: str
    ip: str


def load_demo(client: Client, say: Callable[[str], None]) -> None:
    """Send the demo traffic to an instance that has no site yet, and tell how far it is."""
    try:
        if client.ask("SitesManager.getAllSites"):
            say("demo       there are sites already; nothing was sent")
            return
        idsite = client.ask("SitesManager.addSite", siteName="Demo shop", **{"urls[0]": SITE})["value"]
        hits = list(demo_hits(idsite, datetime.now(UTC)))
        for sent in range(0, len(hits), BULK):
            client.track_bulk(hits[sent : sent + BULK])
            say(f"demo       {min(sent + BULK, len(hits))} of {len(hits)} hits")
        client.drain()
        say(f"demo       done: two weeks of traffic on site {idsite}")
    except ClientError as error:
        say(f"demo       failed: {error}")


def demo_hits(idsite: int, now: datetime) -> Iterator[dict[str, Any]]:
    """The hits of the two weeks that end at `now`, in order of time, as parameters of a bulk request."""
    hits = [
        hit
        for days_ago in range(DAYS)
        for number in range(VISITS_A_DAY)
        for hit in _visit(idsite, now.astimezone(UTC).replace(hour=0, minute=0, second=0) - timedelta(days_ago), number)
    ]
    for moment, hit in sorted(hits, key=lambda one: one[0]):
        if moment <= now:
            yield {**hit, "cdt": moment.strftime("%Y-%m-%d %H:%M:%S")}


def _visit(idsite: int, day: datetime, number: int) -> Iterator[tuple[datetime, Mapping[str, Any]]]:
    pick = random.Random(f"{day:%Y-%m-%d}/{number}")  # noqa: S311 - nothing here is secret
    visitor = _visitor(pick.randrange(VISITS_A_DAY * DAYS // 2))
    moment = day + timedelta(seconds=int(pick.triangular(0, 86_399, 58_000)))
    local = moment.astimezone(UTC)
    common = {
        "idsite": idsite,
        "_id": visitor.id,
        "ua": visitor.browser,
        "lang": visitor.language,
        "res": visitor.screen,
        "cip": visitor.ip,
        "cookie": 1,
    }
    path, title = PAGES[0] if pick.random() < 0.5 else pick.choice(PAGES)
    entry = {"url": SITE + path + pick.choice(CAMPAIGNS), "action_name": title, "urlref": pick.choice(REFERRERS)}
    yield moment, {**common, **entry, "h": local.hour, "m": local.minute, "s": local.second}
    for _ in range(min(int(pick.expovariate(0.5)), 12)):
        moment += timedelta(seconds=pick.randrange(5, 240))
        yield moment, {**common, **_next_action(pick)}


def _next_action(pick: random.Random) -> dict[str, Any]:
    path, title = pick.choice(PAGES)
    kind = pick.random()
    if kind < 0.05:
        return {"url": f"{SITE}/files/size-chart.pdf", "download": f"{SITE}/files/size-chart.pdf"}
    if kind < 0.1:
        return {"url": "https://www.example.net/partner", "link": "https://www.example.net/partner"}
    return {"url": SITE + path, "action_name": title}


def _visitor(number: int) -> _Visitor:
    pick = random.Random(number)  # noqa: S311
    return _Visitor(
        id=hashlib.sha256(f"demo {number}".encode()).hexdigest()[:16],
        browser=pick.choice(BROWSERS),
        language=pick.choice(LANGUAGES),
        screen=pick.choice(SCREENS),
        ip=f"198.51.{100 + number % 2}.{number % 250 + 1}",
    )
