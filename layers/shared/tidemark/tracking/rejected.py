"""Hits that could not be recorded, as they are set aside: JSON lines by site and UTC day of reception.

Key: rejected/site=<id>/date=<UTC date>/<name>.jsonl, named like files of the hit log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import orjson

from tidemark.tracking.hit_log import batch_name
from tidemark.tracking.message import TOKEN_NAMES, Envelope, RawHit

REJECTED_PREFIX: Final = "rejected/"
_HIDDEN: Final = frozenset({*TOKEN_NAMES, "cip", "ua", "uadata", "lat", "long"})


class RejectedFile(NamedTuple):
    """A file before it is stored, and what it is made of."""

    key: str
    content: bytes
    members: Sequence[Mapping[str, Any]]


def rejected(envelope: Envelope, hit: RawHit, reason: str, message_id: str) -> dict[str, Any]:
    """A hit that is set aside: without address, user agent and tokens."""
    params = {name: value for name, value in hit.params.items() if name not in _HIDDEN}
    return {
        "hit_id": envelope.hit_id(hit.place),
        "idsite": site_number(hit.params.get("idsite")),
        "reason": reason,
        "received": envelope.received,
        "message_id": message_id,
        "params": params,
    }


def rejected_files(hits: Iterable[Mapping[str, Any]]) -> Iterator[RejectedFile]:
    """The files of a batch's rejected hits."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for one in hits:
        day = datetime.fromtimestamp(one["received"], UTC).date().isoformat()
        groups.setdefault(f"{REJECTED_PREFIX}site={one['idsite']}/date={day}/", []).append(one)
    for prefix, members in groups.items():
        lines = b"\n".join(orjson.dumps(one, option=orjson.OPT_NON_STR_KEYS) for one in members)
        yield RejectedFile(f"{prefix}{batch_name(members)}.jsonl", lines, members)


def site_number(value: Any) -> int:
    """The site that a parameter names; 0 for what is no number."""
    try:
        return int(float(value))
    except (TypeError, ValueError, OverflowError):
        return 0
