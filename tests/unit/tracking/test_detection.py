"""What user agents say. Source: Matomo 5.2, tracking behaviour, section 17; recorded traffic, personas."""

from __future__ import annotations

import pytest

from tidemark.model.hit import Client
from tidemark.tracking.detection import detect, engine_of

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{} Safari/537.36"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 "
    "Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (CHROME.format("129.0.0.0"), Client("browser", "CH", "Chrome", "129.0", "Blink", "WIN", "10", 0)),
        (CHROME.format("3.0.195.38"), Client("browser", "CH", "Chrome", "3.0", "WebKit", "WIN", "10", 0)),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            Client("browser", "FF", "Firefox", "128.0", "Gecko", "LIN", "", 0),
        ),
        (
            SAFARI,
            Client("browser", "MF", "Mobile Safari", "17.6", "WebKit", "IOS", "17.6", 1, "Apple", "iPhone"),
        ),
        (
            "Opera/9.80 (Windows NT 6.1; U; ru) Presto/2.10.229 Version/11.62",
            Client("browser", "OP", "Opera", "11.62", "Presto", "WIN", "7", 0),
        ),
        (
            "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.0; Trident/4.0)",
            Client("browser", "IE", "Internet Explorer", "8.0", "Trident", "WIN", "Vista", 0),
        ),
        ("curl/7.1", Client("library", "curl", "curl", "7.1")),
        ("", Client()),
    ],
)
def test_a_client_is_known_when_its_user_agent_is(user_agent, expected):
    assert detect(user_agent) == expected


def test_a_bot_is_known_when_it_says_so():
    found = detect("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
    assert (found.is_bot, found.os_code, found.bot_name) == (True, "BOT", "Googlebot")


def test_hints_tell_more_when_the_user_agent_is_frozen():
    hints = {
        "sec-ch-ua-full-version-list": '"Google Chrome"; v="129.0.6668.100", "Chromium"; v="129.0.6668.100"',
        "sec-ch-ua-mobile": "?1",
        "sec-ch-ua-model": "Pixel 8",
        "sec-ch-ua-platform": "Android",
        "sec-ch-ua-platform-version": "14.0.0",
    }
    agent = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Mobile Safari/537.36"
    expected = Client("browser", "CM", "Chrome Mobile", "129.0", "Blink", "AND", "14.0", 1, "Google", "Pixel 8")
    assert detect(agent, tuple(sorted(hints.items()))) == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [("27.9", "WebKit"), ("28", "Blink"), ("28.0.1", "Blink"), ("129", "Blink"), ("", "WebKit")],
)
def test_the_engine_is_the_versions_when_it_changed(version, expected):
    assert engine_of({"default": "WebKit", "versions": {28: "Blink"}}, version) == expected


@pytest.mark.parametrize("user_agent", ["\0", "x" * 2048, "((((", "é" * 100, "Mozilla/5.0 (", "%s%n", "12345"])
def test_nothing_raises_when_the_user_agent_is_nonsense(user_agent):
    assert isinstance(detect(user_agent), Client)
