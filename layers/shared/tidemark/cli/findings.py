"""What a check of an instance found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. Without `mend` all is well."""

    check: str
    told: str
    mend: str = ""
