"""The bytes of a hit as it is queued; what is too large is shortened, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tidemark.model.errors import TrackingError
from tidemark.tracking.message import MAX_HIT_BYTES, RawHit, encode_hit
from tidemark.tracking.query import SentQuery

HIT_TOO_LARGE: Final = "hit_too_large"
MAX_NESTING: Final = 200
"""Arrays in arrays of a parameter; nobody sends more than three."""
SHORTENED_CHARACTERS: Final = 8192
"""Texts of a hit that is too large for a message are cut to this; no column keeps as much of them."""

_SHORTENABLE: Final = frozenset(
    [
        "url",
        "urlref",
        "_ref",
        "link",
        "download",
        "action_name",
        "search",
        "search_cat",
        "e_c",
        "e_a",
        "e_n",
        "c_n",
        "c_p",
        "c_t",
        "c_i",
        "uid",
        "ua",
        "lang",
    ]
)


def encoded(hit: RawHit) -> bytes:
    """The hit's bytes, with its long texts shortened if it would not fit into a message.

    Raises: TrackingError.
    """
    if not isinstance(hit.params, SentQuery) and not _is_flat(hit.params, MAX_NESTING):
        raise TrackingError("the parameters are nested too deeply", "unreadable_parameter")
    try:
        data = encode_hit(hit)
        if len(data) > MAX_HIT_BYTES:
            data = encode_hit(hit._replace(params=_shortened(hit.params)))
    except (TypeError, ValueError) as error:
        raise TrackingError("the parameters cannot be written as JSON", "unreadable_parameter") from error
    if len(data) > MAX_HIT_BYTES:
        raise TrackingError(f"the hit has {len(data)} bytes, at most {MAX_HIT_BYTES} are taken", HIT_TOO_LARGE)
    return data


def _is_flat(value: Any, levels: int) -> bool:
    """Whether the value has at most so many levels of arrays."""
    if isinstance(value, list):
        return levels > 0 and all(_is_flat(one, levels - 1) for one in value)
    return not isinstance(value, dict) or (levels > 0 and all(_is_flat(one, levels - 1) for one in value.values()))


def _shortened(params: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value[:SHORTENED_CHARACTERS] if name in _SHORTENABLE and isinstance(value, str) else value
        for name, value in params.items()
    }
