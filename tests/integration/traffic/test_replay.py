"""Recorded traffic of real clients: the answers that each needs, and as many hits of each kind as went in.

Every number is told twice: by the parameters of the recording (read with the standard library), and by the hit log.
"""

from __future__ import annotations

import json

import pytest

from tests.integration.traffic.recordings import count, kind, recordings
from tests.support.tracking import NOW, SITE, TOKEN, snapshot, tracker
from tidemark.model.goal import Goal
from tidemark.model.hit import ActionType
from tidemark.tracking.answers import GIF
from tidemark.tracking.detection import detect
from tidemark.tracking.request import Request

pytestmark = pytest.mark.shared

GOALS = [Goal(1, 1, "Manual", "manually")]
KINDS = {
    ActionType.PAGE: "page",
    ActionType.OUTLINK: "outlink",
    ActionType.DOWNLOAD: "download",
    ActionType.SEARCH: "search",
    ActionType.EVENT: "event",
    ActionType.CONTENT: "content",
}
SHOP_DAY = 1_795_478_400  # 2026-11-24 00:00 UTC, the virtual day of the shop's visits


class Replay:
    """A recording sent through collect and ingest."""

    def __init__(self, name, *, goals=GOALS):
        self.requests = [one for one in recordings(name, TOKEN) if one.is_tracking]
        self.instance = tracker(snapshot(SITE, goals=goals), detects=detect)
        self.answers = []
        for one in self.requests:
            self.instance.clock.set(SHOP_DAY + one.seconds)
            request = Request(one.method, one.path, one.query, one.headers, one.body, one.ip)
            self.answers.append(self.instance.collector.collect(request))
        self.result = self.instance.drain()
        self.rows = self.instance.rows()

    @property
    def sent(self):
        """Kinds of the hits that were sent."""
        return count(kind(params) for one in self.requests for params in one.hits())

    @property
    def stored(self):
        """Kinds of the hits in the log."""
        return count(_kind_of(row) for row in self.rows)

    def statuses(self):
        return count(str(answer.status) for answer in self.answers)


def _kind_of(row):
    if row["action_type"]:
        return KINDS[row["action_type"]]
    if row["is_ping"]:
        return "ping"
    if "goals" in row:
        return "goal"
    return "order" if row["ecommerce"] == 1 else "cart"


def without(counts, **fewer):
    """The counts with some of each kind taken away, none of which is left out unless nothing remains."""
    left = {name: number - fewer.get(name, 0) for name, number in counts.items()}
    return {name: number for name, number in left.items() if number}


def test_the_browser_client_is_tracked_when_a_shop_is_visited():
    replay = Replay("matomo-js")
    assert (len(replay.requests), sum(replay.sent.values())) == (224, 233)
    # One request of text/plain is refused, as Matomo does; its browser sends the hit again. One visitor is Googlebot.
    # One order is sent twice: the second time it is refused, too, but the hit is kept.
    assert replay.statuses() == {"204": 212, "200": 10, "400": 2}
    assert replay.result.counts == {"stored": 232, "dropped.bot": 1, "refused.duplicate_order": 1}
    assert replay.stored == without(replay.sent, page=1)
    assert replay.stored["page"] == 159
    visitors = {row["visitor_id"] for row in replay.rows if "visitor_id" in row}
    assert len(visitors) == len(_visitor_ids(replay))


def _visitor_ids(replay):
    """Distinct ids that the accepted requests name, as they stand there."""
    hits = [params for one in replay.requests for params in one.hits() if "Googlebot" not in one.headers["user-agent"]]
    ids = {params.get("_id") for params in hits if not params.get("uid") and not params.get("cid")}
    named = {params[name] for params in hits for name in ("uid", "cid") if params.get(name)}
    return (ids - {"", None}) | named


def test_browsers_get_what_their_transport_needs_when_answered():
    replay, refused = Replay("matomo-js"), []
    for request, answer in zip(replay.requests, replay.answers, strict=True):
        if request.method == "GET":
            assert (answer.status, answer.body, answer.headers["cache-control"]) == (200, GIF, "no-store")
        else:
            assert answer.headers["access-control-allow-origin"] == request.headers.get("origin", "*")
            assert answer.headers["access-control-allow-credentials"] == "true"
        if answer.status == 400:
            refused.append(request.query.partition("ec_id=")[2].partition("&")[0])
        elif request.method == "POST":
            assert (answer.status, answer.body) == (204, b"")
    assert refused == ["ORD-1002", ""]  # a repeated order, and a body of text/plain


