"""Passwords, kept as salted scrypt hashes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

_COST: Final = 2**14  # 16 MiB and about 50 ms per try
_BLOCK_SIZE: Final = 8
_SALT_BYTES: Final = 16


def hash_password(password: str, salt: bytes | None = None) -> str:
    """`scrypt$<cost>$<block size>$<salt>$<hash>`, the last two in hexadecimal; a new salt unless one is given."""
    salt = secrets.token_bytes(_SALT_BYTES) if salt is None else salt
    return f"scrypt${_COST}${_BLOCK_SIZE}${salt.hex()}${_derive(password, salt, _COST, _BLOCK_SIZE).hex()}"


def password_matches(password: str, stored: str) -> bool:
    """Whether `stored` is a hash of this password; an empty `stored` matches nothing."""
    parts = stored.split("$")
    if len(parts) != len(("scrypt", "cost", "block size", "salt", "hash")) or parts[0] != "scrypt":
        return False
    _, cost, block_size, salt, derived = parts
    return hmac.compare_digest(_derive(password, bytes.fromhex(salt), int(cost), int(block_size)).hex(), derived)


def _derive(password: str, salt: bytes, cost: int, block_size: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=cost, r=block_size, p=1, maxmem=2**26)
