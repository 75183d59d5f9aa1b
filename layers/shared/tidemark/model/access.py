"""Who asks, and what they may do: the little that rooms must know of users."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

ANONYMOUS = "anonymous"  # the login of requests without a token, as Matomo calls it


class Role(IntEnum):
    """What a user may do with a site; each role includes the ones before it.

    Source: Matomo 5.2, API methods, required access.
    """

    VIEW = 1
    WRITE = 2
    ADMIN = 3

    @property
    def id(self) -> str:
        """Name of the role in API parameters and answers: view, write or admin."""
        return self.name.lower()

    @classmethod
    def of(cls, name: str) -> Role:
        """Role of a name as clients write it. Raises ValueError for anything else (noaccess is no role)."""
        for role in cls:
            if role.id == name:
                return role
        raise ValueError(f"no role is called {name!r}")


@dataclass(frozen=True, slots=True)
class Identity:
    """A user whose token or session was checked: the login, and a role for each site they may see."""

    login: str
    is_superuser: bool = False
    roles: Mapping[int, Role] = field(default_factory=dict)
    is_post_only: bool = False
    """Whether the token that was checked may not stand in a URL."""
    no_changes: str = ""
    """Why the caller may change nothing whatever their roles; empty for who may."""

    @property
    def is_anonymous(self) -> bool:
        return self.login == ANONYMOUS

    def may(self, role: Role, idsite: int) -> bool:
        """Whether the user has at least this role on the site (superusers have every role everywhere)."""
        return self.is_superuser or self.roles.get(idsite, 0) >= role

    def may_somewhere(self, role: Role) -> bool:
        """Whether the user has at least this role on any site."""
        return self.is_superuser or any(own >= role for own in self.roles.values())


class Access(Protocol):
    """Turns a token into a user; None if no user has that token."""

    def authenticate(self, token: str) -> Identity | None: ...
