"""Who there is."""

from __future__ import annotations

from tidemark.model.access import ANONYMOUS
from tidemark.model.errors import ApiError, NoAccess
from tidemark.model.registry import Registry
from tidemark.plugin import Access, Context, method
from tidemark.plugins.users_manager.answers import UserAnswer, is_visible, user_answer, visible
from tidemark.plugins.users_manager.roles import role_of
from tidemark.plugins.users_manager.validation import known_user, user_of_email


def own_or_superuser(context: Context, login: str) -> None:
    """Raises: NoAccess for anyone but the user and superusers."""
    if not context.identity.is_superuser and context.identity.login != login:
        raise NoAccess.to_user(login)


@method("UsersManager.getUsers", Access.SOME_ADMIN, raw_strings=True)
def get_users(context: Context, userLogins: str = "") -> list[UserAnswer]:
    """The users that the caller may see, in order of their logins; only some if logins are given, with commas."""
    wanted = [login for login in userLogins.split(",") if login]
    users = visible(context, context.service(Registry).users())
    return [user_answer(context, user) for user in users if not wanted or user.login in wanted]


@method("UsersManager.getUsersLogin", Access.SOME_ADMIN)
def get_users_login(context: Context) -> list[str]:
    """Logins of the users that the caller may see."""
    return [user.login for user in visible(context, context.service(Registry).users())]


@method("UsersManager.getUser", raw_strings=True)
def get_user(context: Context, userLogin: str) -> UserAnswer:
    """One user, for themselves and for superusers."""
    own_or_superuser(context, userLogin)
    return user_answer(context, known_user(context, userLogin))


@method("UsersManager.getUserByEmail", Access.SUPERUSER, raw_strings=True)
def get_user_by_email(context: Context, userEmail: str) -> UserAnswer:
    """One user by their address."""
    user = user_of_email(context.service(Registry), userEmail)
    if user is None:
        raise ApiError(f"The user '{userEmail}' does not exist.")
    return user_answer(context, user)


@method("UsersManager.userExists", raw_strings=True)
def user_exists(context: Context, userLogin: str) -> bool:
    """Whether there is such a user; the anonymous one always is."""
    if userLogin == ANONYMOUS:
        return True
    if context.identity.is_anonymous:
        raise NoAccess.anonymous()
    return context.service(Registry).user(userLogin) is not None


@method("UsersManager.userEmailExists", Access.NOT_ANONYMOUS, raw_strings=True)
def user_email_exists(context: Context, userEmail: str) -> bool:
    """Whether a user has this address."""
    return user_of_email(context.service(Registry), userEmail) is not None


@method("UsersManager.getUserLoginFromUserEmail", Access.SOME_ADMIN, raw_strings=True)
def get_user_login_from_user_email(context: Context, userEmail: str) -> str:
    """Login of the user with this address."""
    user = user_of_email(context.service(Registry), userEmail)
    if user is None:
        raise ApiError(f"The user '{userEmail}' does not exist.")
    return user.login


@method("UsersManager.hasSuperUserAccess")
def has_super_user_access(context: Context) -> bool:
    """Whether the caller is a superuser."""
    return context.identity.is_superuser


@method("UsersManager.getUsersHavingSuperUserAccess", Access.NOT_ANONYMOUS)
def get_users_having_super_user_access(context: Context) -> list[UserAnswer]:
    """All superusers, also those that the caller would not see otherwise."""
    return [user_answer(context, user) for user in context.service(Registry).users() if user.superuser_access]


@method("UsersManager.getUsersSitesFromAccess", Access.SUPERUSER)
def get_users_sites_from_access(context: Context, access: str) -> dict[str, list[int]]:
    """Login -> numbers of the sites on which the user's role is this one."""
    role = role_of(access)
    held = {
        user.login: [idsite for idsite, own in user.roles.items() if own is role]
        for user in context.service(Registry).users()
    }
    return {login: sorted(sites) for login, sites in held.items() if sites}


@method("UsersManager.getUsersAccessFromSite", Access.ADMIN)
def get_users_access_from_site(context: Context, idSite: int) -> dict[str, str]:
    """Login -> role, of the users that have one on the site."""
    users = context.service(Registry).users()
    return {user.login: user.roles[idSite].id for user in users if idSite in user.roles and is_visible(context, user)}


@method("UsersManager.getUsersWithSiteAccess", Access.ADMIN)
def get_users_with_site_access(context: Context, idSite: int, access: str) -> list[UserAnswer]:
    """The users whose role on the site is this one."""
    role = role_of(access)
    users = visible(context, context.service(Registry).users())
    return [user_answer(context, user) for user in users if user.roles.get(idSite) is role]


@method("UsersManager.getSitesAccessFromUser", Access.SUPERUSER, raw_strings=True)
def get_sites_access_from_user(context: Context, userLogin: str) -> list[dict[str, object]]:
    """Sites and the user's role on each; superusers are administrators of all."""
    user = known_user(context, userLogin)
    sites = [site.idsite for site in context.service(Registry).sites()]
    if user.superuser_access:
        return [{"site": idsite, "access": "admin"} for idsite in sites]
    return [{"site": idsite, "access": user.roles[idsite].id} for idsite in sites if idsite in user.roles]


METHODS = (
    get_users,
    get_users_login,
    get_user,
    get_user_by_email,
    user_exists,
    user_email_exists,
    get_user_login_from_user_email,
    has_super_user_access,
    get_users_having_super_user_access,
    get_users_sites_from_access,
    get_users_access_from_site,
    get_users_with_site_access,
    get_sites_access_from_user,
)
