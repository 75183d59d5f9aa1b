"""Hits for tests: a row with what matters there, everything else as a bare page view has it."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import strategies as st

from tidemark.columns import arrow_schema
from tidemark.sessions.hits import hit_columns

NOON = 1_268_222_400  # 2010-03-10 12:00 UTC
SENT = 1_700_000_000_000_000 * 4096  # sequence of the first hit


def hit(at=0, *, visitor=0xA, fingerprint=None, sent=None, number=0, **columns):
    """A page view `at` seconds after noon, sent in the order of `sent` (as of its time, if that is not given).

    Hits of one visitor with equal times differ by their `number`.
    """
    order = at if sent is None else sent
    return {
        "hit_id": f"hit-{order}-{visitor}-{number}",
        "server_time": NOON + at,
        "sequence": SENT + order * 4_096_000_000 + number,
        "visitor_id": visitor,
        "fingerprint": 0xF000 + (visitor or 0) if fingerprint is None else fingerprint,
        "action_type": 1,
        "url": f"example.org/{at}",
        "url_prefix": 0,
        "title": f"page {at}",
        "referer_type": 1,
        "referer_name": "",
        "referer_url": "",
    } | columns


def event(at=0, **columns):
    """An event."""
    return hit(at, action_type=10, event_category="c", event_action="a", title=None, **columns)


def search(keyword, at=0, **columns):
    """A site search."""
    return hit(at, action_type=8, search_keyword=keyword, url=None, url_prefix=None, title=None, **columns)


def ping(at=0, **columns):
    """A ping: it records nothing."""
    return hit(at, is_ping=True, action_type=0, url=None, title=None, **columns)


def goal_only(at=0, **columns):
    """A request that records no action."""
    return hit(at, action_type=0, url=None, title=None, **columns)


def campaign(name, keyword="", at=0, **columns):
    """A page view that lands by a campaign."""
    return hit(at, referer_type=6, referer_name=name, referer_keyword=keyword, **columns)


def website(name, at=0, **columns):
    """A page view that comes from another website."""
    return hit(at, referer_type=3, referer_name=name, referer_url=f"http://{name}/", **columns)


def order(order_id, at=0, items="[]", **columns):
    """An e-commerce order."""
    amounts = {"revenue": 10.0} | columns
    return goal_only(at, ecommerce=1, order_id=order_id, items=items, conversion_url="http://example.org/", **amounts)


def cart(at=0, items="[]", **columns):
    """A cart update."""
    return goal_only(at, ecommerce=2, items=items, conversion_url="http://example.org/", **{"revenue": 10.0} | columns)


def table(rows, dimensions=()):
    """Hits as ingest stores them."""
    return pa.Table.from_pylist(list(rows), schema=arrow_schema(hit_columns(tuple(dimensions))))


VISITORS = [None, 0xA, 0xB, 0xC]
FINGERPRINTS = [0xF1, 0xF2, 0xF3]


@st.composite
def any_hit(draw, visitors=VISITORS, fingerprints=FINGERPRINTS):
    """A hit of a few visitors and devices within a few hours, of any kind."""
    at = draw(st.integers(0, 40)) * 300 + draw(st.sampled_from([0, 0, 1, 299]))
    visitor, number = draw(st.sampled_from(visitors)), draw(st.integers(0, 9999))
    sent = draw(st.sampled_from([at, at, at, 0, 6000]))
    common = {
        "visitor": visitor,
        "fingerprint": draw(st.sampled_from(fingerprints)),
        "sent": sent,
        "number": number,
        "wants_new_visit": draw(st.integers(0, 19)) == 0,
        "is_id_forced": draw(st.integers(0, 9)) == 0,
        "user_id": draw(st.sampled_from([None, None, None, "ann", "bob"])),
        "custom_dimensions": draw(st.sampled_from([None, None, '{"1":"x"}', '{"1":"y","2":"z"}', "broken"])),
        "custom_variables_visit": draw(st.sampled_from([None, None, '{"1":["a","b"]}', '{"2":["c","d"]}'])),
        "goals": draw(st.sampled_from([None, None, "[[1,0.0,false,null]]", "[[2,5.0,true,null],[3,0.0,false,1.0]]"])),
        "idpageview": draw(st.sampled_from([None, "aaaaaa", "bbbbbb"])),
    }
    kind = draw(st.sampled_from(["page", "page", "page", "event", "search", "ping", "campaign", "website", "sale"]))
    if kind == "sale":
        items = draw(st.sampled_from(["[]", '[["s1","n",["c"],5.0,2]]', '[["s1","n",[],4.0,1],["s2","m",[],1.0,1]]']))
        order_id = draw(st.sampled_from([None, "o1", "o2"]))
        del common["goals"]
        return cart(at, items, **common) if order_id is None else order(order_id, at, items, **common)
    made = {
        "page": hit,
        "event": event,
        "ping": ping,
        "search": lambda at, **columns: search("word", at, **columns),
        "campaign": lambda at, **columns: campaign(draw(st.sampled_from(["one", "two"])), at=at, **columns),
        "website": lambda at, **columns: website(draw(st.sampled_from(["a.example", "b.example"])), at, **columns),
    }
    return made[kind](at, **common)


def unique(rows):
    """Each hit once: equal ids mean the same hit."""
    return list({row["hit_id"]: row for row in rows}.values())
