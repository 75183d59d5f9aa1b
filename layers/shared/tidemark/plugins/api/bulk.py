"""Several calls in one."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_plus

from tidemark.model.calls import Calls
from tidemark.plugin import Context, method

OWN_NAME = "API.getBulkRequest"
MAX_CALLS = 1000
"""Further calls of one request are refused in their place."""
_TOO_MANY = {"result": "error", "message": f"One request may hold at most {MAX_CALLS} calls; this one is beyond them."}


@method(OWN_NAME, raw_strings=True)
def get_bulk_request(context: Context, urls: list[str]) -> list[Any]:
    """The answers of all calls, in their order; an error stays in its place. Bulk calls inside are left out.

    Each call is a query string; parameters that it lacks are those of the outer call.
    """
    calls = context.service(Calls)
    outer = {name: value for name, value in context.params.items() if name != "urls"}
    answers = []
    for url in urls[:MAX_CALLS]:
        params = outer | calls.parameters(_query(str(url)))
        if params.get("method") != OWN_NAME:
            answers.append(calls.answer(params))
    return answers + [_TOO_MANY] * len(urls[MAX_CALLS:])


def _query(text: str) -> str:
    """The query string of a call, which may have been URL-encoded as a whole."""
    text = text.removeprefix("?")
    return unquote_plus(text) if "=" not in text else text
