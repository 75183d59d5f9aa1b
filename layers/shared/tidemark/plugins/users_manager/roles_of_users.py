"""Lists of users with their role on a site, and of sites with a user's role on them: filtered and cut to pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from tidemark.model.access import ANONYMOUS, Role
from tidemark.model.errors import ApiError, BadParameter
from tidemark.model.part_of_list import PartOfList
from tidemark.model.registry import Registry
from tidemark.model.user import User
from tidemark.plugin import Access, Context, method
from tidemark.plugins.users_manager.answers import is_visible, user_answer
from tidemark.plugins.users_manager.roles import NO_ACCESS
from tidemark.plugins.users_manager.validation import known_user

SUPERUSER: Final = "superuser"
SOME: Final = "some"
_ROLE_FILTERS: Final = ("", NO_ACCESS, SOME, *(role.id for role in Role), SUPERUSER)
T = TypeVar("T")


@method("UsersManager.getUsersPlusRole", Access.ADMIN, raw_strings=True)
def get_users_plus_role(
    context: Context,
    idSite: int,
    limit: int | None = None,
    offset: int = 0,
    filter_search: str = "",
    filter_access: str = "",
    filter_status: str = "",
) -> list[dict[str, Any]]:
    """The users that the caller may see, with role and capabilities on a site, in order of their logins."""
    _check_filter(filter_access)
    found = []
    for user in context.service(Registry).users():
        role = _role_on(user, idSite)
        is_found = filter_search.lower() in f"{user.login} {user.email}".lower()
        has_status = not filter_status or user.status(context.now) == filter_status
        if is_visible(context, user) and is_found and has_status and _is_wanted(role, filter_access):
            found.append({**user_answer(context, user), "role": role, "capabilities": _capabilities(user, idSite)})
    return _page(found, limit, offset)


@method("UsersManager.getSitesAccessForUser", Access.SOME_ADMIN, raw_strings=True)
def get_sites_access_for_user(
    context: Context,
    userLogin: str,
    limit: int | None = None,
    offset: int = 0,
    filter_search: str = "",
    filter_access: str = "",
) -> list[dict[str, Any]]:
    """The sites that the caller administers, with the user's role and capabilities on each."""
    _check_filter(filter_access)
    user = known_user(context, userLogin)
    if user.superuser_access:
        raise ApiError(f"'{userLogin}' is a superuser, who has access to every site.")
    found = [
        {
            "idsite": site.idsite,
            "site_name": site.name,
            "role": _role_on(user, site.idsite),
            "capabilities": _capabilities(user, site.idsite),
        }
        for site in context.service(Registry).sites()
        if context.identity.may(Role.ADMIN, site.idsite)
        and filter_search.lower() in f"{site.name} {site.main_url}".lower()
        and _is_wanted(_role_on(user, site.idsite), filter_access)
    ]
    return _page(found, limit, offset)


def _check_filter(name: str) -> None:
    if name not in _ROLE_FILTERS:
        raise BadParameter(f"'{name}' is no kind of access: {', '.join(_ROLE_FILTERS[1:])}.")


def _role_on(user: User, idsite: int) -> str:
    if user.superuser_access and user.login != ANONYMOUS:
        return SUPERUSER
    return user.roles[idsite].id if idsite in user.roles else NO_ACCESS


def _capabilities(user: User, idsite: int) -> list[str]:
    return [] if user.superuser_access else list(user.capabilities.get(idsite, ()))


def _is_wanted(role: str, wanted: str) -> bool:
    return not wanted or role == wanted or (wanted == SOME and role != NO_ACCESS)


def _page(found: Sequence[T], limit: int | None, offset: int) -> PartOfList[T]:
    start = max(0, offset)
    return PartOfList(found[start : start + limit] if limit and limit > 0 else found[start:], len(found))


METHODS = (get_users_plus_role, get_sites_access_for_user)
