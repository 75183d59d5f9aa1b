"""Regular expressions as PHP has them."""

from __future__ import annotations

import pytest

from tidemark.tracking.patterns import compiled, compiled_with_delimiters


@pytest.mark.parametrize(
    ("entry", "text", "expected"),
    [
        ("/a|b/", "xb", True),
        ("/B/", "xb", False),
        ("#a/b#i", "A/B", True),
        ("{x}", "x", True),
        ("/(?<name>a)(?<=a)b/", "ab", True),
    ],
)
def test_patterns_match_when_written_with_delimiters(entry, text, expected):
    pattern = compiled_with_delimiters(entry)
    assert pattern is not None
    assert bool(pattern.search(text)) is expected


@pytest.mark.parametrize("entry", ["plain", "/a", "/a/k", "/(/", "", "/", "a/b/a", "\\a\\"])
def test_other_texts_are_no_patterns_when_tried(entry):
    assert compiled_with_delimiters(entry) is None


@pytest.mark.parametrize("pattern", ["(", "a{99999999999}", "(?P<", "[z-a]"])
def test_broken_patterns_are_none_when_compiled(pattern):
    assert compiled(pattern) is None
