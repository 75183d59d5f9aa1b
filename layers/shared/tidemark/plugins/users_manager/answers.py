"""How users look to a client of the API, and which of them it may see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from tidemark.model.access import Role
from tidemark.model.sign_in import SecondFactors
from tidemark.model.user import User
from tidemark.plugin import Context

UserAnswer = dict[str, Any]

ACTIVE: Final = "active"


def user_answer(context: Context, user: User) -> UserAnswer:
    """A user by Matomo's names; everything but secrets for superusers, little for others."""
    status = user.status(context.now)
    if context.identity.is_superuser:
        return {
            "login": user.login,
            "email": user.email,
            "superuser_access": int(user.superuser_access),
            "date_registered": _moment(user.date_registered),
            "invited_by": user.invited_by or None,
            "invite_expired_at": _moment(user.link.expires_at) if status != ACTIVE and user.link else None,
            "invite_accept_at": _moment(user.accepted_at) if user.accepted_at else None,
            "invite_status": status,
            "uses_2fa": context.service(SecondFactors).is_on(user.login),
        }
    answer: UserAnswer = {"login": user.login}
    if user.superuser_access or user.login == context.identity.login:
        answer["email"] = user.email
    answer |= {"superuser_access": int(user.superuser_access), "invite_status": status}
    if user.invited_by:
        answer["invited_by"] = user.invited_by
    return answer


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def visible(context: Context, users: Iterable[User]) -> list[User]:
    """Those that the caller may see: themselves, and who has a role on a site that the caller administers."""
    return [user for user in users if is_visible(context, user)]


def is_visible(context: Context, user: User) -> bool:
    """Whether the caller may see the user."""
    identity = context.identity
    if identity.is_superuser or user.login == identity.login:
        return True
    if user.invited_by == identity.login:
        return True
    return any(identity.may(Role.ADMIN, idsite) for idsite in user.roles)
