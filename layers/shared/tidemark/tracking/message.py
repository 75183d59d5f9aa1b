"""The queue message: what collect tells ingest of one request.

One JSON object per message, at most MAX_MESSAGE_BYTES; a bulk request may need several, which share id, times and
sequence. Keys are short because they are repeated in every message:

    v   format, 3; until format 2 a message said what the sender said, with the full address (in format 1, parameters
        were always a map): ingest lets such a one through the door (`door`) first
    id  8 characters of chance: the process that collected it; older processes gave each request its own, of 5
        characters, or of 24 hexadecimal digits
    t   unix seconds of reception by the instance's clock
    q   sequence of the first hit of the request
    s   version of the snapshot that collect saw: what was changed later does not reach back to these hits
    ip  address of the client as it may be stored
    ik  what the full address is told apart by, where it may be used and may not be stored
    bn  whose bots have the address; absent: nobody's
    lo  where a location database placed the full address: country, region, city, latitude, longitude, provider, network
    ua, al  User-Agent and Accept-Language
    hd  other headers that enrichment reads (lower-case names); no cookies but what `oo` and `tp` say
    oo  1 if the opt-out cookie was sent
    tp  visitor id of the third-party cookie
    h   hits: [index in the bulk, parameters, marks, more]; parameters are a map, or the query as it was sent, without
        tokens and addresses, with pseudonyms where the settings want them; marks: 1 if a token allows restricted
        parameters, 2 if the site excludes the address; more, if there is any: a map of `s`, another sender than the
        request's (ip, ik, bn, lo), and `r`, what anonymised referrers were before: [[type, name, keyword, URL, 1 if the
        keyword is assumed, 1 if it is spam], the same of the attributed one or null]
    f   tracking failures: [site, type, redacted query]
    r   refused hits, which are only counted: [site, reason, how many]
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from json.encoder import encode_basestring
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from tidemark.stores.limits import MAX_MESSAGE_BYTES
from tidemark.tracking.query import SentQuery, parse_query

FORMAT: Final = 3
KNOWN_FORMATS: Final = (1, 2, 3)
FIRST_PRIVATE_FORMAT: Final = 3
"""In earlier ones nothing was masked."""
TOKEN_NAMES: Final = frozenset({"token_auth", "token", "tokenauth", "token__auth"})
MAX_HIT_BYTES: Final = 196_608
"""An encoded hit may be so big: it always fits into a message, whatever the headers."""

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"))
"""The standard library's: a cold start pays more for loading orjson than thousands of hits save by it."""


class Origin(NamedTuple):
    """Who sent a hit, as far as it may be written down before the hit is stored.

    `address` is masked as the privacy settings say. `key` tells full addresses apart where masked ones may not be used
    for it, else it is empty. `network` is a bot's (see `bot_ranges`). `place` are the fields of a Location.
    """

    address: str = ""
    key: str = ""
    network: int = 0
    place: tuple[Any, ...] = ()


class ToldReferrer(NamedTuple):
    """What a referrer was, of which only the anonymised rest may be written down. `kind`: a ReferrerType's number."""

    kind: int = 1
    name: str = ""
    keyword: str = ""
    url: str = ""
    is_keyword_assumed: bool = False
    is_spam: bool = False


class Referrers(NamedTuple):
    """The anonymised referrers of a hit: the page's, and that of the attribution cookie."""

    page: ToldReferrer = ToldReferrer()
    attributed: ToldReferrer | None = None


class RawHit(NamedTuple):
    """One hit of a request: its place in the bulk and its parameters; a token vouches for it or not.

    `is_excluded`: the site excludes the sender's address. `origin`: if it is another than the request's. `referrers`: if
    they are anonymised, else the parameters say them.
    """

    place: int
    params: Mapping[str, Any]
    is_authenticated: bool = False
    is_excluded: bool = False
    origin: Origin | None = None
    referrers: Referrers | None = None


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
    """A request as it goes through the queue. `received` is unix seconds of the instance's clock.

    Until `is_private` it still holds all that the sender said, and may not be stored.
    """

    request_id: str
    received: int
    sequence: int
    origin: Origin = Origin()
    user_agent: str = ""
    language: str = ""
    headers: Mapping[str, str] = MappingProxyType({})
    has_opted_out: bool = False
    third_party_id: str = ""
    snapshot_version: int = 0
    hits: Sequence[RawHit] = ()
    failures: Sequence[Failure] = ()
    refused: Sequence[Refused] = ()
    is_private: bool = True

    def hit_id(self, place: int) -> str:
        """The id of a hit by its place in the request. Long ids of requests were different on their own."""
        if len(self.request_id) >= LONG_ID:
            return f"{self.request_id}-{place}"
        return f"{self.sequence + place}-{self.request_id}"


