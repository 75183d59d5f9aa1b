"""The time zone of a site by the name that its settings hold."""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_OFFSET: Final = re.compile(r"UTC([+-]\d{1,2}(?:\.\d{1,2})?)?")
_MAX_OFFSET_HOURS: Final = 14


@lru_cache(maxsize=1024)
def time_zone(name: str) -> tzinfo:
    """The zone of an IANA name ("Europe/Berlin") or of a fixed offset in hours ("UTC", "UTC+5.5", "UTC-3").

    Raises: ValueError for a name that is neither.
    """
    if offset := _OFFSET.fullmatch(name):
        hours = float(offset[1] or 0)
        if abs(hours) > _MAX_OFFSET_HOURS:
            raise ValueError(f"no time zone is more than {_MAX_OFFSET_HOURS} hours from UTC, as {name!r} would be")
        return timezone(timedelta(hours=hours), name)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {name!r}") from error
