"""Of what a day's log was made: its hit files, what is linked in them, and in which file whose hits are.

With that, a log is refreshed from new files without reading the old ones again: only hits that belong together with new
ones are (see `parts.py` for what belongs together).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tidemark.sessions.hits import single
from tidemark.sessions.parts import each_once, joined_links, links_of

FORMAT: Final = "1"
_PLACE: Final = ["file", "fingerprint"]
_FILES: Final = b"files"
_NO_PLACES: Final = pa.schema([("file", pa.uint32()), ("fingerprint", pa.uint64())]).empty_table()


def sources_prefix(idsite: int, day: date) -> str:
    """Where a day's sources are stored."""
    return f"log/sources/site={idsite}/date={day}/"


@dataclass(frozen=True, slots=True)
class Sources:
    """Hit files by key with their etags, in order; the links in them; fingerprints by the number of their file."""

    files: Mapping[str, str]
    links: pa.Table
    places: pa.Table

    @classmethod
    def of(cls, files: Mapping[str, str], tables: Iterable[pa.Table]) -> Sources:
        """Those of some files with these hits."""
        return cls({}, each_once([]), _NO_PLACES).with_files(files, tables)

    def with_files(self, files: Mapping[str, str], tables: Iterable[pa.Table]) -> Sources:
        """These and further files with these hits."""
        links, places = [self.links], [self.places]
        for number, hits in enumerate(tables, len(self.files)):
            links.extend(links_of(hits))
            fingerprints = pc.unique(pc.fill_null(hits["fingerprint"], 0))
            number_of_file = pa.repeat(pa.scalar(number, pa.uint32()), len(fingerprints))
            places.append(pa.table([number_of_file, fingerprints], names=_PLACE))
        return Sources({**self.files, **files}, each_once(links), pa.concat_tables(places))

    def together_with(self, fingerprints: pa.UInt64Array) -> pa.UInt64Array:
        """All fingerprints whose hits belong together with those of some."""
        linked = joined_links(self.links)
        every = single(pa.chunked_array(pc.unique(self.places["fingerprint"])))
        wanted = pc.unique(linked.least_of(fingerprints))
        return every.filter(pc.is_in(linked.least_of(every), value_set=wanted))

    def keys_with(self, fingerprints: pa.UInt64Array) -> list[str]:
        """The files with hits of some fingerprints."""
        keys = list(self.files)
        rows = self.places.filter(pc.is_in(self.places["fingerprint"], value_set=fingerprints))
        return [keys[number] for number in sorted(pc.unique(rows["file"]).to_pylist())]

    def to_bytes(self) -> bytes:
        """The stored form: one table, of links first."""
        links = self.links.append_column("file", pa.nulls(self.links.num_rows, pa.uint32()))
        places = self.places.append_column("link", pa.nulls(self.places.num_rows, pa.uint64()))
        names = ["link", "file", "fingerprint"]
        table = pa.concat_tables([links.select(names), places.select(names)])
        document = orjson.dumps({"format": FORMAT, "files": dict(self.files)})
        sink = pa.BufferOutputStream()
        pq.write_table(
            table.replace_schema_metadata({_FILES: document}), sink, compression="zstd", use_dictionary=False
        )
        return bytes(sink.getvalue())

    @classmethod
    def from_bytes(cls, data: bytes) -> Sources | None:
        """What was stored; None if it has another form."""
        table = pq.read_table(pa.BufferReader(data))
        document = orjson.loads((table.schema.metadata or {}).get(_FILES, b"{}"))
        if document.get("format") != FORMAT:
            return None
        is_link = pc.is_valid(table["link"])
        links = table.filter(is_link).select(["link", "fingerprint"])
        return cls(document["files"], links, table.filter(pc.invert(is_link)).select(_PLACE).replace_schema_metadata())


def key_of(idsite: int, day: date, data: bytes) -> str:
    """Where sources are stored: under a name made of their content."""
    return f"{sources_prefix(idsite, day)}{hashlib.sha256(data).hexdigest()[:32]}.parquet"


def new_files(old: Mapping[str, str], present: Mapping[str, str]) -> dict[str, str] | None:
    """The files that came since; None if old ones changed or are gone, so that all has to be read again."""
    if any(present.get(key) != etag for key, etag in old.items()):
        return None
    return {key: etag for key, etag in present.items() if key not in old}


def fingerprints_of(hits: Sequence[pa.Table]) -> pa.UInt64Array:
    """The different fingerprints of some hits."""
    columns = [pc.fill_null(one["fingerprint"], 0) for one in hits]
    return pc.unique(pa.chunked_array([chunk for column in columns for chunk in column.chunks], pa.uint64()))


def hits_of(hits: Sequence[pa.Table], fingerprints: pa.UInt64Array) -> list[pa.Table]:
    """The rows of some fingerprints."""
    return [one.filter(pc.is_in(pc.fill_null(one["fingerprint"], 0), value_set=fingerprints)) for one in hits]
