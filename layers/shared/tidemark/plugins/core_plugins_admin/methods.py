"""Reading and changing settings in one list. Source: Matomo 5.2, CorePluginsAdmin API.

The settings are those of tidemark.model.settings; their plugin is the part of their name before the dot, or of those that
have none (options, as Matomo calls them) before the first underscore.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

from tidemark.model.calls import Calls
from tidemark.model.errors import ApiError, BadParameter
from tidemark.model.login_attempts import LoginAttempts
from tidemark.model.registry import Registry
from tidemark.model.settings import DEFAULTS, Value
from tidemark.model.user import User
from tidemark.plugin import Access, Context, method

_TYPES: Final[tuple[tuple[type, str], ...]] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "float"),
    (str, "string"),
)
_SWITCHES: Final = {"1": True, "true": True, "0": False, "false": False, "": False}
_LONGEST: Final = 10_000
_LARGEST: Final = 2**53
_OWN: Final = "UsersManager"


@method("CorePluginsAdmin.getSystemSettings", Access.SUPERUSER)
def get_system_settings(context: Context) -> list[dict[str, Any]]:
    """All settings of the instance, by plugin: value, default and type."""
    settings = context.settings
    return [
        {
            "pluginName": plugin,
            "title": plugin,
            "settings": [_described(name, settings.value(full), DEFAULTS[full]) for (_, name), full in group],
        }
        for plugin, group in groupby(sorted(_names().items()), lambda one: one[0][0])
    ]


@method("CorePluginsAdmin.setSystemSettings", Access.SUPERUSER, raw_strings=True)
def set_system_settings(context: Context, settingValues: dict[str, Any], passwordConfirmation: str = "") -> None:
    """Change settings of the instance: `settingValues[General][0][name]=…`, `[value]=…`. All of them, or none if one is wrong."""
    _confirm(context, passwordConfirmation)
    changes: dict[str, Value | None] = {}
    names = _names()
    for plugin, name, value in _given(settingValues):
        full = names.get((plugin, name))
        if full is None:
            raise BadParameter(f"There is no setting '{name}' of '{plugin}'.")
        changes[full] = _read(full, value, DEFAULTS[full])
    context.service(Registry).set_settings(changes)


@method("CorePluginsAdmin.getUserSettings", Access.NOT_ANONYMOUS)
def get_user_settings(context: Context) -> list[dict[str, Any]]:
    """The caller's own settings."""
    user = _user(context)
    if user is None:
        return []
    settings = [_described(name, read(user), blank) for name, (read, _, blank) in _USER_SETTINGS.items()]
    return [{"pluginName": _OWN, "title": _OWN, "settings": settings}]


@method("CorePluginsAdmin.setUserSettings", Access.NOT_ANONYMOUS, raw_strings=True)
def set_user_settings(context: Context, settingValues: dict[str, Any]) -> None:
    """Change the caller's own settings. All of them, or none if one is wrong."""
    changed = _user(context)
    if changed is None:
        raise ApiError("This caller has no settings.")
    for plugin, name, value in _given(settingValues):
        if plugin != _OWN or name not in _USER_SETTINGS:
            raise BadParameter(f"There is no setting '{plugin}.{name}'.")
        _, write, blank = _USER_SETTINGS[name]
        changed = write(changed, _read(name, value, blank))
    final = changed
    context.service(Registry).change_user(
        final.login,
        lambda user: replace(user, use_12_hour_clock=final.use_12_hour_clock, preferences=final.preferences),
    )


def _names() -> dict[tuple[str, str], str]:
    """Plugin and name of every setting -> how it is called."""
    parts = {full: full.partition("." if "." in full else "_") for full in DEFAULTS}
    return {(plugin, name): full for full, (plugin, _, name) in parts.items()}


def _user(context: Context) -> User | None:
    return context.service(Registry).user(context.identity.login)


def _given(sent: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Plugin, name and value of each setting. Raises: BadParameter."""
    for plugin, entries in sent.items():
        for entry in entries if isinstance(entries, list) else [entries]:
            if not isinstance(entry, dict) or "name" not in entry or "value" not in entry:
                raise BadParameter(f"Settings of '{plugin}' have to be a list of entries with name and value.")
            yield plugin, str(entry["name"]), entry["value"]


def _read(name: str, value: Any, blank: Value) -> Value:
    """A value as the type of its default. Raises: BadParameter."""
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    if len(text) > _LONGEST or isinstance(value, dict):
        raise BadParameter(f"'{name}' has to be a text of at most {_LONGEST} characters.")
    if isinstance(blank, str):
        return text
    try:
        number: Value = _SWITCHES[text.strip().lower()] if isinstance(blank, bool) else type(blank)(text)
    except (KeyError, ValueError) as error:
        raise BadParameter(f"'{name}' has to be a {_type(blank)}, which '{text[:50]}' is not.") from error
    if not isinstance(number, str) and not -_LARGEST <= number <= _LARGEST:
        raise BadParameter(f"'{name}' has to lie within {_LARGEST} of 0.")
    return number


def _described(name: str, value: Value, blank: Value) -> dict[str, Any]:
    return {"name": name, "title": name, "value": value, "defaultValue": blank, "type": _type(blank)}


def _type(blank: Value) -> str:
    return next(name for kind, name in _TYPES if isinstance(blank, kind))


def _confirm(context: Context, password: str) -> None:
    """Refuse a caller who has a password and does not give it. Raises: ApiError."""
    user = _user(context)
    if user is None or not user.password_hash:
        return
    attempts, address = context.service(LoginAttempts), context.service(Calls).client_ip
    attempts.check(address, user.login)
    if not context.service(Registry).password_matches(user.login, password):
        attempts.failed(address, user.login)
        raise ApiError("The password that has to confirm this is missing or wrong.")


def _preference(name: str) -> tuple[Callable[[User], Value], Callable[[User, Value], User], Value]:
    return (
        lambda user: user.preferences.get(name, ""),
        lambda user, value: replace(user, preferences={**user.preferences, name: str(value)}),
        "",
    )


_USER_SETTINGS: Final[Mapping[str, tuple[Callable[[User], Value], Callable[[User, Value], User], Value]]] = {
    "use12HourClock": (
        lambda user: user.use_12_hour_clock,
        lambda user, value: replace(user, use_12_hour_clock=bool(value)),
        False,
    ),
    "defaultReport": _preference("defaultReport"),
    "defaultReportDate": _preference("defaultReportDate"),
}
"""Name -> how it is read from a user, how it is written, and its default."""

METHODS = (get_system_settings, set_system_settings, get_user_settings, set_user_settings)
