"""Limits against guessing passwords and tokens."""

from __future__ import annotations

from typing import Protocol


class LoginAttempts(Protocol):
    """Counts failed attempts by address and by account; asked for as ``context.service(LoginAttempts)``."""

    def check(self, address: str, login: str = "") -> None:
        """Refuse who failed too often within the last hour. Raises: ApiError."""
        ...

    def failed(self, address: str, login: str = "") -> None:
        """Count a failure of an address and (unless none is named) of an account."""
        ...

    def forgive(self) -> int:
        """Forget all failures; of how many addresses and accounts."""
        ...
