"""The queue message: what collect tells ingest of one request.

One JSON object per message, at most MAX_MESSAGE_BYTES; a bulk request may need several, which share id, times and
sequence. Keys are short because they are repeated in every message:

    v   format, 2; in format 1 parameters were always a map
    id  24 hexadecimal digits, random: the request
    t   unix seconds of reception by the instance's clock
    q   sequence of the first hit of the request
    s   version of the snapshot that collect saw: what was changed later does not reach back to these hits
    ip  address of the client
    ua, al  User-Agent and Accept-Language
    hd  other headers that enrichment reads (lower-case names); no cookies but what `oo` and `tp` say
    oo  1 if the opt-out cookie was sent
    tp  visitor id of the third-party cookie
    h   hits: [index in the bulk, parameters, 1 if a token allows restricted parameters]; parameters are a map, or the
        query as it was sent; tokens are taken out
    f   tracking failures: [site, type, redacted query]
    r   refused hits, which are only counted: [site, reason, how many]
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from tidemark.stores.limits import MAX_MESSAGE_BYTES
from tidemark.tracking.query import SentQuery, parse_query

FORMAT: Final = 2
KNOWN_FORMATS: Final = (1, 2)
TOKEN_NAMES: Final = frozenset({"token_auth", "token", "tokenauth", "token__auth"})
MAX_HIT_BYTES: Final = 196_608
"""An encoded hit may be so big: it always fits into a message, whatever the headers."""


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"))
"""The standard library's: a cold start pays more for loading orjson than thousands of hits save by it."""


class RawHit(NamedTuple):
    """One hit of a request: its place in the bulk, its parameters as sent, and whether a token vouches for it."""

    place: int
    params: Mapping[str, Any]
    is_authenticated: bool = False


class Failure(NamedTuple):
    """A refused request that the site's owner should know of. Types as in Matomo: 1 unknown site, 2 no rights."""

    idsite: int
    type: int
    query: str


class Refused(NamedTuple):
    """So many requests for a site (0: for one that does not exist) were refused for a reason."""

    idsite: int
    reason: str
    hits: int


class Envelope(NamedTuple):
    """A request as it goes through the queue. `received` is unix seconds of the instance's clock."""

    request_id: str
    received: int
    sequence: int
    client_ip: str = ""
    user_agent: str = ""
    language: str = ""
    headers: Mapping[str, str] = MappingProxyType({})
    has_opted_out: bool = False
    third_party_id: str = ""
    snapshot_version: int = 0
    hits: Sequence[RawHit] = ()
    failures: Sequence[Failure] = ()
    refused: Sequence[Refused] = ()


def encode_hit(hit: RawHit) -> bytes:
    """A hit as it stands in a message."""
    params = hit.params.text if isinstance(hit.params, SentQuery) else hit.params
    return _json([hit.place, params, int(hit.is_authenticated)])


def encode(envelope: Envelope, hits: Sequence[bytes]) -> Iterator[bytes]:
    """The messages of a request whose hits (of at most MAX_HIT_BYTES) are encoded already, in order.

    Failures travel in messages of their own, one each, and so does the count of refused hits, without the sender.
    """
    head = _head(envelope)
    room = MAX_MESSAGE_BYTES - len(head) - len(b',"h":[]}')
    pending: list[bytes] = []
    size = 0
    for hit in hits:
        if size + len(hit) + 1 > room:
            yield _message(head, pending)
            pending, size = [], 0
        pending.append(hit)
        size += len(hit) + 1
    if pending:
        yield _message(head, pending)
    for failure in envelope.failures:
        told = _json([[failure.idsite, failure.type, failure.query]])
        yield head + b',"h":[],"f":' + told + b"}"
    if envelope.refused:
        unnamed = envelope._replace(client_ip="", user_agent="", language="", headers={}, third_party_id="")
        yield _head(unnamed) + b',"h":[],"r":' + _json(envelope.refused) + b"}"


def _json(value: Any) -> bytes:
    """Raises: TypeError, ValueError, RecursionError for what JSON or UTF-8 cannot say."""
    return _ENCODER.encode(value).encode()


def _message(head: bytes, hits: Sequence[bytes]) -> bytes:
    return head + b',"h":[' + b",".join(hits) + b"]}"


def _head(envelope: Envelope) -> bytes:
    """The message up to its hits, without the closing brace."""
    document: dict[str, Any] = {
        "v": FORMAT,
        "id": envelope.request_id,
        "t": envelope.received,
        "q": envelope.sequence,
        "s": envelope.snapshot_version,
        "ip": envelope.client_ip,
        "ua": envelope.user_agent,
        "al": envelope.language,
    }
    if envelope.headers:
        document["hd"] = dict(envelope.headers)
    if envelope.has_opted_out:
        document["oo"] = 1
    if envelope.third_party_id:
        document["tp"] = envelope.third_party_id
    return _json(document)[:-1]


def decode(body: bytes) -> Envelope:
    """The request of a message.

    Raises: ValueError for anything that `encode` did not write.
    """
    import orjson  # noqa: PLC0415 - ingest decodes; collect, which loads this module, does not

    try:
        document = orjson.loads(body)
        if document["v"] not in KNOWN_FORMATS:
            raise ValueError(f"message format {document['v']!r}, known are {KNOWN_FORMATS}")
        return Envelope(
            request_id=document["id"],
            received=document["t"],
            sequence=document["q"],
            client_ip=document["ip"],
            user_agent=document["ua"],
            language=document["al"],
            headers=document.get("hd", {}),
            has_opted_out=bool(document.get("oo")),
            third_party_id=document.get("tp", ""),
            snapshot_version=document.get("s", 0),
            hits=[RawHit(place, _params(sent), bool(authenticated)) for place, sent, authenticated in document["h"]],
            failures=[Failure(*failure) for failure in document.get("f", ())],
            refused=tuple(Refused(*refused) for refused in document.get("r", ())),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a message of collect: {error!r}") from error


def _params(sent: str | Mapping[str, Any]) -> Mapping[str, Any]:
    return parse_query(sent) if isinstance(sent, str) else sent
