from typing import Any

import pytest

from tidemark.model.errors import MissingParameter
from tidemark.plugin import Method
from tidemark.reporting.parameters import Parameters
from tidemark.reporting.signature import bind, declared_parameters


def function(
    _context,
    text: str,
    number: int = 5,
    flag: bool = False,
    words: list[str] | None = None,
    ids: "list[int]" = (),
    extra: "dict[str, Any] | None" = None,
    rate: float | None = None,
    either: "str | int" = 0,
    maybe: str | None = None,
):
    return None


METHOD = Method("Demo.function", function)


def test_kinds_follow_the_annotations():
    kinds = {one.name: one.kind for one in declared_parameters(function)}
    assert kinds == {
        "text": "text",
        "number": "integer",
        "flag": "flag",
        "words": "list",
        "ids": "integers",
        "extra": "map",
        "rate": "number",
        "either": "any",
        "maybe": "text",
    }


def test_bind_converts_and_escapes():
    bound = bind(
        METHOD,
        Parameters(
            {
                "text": "a<b",
                "number": "7",
                "flag": "1",
                "words": "x,<y>",
                "ids": ["1", "z"],
                "extra": '{"k": "<"}',
                "rate": "1e2",
            }
        ),
    )
    assert bound == {
        "text": "a&lt;b",
        "number": 7,
        "flag": True,
        "words": ["x", "&lt;y&gt;"],
        "ids": [1],
        "extra": {"k": "&lt;"},
        "rate": 100.0,
        "either": 0,
        "maybe": None,
    }


def test_bind_leaves_texts_as_sent_where_the_method_wants_them():
    assert bind(Method("Demo.function", function, raw_strings=True), Parameters({"text": "a<b"}))["text"] == "a<b"


@pytest.mark.parametrize("params", [{}, {"text": ""}, {"text": ["a"]}, {"text": {"a": "b"}}])
def test_bind_asks_for_what_is_missing(params):
    with pytest.raises(MissingParameter, match="'text'"):
        bind(METHOD, Parameters(params))


def test_bind_takes_the_default_for_wrong_types_but_the_empty_text_where_none_is_default():
    bound = bind(METHOD, Parameters({"text": "t", "number": "x", "flag": "maybe", "maybe": ""}))
    assert (bound["number"], bound["flag"], bound["maybe"]) == (5, False, "")
