"""A call of the reporting API over HTTP, and its answer; reading of queries and forms in bracket notation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

MAX_PARAMETERS = 5000
"""Further parameters are ignored, as are brackets nested deeper than ``MAX_DEPTH``."""
MAX_DEPTH = 16

_BRACKETS = re.compile(r"\[([^\]]*)\]")
_INDEX = re.compile(r"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """What came over HTTP: the raw query, the raw form body (both URL-encoded) and lower-case header names."""

    query: str = ""
    form: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    base_url: str = ""
    """Address of the instance with a slash at its end, as its users see it (http://stats.example.org/)."""
    client_ip: str = ""
    """Address of the caller, "" if unknown."""
    verb: str = "GET"
    """The HTTP method."""
    body: bytes = b""
    """The body as sent, whatever it is."""


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """What goes back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def parse_query(text: str) -> dict[str, Any]:
    """Parameters of a URL-encoded query or form; ``a[0]=x``, ``a[]=x`` and ``a[b][c]=x`` become lists and maps.

    The last of equal names counts. Lists are maps with the keys 0, 1, 2 ... in order and come out as lists.
    Source: Matomo 5.2, generic parameters, "types".
    """
    parameters: dict[str, Any] = {}
    for part in text.split("&", MAX_PARAMETERS)[:MAX_PARAMETERS]:
        name, _, value = part.partition("=")
        decoded_name = unquote_plus(name, errors="replace").lstrip(" ")
        if decoded_name and not decoded_name.startswith("["):
            _assign(parameters, decoded_name, unquote_plus(value, errors="replace"))
    return {name: _listed(value) for name, value in parameters.items()}


def sent_value(query: str, name: str) -> str:
    """A parameter's text as it stands in a query, still URL-encoded; empty where there is none."""
    found = [
        value for part in query.split("&", MAX_PARAMETERS) for key, _, value in [part.partition("=")] if key == name
    ]
    return found[-1] if found else ""


def read_parameters(request: ApiRequest) -> dict[str, Any]:
    """The parameters of query and form together; what stands in the query wins."""
    return {**parse_query(request.form), **parse_query(request.query)}


def _assign(parameters: dict[str, Any], name: str, value: str) -> None:
    stem, bracket, _ = name.partition("[")
    keys = _BRACKETS.findall(name[len(stem) :]) if bracket and name.endswith("]") else []
    target: dict[str, Any] = parameters
    key = (stem if keys else name).replace(".", "_").replace(" ", "_")
    for inner in keys[:MAX_DEPTH]:
        below = target.get(key)
        if not isinstance(below, dict):
            below = target[key] = {}
        target, key = below, inner or _next_index(below)
    target[key] = value


def _next_index(items: dict[str, Any]) -> str:
    used = [int(key) for key in items if _INDEX.fullmatch(key)]
    return str(max(used, default=-1) + 1)


def _listed(value: Any) -> Any:
    """Maps whose keys are 0, 1, 2 ... as lists, at every depth."""
    if not isinstance(value, dict):
        return value
    items = {key: _listed(item) for key, item in value.items()}
    if list(items) == [str(index) for index in range(len(items))]:
        return list(items.values())
    return items
