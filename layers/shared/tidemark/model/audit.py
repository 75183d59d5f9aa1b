"""Who did what to the instance, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

ADMINISTRATIVE_VERBS: Final = (
    *(
        "accept",
        "activate",
        "add",
        "anonymize",
        "archive",
        "configure",
        "copy",
        "create",
        "deactivate",
        "delete",
        "disable",
        "enable",
    ),
    *(
        "edit",
        "execute",
        "export",
        "generateInvite",
        "invalidate",
        "invite",
        "remove",
        "rename",
        "resend",
        "reset",
        "run",
        "save",
        "send",
    ),
    *("set", "star", "unblock", "unstar", "update"),
)
"""How the names of methods begin that change something, or give personal data away."""
_HIDDEN: Final = ("password", "token", "secret", "webhook", "code", "segment", "definition")
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One administrative act. `at`: UTC unix seconds of the machine's clock. `facts` have no secrets and name no visitors."""

    at: float
    login: str
    act: str
    """The API method, or the console's command."""
    facts: Mapping[str, Any] = field(default_factory=dict)


class AuditLog(Protocol):
    """Keeps the acts; asked for as ``context.service(AuditLog)``."""

    def note(self, login: str, act: str, facts: Mapping[str, Any]) -> None:
        """Keep an act that was done now."""
        ...

    def entries(self, limit: int, login: str = "") -> Sequence[AuditEntry]:
        """The latest acts, newest first; with a login only those of this user."""
        ...


def is_administrative(method: str) -> bool:
    """Whether calls of an API method are kept in the audit log."""
    return method.partition(".")[2].startswith(ADMINISTRATIVE_VERBS)


def told(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry says of the arguments of a call: no secrets, no visitors, nothing long."""
    return {
        name: _short(value)
        for name, value in arguments.items()
        if value not in (None, "") and not any(part in name.lower() for part in _HIDDEN)
    }


def _short(value: Any) -> str | int | float | bool:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, list) and all(isinstance(one, str | int) for one in value):
        return ",".join(map(str, value))[:_LONGEST]
    return f"{len(value)} entries" if isinstance(value, list | dict) else str(value)[:_LONGEST]
