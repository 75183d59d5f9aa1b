"""Hits of erased subjects in the hit log: which files have them, on which days, and the files without them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.hit_folders import HITS_PREFIX
from tidemark.model.erasure import Subject, SubjectKind, Tombstone, identity_hash, visitor_text
from tidemark.model.period import local_date
from tidemark.parquet_files import read_file
from tidemark.stores.ports import NotFoundError, Objects, PreconditionFailedError
from tidemark.tracking.hit_log import file_of

_COLUMNS: Final = ("hit_id", "server_time", "sequence", "visitor_id", "user_id", "location_ip")
_KINDS: Final = {
    "visitor_id": SubjectKind.VISITOR,
    "user_id": SubjectKind.USER,
    "location_ip": SubjectKind.ADDRESS,
}
_AFTER_ALL_OF_A_SITE: Final = "\U0010ffff"


@dataclass(slots=True)
class FoundHits:
    """Files of a site with hits to erase, how many hits these are, and their local days."""

    keys: list[str] = field(default_factory=list)
    hits: int = 0
    days: set[date] = field(default_factory=set)


def sites_with_hits(objects: Objects) -> list[int]:
    """Numbers of all sites that have hits, deleted ones too."""
    return sites_below(objects, f"{HITS_PREFIX}site=")


def sites_below(objects: Objects, prefix: str) -> list[int]:
    """Numbers of all sites that have objects with a prefix: one short listing each."""
    sites = []
    last: str | None = None
    while (found := next(iter(objects.listing(prefix, start_after=last)), None)) is not None:
        number = found.key.removeprefix(prefix).split("/")[0]
        sites.append(int(number))
        last = f"{prefix}{number}/{_AFTER_ALL_OF_A_SITE}"
    return sorted(sites)


def find_hits(
    objects: Objects, idsite: int, tombstone: Tombstone, salt: str, zone: tzinfo, first: str = "", last: str = ""
) -> FoundHits:
    """What there is to erase on a site; with `first` and `last` only in the files of these UTC dates."""
    found = FoundHits()
    for key in _keys(objects, idsite, first, last):
        try:
            table = read_file(io.BytesIO(objects.get(key).data), _COLUMNS)
        except NotFoundError:
            continue
        mine = table.filter(covered(table, tombstone, salt))
        if mine.num_rows:
            found.keys.append(key)
            found.hits += mine.num_rows
            found.days |= {local_date(moment, zone) for moment in pc.unique(mine["server_time"]).to_pylist()}
    return found


def rewrite(objects: Objects, key: str, tombstone: Tombstone, salt: str) -> None:
    """Put the file without the erased hits in place of the one with them; no file where nothing is left."""
    while True:
        try:
            stored = objects.get(key)
        except NotFoundError:
            return
        table = read_file(io.BytesIO(stored.data))
        kept = table.filter(pc.invert(covered(table, tombstone, salt)))
        if kept.num_rows == table.num_rows:
            return
        if not kept.num_rows:
            objects.delete([key])
            return
        try:
            objects.put(key, file_of(kept), if_match=stored.etag)
        except PreconditionFailedError:
            continue
        return


def covered(table: pa.Table, tombstone: Tombstone, salt: str) -> Any:
    """Of each hit, whether the tombstone covers it."""
    mask = pc.is_in(table["hit_id"], value_set=pa.array(sorted(tombstone.hit_ids), pa.string()))
    if not tombstone.identities:
        return mask
    by_identity = pa.chunked_array([pa.repeat(False, table.num_rows)])
    for column, kind in _KINDS.items():
        values = pc.unique(table[column]).drop_null()
        wanted = [value.as_py() in tombstone.identities for value in _hashes(values, kind, salt)]
        mine = values.filter(pa.array(wanted, pa.bool_()))
        by_identity = pc.or_(by_identity, pc.is_in(table[column], value_set=mine))
    is_before = pc.or_(
        pc.less_equal(table["sequence"], tombstone.before), pc.less(table["server_time"], tombstone.until)
    )
    return pc.or_(mask, pc.and_(by_identity, is_before))


def _hashes(values: pa.Array, kind: SubjectKind, salt: str) -> pa.Array:
    texts = (visitor_text(value) if kind is SubjectKind.VISITOR else value for value in values.to_pylist())
    return pa.array([identity_hash(Subject(kind, text), salt) for text in texts], pa.string())


def _keys(objects: Objects, idsite: int, first: str, last: str) -> Iterator[str]:
    prefix = f"{HITS_PREFIX}site={idsite}/date="
    for info in objects.listing(prefix):
        day = info.key.removeprefix(prefix).split("/")[0]
        if (not first or first <= day) and (not last or day <= last):
            yield info.key
