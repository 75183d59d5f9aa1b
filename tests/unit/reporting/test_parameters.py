import pytest

from tidemark.reporting.parameters import Parameters

PARAMS = Parameters(
    {
        "n": "12",
        "neg": "-1",
        "f": "1.5",
        "bad": "1x",
        "empty": "",
        "list": ["a", "", "b"],
        "csv": "a, b,,c",
        "yes": "true",
    }
)


def test_wrong_types_and_empty_texts_count_as_not_given():
    assert PARAMS.integer("n") == 12
    assert PARAMS.integer("neg", 0) == -1
    assert PARAMS.integer("bad") is None
    assert PARAMS.integer("bad", 7) == 7
    assert PARAMS.integer("empty", 7) == 7
    assert PARAMS.number("f", 0.0) == 1.5
    assert PARAMS.number("bad", 2.0) == 2.0
    assert PARAMS.raw("list", "d") == "d"
    assert PARAMS.raw("missing", "d") == "d"
    assert not PARAMS.is_given("empty")


def test_flags_know_words_and_numbers():
    assert PARAMS.flag("yes")
    assert not Parameters({"x": "0"}).flag("x", default=True)
    assert Parameters({"x": "maybe"}).flag("x", default=True)
    assert Parameters({"x": True}).flag("x")


def test_lists_come_as_lists_or_as_text_with_commas():
    assert PARAMS.words("list") == ["a", "b"]
    assert PARAMS.words("csv") == ["a", "b", "c"]
    assert PARAMS.words("missing") == []


def test_texts_are_trimmed_and_escaped_for_methods():
    params = Parameters({"t": "  <b>&lt;\0 'x'  "})
    assert params.raw("t") == "<b>&lt;\0 'x'"
    assert params.text("t") == "&lt;b&gt;&lt; &#039;x&#039;"


def test_without_leaves_the_original_alone():
    changed = PARAMS.without("n", f=2)
    assert "n" not in changed
    assert changed.integer("f") == 2
    assert PARAMS.integer("n") == 12


@pytest.mark.parametrize("value", [{}, [], None, "x", 3.7, {"a": [1]}])
def test_no_value_breaks_a_reader(value):
    params = Parameters({"v": value})
    params.integer("v")
    params.number("v")
    params.flag("v")
    params.raw("v")
    params.words("v")
