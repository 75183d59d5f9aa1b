"""User-Agent client hints: of the request's parameter `uadata`, else of its headers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from tidemark.tracking.parameters import RawParams, structure

Hints = tuple[tuple[str, str], ...]
"""Header names and values, sorted: equal hints are equal keys of a cache."""


def client_hints(params: RawParams, headers: Mapping[str, str]) -> Hints:
    """The hints as the headers that a browser would send."""
    given = params.get("uadata")
    if isinstance(given, str) and given:
        return _of_text(given)
    if isinstance(given, dict):
        return _of_uadata(given)
    if given:
        return ()
    return tuple(sorted((name, value) for name, value in headers.items() if _is_hint(name) and value))


@lru_cache(maxsize=8192)
def _of_text(uadata: str) -> Hints:
    given = structure({"uadata": uadata}, "uadata")
    return _of_uadata(given) if isinstance(given, dict) else ()


def _is_hint(name: str) -> bool:
    return name.startswith("sec-ch-ua") or name == "x-requested-with"


def _of_uadata(given: Mapping[str, Any]) -> Hints:
    hints: dict[str, str] = {}
    brands = given.get("fullVersionList") or given.get("brands")
    if isinstance(brands, list) and (listed := _brand_list(brands)):
        hints["sec-ch-ua-full-version-list"] = listed
    for name, header in (
        ("model", "sec-ch-ua-model"),
        ("platform", "sec-ch-ua-platform"),
        ("platformVersion", "sec-ch-ua-platform-version"),
        ("uaFullVersion", "sec-ch-ua-full-version"),
    ):
        if isinstance(given.get(name), str) and given[name]:
            hints[header] = given[name]
    if "mobile" in given:
        hints["sec-ch-ua-mobile"] = "?1" if given["mobile"] in (True, 1, "1", "?1") else "?0"
    factors = given.get("formFactors")
    if isinstance(factors, list) and factors:
        hints["sec-ch-ua-form-factors"] = ", ".join(str(factor) for factor in factors)
    return tuple(sorted(hints.items()))


def _brand_list(brands: list[Any]) -> str:
    return ", ".join(
        f'"{brand["brand"]}"; v="{brand.get("version", "")}"'
        for brand in brands
        if isinstance(brand, dict) and isinstance(brand.get("brand"), str)
    )
