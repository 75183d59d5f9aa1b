"""Tokens that users make for their programs."""

from __future__ import annotations

import secrets
from datetime import UTC
from typing import Final

from tidemark.model.errors import ApiError
from tidemark.model.period import local_date, midnight_utc
from tidemark.model.period_query import parse_date
from tidemark.model.registry import Registry
from tidemark.plugin import Context, method
from tidemark.plugins.users_manager.attempts import caller_address, guarded
from tidemark.plugins.users_manager.validation import user_of_email

TOKEN_BYTES: Final = 16  # 32 hexadecimal characters
_MAX_DESCRIPTION: Final = 100
_HOUR_SECONDS: Final = 3600


@method("UsersManager.createAppSpecificTokenAuth", raw_strings=True)
def create_app_specific_token_auth(
    context: Context,
    userLogin: str,
    passwordConfirmation: str,
    description: str,
    expireDate: str = "",
    expireHours: int = 0,
) -> str:
    """A new token of the user (login or address), shown this once. Needs no token, but the user's password."""
    registry = context.service(Registry)
    user = registry.user(userLogin) or user_of_email(registry, userLogin)
    with guarded(context, caller_address(context), userLogin if user is None else user.login) as attempt:
        if user is None or not registry.password_matches(user.login, passwordConfirmation):
            attempt.fail()
            raise ApiError("The login or the password is not correct.")
    token = secrets.token_hex(TOKEN_BYTES)
    registry.add_token(user.login, token, description[:_MAX_DESCRIPTION], _expiry(context, expireDate, expireHours))
    return token


def _expiry(context: Context, day: str, hours: int) -> int | None:
    """When a token ends: at the start of a day in UTC, after some hours, or (None) never."""
    if day:
        return midnight_utc(parse_date(day, local_date(context.now, UTC)), UTC)
    return int(context.now) + hours * _HOUR_SECONDS if hours > 0 else None


METHODS = (create_app_specific_token_auth,)
