"""Quick patterns find what the patterns themselves find: nothing is lost by not searching."""

from __future__ import annotations

import pytest
import regex
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from tests.support.tracking import FIREFOX
from tidemark.tracking.detection import detect
from tidemark.tracking.quick_patterns import QuickPattern, grams_of, needed_grams

PHONE = (
    "Mozilla/5.0 (Linux; Android 10; SM-G960F Build/QP1A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0.1.2 Mobile "
    "Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 "
    "Mobile/15E148 Safari/604.1"
)
AGENTS = (
    FIREFOX,
    PHONE,
    IPHONE,
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Linux; Android 9; ÄÖÜ ſM-1) AppleWebKit/537.36",
    "Xiaomi_2014501_TD-LTE/V1 Linux/3.4.5 Android/4.4.4 Release/11.27.2014",
)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("Kobo", {"kob"}),
        ("(?:^|[^A-Z])(?:Kobo|Nook[ /])", {"kob", "noo"}),
        ("SM-(?:G96|A52)", {"sm-"}),
        ("M04[05]", {"m04"}),
        ("(?:LG|HTC)[ _]", {"lg ", "lg_", "htc"}),
        ("(?:chrome)?x1y", {"x1y", "mex"}),
        (r"Foo+\d+", {"fo"}),
        (r"(?:\d+|Kobo)", None),
        ("a?b?", None),
        (".*", None),
        ("(?<!x)y", None),
        ("(", None),
    ],
)
def test_what_a_match_must_have_follows_from_the_pattern(pattern, expected):
    found = needed_grams(pattern)
    assert found == (None if expected is None else frozenset(expected))


def patterns():
    """All patterns that the library has read."""
    from device_detector import yaml_loader
    from device_detector.device_detector import DeviceDetector

    lists = [yaml_loader.regex_list(parser.fixture_files) for parser in DeviceDetector.DEVICE_PARSERS]
    found = [entry["regex"].pattern for entries in lists for entry in entries if "regex" in entry]
    found += [model["regex"].pattern for entries in lists for entry in entries for model in entry.get("models", ())]
    return sorted(set(found))[::200]


@pytest.mark.parametrize("agent", AGENTS)
def test_the_client_is_the_same_when_every_pattern_is_searched_for(agent, monkeypatch):
    quick = detect(agent)
    with monkeypatch.context() as patch:
        patch.setattr(QuickPattern, "search", lambda self, text: self.compiled.search(text))
        assert detect(agent) == quick


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_a_pattern_matches_has_what_it_needs(data):
    pattern = data.draw(st.sampled_from(PATTERNS))
    text = data.draw(st.from_regex(pattern_of_standard_library(pattern)))
    if regex.search(pattern, text, regex.IGNORECASE):
        assert QuickPattern(pattern).search(text) is not None


def pattern_of_standard_library(pattern):
    """Hypothesis makes texts of its patterns. It knows no look-behind of several widths: what it refuses is left out."""
    import re

    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error:
        reject()


PATTERNS = patterns()


def test_most_patterns_tell_what_they_need():
    detect(FIREFOX)
    known = [needed_grams(pattern) is not None for pattern in PATTERNS]
    assert sum(known) > 0.9 * len(known)


def test_texts_whose_letters_have_other_cases_are_searched_for():
    assert grams_of("ſ") is None
    assert QuickPattern("sM-1").search("ſM-1") is not None


def test_a_quick_pattern_does_what_else_the_library_asks_of_it():
    pattern = QuickPattern("a%20b(c)")
    assert pattern.sub("x", "a bc") == "x"
    assert pattern.match("A BC").group(1) == "C"
