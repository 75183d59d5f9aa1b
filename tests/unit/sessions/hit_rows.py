"""Hits for tests: a row with what matters here, everything else as a bare page view has it."""

import pyarrow as pa

from tidemark.columns import arrow_schema
from tidemark.sessions.hits import hit_columns

NOON = 1_268_222_400  # 2010-03-10 12:00 UTC
_SEQUENCE = 1_700_000_000_000_000 * 4096


def hit(at=0, *, visitor=0xA, fingerprint=None, number=None, **columns):
    """A page view `at` seconds after noon; hits with equal fields but other `number`s are different hits."""
    number = at if number is None else number
    return {
        "hit_id": f"hit-{number}-{visitor}",
        "server_time": NOON + at,
        "sequence": _SEQUENCE + number * 4096,
        "visitor_id": visitor,
        "fingerprint": 0xF000 + (visitor or 0) if fingerprint is None else fingerprint,
        "action_type": 1,
        "url": f"example.org/{number}",
        "url_prefix": 0,
        "title": f"page {number}",
        "referer_type": 1,
        "referer_name": "",
        "referer_url": "",
    } | columns


def table(rows, dimensions=()):
    """Hits as ingest stores them."""
    schema = arrow_schema(hit_columns(dimensions))
    return pa.Table.from_pylist(list(rows), schema=schema)
