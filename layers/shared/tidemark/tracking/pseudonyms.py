"""Keyed hashes that stand for what names a person. Light, for collect makes them before it queues anything.

Source: Matomo 5.2, tracking behaviour, section 14.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from tidemark.tracking.parameters import text

KEY_BYTES: Final = 12


@lru_cache(maxsize=8)
def _address_key(salt: str) -> bytes:
    return hmac.new(salt.encode(), b"address", hashlib.sha256).digest()


def address_pseudonym(address: str, salt: str) -> str:
    """What tells addresses apart without saying them, 24 hexadecimal characters: as much as fingerprints need."""
    key = _address_key(salt)
    return hashlib.blake2b(address.encode("utf-8", "replace"), key=key, digest_size=KEY_BYTES).hexdigest()


def pseudonymise(given: dict[str, Any], names: Iterable[str], salt: str) -> None:
    """Replace the values of these parameters (user id, order id) by keyed hashes.

    The same value always gets the same pseudonym, so that visitors are recognised and orders counted once.
    """
    for name in names:
        if value := text(given, name):
            given[name] = hmac.new(salt.encode(), f"{name}|{value}".encode(), hashlib.sha1).hexdigest()
