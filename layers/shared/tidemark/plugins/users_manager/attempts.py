"""Limits against guessing, around whatever checks a password or a link."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tidemark.model.calls import Calls
from tidemark.model.login_attempts import LoginAttempts
from tidemark.plugin import Access, Context, method


@dataclass(slots=True)
class Attempt:
    """One attempt, which counts only when it failed."""

    has_failed: bool = False

    def fail(self) -> None:
        """Say that it failed."""
        self.has_failed = True


@contextmanager
def guarded(context: Context, address: str, login: str = "") -> Iterator[Attempt]:
    """Let an attempt be made, unless too many failed before. Raises: ApiError."""
    attempts = context.service(LoginAttempts)
    attempts.check(address, login)
    attempt = Attempt()
    try:
        yield attempt
    finally:
        if attempt.has_failed:
            attempts.failed(address, login)


def caller_address(context: Context) -> str:
    """Where the call comes from, "" if unknown."""
    return context.service(Calls).client_ip


@method("Login.unblockBruteForceIPs", Access.SUPERUSER)
def unblock_brute_force_ips(context: Context) -> None:
    """Let everyone try again who failed too often."""
    context.service(LoginAttempts).forgive()


METHODS = (unblock_brute_force_ips,)