def test_wrappers_of_the_browser_client_are_tracked():
    replay = Replay("js-wrappers")
    assert sum(replay.sent.values()) == 20
    # Two of them send the same order: the second is refused, but its hit is kept.
    assert replay.statuses() == {"204": 13, "200": 6, "400": 1}
    assert (replay.stored, replay.result.counts) == (replay.sent, {"stored": 20, "refused.duplicate_order": 1})


@pytest.mark.parametrize("version", ["3.3.2", "4.0.1"])
def test_the_php_client_is_tracked(version):
    replay = Replay(f"php-tracker-{version}")
    assert (len(replay.requests), sum(replay.sent.values())) == (46, 59)
    # The crash report (ca=1, cra=...) is for a plug-in that is not there: refused, and no page view.
    assert replay.statuses() == {"200": 43, "204": 2, "400": 1}
    assert replay.result.counts == {"stored": 58, "refused.unknown_custom_action": 1}
    assert replay.stored == without(replay.sent, page=1)
    assert len({row["server_time"] for row in replay.rows if row["server_time"] < SHOP_DAY}) > 30  # their own times
    latin = next(row for row in replay.rows if "cs" in row.get("raw", "") and "iso-8859-1" in row["raw"])
    assert latin["title"].isprintable()
    assert "é" in latin["title"] or "ü" in latin["title"] or "ä" in latin["title"]


def test_the_node_client_is_tracked():
    replay = Replay("node-matomo-tracker")
    assert sum(replay.sent.values()) == 15
    assert replay.statuses() == {"200": 11, "204": 1}
    assert (replay.stored, replay.result.counts) == (replay.sent, {"stored": 15})


def test_the_old_python_client_is_tracked():
    replay = Replay("python-piwikapi")
    assert replay.statuses() == {"200": 9}
    assert (replay.stored, replay.result.counts) == (replay.sent, {"stored": 9})
    views = [row for row in replay.rows if "product_sku" in row or "product_categories" in row]
    assert views, "its product views stand in custom variables"


def test_the_log_importer_is_tracked():
    replay = Replay("log-import")
    assert (len(replay.requests), sum(replay.sent.values())) == (49, 621)
    totals = [json.loads(answer.body) for answer in replay.answers]
    assert all(total["status"] == "success" and isinstance(total["invalid_indices"], list) for total in totals)
    # 19 hits are for the sites 2 and 3, which the run with --add-sites-new-hosts adds first; one is of a bot.
    assert sum(total["tracked"] for total in totals) == 602
    assert sum(total["invalid"] for total in totals) == 19
    assert replay.result.counts == {"stored": 601, "dropped.bot": 1, "failures": 2, "refused.unknown_site": 19}
    refused = [
        kind(request.hits()[index])
        for request, total in zip(replay.requests, totals, strict=True)
        for index in total["invalid_indices"]
    ]
    bots = replay.sent["page"] - replay.stored["page"] - refused.count("page")
    assert bots in (0, 1)
    assert {row["server_time"] < NOW for row in replay.rows} == {True}
    users = {row["user_id"] for row in replay.rows if "user_id" in row}
    assert users == {params["uid"] for one in replay.requests for params in one.hits() if params.get("uid")}


@pytest.mark.parametrize("name", ["matomo-js", "php-tracker-3.3.2", "log-import"])
def test_no_token_and_no_full_address_is_stored_when_replayed(name):
    replay = Replay(name)
    text = str(replay.rows)
    assert TOKEN not in text
    addresses = {params["cip"] for one in replay.requests for params in one.hits() if params.get("cip")}
    addresses |= {one.ip for one in replay.requests}
    whole = {address for address in addresses if not address.endswith(".0.0")}
    assert not [address for address in whole if f"'{address}'" in text or f'"{address}"' in text]
