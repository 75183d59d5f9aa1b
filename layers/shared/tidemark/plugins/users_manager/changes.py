"""Adding, changing and deleting users."""

from __future__ import annotations

from dataclasses import replace

from tidemark.model.access import Role
from tidemark.model.errors import ApiError, BadParameter, MissingParameter, NoAccess
from tidemark.model.registry import AlreadyRegisteredError, Registry
from tidemark.model.user import User
from tidemark.plugin import Access, Context, method
from tidemark.plugins.users_manager.reading import own_or_superuser
from tidemark.plugins.users_manager.validation import (
    check_enabled,
    confirm,
    known_user,
    new_email,
    new_login,
    new_password,
    not_anonymous,
)


@method("UsersManager.addUser", Access.SOME_ADMIN, raw_strings=True)
def add_user(
    context: Context,
    userLogin: str,
    password: str,
    email: str,
    _isPasswordHashed: bool = False,
    initialIdSite: int | None = None,
    passwordConfirmation: str = "",  # noqa: ARG001  asked of sessions, not of tokens
) -> None:
    """Add a user, who may see the initial site. Who is no superuser has to name one that they administer."""
    check_enabled(context)
    registry = context.service(Registry)
    if _isPasswordHashed:
        raise BadParameter("Passwords are taken as they are, not hashed.")
    if initialIdSite is None and not context.identity.is_superuser:
        raise MissingParameter("initialIdSite")
    if initialIdSite is not None and not context.identity.may(Role.ADMIN, initialIdSite):
        raise NoAccess.to_site(Role.ADMIN.id, [initialIdSite])
    user = User(
        login=new_login(registry, userLogin),
        email=new_email(registry, email, userLogin),
        date_registered=int(context.now),
        roles={context.site(initialIdSite).idsite: Role.VIEW} if initialIdSite else {},
    )
    try:
        registry.add_user(user, new_password(password))
    except AlreadyRegisteredError as error:
        raise BadParameter(f"The login '{userLogin}' is taken.") from error


@method("UsersManager.updateUser", raw_strings=True)
def update_user(
    context: Context,
    userLogin: str,
    password: str = "",
    email: str = "",
    _isPasswordHashed: bool = False,
    passwordConfirmation: str = "",
) -> None:
    """Give a user another password or address; the caller confirms it with their own password."""
    own_or_superuser(context, userLogin)
    check_enabled(context)
    not_anonymous(userLogin)
    user = known_user(context, userLogin)
    if _isPasswordHashed:
        raise BadParameter("Passwords are taken as they are, not hashed.")
    registry = context.service(Registry)
    address = new_email(registry, email, userLogin) if email else user.email
    if password:
        new_password(password)
    if password or address.lower() != user.email.lower():
        confirm(context, passwordConfirmation)
    if password:
        registry.set_password(userLogin, password)
    registry.change_user(userLogin, lambda present: replace(present, email=address))


@method("UsersManager.deleteUser", Access.SOME_ADMIN, raw_strings=True)
def delete_user(context: Context, userLogin: str, passwordConfirmation: str = "") -> None:  # noqa: ARG001
    """Delete a user; the only superuser stays. Administrators may take back invitations of theirs."""
    check_enabled(context)
    not_anonymous(userLogin)
    if not context.identity.is_superuser and not _is_own_invitation(context, userLogin):
        raise NoAccess.to_instance()
    _another_superuser(context, known_user(context, userLogin))
    context.service(Registry).delete_user(userLogin)


@method("UsersManager.setSuperUserAccess", Access.SUPERUSER, raw_strings=True)
def set_super_user_access(
    context: Context, userLogin: str, hasSuperUserAccess: bool, passwordConfirmation: str = ""
) -> None:
    """Make a user a superuser, or no longer one; roles on single sites are dropped either way."""
    not_anonymous(userLogin)
    check_enabled(context)
    confirm(context, passwordConfirmation)
    user = known_user(context, userLogin)
    if not hasSuperUserAccess:
        _another_superuser(context, user)
    context.service(Registry).change_user(
        userLogin, lambda present: replace(present, superuser_access=hasSuperUserAccess, roles={})
    )


def _is_own_invitation(context: Context, login: str) -> bool:
    """Whether the caller invited that user, who has not accepted yet."""
    user = context.service(Registry).user(login)
    return user is not None and user.invited_by == context.identity.login and user.status(context.now) != "active"


def _another_superuser(context: Context, user: User) -> None:
    """Raises: ApiError if the user is the only superuser."""
    superusers = [one.login for one in context.service(Registry).users() if one.superuser_access]
    if superusers == [user.login]:
        raise ApiError(f"'{user.login}' is the only superuser: make somebody else one first.")


METHODS = (add_user, update_user, delete_user, set_super_user_access)
