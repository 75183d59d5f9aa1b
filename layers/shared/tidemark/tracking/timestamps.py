"""When a hit happened: time of reception, or the custom time of the request.

Source: Matomo 5.2, tracking behaviour, sections 2 and 3.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from tidemark.model.errors import TrackingError
from tidemark.model.settings import Settings
from tidemark.tracking.parameters import RawParams, integer, text, to_number

MAX_AGE_SECONDS: Final = 20 * 365 * 86_400
_FORMATS: Final = ("%Y/%m/%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M:%S %Z", "%d.%m.%Y %H:%M:%S")


def custom_time(params: RawParams, received: int) -> int | None:
    """The time that `cdt` and `cdo` ask for, unix seconds; None if not given, unreadable, in the future or too old."""
    cdt = text(params, "cdt")
    offset = abs(integer(params, "cdo"))
    if not cdt or cdt == "0":
        if not offset:
            return None
        asked: int | None = received
    else:
        asked = read_time(cdt)
    if asked is None:
        return None
    asked -= offset
    return asked if received - MAX_AGE_SECONDS < asked <= received else None


def read_time(value: str) -> int | None:
    """Unix seconds of a number or a date; dates without a zone are UTC. None for anything else."""
    number = to_number(value)
    if number is not None:
        return int(number)
    try:
        return _unix(datetime.fromisoformat(value.strip()))
    except ValueError:
        return _read_other_format(value.strip())


def _read_other_format(value: str) -> int | None:
    for pattern in _FORMATS:
        try:
            return _unix(datetime.strptime(value, pattern).replace(tzinfo=UTC))
        except ValueError:
            continue
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - hardly anybody writes times so, and it loads slowly

    try:
        return _unix(parsedate_to_datetime(value))
    except (ValueError, TypeError, IndexError):
        return None


def _unix(moment: datetime) -> int | None:
    try:
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (OverflowError, ValueError):
        return None


def is_old(asked: int, received: int, settings: Settings) -> bool:
    """Whether only an authenticated request may set this time."""
    limit = settings.number("Tracker.tracking_requests_require_authentication_when_custom_timestamp_newer_than")
    return received - asked >= limit


def check_retention(asked: int, received: int, settings: Settings) -> None:
    """Refuse a time whose raw data would be deleted at once.

    Raises: TrackingError.
    """
    if not settings.flag("Deletelogs.delete_logs_enable"):
        return
    days = settings.number("Deletelogs.delete_logs_older_than")
    interval = settings.number("Deletelogs.delete_logs_schedule_lowest_interval")
    if days and asked < received - (days + interval) * 86_400:
        raise TrackingError(f"cdt is older than the {days} days for which raw data is kept", "cdt_before_retention")
