"""A segment that a user stored under a name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SavedSegment:
    """One saved segment, with Matomo's attribute names.

    `definition` is the segment expression as it is sent in the parameter `segment`. `enable_only_idsite` 0 means all sites.
    `ts_created` and `ts_last_edit` are UTC unix seconds. A deleted one keeps its number.
    """

    idsegment: int
    name: str
    definition: str
    login: str
    enable_all_users: bool = False
    enable_only_idsite: int = 0
    auto_archive: bool = False
    ts_created: int = 0
    ts_last_edit: int | None = None
    deleted: bool = False
