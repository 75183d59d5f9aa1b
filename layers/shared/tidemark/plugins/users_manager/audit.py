"""What administrators did."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from tidemark.model.audit import AuditLog
from tidemark.plugin import Access, Context, method

_MOST: Final = 10_000


@method("UsersManager.getAuditLog", Access.SUPERUSER, raw_strings=True)
def get_audit_log(context: Context, limit: int = 100, userLogin: str = "") -> list[dict[str, Any]]:
    """The latest administrative acts, newest first: when, who, what, with which arguments (no secrets among them)."""
    entries = context.service(AuditLog).entries(max(1, min(limit, _MOST)), userLogin)
    return [
        {
            "datetime": datetime.fromtimestamp(entry.at, UTC).strftime("%Y-%m-%d %H:%M:%S"),
            "login": entry.login,
            "act": entry.act,
            "facts": dict(entry.facts),
        }
        for entry in entries
    ]


METHODS = (get_audit_log,)
