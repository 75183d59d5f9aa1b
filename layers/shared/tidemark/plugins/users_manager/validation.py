"""What a user may be called, and what passwords and addresses may be."""

from __future__ import annotations

import re
from typing import Final

from tidemark.model.access import ANONYMOUS
from tidemark.model.errors import ApiError, BadParameter
from tidemark.model.passwords import password_problem
from tidemark.model.registry import Registry
from tidemark.model.user import User
from tidemark.plugin import Context
from tidemark.plugins.users_manager.attempts import caller_address, guarded

MIN_LOGIN: Final = 2
MAX_LOGIN: Final = 100

_LOGIN: Final = re.compile(r"[A-Za-zÄäÖöÜüß0-9_.@+-]*")
_EMAIL: Final = re.compile(r"[^@\s<>\"(),:;\[\]]+@[^@\s<>\"(),:;\[\]]+\.[^@\s<>\"(),:;\[\].]{2,}")


def new_login(registry: Registry, login: str) -> str:
    """A login that nobody has. Raises: BadParameter."""
    if not MIN_LOGIN <= len(login) <= MAX_LOGIN or not _LOGIN.fullmatch(login):
        raise BadParameter(
            f"A login has {MIN_LOGIN} to {MAX_LOGIN} characters: letters, digits and _ - . @ +, which '{login}' has not."
        )
    if registry.user(login) is not None or user_of_email(registry, login) is not None:
        raise BadParameter(f"The login '{login}' is taken.")
    return login


def new_email(registry: Registry, email: str, login: str) -> str:
    """An address that no other user has. Raises: BadParameter."""
    if not _EMAIL.fullmatch(email):
        raise BadParameter(f"'{email}' is not a valid e-mail address.")
    owner = user_of_email(registry, email)
    if owner is not None and owner.login != login:
        raise BadParameter(f"The e-mail address '{email}' is taken.")
    return email


def new_password(password: str) -> str:
    """A password of 6 to 200 characters. Raises: BadParameter."""
    problem = password_problem(password)
    if problem:
        raise BadParameter(problem)
    return password


def user_of_email(registry: Registry, email: str) -> User | None:
    """The user with this address, without regard to case."""
    wanted = email.lower()
    return next((user for user in registry.users() if wanted and user.email.lower() == wanted), None)


def known_user(context: Context, login: str) -> User:
    """The user. Raises: ApiError if there is none."""
    user = context.service(Registry).user(login)
    if user is None:
        raise ApiError(f"The user '{login}' does not exist.")
    return user


def not_anonymous(login: str) -> None:
    """Refuse to change the anonymous user. Raises: ApiError."""
    if login == ANONYMOUS:
        raise ApiError(f"The user '{ANONYMOUS}' cannot be changed or deleted.")


def check_enabled(context: Context) -> None:
    """Raises: ApiError where users are managed elsewhere."""
    if not context.settings.flag("General.enable_users_admin"):
        raise ApiError("Changing users is switched off on this instance.")


def confirm(context: Context, password: str) -> None:
    """Refuse a caller who has a password and does not give it. Raises: ApiError."""
    registry, login = context.service(Registry), context.identity.login
    user = registry.user(login)
    if user is None or not user.password_hash:
        return
    with guarded(context, caller_address(context), login) as attempt:
        if not registry.password_matches(login, password):
            attempt.fail()
            raise ApiError("The password that has to confirm this is missing or wrong.")
