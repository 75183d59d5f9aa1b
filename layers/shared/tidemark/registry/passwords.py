"""Passwords, kept as argon2id hashes (RFC 9106). Those of earlier versions (scrypt) still match, and are replaced then."""

from __future__ import annotations

import hashlib
import hmac
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_SCRYPT_PARTS: Final = 5
_NOBODYS: Final = "nobody's password"


def hash_password(password: str) -> str:
    """The hash in PHC form: `$argon2id$v=19$m=…,t=…,p=…$<salt>$<hash>`, with a new salt."""
    return _hasher().hash(password)


def password_matches(password: str, stored: str) -> bool:
    """Whether `stored` is a hash of this password; an empty `stored` matches nothing, but takes as long."""
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415  half of all functions need no password

    if stored.startswith("scrypt$"):
        return _matches_scrypt(password, stored)
    try:
        return _hasher().verify(stored or _nobodys(), password) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether the hash is of an earlier kind, or cheaper than hashes are made now."""
    return stored.startswith("scrypt$") or _hasher().check_needs_rehash(stored)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # noqa: PLC0415
    from argon2.profiles import RFC_9106_LOW_MEMORY  # noqa: PLC0415

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@cache
def _nobodys() -> str:
    """What a password is compared with where there is no user: whoever measures time learns nothing of logins."""
    return hash_password(_NOBODYS)


def _matches_scrypt(password: str, stored: str) -> bool:
    """`scrypt$<cost>$<block size>$<salt>$<hash>`, the last two in hexadecimal."""
    parts = stored.split("$")
    if len(parts) != _SCRYPT_PARTS:
        return False
    _, cost, block_size, salt, derived = parts
    found = hashlib.scrypt(
        password.encode(), salt=bytes.fromhex(salt), n=int(cost), r=int(block_size), p=1, maxmem=2**26
    )
    return hmac.compare_digest(found.hex(), derived)
