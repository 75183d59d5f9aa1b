"""Values of Matomo's columns in the forms of the visit log."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

SLOTS: Final = 5
MICROSECONDS: Final = 1_000_000
PLACES: Final = 4096
"""A sequence counts microseconds times 4096."""


def number_of(data: bytes | None) -> int | None:
    """Eight bytes as a number."""
    return None if data is None else int.from_bytes(data, "big")


def seconds(moment: datetime | None) -> int | None:
    """Unix seconds of a time that the database has in UTC."""
    return None if moment is None else int(moment.replace(tzinfo=UTC).timestamp())


def seconds_of_day(moment: timedelta | None) -> int | None:
    """A time of the day as seconds since midnight."""
    return None if moment is None else int(moment.total_seconds())


def address(data: bytes | None) -> str | None:
    """The text of 4 or 16 bytes."""
    if not data or len(data) not in {4, 16}:
        return None
    found = ipaddress.ip_address(data)
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


def real(value: Decimal | float | None) -> float | None:
    """A number with a fraction."""
    return None if value is None else float(value)


def sequence(moment: int, place: int) -> int:
    """A place in the order of sending that keeps the order of rows within a second."""
    return moment * MICROSECONDS * PLACES + place


def custom_values(row: Mapping[str, Any], ids: Mapping[int, int]) -> str | None:
    """Custom dimensions as JSON by number; `ids` are the dimensions' numbers by their column's."""
    given = {str(ids[slot]): row.get(f"custom_dimension_{slot}") for slot in sorted(ids)}
    kept = {name: value for name, value in given.items() if value is not None}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else None


def custom_variables(row: Mapping[str, Any]) -> str | None:
    """Custom variables as JSON by slot."""
    given = {
        str(slot): [row.get(f"custom_var_k{slot}"), row.get(f"custom_var_v{slot}")] for slot in range(1, SLOTS + 1)
    }
    kept = {slot: [name, value or ""] for slot, (name, value) in given.items() if name}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else None
