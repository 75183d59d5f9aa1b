"""Sessions of people who signed in to the web interface, and their second factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SignIn:
    """One session. `csrf` has to come with every call that changes something. `expires_at`: unix seconds, the machine's clock.

    `cookie_seconds` is how long a browser shall keep a new session's cookie; None as long as it runs.
    """

    login: str
    csrf: str
    expires_at: int
    cookie_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A second factor that is not confirmed yet: its secret (base32), and the same as an otpauth:// address."""

    secret: str
    uri: str


class SignIns(Protocol):
    """All sessions; asked for as ``context.service(SignIns)``. A session ends when its user's password changes."""

    def begin(self, login: str, *, remember: bool) -> tuple[str, SignIn]:
        """The secret of a new session, which is stored as keyed hash only, and the session."""
        ...

    def find(self, secret: str) -> SignIn | None:
        """The session; None if it ended, by age, by rest, or with its user's password."""
        ...

    def end(self, secret: str) -> None:
        """End a session; one that does not exist is no error."""
        ...


class SecondFactors(Protocol):
    """Time-based one-time codes (RFC 6238) and recovery codes; asked for as ``context.service(SecondFactors)``."""

    def is_on(self, login: str) -> bool:
        """Whether the user has to give a code."""
        ...

    def begin(self, login: str) -> Enrolment:
        """A new secret, which counts only when it is confirmed."""
        ...

    def confirm(self, login: str, code: str) -> Sequence[str] | None:
        """Turn it on by its first code; the recovery codes, shown this once. None if the code is wrong."""
        ...

    def accept(self, login: str, code: str) -> bool:
        """Whether it is a code of now or a recovery code; either is good once only."""
        ...

    def renew_recovery(self, login: str) -> Sequence[str]:
        """New recovery codes; earlier ones end."""
        ...

    def off(self, login: str) -> bool:
        """Turn it off; whether it was on."""
        ...
