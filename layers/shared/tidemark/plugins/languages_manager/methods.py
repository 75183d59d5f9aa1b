"""The API methods about languages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tidemark.definitions.texts import LANGUAGES, translated
from tidemark.model.access import ANONYMOUS
from tidemark.model.errors import ApiError, NoAccess
from tidemark.model.registry import NotRegisteredError, Registry
from tidemark.model.user import User
from tidemark.plugin import Access, Context, Plugins, method


@method("LanguagesManager.isLanguageAvailable")
def is_language_available(_context: Context, languageCode: str) -> bool:
    """Whether the product speaks the language."""
    return languageCode in LANGUAGES


@method("LanguagesManager.getAvailableLanguages")
def get_available_languages(_context: Context) -> list[str]:
    """Codes of the languages that the product speaks."""
    return list(LANGUAGES)


@method("LanguagesManager.getAvailableLanguageNames")
def get_available_language_names(_context: Context) -> list[dict[str, str]]:
    """Codes and names of the languages."""
    return [{"code": code, "name": own, "english_name": english} for code, (own, english) in LANGUAGES.items()]


@method("LanguagesManager.getAvailableLanguagesInfo")
def get_available_languages_info(_context: Context) -> list[dict[str, str]]:
    """Codes and names of the languages, who translated them and how much of them."""
    return [
        {"code": code, "name": own, "english_name": english, "translators": "-", "percentage_complete": "100%"}
        for code, (own, english) in LANGUAGES.items()
    ]


@method("LanguagesManager.getTranslationsForLanguage")
def get_translations_for_language(context: Context, languageCode: str) -> list[dict[str, str]] | bool:
    """All texts of a language (label and value); false for one that the product does not speak.

    A text is its own key: they are those that plugins declare for people to read.
    """
    if languageCode not in LANGUAGES:
        return False
    plugins = context.service(Plugins)
    reports = (text for report in plugins.reports() for text in (report.name, report.category, report.subcategory))
    segments = (segment.name for segment in plugins.segments().values())
    texts = sorted({text for text in (*reports, *segments) if text})
    return [{"label": text, "value": translated(text, languageCode)} for text in texts]


def _own_or_any(context: Context, login: str) -> User:
    """The user, for themselves and for superusers. Raises: NoAccess, ApiError."""
    if not context.identity.is_superuser and (context.identity.is_anonymous or context.identity.login != login):
        raise NoAccess.to_user(login)
    user = context.service(Registry).user(login)
    if user is None:
        raise ApiError(f"The user '{login}' does not exist.")
    return user


def _change(context: Context, login: str, **changes: Any) -> bool:
    _own_or_any(context, login)
    try:
        context.service(Registry).change_user(login, lambda user: replace(user, **changes))
    except NotRegisteredError as error:
        raise ApiError(f"The user '{login}' does not exist.") from error
    return True


@method("LanguagesManager.getLanguageForUser", raw_strings=True)
def get_language_for_user(context: Context, login: str) -> str | bool:
    """Code of the user's language; empty for who did not choose one, false for anonymous users."""
    return login != ANONYMOUS and _own_or_any(context, login).language


@method("LanguagesManager.setLanguageForUser", Access.NOT_ANONYMOUS, raw_strings=True)
def set_language_for_user(context: Context, login: str, languageCode: str) -> bool:
    """Whether the product speaks the language that was chosen."""
    return languageCode in LANGUAGES and _change(context, login, language=languageCode)


@method("LanguagesManager.uses12HourClockForUser", raw_strings=True)
def uses_12_hour_clock_for_user(context: Context, login: str) -> bool:
    """Whether the user reads times with am and pm."""
    return login != ANONYMOUS and _own_or_any(context, login).use_12_hour_clock


@method("LanguagesManager.set12HourClockForUser", raw_strings=True)
def set_12_hour_clock_for_user(context: Context, login: str, use12HourClock: bool) -> bool:
    """Whether there is such a user to choose for."""
    return login != ANONYMOUS and _change(context, login, use_12_hour_clock=use12HourClock)


METHODS = (
    is_language_available,
    get_available_languages,
    get_available_language_names,
    get_available_languages_info,
    get_translations_for_language,
    get_language_for_user,
    set_language_for_user,
    uses_12_hour_clock_for_user,
    set_12_hour_clock_for_user,
)
