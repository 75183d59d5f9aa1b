"""The local run's own URLs."""

from __future__ import annotations

import json

import pytest

from tidemark.clock import SettableClock
from tidemark.local.control import Control
from tidemark.local.message import Request

NOON = 1795262400.0


class Instance:
    def __init__(self):
        self.clock = SettableClock()
        self.resets: list[dict] = []
        self.drained = {"hits": 3}

    def drain(self, timeout_seconds):
        if self.drained is None:
            raise TimeoutError("HitsQueue was not empty")
        return self.drained


def ask(instance, path, body=b"", *, method="POST", headers=(("Host", "127.0.0.1:8080"),), ephemeral=True):
    control = Control(instance.drain, instance.resets.append if ephemeral else None, instance.clock)
    response = control.routes()[path](Request(method, path, "", headers, body, "127.0.0.1"))
    return response.status, json.loads(response.body)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_drain_when_it_succeeds(method):
    assert ask(Instance(), "/_local/drain", method=method) == (200, {"hits": 3})


def test_drain_when_it_takes_too_long():
    instance = Instance()
    instance.drained = None
    assert ask(instance, "/_local/drain") == (503, {"error": "HitsQueue was not empty"})


def test_reset_when_settings_are_given():
    instance = Instance()
    status, _ = ask(instance, "/_local/reset", b'{"Tracker.trust_visitors_cookies": 1}')
    assert status == 200
    assert instance.resets == [{"Tracker.trust_visitors_cookies": 1}]


def test_reset_when_there_is_no_body():
    instance = Instance()
    assert ask(instance, "/_local/reset")[0] == 200
    assert instance.resets == [{}]


@pytest.mark.parametrize("body", [b"[1]", b"{", b'{"a": [1]}', b'{"a": null}'])
def test_reset_when_the_body_is_wrong(body):
    instance = Instance()
    assert ask(instance, "/_local/reset", body)[0] == 400
    assert instance.resets == []


def test_reset_when_the_state_is_kept():
    assert ask(Instance(), "/_local/reset", ephemeral=False)[0] == 409


def test_reset_when_the_method_is_get():
    assert ask(Instance(), "/_local/reset", method="GET")[0] == 405


@pytest.mark.parametrize("text", ["2026-11-21T12:00:00Z", "2026-11-21 12:00:00", "2026-11-21T13:00:00+01:00"])
def test_now_when_it_is_set(text):
    instance = Instance()
    status, answer = ask(instance, "/_local/now", json.dumps({"now": text}).encode())
    assert (status, answer) == (200, {"now": "2026-11-21T12:00:00+00:00"})
    assert instance.clock.now() == NOON


def test_now_when_it_is_set_free():
    instance = Instance()
    instance.clock.set(NOON)
    assert ask(instance, "/_local/now", b'{"now": null}')[0] == 200
    assert instance.clock.now() > 0
    assert instance.clock.now() != NOON


@pytest.mark.parametrize("body", [b'{"now": "noon"}', b'{"now": 5}', b"x"])
def test_now_when_it_is_no_time(body):
    assert ask(Instance(), "/_local/now", body)[0] == 400


@pytest.mark.parametrize(
    "headers",
    [
        (("Host", "evil.example.org"),),
        (("Host", "127.0.0.1:8080"), ("Origin", "https://evil.example.org")),
        (("Host", "127.0.0.1:8080"), ("Origin", "null")),
        (),
    ],
)
def test_control_when_another_site_asks(headers):
    instance = Instance()
    assert ask(instance, "/_local/reset", headers=headers)[0] == 403
    assert instance.resets == []


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080"])
def test_control_when_the_machine_calls_itself(host):
    assert ask(Instance(), "/_local/drain", headers=(("Host", host), ("Origin", f"http://{host}")))[0] == 200
