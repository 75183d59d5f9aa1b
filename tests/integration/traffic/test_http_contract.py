"""Every probe of the recorded contract is answered as Matomo 5.2 answered it. Source: ../shared/traffic/http-contract.jsonl."""

from __future__ import annotations

import json

import pytest

from tests.integration.traffic.recordings import contract
from tests.support.tracking import NOW, SITE, TOKEN, snapshot, tracker
from tidemark.tracking.answers import GIF, NOTICE
from tidemark.tracking.detection import detect
from tidemark.tracking.request import Request

pytestmark = pytest.mark.shared

BODIES = {
    "GIF": GIF,
    "(short HTML notice)": NOTICE,
    "GIF (43 bytes) followed by the short HTML notice": GIF + NOTICE,
}

PREFLIGHT = {
    "content-type": "text/html; charset=UTF-8",
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "content-type",
    "access-control-allow-origin": "https://shop.example.org",
}
"""Here Matomo's wildcards make browsers refuse, and clients send the hit twice. Source: traffic/README.md."""


def tracking_probes():
    return [probe for probe in contract() if probe["request"]["path"] in ("/matomo.php", "/piwik.php")]


def filled(text):
    return (text or "").replace("{{TOKEN}}", TOKEN).replace("{{SITE}}", "1")


def answered(instance, probe):
    sent = probe["request"]
    request = Request(
        sent["method"],
        sent["path"],
        filled(sent["query"]),
        sent["headers"],
        filled(sent["body"]).encode(),
        "203.0.113.9",
    )
    return instance.collector.collect(request)


def test_all_probes_are_answered_as_recorded():
    probes = tracking_probes()
    assert len(probes) == 51
    for probe in probes:
        name, expected = probe["name"], probe["response"]
        instance = tracker(snapshot(SITE))
        instance.clock.set(NOW + 2 * 86_400)  # the bulk of objects is of 2026-11-19
        answer = answered(instance, probe)
        assert answer.status == expected["status"], name
        headers = PREFLIGHT if name == "preflight" else expected["headers"]
        for header, value in headers.items():
            assert answer.headers[header].lower() == value.lower(), (name, header)
        if "cache-control" not in headers:
            assert "cache-control" not in answer.headers, name
        if expected["body"].startswith("{"):
            assert json.loads(answer.body) == json.loads(filled(expected["body"])), name
        else:
            assert answer.body == BODIES.get(expected["body"], expected["body"].encode()), name


def test_accepted_probes_are_recorded_or_dropped_for_a_reason():
    instance = tracker(snapshot(SITE), detects=detect)
    instance.clock.set(NOW + 2 * 86_400)
    for probe in tracking_probes():
        answered(instance, probe)
    counts = instance.drain().counts
    recorded = sum(_hits_that_count(probe) for probe in tracking_probes())
    dropped = {"dropped.no_rec": 1, "dropped.bot": 1, "dropped.prefetch": 1}
    assert dropped.items() <= counts.items()
    assert counts["stored"] == recorded - sum(dropped.values())
    assert not [name for name in counts if name.startswith("rejected")]


def _hits_that_count(probe):
    """How many hits of a probe Matomo accepted, by its answer."""
    expected, body = probe["response"], probe["request"]["body"] or ""
    if expected["body"].startswith("{"):
        return json.loads(filled(expected["body"]))["tracked"]
    if "requests" in body:
        return len(json.loads(filled(body))["requests"])
    has_parameters = bool(probe["request"]["query"] or body) and probe["request"]["method"] != "OPTIONS"
    return int(expected["status"] in (200, 204) and has_parameters)
