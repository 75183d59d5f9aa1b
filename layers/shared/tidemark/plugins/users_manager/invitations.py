"""Inviting users by one-time links, which are mailed where the deployment sends mails, or passed on by who invites."""

from __future__ import annotations

import secrets
from typing import Final

from tidemark.model.access import Role
from tidemark.model.errors import ApiError, BadParameter, MissingParameter, NoAccess
from tidemark.model.links import LINK_BYTES, instance_address, password_link
from tidemark.model.mail import Mail, Mailer, MailError
from tidemark.model.registry import AlreadyRegisteredError, NotRegisteredError, Registry
from tidemark.model.user import User
from tidemark.plugin import Access, Context, method
from tidemark.plugins.users_manager.attempts import caller_address, guarded
from tidemark.plugins.users_manager.validation import (
    check_enabled,
    known_user,
    new_email,
    new_login,
    new_password,
)

_DAY_SECONDS: Final = 86_400
_MAX_DAYS: Final = 365


@method("UsersManager.inviteUser", Access.SOME_ADMIN, raw_strings=True)
def invite_user(
    context: Context,
    userLogin: str,
    email: str,
    initialIdSite: int | None = None,
    expiryInDays: int | None = None,
    passwordConfirmation: str = "",  # noqa: ARG001  asked of sessions, not of tokens
) -> None:
    """Add a user who chooses a password by a link, and may see the initial site."""
    check_enabled(context)
    registry, identity = context.service(Registry), context.identity
    if initialIdSite is None and not identity.is_superuser:
        raise MissingParameter("initialIdSite")
    if initialIdSite is not None and not identity.may(Role.ADMIN, initialIdSite):
        raise NoAccess.to_site(Role.ADMIN.id, [initialIdSite])
    user = User(
        login=new_login(registry, userLogin),
        email=new_email(registry, email, userLogin),
        date_registered=int(context.now),
        invited_by=identity.login,
        roles={context.site(initialIdSite).idsite: Role.VIEW} if initialIdSite else {},
    )
    try:
        registry.add_user(user)
    except AlreadyRegisteredError as error:
        raise BadParameter(f"The login '{userLogin}' is taken.") from error
    _mail_link(context, user, _new_link(context, userLogin, expiryInDays))


@method("UsersManager.resendInvite", Access.SOME_ADMIN, raw_strings=True)
def resend_invite(
    context: Context,
    userLogin: str,
    expiryInDays: int | None = None,
    passwordConfirmation: str = "",  # noqa: ARG001
) -> None:
    """Begin an invitation anew; links given before are worth nothing from then on."""
    user = _check_pending(context, userLogin)
    _mail_link(context, user, _new_link(context, userLogin, expiryInDays))


@method("UsersManager.generateInviteLink", Access.SOME_ADMIN, raw_strings=True)
def generate_invite_link(
    context: Context,
    userLogin: str,
    expiryInDays: int | None = None,
    passwordConfirmation: str = "",  # noqa: ARG001
) -> str:
    """A new link by which the invited user chooses a password, shown this once; earlier ones end."""
    _check_pending(context, userLogin)
    token = _new_link(context, userLogin, expiryInDays)
    return password_link(instance_address(context.settings), token)


@method("UsersManager.acceptInvitation", raw_strings=True)
def accept_invitation(context: Context, inviteToken: str, password: str) -> str:
    """Choose the password that an invitation or a reset asks for; gives the login. The token is used up."""
    check_enabled(context)
    new_password(password)
    with guarded(context, caller_address(context)) as attempt:
        try:
            return context.service(Registry).use_link(inviteToken, password).login
        except NotRegisteredError as error:
            attempt.fail()
            raise ApiError("The link was used already, or has ended.") from error


def _new_link(context: Context, login: str, days: int | None) -> str:
    """Raises: BadParameter."""
    wanted = context.settings.number("General.default_invite_user_token_expiry_days") if days is None else days
    if not 1 <= wanted <= _MAX_DAYS:
        raise BadParameter(f"An invitation lasts 1 to {_MAX_DAYS} days, not {wanted}.")
    token = secrets.token_hex(LINK_BYTES)
    context.service(Registry).set_link(login, token, int(context.now) + wanted * _DAY_SECONDS)
    return token


def _mail_link(context: Context, user: User, token: str) -> None:
    """Mail an invitation, if the deployment sends mails and knows its address. Raises: ApiError."""
    mailer = context.service(Mailer)
    if not mailer.is_set_up or not context.settings.words("General.trusted_hosts"):
        return
    text = (
        f"Hello {user.login},\n\n{context.identity.login} invites you to look at web statistics. "
        f"Choose a password here, and you are in:\n\n{password_link(instance_address(context.settings), token)}\n\n"
        "The link is good once. If you did not expect it, do nothing.\n"
    )
    try:
        mailer.send(Mail(user.email, "You are invited to Tidemark", text))
    except MailError as error:
        raise ApiError(f"'{user.login}' was added, but could not be mailed: make a link, and pass it on.") from error


def _check_pending(context: Context, login: str) -> User:
    """The user. Only who invited, and superusers, may go on with an invitation. Raises: ApiError, NoAccess."""
    check_enabled(context)
    user = known_user(context, login)
    if not context.identity.is_superuser and user.invited_by != context.identity.login:
        raise NoAccess.to_user(login)
    if user.status(context.now) == "active":
        raise ApiError(f"'{login}' has no open invitation.")
    return user


METHODS = (invite_user, resend_invite, generate_invite_link, accept_invitation)
