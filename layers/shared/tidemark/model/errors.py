"""Errors that a client is told about: of the reporting API and of the tracker."""

# ruff: noqa: N818 - the names say what is wrong; they read like the answers that they become

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class TidemarkError(Exception):
    """The root of the errors that carry an answer for a client."""


class ApiError(TidemarkError):
    """A request of the reporting API that cannot be answered.

    ``message`` is shown to the client; ``status`` is the HTTP status of the answer. Matomo answers most errors
    with 200 and an error document; only missing rights change the status.
    """

    status = 200

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        if status is not None:
            self.status = status


class UnknownMethod(ApiError):
    """The module or the method does not exist; Matomo tells a method that a module lacks by the status, too."""

    def __init__(self, method: str, module: str, *, has_module: bool = False) -> None:
        message = f"The method '{method}' does not exist or is not available in the module '{module}'."
        super().__init__(message, 400 if has_module else None)


class InvalidMethodName(ApiError):
    """The method is not of the form Plugin.method."""

    def __init__(self, method: str) -> None:
        super().__init__(f"A method is named Plugin.method, which '{method}' is not.")


class MissingParameter(ApiError):
    """A parameter without default was not given."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Please specify a value for '{name}'.")
        self.name = name


class BadParameter(ApiError):
    """A parameter's value cannot be used."""


class UnknownFormat(ApiError):
    """The asked format does not exist; answered in plain text."""

    def __init__(self, asked: str, known: Sequence[str]) -> None:
        super().__init__(f"The format '{asked}' does not exist. Known formats: {', '.join(known)}.")


class BadPeriod(ApiError):
    """The period is unknown or switched off."""

    def __init__(self, period: str, enabled: Sequence[str]) -> None:
        super().__init__(f"The period '{period}' is not supported. Use one of the following: {', '.join(enabled)}.")


class BadDate(ApiError):
    """The date cannot be read or lies outside what is supported."""


class BadSegment(ApiError):
    """The segment expression cannot be used."""


class UnknownSite(ApiError):
    """The site does not exist."""

    def __init__(self, id_site: object) -> None:
        super().__init__(f"An unexpected website was found in the request: website id was set to '{id_site}' .")


class NoAccess(ApiError):
    """The caller lacks a right; the message names the level and the resource."""

    status = 401

    @classmethod
    def to_site(cls, level: str, id_sites: Sequence[int]) -> NoAccess:
        """The caller lacks ``level`` (view, write, admin) for one of these sites."""
        sites = ", ".join(str(id_site) for id_site in id_sites)
        return cls(f"This resource requires '{level}' access for the website id = {sites}.")

    @classmethod
    def to_some_site(cls, level: str) -> NoAccess:
        """The caller has ``level`` for no site at all."""
        return cls(f"This resource requires '{level}' access for at least one website.")

    @classmethod
    def to_instance(cls) -> NoAccess:
        """The caller is not a superuser."""
        return cls("This resource requires 'superuser' access.")

    @classmethod
    def to_user(cls, login: str) -> NoAccess:
        """The caller is neither that user nor a superuser."""
        return cls(f"This resource is open to superusers and to the user '{login}' only.")

    @classmethod
    def anonymous(cls) -> NoAccess:
        """The caller has to be logged in."""
        return cls("This resource is not open to anonymous callers: send a token_auth.")


class InvalidToken(NoAccess):
    """The token belongs to nobody, has expired, or may not be sent this way."""

    def __init__(
        self,
        message: str = "Authentication failed: the token_auth is invalid, has expired, or has to be sent by POST.",
    ) -> None:
        super().__init__(message)


class TrackingError(TidemarkError):
    """A tracking request that is refused.

    ``reason`` is a short constant name under which refusals are counted; ``status`` is the HTTP status of a
    single request (bulk answers count it as invalid instead).
    """

    def __init__(self, message: str, reason: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.status = status
