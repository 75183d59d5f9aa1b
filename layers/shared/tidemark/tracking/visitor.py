"""Who sent a hit: visitor id, user id and fingerprint.

Source: Matomo 5.2, tracking behaviour, sections 5 and 14.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import Final

from tidemark.definitions.languages import clean_accept_language
from tidemark.tracking.draft import Draft
from tidemark.tracking.parameters import integer, text

ID_LENGTH: Final = 16
USER_ID_MAX: Final = 200
LANGUAGE_MAX: Final = 20
PLUGINS: Final = ("fla", "java", "qt", "realp", "pdf", "wma", "ag", "cookie")
_NO_IDS: Final = ("", "0")
_FLAGS: Final = ("0", "1")
_HEXADECIMAL: Final = frozenset("0123456789abcdefABCDEF")


def put_visitor(draft: Draft) -> None:
    """Ids that the request brings, and the flags that visits are cut by."""
    user_id = text(draft.given, "uid")
    forced = text(draft.given, "cid")
    draft.row["visitor_id"] = visitor_id(draft, user_id, forced)
    draft.row["is_id_forced"] = bool(forced) and not user_id
    draft.row["user_id"] = user_id[:USER_ID_MAX] or None
    draft.row["wants_new_visit"] = bool(integer(draft.given, "new_visit"))
    draft.row["is_ping"] = bool(integer(draft.given, "ping"))


def visitor_id(draft: Draft, user_id: str, forced: str) -> int | None:
    """The id by the order of precedence: user id, cid, third-party cookie, _id. None if there is none."""
    policy = draft.book.policy
    if user_id not in _NO_IDS and policy.user_id_is_visitor_id:
        return int(hashlib.sha1(user_id.encode()).hexdigest()[:ID_LENGTH], 16)  # noqa: S324 - as every Matomo client
    if forced not in _NO_IDS:
        return _number(forced)
    if policy.is_cookieless:
        return None
    if draft.envelope.third_party_id:
        return _number(draft.envelope.third_party_id)
    return _number(text(draft.given, "_id")[:ID_LENGTH])


def _number(hexadecimal: str) -> int | None:
    if len(hexadecimal) != ID_LENGTH or not _HEXADECIMAL.issuperset(hexadecimal):
        return None
    return int(hexadecimal, 16)


def put_fingerprint(draft: Draft, address: str) -> None:
    """A keyed hash of what the client shows of itself. It changes with the site and with its local day.

    `address` is what tells addresses apart: a pseudonym of the full one, or the one that is stored. The day's salt is derived from the instance's,
    so that a rebuild gives the same.
    """
    client, given = draft.client, draft.given
    is_browser = client.type == "browser"
    flags = [given.get(name, "0") for name in PLUGINS]
    if any(flag not in _FLAGS for flag in flags):
        flags = [str(integer(given, name)) for name in PLUGINS]
    if client.name == "Internet Explorer":
        flags[-1] = "0"
    shown = (
        client.os_code or "UNK",
        (client.code if is_browser else "") or "UNK",
        client.version if is_browser else "",
        *flags,
        address,
        clean_accept_language(draft.language)[:LANGUAGE_MAX],
    )
    draft.row["fingerprint"] = _hashed("\x1f".join(shown), _key_of(draft))


@lru_cache(maxsize=8192)
def _hashed(shown: str, key: bytes) -> int:
    digest = hashlib.blake2b(shown.encode("utf-8", "replace"), key=key, digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _key_of(draft: Draft) -> bytes:
    policy, salt = draft.book.policy, draft.book.snapshot.salt
    if policy.shares_fingerprints:
        return _key(salt, 0, "")
    if not policy.changes_fingerprints_daily:
        return _key(salt, draft.site.idsite, "")
    return _key(salt, draft.site.idsite, draft.local_day)


@lru_cache(maxsize=4096)
def _key(salt: str, idsite: int, day: str) -> bytes:
    return hmac.new(salt.encode(), f"fingerprint|{idsite}|{day}".encode(), hashlib.sha256).digest()
