"""The site's own scopes: custom dimensions and custom variables.

Source: Matomo 5.2, tracking behaviour, section 13.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote_plus

import orjson

from tidemark.model.custom_dimension import ACTION_SCOPE
from tidemark.model.hit import ActionType
from tidemark.tracking.draft import Draft
from tidemark.tracking.page_actions import page_title
from tidemark.tracking.parameters import decode_entities, structure, text
from tidemark.tracking.rules import DimensionRule, Extractor

DIMENSION_MAX: Final = 250
VARIABLE_MAX: Final = 200
SLOTS: Final = 5


def put_custom_dimensions(draft: Draft) -> None:
    """Values by the number of their dimension; those of action scope only if the hit records an action."""
    values = {}
    for rule in draft.rules.dimensions:
        if rule.dimension.scope == ACTION_SCOPE and draft.action is ActionType.NONE:
            continue
        value = _value(draft, rule)
        if value is not None:
            values[str(rule.dimension.idcustomdimension)] = value.strip()[:DIMENSION_MAX]
    if values:
        draft.row["custom_dimensions"] = orjson.dumps(values).decode()


def _value(draft: Draft, rule: DimensionRule) -> str | None:
    """What the request says, even if that is empty; else the first extraction that finds something."""
    name = f"dimension{rule.dimension.idcustomdimension}"
    if isinstance(draft.given.get(name), str):
        return text(draft.given, name)
    for extractor in rule.extractors:
        if found := _extracted(draft, extractor):
            return unquote_plus(found)
    return None


def _extracted(draft: Draft, extractor: Extractor) -> str:
    if extractor.source == "action_name":
        source = draft.title or (page_title(draft) if draft.action is ActionType.NONE else "")
    else:
        source = draft.raw_url or ""
    match = extractor.pattern.search(source) if source else None
    return (match[1] or "") if match and match.re.groups else ""


def put_custom_variables(draft: Draft) -> None:
    """Variables of the visit (`_cvar`) and of the page (`cvar`)."""
    for name, column in (("_cvar", "custom_variables_visit"), ("cvar", "custom_variables_page")):
        if name in draft.given and (variables := read_variables(draft.given, name)):
            draft.row[column] = orjson.dumps(variables).decode()


def read_variables(params: Mapping[str, Any], name: str) -> dict[str, list[str]]:
    """[name, value] by slot, "1" to "5"; malformed entries are left out."""
    given = structure(params, name)
    if isinstance(given, list):
        given = {str(place): pair for place, pair in enumerate(given)}
    if not isinstance(given, dict):
        return {}
    found = {}
    for slot, pair in given.items():
        if isinstance(pair, dict):
            pair = list(pair.values())  # noqa: PLW2901 - brackets make maps of lists
        if _is_slot(slot) and isinstance(pair, list) and len(pair) == 2 and all(map(_is_scalar, pair)):
            key, value = (decode_entities(str(one)).strip()[:VARIABLE_MAX] for one in pair)
            if key:
                found[slot] = [key, value]
    return found


def _is_slot(slot: str) -> bool:
    return slot.isdecimal() and slot.isascii() and 1 <= int(slot[:4]) <= SLOTS


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)
