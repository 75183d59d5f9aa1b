"""Functions are loaded from the template's folders."""

from __future__ import annotations

import pytest

from tidemark.local.functions import Functions
from tidemark.local.template import Function, TemplateError


def test_call_when_the_function_is_there(tmp_path):
    (tmp_path / "one.py").write_text("def handler(event, context):\n    return event['a'], context.function_name\n")
    functions = Functions({"One": Function("One", tmp_path, "one.handler")})
    assert functions.call("One", {"a": 5}) == (5, "One")


def test_call_when_the_file_is_missing(tmp_path):
    functions = Functions({"One": Function("One", tmp_path, "one.handler")})
    with pytest.raises(TemplateError, match=r"one\.py"):
        functions.call("One", {})
