"""Rights beside the roles, which plugins declare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tidemark.model.access import ANONYMOUS
from tidemark.model.errors import ApiError, BadParameter
from tidemark.model.registry import Registry
from tidemark.model.user import User
from tidemark.plugin import Access, Capability, Context, Plugins, method
from tidemark.plugins.users_manager.rights import sites_of
from tidemark.plugins.users_manager.validation import check_enabled, known_user


@method("UsersManager.getAvailableCapabilities", Access.SOME_ADMIN)
def get_available_capabilities(context: Context) -> list[dict[str, Any]]:
    """The rights that a user can have on a site beside a role."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "description": one.description,
            "helpUrl": "",
            "includedInRoles": [role.id for role in one.included_in_roles],
            "category": one.category,
        }
        for one in _known(context).values()
    ]


@method("UsersManager.addCapabilities", Access.ADMIN, site_parameter="idSites", raw_strings=True)
def add_capabilities(context: Context, userLogin: str, capabilities: Any, idSites: Any) -> None:
    """Give a user rights on some sites on which they have a role; those that the role includes are theirs already."""
    wanted = _wanted(context, capabilities)

    def added(user: User, idsite: int) -> tuple[str, ...]:
        if idsite not in user.roles:
            raise ApiError(f"'{userLogin}' has no role on site {idsite}, so no capability can be given.")
        new = [one.id for one in wanted if user.roles[idsite] not in one.included_in_roles]
        return tuple(dict.fromkeys((*user.capabilities.get(idsite, ()), *new)))

    _change(context, userLogin, idSites, added)


@method("UsersManager.removeCapabilities", Access.ADMIN, site_parameter="idSites", raw_strings=True)
def remove_capabilities(context: Context, userLogin: str, capabilities: Any, idSites: Any) -> None:
    """Take rights on some sites away from a user."""
    gone = {one.id for one in _wanted(context, capabilities)}
    _change(
        context,
        userLogin,
        idSites,
        lambda user, idsite: tuple(name for name in user.capabilities.get(idsite, ()) if name not in gone),
    )


def _change(context: Context, login: str, sites: Any, change: Callable[[User, int], tuple[str, ...]]) -> None:
    check_enabled(context)
    if login == ANONYMOUS:
        raise ApiError("Anonymous users can have no capabilities.")
    if known_user(context, login).superuser_access:
        raise ApiError(f"'{login}' is a superuser, who may do everything already.")
    idsites = sites_of(context, sites)

    def changed(user: User) -> User:
        own = {**user.capabilities, **{idsite: change(user, idsite) for idsite in idsites}}
        return replace(user, capabilities={idsite: names for idsite, names in own.items() if names})

    context.service(Registry).change_user(login, changed)


def _wanted(context: Context, sent: Any) -> list[Capability]:
    """Raises: BadParameter."""
    known = _known(context)
    names = [str(name) for name in sent] if isinstance(sent, list) else [one for one in str(sent).split(",") if one]
    for name in names:
        if name not in known:
            raise BadParameter(f"'{name}' is no capability{': ' + ', '.join(known) if known else ''}.")
    if not names:
        raise BadParameter("At least one capability has to be named in 'capabilities'.")
    return [known[name] for name in names]


def _known(context: Context) -> dict[str, Capability]:
    return {one.id: one for one in context.service(Plugins).capabilities()}


METHODS = (get_available_capabilities, add_capabilities, remove_capabilities)
