"""The physical names of one instance's resources on AWS, as template.yaml hands them to its functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Names(NamedTuple):
    """URLs of queues, names of bucket and tables; empty where a function has no use for the resource.

    Each stands in the environment under TIDEMARK_ and its field's name: TIDEMARK_HITS_QUEUE_URL ...
    """

    hits_queue_url: str = ""
    hits_dead_queue_url: str = ""
    archive_queue_url: str = ""
    archive_dead_queue_url: str = ""
    bucket: str = ""
    archive_numeric_table: str = ""
    archive_state_table: str = ""
    registry_table: str = ""
    lake_database: str = ""
    lake_workgroup: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Names:
        """The names that the environment gives."""
        return cls(*(environment.get(_variable(field), "") for field in cls._fields))


def physical_name(names: Names, field: str) -> str:
    """The name of a resource; where it is empty, one that no resource has, and that tells what is missing."""
    return getattr(names, field) or f"{_variable(field)}-is-not-set"


def _variable(field: str) -> str:
    return f"TIDEMARK_{field.upper()}"
