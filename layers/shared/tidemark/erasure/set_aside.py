"""What was set aside of requests: rejected hits, and tracking failures shown to site owners.

Erased subjects are taken out of both. Of days that are anonymised nothing of them is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson

from tidemark.model.anonymising import Hidden
from tidemark.model.erasure import Subject, SubjectKind, Tombstone, identity_hash
from tidemark.model.period import local_date
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.time_zone import time_zone
from tidemark.stores.ports import NotFoundError, Objects, Table
from tidemark.tracking.failure_store import FAILURES_PK
from tidemark.tracking.rejected import REJECTED_PREFIX

_KINDS: Final = {
    "uid": SubjectKind.USER,
    "_id": SubjectKind.VISITOR,
    "cid": SubjectKind.VISITOR,
    "cip": SubjectKind.ADDRESS,
}


def names_subject(params: Mapping[str, Any], tombstone: Tombstone, salt: str) -> bool:
    """Whether parameters of a request name one of the erased."""
    for name, kind in _KINDS.items():
        text = str(params.get(name) or "")
        value = text.lower()[:16] if kind is SubjectKind.VISITOR else text
        if value and identity_hash(Subject(kind, value), salt) in tombstone.identities:
            return True
    return False


def erase_rejected(objects: Objects, tombstone: Tombstone, salt: str) -> int:
    """Drop the subjects' rejected hits; how many."""
    prefixes = [f"{REJECTED_PREFIX}site={idsite}/" for idsite in sorted(tombstone.idsites)] or [REJECTED_PREFIX]
    return sum(_erase_from(objects, info.key, tombstone, salt) for one in prefixes for info in objects.listing(one))


def _erase_from(objects: Objects, key: str, tombstone: Tombstone, salt: str) -> int:
    try:
        lines = [line for line in objects.get(key).data.split(b"\n") if line]
    except NotFoundError:
        return 0
    kept = [line for line in lines if not _is_mine(orjson.loads(line), tombstone, salt)]
    if len(kept) == len(lines):
        return 0
    if kept:
        objects.put(key, b"\n".join(kept))
    else:
        objects.delete([key])
    return len(lines) - len(kept)


def _is_mine(document: Mapping[str, Any], tombstone: Tombstone, salt: str) -> bool:
    return document["hit_id"] in tombstone.hit_ids or names_subject(document["params"], tombstone, salt)


def erase_failures(state: Table, tombstone: Tombstone, salt: str) -> int:
    """Drop tracking failures of requests of the subjects; how many."""
    mine = [
        (item["pk"], item["sk"])
        for item in state.query(FAILURES_PK)
        if tombstone.concerns(int(item["idsite"])) and names_subject(_query(item), tombstone, salt)
    ]
    state.write_batch(deletes=mine)
    return len(mine)


def _query(item: Mapping[str, Any]) -> dict[str, str]:
    pairs: Iterable[tuple[str, str]] = parse_qsl(str(item["request_url"]).rpartition("?")[2], keep_blank_values=True)
    return dict(pairs)


def drop_rejected(objects: Objects, hidden: Hidden) -> int:
    """Drop requests of anonymised days that could not be recorded: nothing is made of them; how many files."""
    prefixes = [f"{REJECTED_PREFIX}site={idsite}/" for idsite in sorted(hidden.idsites)] or [REJECTED_PREFIX]
    keys = [info.key for one in prefixes for info in objects.listing(one) if _is_within(info.key, hidden)]
    objects.delete(keys)
    return len(keys)


def _is_within(key: str, hidden: Hidden) -> bool:
    day = date.fromisoformat(key.rpartition("/date=")[2][:10])
    return hidden.first <= day <= hidden.last


def drop_failures(state: Table, hidden: Hidden, snapshot: TrackerSnapshot) -> int:
    """Drop tracking failures of anonymised days; how many."""
    doomed = []
    for item in state.query(FAILURES_PK):
        idsite = int(item["idsite"])
        site = snapshot.site(idsite)
        day = local_date(int(item["date_first_occurred"]), UTC if site is None else time_zone(site.timezone))
        if (not hidden.idsites or idsite in hidden.idsites) and hidden.first <= day <= hidden.last:
            doomed.append((item["pk"], item["sk"]))
    state.write_batch(deletes=doomed)
    return len(doomed)
