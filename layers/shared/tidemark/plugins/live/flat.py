"""A visit's details on one level, as suggestions for segments read them. Source: Matomo 5.2, parameter flat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tidemark.plugin import Details

_URLS: Final = {"outlink": "outlinkUrl", "download": "downloadUrl", "event": "eventUrl", "action": "pageUrl"}
_TEXTS: Final = ("pageTitle", "siteSearchKeyword", "eventCategory", "eventAction", "eventName", "eventValue")


def flattened(visit: Details) -> Details:
    """The visit with fields of its actions beside its own: pageUrl__1, pageTitle__1 …"""
    flat = {name: value for name, value in visit.items() if name != "customVariables"}
    for variable in (visit.get("customVariables") or {}).values():
        flat.update(variable)
    lines = visit["actionDetails"]
    flat.update(_variables(lines))
    goals = [line["goalId"] for line in lines if line.get("goalId")]
    flat.update((f"visitConvertedGoalId__{number}", goal) for number, goal in enumerate(goals, 1))
    for number, line in enumerate(lines, 1):
        name = _URLS.get(line["type"])
        if name and line.get("url"):
            flat[f"{name}__{number}"] = line["url"]
        flat.update((f"{field}__{number}", line[field]) for field in _TEXTS if line.get(field))
    return {**flat, **_ends(lines)}


def _variables(lines: list[Details]) -> Iterator[tuple[str, Any]]:
    fields = (
        field
        for line in lines
        for variable in (line.get("customVariables") or {}).values()
        for field in variable.items()
    )
    return ((f"{name}__{number}", value) for number, (name, value) in enumerate(fields, 1))


def _ends(lines: list[Details]) -> Details:
    """Title and URL of the first and the last page."""
    pages = [line for line in lines if line["type"] == "action"]
    found: Details = {}
    for side, page in (("entry", pages[0]), ("exit", pages[-1])) if pages else ():
        if page["pageTitle"]:
            found[f"{side}PageTitle"] = page["pageTitle"]
        if page["url"]:
            found[f"{side}PageUrl"] = page["url"]
    return found
