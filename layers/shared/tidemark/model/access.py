"""Who asks, and what they may see: identities and the protocols through which the registry grants access."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

ANONYMOUS = "anonymous"


class Role(IntEnum):
    """The rights a user can have for a site; a higher one contains the lower ones."""

    VIEW = 1
    WRITE = 2
    ADMIN = 3

    @property
    def title(self) -> str:
        """The name that messages use."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller: login, whether superuser, and the role for each site (superusers have every right anyway)."""

    login: str = ANONYMOUS
    is_superuser: bool = False
    roles: Mapping[int, Role] = field(default_factory=dict)

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is logged in."""
        return self.login == ANONYMOUS and not self.is_superuser

    def sites_with(self, role: Role) -> tuple[int, ...]:
        """The sites for which the caller has at least this role, ascending; of a superuser only the listed ones."""
        return tuple(sorted(site for site, given in self.roles.items() if given >= role))


class Access(Protocol):
    """Recognises callers; implemented by the registry."""

    def authenticate(self, token: str | None, *, sent_in_query: bool = False) -> Identity:
        """The identity of a token; without one (None, "" or "anonymous") the anonymous user with its roles.

        Raises:
            InvalidToken: unknown or expired token, or one that may only be sent by POST and was in the query.

        """
        ...


class SiteDirectory(Protocol):
    """What reports need to know of sites; implemented by the registry."""

    def all_ids(self) -> Sequence[int]:
        """Every site's id, ascending."""
        ...

    def exists(self, id_site: int) -> bool:
        """Whether there is a site of that id."""
        ...

    def zone(self, id_site: int) -> tzinfo:
        """The site's time zone."""
        ...