_EXCLUDED: Final = 2
LONG_ID: Final = 16


def encode_hit(hit: RawHit) -> bytes:
    """A hit as it stands in a message."""
    marks = hit.is_authenticated + _EXCLUDED * hit.is_excluded
    is_alone = hit.origin is None and hit.referrers is None
    if is_alone and isinstance(hit.params, SentQuery):
        return f"[{hit.place},{encode_basestring(hit.params.text)},{marks}]".encode()
    params = hit.params.text if isinstance(hit.params, SentQuery) else hit.params
    if is_alone:
        return _json([hit.place, params, marks])
    more = {"s": _origin_cells(hit.origin), "r": hit.referrers}
    return _json([hit.place, params, marks, {name: value for name, value in more.items() if value is not None}])


def _origin_cells(origin: Origin | None) -> dict[str, Any] | None:
    if origin is None:
        return None
    cells: dict[str, Any] = {"ip": origin.address}
    if origin.key:
        cells["ik"] = origin.key
    if origin.network:
        cells["bn"] = origin.network
    if origin.place:
        cells["lo"] = origin.place
    return cells


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
        unnamed = envelope._replace(origin=Origin(), user_agent="", language="", headers={}, third_party_id="")
        yield _head(unnamed) + b',"h":[],"r":' + _json(envelope.refused) + b"}"


def _json(value: Any) -> bytes:
    """Raises: TypeError, ValueError, RecursionError for what JSON or UTF-8 cannot say."""
    return _ENCODER.encode(value).encode()


def _message(head: bytes, hits: Sequence[bytes]) -> bytes:
    return head + b',"h":[' + b",".join(hits) + b"]}"


def _head(envelope: Envelope) -> bytes:
    """The message up to its hits, without the closing brace."""
    text = encode_basestring  # a tenth of what the encoder takes for the same as a map
    address, key, network, place = envelope.origin
    parts = [
        f'{{"v":{FORMAT},"id":{text(envelope.request_id)},"t":{envelope.received},"q":{envelope.sequence}',
        f',"s":{envelope.snapshot_version},"ip":{text(address)}',
        f',"ua":{text(envelope.user_agent)},"al":{text(envelope.language)}',
    ]
    if key:
        parts.append(f',"ik":{text(key)}')
    if network:
        parts.append(f',"bn":{network}')
    if place:
        parts.append(f',"lo":{_ENCODER.encode(place)}')
    if envelope.headers:
        parts.append(f',"hd":{_ENCODER.encode(dict(envelope.headers))}')
    if envelope.has_opted_out:
        parts.append(',"oo":1')
    if envelope.third_party_id:
        parts.append(f',"tp":{text(envelope.third_party_id)}')
    return "".join(parts).encode()


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
            origin=_origin(document),
            user_agent=document["ua"],
            language=document["al"],
            headers=document.get("hd", {}),
            has_opted_out=bool(document.get("oo")),
            third_party_id=document.get("tp", ""),
            snapshot_version=document.get("s", 0),
            hits=[_hit(*cells) for cells in document["h"]],
            failures=[Failure(*failure) for failure in document.get("f", ())],
            refused=tuple(Refused(*refused) for refused in document.get("r", ())),
            is_private=document["v"] >= FIRST_PRIVATE_FORMAT,
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a message of collect: {error!r}") from error


def _hit(place: int, sent: str | Mapping[str, Any], marks: int, more: Mapping[str, Any] = _NOTHING) -> RawHit:
    origin, referrers = more.get("s"), more.get("r")
    return RawHit(
        place,
        _params(sent),
        bool(marks & 1),
        bool(marks & _EXCLUDED),
        _origin(origin) if origin is not None else None,
        _referrers(*referrers) if referrers is not None else None,
    )


def _referrers(page: Sequence[Any], attributed: Sequence[Any] | None) -> Referrers:
    return Referrers(ToldReferrer(*page), ToldReferrer(*attributed) if attributed else None)


def _origin(cells: Mapping[str, Any]) -> Origin:
    return Origin(cells["ip"], cells.get("ik", ""), cells.get("bn", 0), tuple(cells.get("lo", ())))


def _params(sent: str | Mapping[str, Any]) -> Mapping[str, Any]:
    return parse_query(sent) if isinstance(sent, str) else sent
