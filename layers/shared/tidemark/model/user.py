"""A user of the instance, and the tokens that speak for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidemark.model.access import Role


@dataclass(frozen=True, slots=True)
class AppToken:
    """A token of the API: its keyed hash (`tidemark.model.snapshot.hash_token`), never the token. Times: UTC unix seconds.

    A `post_only` token may not stand in a URL; a `read_only` one changes nothing; one with `sites` speaks for these alone, and
    for no superuser.
    """

    hash: str
    description: str = ""
    created_at: int = 0
    expires_at: int | None = None
    post_only: bool = False
    read_only: bool = False
    sites: tuple[int, ...] = ()

    def is_valid(self, now: float) -> bool:
        """Whether it has not expired."""
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True)
class OneTimeLink:
    """A link by which somebody may choose a user's password once: its keyed hash, and when it ends (UTC unix seconds)."""

    hash: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class User:
    """One user, with Matomo's attribute names where a client sees them.

    `password_hash` is empty for users who cannot log in with a password. `roles` has no entry for a site that the user may not
    see. `capabilities` are further rights by site. `preferences` are texts by name. `date_registered` and `accepted_at` (when
    an invitation was accepted) are in UTC unix seconds. `link` is an invitation or a way to a new password.
    """

    login: str
    email: str = ""
    superuser_access: bool = False
    date_registered: int = 0
    invited_by: str = ""
    password_hash: str = ""
    language: str = ""
    use_12_hour_clock: bool = False
    preferences: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[int, Role] = field(default_factory=dict)
    tokens: tuple[AppToken, ...] = ()
    capabilities: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    link: OneTimeLink | None = None
    accepted_at: int = 0

    def status(self, now: float) -> str:
        """Matomo's name of how far an invitation is: active, pending or expired."""
        if self.password_hash or self.link is None:
            return "active"
        return "pending" if now < self.link.expires_at else "expired"
