"""Who may call what: the sites of a call, and the rights that a method needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tidemark.model.access import Identity, Role
from tidemark.model.errors import MissingParameter, NoAccess, UnknownSite
from tidemark.model.site import Site
from tidemark.plugin import Access
from tidemark.reporting.parameters import read_integer, read_list

ALL_SITES = "all"
_SITE_ROLES = {Access.VIEW: Role.VIEW, Access.WRITE: Role.WRITE, Access.ADMIN: Role.ADMIN}
_SOME_ROLES = {Access.SOME_VIEW: Role.VIEW, Access.SOME_WRITE: Role.WRITE, Access.SOME_ADMIN: Role.ADMIN}


@dataclass(frozen=True, slots=True)
class SiteSelection:
    """The sites of a call in the order asked for; ``is_multiple``: the answer is a map by site."""

    ids: tuple[int, ...]
    is_multiple: bool


class KnownSites(Protocol):
    """Looks sites up; a part of the registry."""

    def sites(self) -> Sequence[Site]:
        """All sites in order of their numbers."""
        ...

    def site(self, idsite: int) -> Site | None:
        """The site, None if there is none."""
        ...


def select_sites(
    value: Any, identity: Identity, known: KnownSites, role: Role = Role.VIEW, name: str = "idSite"
) -> SiteSelection:
    """The sites that a parameter names: a number, several, or "all" (those with at least this role).

    Entries that are no numbers are left out.

    Raises:
        MissingParameter: the value names no site at all.
        NoAccess: a site for which the caller lacks the role; with "all", if there is none for which they have it.
        UnknownSite: a site that does not exist.

    """
    if value == ALL_SITES:
        ids = tuple(site.idsite for site in known.sites() if identity.may(role, site.idsite))
        if not ids and not identity.is_superuser:
            raise NoAccess.to_some_site(role.id)
        return SiteSelection(ids, is_multiple=True)
    numbers = (read_integer(item) for item in read_list(value) or [])
    ids = tuple(dict.fromkeys(number for number in numbers if number is not None and number > 0))
    if not ids:
        if read_list(value):
            raise UnknownSite(value if isinstance(value, str | int) else ",".join(map(str, read_list(value) or [])))
        raise MissingParameter(name)
    refused = [site for site in ids if not identity.may(role, site)]
    if refused:
        raise NoAccess.to_site(role.id, refused)
    unknown = [site for site in ids if known.site(site) is None]
    if unknown:
        raise UnknownSite(unknown[0])
    return SiteSelection(ids, is_multiple=len(ids) > 1)


def check_access(needed: Access, identity: Identity, sites: Any, known: KnownSites) -> None:
    """Refuse a caller who lacks what a method needs; ``sites`` is the value of its site parameter, None if not given.

    A method whose site parameter is not given needs the role for some site.

    Raises:
        NoAccess, UnknownSite, MissingParameter: see ``select_sites``.

    """
    if needed in _SITE_ROLES:
        role = _SITE_ROLES[needed]
        if read_list(sites) is None:
            _check_somewhere(role, identity)
        else:
            select_sites(sites, identity, known, role)
    elif needed in _SOME_ROLES:
        _check_somewhere(_SOME_ROLES[needed], identity)
    elif needed is Access.NOT_ANONYMOUS and identity.is_anonymous:
        raise NoAccess.anonymous()
    elif needed is Access.SUPERUSER and not identity.is_superuser:
        raise NoAccess.to_instance()


def _check_somewhere(role: Role, identity: Identity) -> None:
    if not identity.may_somewhere(role):
        raise NoAccess.to_some_site(role.id)
