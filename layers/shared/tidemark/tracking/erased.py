"""Hits and failures of erased data subjects, which a queue may bring (again) after their erasure: they are dropped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tidemark.model.erasure import Subject, SubjectKind, Tombstones, visitor_text
from tidemark.tracking.hit_log import HitFile
from tidemark.tracking.message import Envelope, Failure, RawHit
from tidemark.tracking.query import parse_query

ERASED: Final = "erased"
"""The reason under which such hits are counted."""
_ID_PARAMETERS: Final = ("_id", "cid")
_NO_ROW: Final[Mapping[str, Any]] = {}
_ID_LENGTH: Final = 16


def is_erased(
    tombstones: Tombstones, envelope: Envelope, hit: RawHit, moment: int, row: Mapping[str, Any] = _NO_ROW
) -> bool:
    """Whether a hit as it was sent, or its row of the hit log, is of an erased subject; `moment`: when it happened."""
    origin = hit.origin or envelope.origin
    subjects = [
        *(Subject(SubjectKind.ADDRESS, name) for name in (origin.address, origin.key) if name),
        *_subjects_of(row),
        *_subjects_sent(hit.params),
    ]
    idsite = row.get("idsite") or _number(hit.params.get("idsite"))
    hit_id = envelope.hit_id(hit.place)
    return tombstones.cover(idsite, envelope.sequence + hit.place, hit_id, subjects, moment)


def is_failure_erased(tombstones: Tombstones, envelope: Envelope, failure: Failure) -> bool:
    """Whether a refused request names an erased subject."""
    params = parse_query(failure.query)
    subjects = _subjects_sent(params)
    if address := str(params.get("cip") or ""):
        subjects.append(Subject(SubjectKind.ADDRESS, address))
    return tombstones.cover(failure.idsite, envelope.sequence, "", subjects, envelope.received)


def without_erased(file: HitFile, tombstones: Tombstones) -> HitFile:
    """The file under the same key, without hits that were erased since they were read."""
    kept = [
        row
        for row in file.rows
        if not tombstones.cover(row["idsite"], row["sequence"], row["hit_id"], _subjects_of(row), row["server_time"])
    ]
    return file if len(kept) == len(file.rows) else HitFile(file.key, kept)


def _subjects_sent(params: Mapping[str, Any]) -> list[Subject]:
    sent = {name: str(value) for name, value in params.items() if value}
    return [
        *([Subject(SubjectKind.USER, sent["uid"])] if "uid" in sent else ()),
        *(Subject(SubjectKind.VISITOR, sent[name][:_ID_LENGTH].lower()) for name in _ID_PARAMETERS if name in sent),
    ]


def _subjects_of(row: Mapping[str, Any]) -> list[Subject]:
    subjects = []
    if row.get("visitor_id") is not None:
        subjects.append(Subject(SubjectKind.VISITOR, visitor_text(row["visitor_id"])))
    if row.get("user_id"):
        subjects.append(Subject(SubjectKind.USER, row["user_id"]))
    if row.get("location_ip"):
        subjects.append(Subject(SubjectKind.ADDRESS, row["location_ip"]))
    return subjects


def _number(value: Any) -> int:
    try:
        return int(float(value))
    except (TypeError, ValueError, OverflowError):
        return 0
