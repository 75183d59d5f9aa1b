"""Tokens that users make for their programs."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from tidemark.model.errors import ApiError, BadParameter
from tidemark.model.period import local_date, midnight_utc
from tidemark.model.period_query import parse_date
from tidemark.model.registry import Registry
from tidemark.model.sign_in import SecondFactors
from tidemark.plugin import Access, Context, method
from tidemark.plugins.users_manager.attempts import caller_address, guarded
from tidemark.plugins.users_manager.reading import own_or_superuser
from tidemark.plugins.users_manager.validation import known_user, user_of_email

TOKEN_BYTES: Final = 16  # 32 hexadecimal characters
SHOWN_HASH: Final = 12
"""So much of a token's hash tells it from the user's others."""
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
    authCode: str = "",
    secureOnly: bool = False,
    readOnly: bool = False,
    onlySites: list[int] | None = None,
) -> str:
    """A new token of the user (login or address), shown this once. Needs no token, but the user's password.

    Who has a second factor gives its code as `authCode`. The token may be limited: `secureOnly` refuses it in addresses,
    `readOnly` lets it change nothing, `onlySites` lets it speak for these sites alone.
    """
    registry = context.service(Registry)
    user = registry.user(userLogin) or user_of_email(registry, userLogin)
    account = userLogin if user is None else user.login
    with guarded(context, caller_address(context), account) as attempt:
        if not registry.password_matches(account, passwordConfirmation) or user is None:
            attempt.fail()
            raise ApiError("The login or the password is not correct.")
        factors = context.service(SecondFactors)
        if factors.is_on(account) and not factors.accept(account, authCode):
            attempt.fail()
            raise ApiError("A code of the user's second factor is needed as 'authCode', one that was not used before.")
    for idsite in onlySites or ():
        context.site(idsite)
    token = secrets.token_hex(TOKEN_BYTES)
    registry.add_token(
        user.login,
        token,
        description[:_MAX_DESCRIPTION],
        _expiry(context, expireDate, expireHours),
        post_only=secureOnly,
        read_only=readOnly,
        sites=onlySites or (),
    )
    return token


@method("UsersManager.getAppSpecificTokens", Access.NOT_ANONYMOUS, raw_strings=True)
def get_app_specific_tokens(context: Context, userLogin: str = "") -> list[dict[str, Any]]:
    """The tokens of a user (the caller if none is named): what is known of them, for tokens themselves are not stored."""
    login = userLogin or context.identity.login
    own_or_superuser(context, login)
    uses = context.service(Registry).token_uses(login)
    return [
        {
            "id": token.hash[:SHOWN_HASH],
            "description": token.description,
            "date_created": _moment(token.created_at),
            "date_expired": _moment(token.expires_at),
            "last_used": _moment(uses.get(token.hash)),
            "secure_only": int(token.post_only),
            "read_only": int(token.read_only),
            "only_sites": list(token.sites),
        }
        for token in known_user(context, login).tokens
    ]


@method("UsersManager.deleteAppSpecificToken", Access.NOT_ANONYMOUS, raw_strings=True)
def delete_app_specific_token(context: Context, idToken: str, userLogin: str = "") -> None:
    """End a token of a user (the caller if none is named), by the id that `getAppSpecificTokens` gives."""
    login = userLogin or context.identity.login
    own_or_superuser(context, login)
    if all(token.hash[:SHOWN_HASH] != idToken for token in known_user(context, login).tokens):
        raise BadParameter(f"'{login}' has no token '{idToken}'.")
    context.service(Registry).change_user(
        login,
        lambda user: replace(user, tokens=tuple(one for one in user.tokens if one.hash[:SHOWN_HASH] != idToken)),
    )


def _expiry(context: Context, day: str, hours: int) -> int | None:
    """When a token ends: at the start of a day in UTC, after some hours, or (None) never."""
    if day:
        return midnight_utc(parse_date(day, local_date(context.now, UTC)), UTC)
    return int(context.now) + hours * _HOUR_SECONDS if hours > 0 else None


def _moment(at: int | None) -> str | None:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S") if at is not None else None


METHODS = (create_app_specific_token_auth, get_app_specific_tokens, delete_app_specific_token)
