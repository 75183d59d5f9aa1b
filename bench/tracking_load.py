"""Traffic for the benchmarks of tracking: requests as browsers send them, the same in every run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from tidemark.model.goal import Goal
from tidemark.model.site import Site
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.tracked_site import site_document

TOKEN = "0123456789abcdef0123456789abcdef"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0"
REFERRERS = (
    "",
    "https://www.google.com/",
    "https://www.bing.com/search?q=tide",
    "https://l.facebook.com/",
    "https://blog.example.net/post/{}",
    "https://shop.example.org/p/{}",
)


def snapshot() -> TrackerSnapshot:
    """An instance with one site, two goals, and a thousand other sites."""
    site = Site(1, "Shop", "https://shop.example.org", 1_700_000_000, ecommerce=True, timezone="Europe/Berlin")
    goals = [
        Goal(1, 1, "Thanks", "url", "/thanks", "contains"),
        Goal(1, 2, "Sign-up", "event_action", "signup", "exact", revenue=2.5),
    ]
    documents = {1: site_document(site, goals, [])}
    for idsite in range(2, 1002):
        other = Site(idsite, f"Site {idsite}", f"https://site{idsite}.example.com", 1_700_000_000)
        documents[idsite] = site_document(other, [], [])
    return TrackerSnapshot(version=1, salt="bench", documents=documents)


def user_agents(count: int) -> list[str]:
    """So many different user agents."""
    forms = (CHROME, FIREFOX)
    return [forms[number % 2].format(90 + number // 2) for number in range(count)]


def query(number: int) -> str:
    """A page view of the tracking client, with all that it sends; every tenth is an event."""
    visitor = number // 5
    page = f"https://shop.example.org/p/{number % 2000}?ref={number % 7}&gclid=abc{number}"
    referrer = REFERRERS[visitor % len(REFERRERS)].format(number % 100) if number % 5 == 0 else ""
    parts = {
        "action_name": f"Product {number % 2000} – Shop",
        "idsite": "1",
        "rec": "1",
        "r": f"{number:06d}",
        "h": "11",
        "m": "22",
        "s": "33",
        "url": page,
        "urlref": referrer,
        "_id": f"{visitor * 2_654_435_761 % 2**64:016x}",
        "_idn": "0",
        "send_image": "0",
        "_refts": "0",
        "pv_id": f"{number % 10**6:06d}",
        "pf_net": "10",
        "pf_srv": "120",
        "pf_tfr": "5",
        "pf_dm1": "200",
        "pf_dm2": "90",
        "pf_onl": "3",
        "pdf": "1",
        "qt": "0",
        "realp": "0",
        "wma": "0",
        "fla": "0",
        "java": "0",
        "ag": "0",
        "cookie": "1",
        "res": "1920x1080",
        "uadata": "{}",
    }
    if number % 10 == 9:
        parts |= {"e_c": "Video", "e_a": "play", "e_n": f"clip {number % 50}", "e_v": "3", "ca": "1"}
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in parts.items())


def event(number: int, agents: list[str]) -> dict[str, Any]:
    """The event of a function URL for a beacon with such a hit."""
    return url_event(query(number), b"", agents[number // 5 % len(agents)], number)


def bulk_event(first: int, count: int, agents: list[str]) -> dict[str, Any]:
    """The event of a bulk of so many hits."""
    body = json.dumps({"requests": [f"?{query(number)}" for number in range(first, first + count)]}).encode()
    return url_event("", body, agents[first // 5 % len(agents)], first)


def url_event(query: str, body: bytes, agent: str, number: int) -> dict[str, Any]:
    """A POST in payload format 2.0, cut down to what functions read."""
    return {
        "version": "2.0",
        "rawPath": "/matomo.php",
        "rawQueryString": query,
        "headers": {
            "user-agent": agent,
            "accept-language": "de-DE,de;q=0.9,en;q=0.8",
            "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
            "origin": "https://shop.example.org",
            "referer": "https://shop.example.org/",
        },
        "requestContext": {"http": {"method": "POST", "sourceIp": f"198.51.{number // 250 % 250}.{number % 250}"}},
        "body": body.decode(),
        "isBase64Encoded": False,
    }


def events(hits: int, per_request: int, agents: list[str]) -> Iterator[dict[str, Any]]:
    """Events of so many hits, single or in bulks."""
    for first in range(0, hits, per_request):
        yield event(first, agents) if per_request == 1 else bulk_event(first, per_request, agents)
