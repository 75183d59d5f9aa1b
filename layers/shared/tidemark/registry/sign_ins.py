"""Sessions of the web interface on the registry table: one item per session, found by the keyed hash of its secret.

Times are the machine's, not the instance's clock, which may be set.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Final

from tidemark.model.registry import Registry
from tidemark.model.sign_in import SignIn
from tidemark.model.snapshot import hash_token
from tidemark.stores.ports import TTL_ATTRIBUTE, ConditionFailedError, Exists, Item, Table

SECRET_BYTES: Final = 32
LONGEST_SECONDS: Final = 86_400
REST_SECONDS: Final = 3600
REMEMBERED_SECONDS: Final = 14 * 86_400
"""A session that is to be remembered may last and rest so long; another one as the two above say."""
NOTED_EVERY_SECONDS: Final = 300
_FORMAT: Final = 1
_KEY: Final = "session"


class StoredSignIns:
    """Implements tidemark.model.sign_in.SignIns."""

    __slots__ = ("_now", "_registry", "_salt", "_table")

    def __init__(
        self, table: Table, registry: Registry, salt: Callable[[], str], real_now: Callable[[], float] = time.time
    ) -> None:
        self._table = table
        self._registry = registry
        self._salt = salt
        self._now = real_now

    def begin(self, login: str, *, remember: bool) -> tuple[str, SignIn]:
        """See SignIns."""
        secret, now = secrets.token_urlsafe(SECRET_BYTES), int(self._now())
        expires_at = now + (REMEMBERED_SECONDS if remember else LONGEST_SECONDS)
        self._table.put(
            {
                "pk": self._partition(secret),
                "sk": _KEY,
                "format": _FORMAT,
                "login": login,
                "password": self._fingerprint(login),
                "rest": REMEMBERED_SECONDS if remember else REST_SECONDS,
                "used_at": now,
                TTL_ATTRIBUTE: expires_at,
            }
        )
        return secret, self._sign_in(secret, login, expires_at, REMEMBERED_SECONDS if remember else None)

    def find(self, secret: str) -> SignIn | None:
        """See SignIns. Its use is noted every few minutes, not at every call."""
        item = self._table.get(self._partition(secret), _KEY) if secret else None
        if item is None:
            return None
        now = int(self._now())
        if not self._is_alive(item, now):
            self.end(secret)
            return None
        if now - item["used_at"] >= NOTED_EVERY_SECONDS:
            self._note(item, now)
        return self._sign_in(secret, item["login"], item[TTL_ATTRIBUTE])

    def end(self, secret: str) -> None:
        """See SignIns."""
        self._table.delete(self._partition(secret), _KEY)

    def _is_alive(self, item: Item, now: int) -> bool:
        fingerprint = self._fingerprint(item["login"])
        return (
            now < item[TTL_ATTRIBUTE]
            and now - item["used_at"] < item["rest"]
            and bool(fingerprint)
            and secrets.compare_digest(fingerprint, item["password"])
        )

    def _note(self, item: Item, now: int) -> None:
        try:
            self._table.update(item["pk"], _KEY, assign={"used_at": now}, condition=Exists("pk"))
        except ConditionFailedError:  # it was ended meanwhile
            return

    def _sign_in(self, secret: str, login: str, expires_at: int, cookie_seconds: int | None = None) -> SignIn:
        return SignIn(login, hash_token(f"csrf {secret}", self._salt()), expires_at, cookie_seconds)

    def _fingerprint(self, login: str) -> str:
        """What changes with the user's password; empty for who cannot sign in."""
        user = self._registry.user(login)
        return hash_token(user.password_hash, self._salt()) if user is not None and user.password_hash else ""

    def _partition(self, secret: str) -> str:
        return f"session#{hash_token(secret, self._salt())}"
