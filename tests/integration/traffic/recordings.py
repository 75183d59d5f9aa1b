"""The recorded traffic of real tracking clients, ready to be replayed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "traffic"


@dataclass(frozen=True)
class Recorded:
    """One recorded request. `seconds` counts from the beginning of its recording."""

    seconds: float
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    ip: str
    about: dict[str, Any]

    @property
    def is_tracking(self) -> bool:
        return self.path in ("/matomo.php", "/piwik.php")

    def hits(self) -> list[dict[str, str]]:
        """The hits inside, read with the standard library alone: a second way to the numbers."""
        if b'"requests"' in self.body:
            return [_params_of(entry) for entry in json.loads(self.body)["requests"]]
        form = {} if self.headers.get("content-type") == "text/plain" else dict(_pairs(self.body.decode()))
        params = form | dict(_pairs(self.query))
        return [params] if params else []


def _params_of(entry: str | dict[str, Any]) -> dict[str, str]:
    if isinstance(entry, str):
        return dict(_pairs(urlsplit(entry).query))
    return {name: str(value) for name, value in entry.items()}


def _pairs(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True, encoding="latin-1" if "%E" in text and "cs=iso" in text else "utf-8")


def recordings(name: str, token: str) -> list[Recorded]:
    """The requests of one file, with the token in place. Skips the test if the recordings are not there."""
    file = FOLDER / f"{name}.jsonl"
    if not file.exists():
        pytest.skip(f"the recorded traffic is not beside the project ({file})")
    return [_recorded(json.loads(line.replace("{{TOKEN}}", token))) for line in file.read_text("utf-8").splitlines()]


def _recorded(line: dict[str, Any]) -> Recorded:
    return Recorded(
        seconds=line.pop("t", 0.0),
        method=line.pop("method"),
        path=line.pop("path"),
        query=line.pop("query") or "",
        headers=line.pop("headers"),
        body=(line.pop("body") or "").encode(),
        ip=line.pop("ip", "203.0.113.1"),
        about=line,
    )


def contract() -> list[dict[str, Any]]:
    """The probes and the answers that Matomo gave."""
    file = FOLDER / "http-contract.jsonl"
    if not file.exists():
        pytest.skip(f"the recorded traffic is not beside the project ({file})")
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


SEARCH_PARAMETERS = frozenset(["q", "query", "s", "search", "searchword", "k", "keyword", "keywords"])


def kind(params: dict[str, str]) -> str:
    """What a hit records, told from its parameters in the plainest way."""
    if params.get("ping") == "1":
        return "ping"
    if "idgoal" in params:
        return "goal" if int(params["idgoal"]) > 0 else "order" if params.get("ec_id") else "cart"
    for name, found in ("download", "download"), ("link", "outlink"):
        if params.get(name):
            return found
    if params.get("e_c") and params.get("e_a"):
        return "event"
    if params.get("c_n"):
        return "content"
    return "search" if params.get("search") or _searches(params.get("url", "")) else "page"


def _searches(url: str) -> bool:
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query) + parse_qsl(parts.fragment.rpartition("?")[2])
    return any(name.lower().removesuffix("[]") in SEARCH_PARAMETERS and value for name, value in pairs)


def count(found: Iterable[str]) -> dict[str, int]:
    """How often each was found."""
    return dict(Counter(found))
