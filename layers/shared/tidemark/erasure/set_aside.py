"""Erased subjects in what was set aside of requests: rejected hits, and tracking failures shown to site owners."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson

from tidemark.model.erasure import Subject, SubjectKind, Tombstone, identity_hash
from tidemark.stores.ports import NotFoundError, Objects, Table
from tidemark.tracking.failure_store import FAILURES_PK
from tidemark.tracking.ingest import REJECTED_PREFIX

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
