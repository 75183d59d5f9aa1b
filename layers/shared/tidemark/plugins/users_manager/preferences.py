"""What users prefer to see first."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tidemark.model.access import ANONYMOUS, Role
from tidemark.model.errors import BadParameter, NoAccess
from tidemark.model.registry import Registry
from tidemark.plugin import Context, method
from tidemark.plugins.users_manager.reading import own_or_superuser
from tidemark.plugins.users_manager.validation import known_user

DEFAULT_REPORT: Final = "defaultReport"
DEFAULT_REPORT_DATE: Final = "defaultReportDate"
PREFERENCES: Final = (DEFAULT_REPORT, DEFAULT_REPORT_DATE, "isLDAPUser", "hideSegmentDefinitionChangeMessage")


def _checked(name: str) -> str:
    if name not in PREFERENCES:
        raise BadParameter(f"'{name}' is no preference: {', '.join(PREFERENCES)}.")
    return name


@method("UsersManager.setUserPreference", raw_strings=True)
def set_user_preference(context: Context, userLogin: str, preferenceName: str, preferenceValue: str) -> None:
    """Remember a preference of a user."""
    own_or_superuser(context, userLogin)
    if userLogin == ANONYMOUS and not context.identity.is_superuser:
        raise NoAccess.to_instance()
    known_user(context, userLogin)
    chosen = {_checked(preferenceName): preferenceValue}
    context.service(Registry).change_user(
        userLogin, lambda user: replace(user, preferences={**user.preferences, **chosen})
    )


@method("UsersManager.getUserPreference", raw_strings=True)
def get_user_preference(context: Context, preferenceName: str, userLogin: str = "") -> str | int | bool:
    """A preference of a user (the caller if none is named), else its default, else false."""
    login = userLogin or context.identity.login
    own_or_superuser(context, login)
    user = context.service(Registry).user(login)
    chosen = user.preferences.get(_checked(preferenceName)) if user else None
    return _default(context, preferenceName) if chosen is None else chosen


def _default(context: Context, name: str) -> str | int | bool:
    if name == DEFAULT_REPORT_DATE:
        return context.settings.text("General.default_day")
    sites = context.service(Registry).sites() if name == DEFAULT_REPORT else ()
    return next((site.idsite for site in sites if context.identity.may(Role.VIEW, site.idsite)), False)


METHODS = (set_user_preference, get_user_preference)
