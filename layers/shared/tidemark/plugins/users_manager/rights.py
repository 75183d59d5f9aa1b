"""What users may do on which site."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from tidemark.model.access import ANONYMOUS, Role
from tidemark.model.errors import ApiError, BadParameter
from tidemark.model.registry import Registry
from tidemark.model.user import User
from tidemark.plugin import Access, Context, method
from tidemark.plugins.users_manager.roles import NO_ACCESS, role_of
from tidemark.plugins.users_manager.validation import check_enabled, known_user

_DESCRIPTIONS: Final = {
    Role.VIEW: "Sees all reports of the site.",
    Role.WRITE: "Sees all reports, and manages goals, dimensions and the like, but not the site itself.",
    Role.ADMIN: "Manages the site: its settings, and who may see or change it.",
}


@method("UsersManager.getAvailableRoles", Access.SOME_ADMIN)
def get_available_roles(_context: Context) -> list[dict[str, str]]:
    """The roles that a user can have on a site."""
    return [
        {"id": role.id, "name": role.id.capitalize(), "description": _DESCRIPTIONS[role], "helpUrl": ""}
        for role in Role
    ]


@method("UsersManager.setUserAccess", Access.ADMIN, site_parameter="idSites", raw_strings=True)
def set_user_access(
    context: Context,
    userLogin: str,
    access: Any,
    idSites: Any,
    passwordConfirmation: str = "",  # noqa: ARG001  asked of sessions, not of tokens
) -> None:
    """Give a user a role on some sites (a list, or all that the caller administers), or take it away."""
    check_enabled(context)
    role = _wanted(access)
    if userLogin == ANONYMOUS and role not in {None, Role.VIEW}:
        raise BadParameter(f"Anonymous users can have no access but {NO_ACCESS} and {Role.VIEW.id}.")
    if known_user(context, userLogin).superuser_access:
        raise ApiError(f"'{userLogin}' is a superuser, who has access to every site already.")
    sites = sites_of(context, idSites)
    context.service(Registry).change_user(userLogin, lambda user: _with_role(user, role, sites))


def _wanted(access: Any) -> Role | None:
    """The one role asked for; None for no access."""
    names = [str(name) for name in access if name] if isinstance(access, list) else [str(access)]
    if names == [NO_ACCESS]:
        return None
    roles = [role_of(name) for name in names]
    if len(roles) != 1:
        raise BadParameter(f"A user has one role on a site, not {len(roles)}.")
    return roles[0]


def _with_role(user: User, role: Role | None, sites: list[int]) -> User:
    others = {idsite: own for idsite, own in user.roles.items() if idsite not in sites}
    roles = others if role is None else {**others, **dict.fromkeys(sites, role)}
    capabilities = {idsite: names for idsite, names in user.capabilities.items() if idsite in roles}
    return replace(user, roles=roles, capabilities=capabilities)


def sites_of(context: Context, sent: Any) -> list[int]:
    """Numbers of the sites that the caller asked for; the rights were checked."""
    if sent == "all":
        known = context.service(Registry).sites()
        return [site.idsite for site in known if context.identity.may(Role.ADMIN, site.idsite)]
    texts = sent if isinstance(sent, list) else str(sent).split(",")
    sites = [int(text) for text in texts if str(text).strip().isdigit()]
    if not sites:
        raise BadParameter("At least one site has to be named in 'idSites'.")
    return sites


METHODS = (get_available_roles, set_user_access)
