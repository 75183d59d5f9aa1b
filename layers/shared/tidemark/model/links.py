"""Addresses of the web interface that an instance gives away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tidemark.model.settings import Settings

LINK_BYTES: Final = 32
"""Of the secret in a one-time link."""


def instance_address(settings: Settings) -> str:
    """The instance's address with a slash at its end: the first of the trusted hosts, else relative."""
    hosts = settings.words("General.trusted_hosts")
    return f"https://{hosts[0]}/" if hosts else "/"


def password_link(address: str, token: str) -> str:
    """Where somebody chooses a password by a one-time link. The token stands behind the #: no server's log has it."""
    return f"{address}#/choose-password?token={token}"
