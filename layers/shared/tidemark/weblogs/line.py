"""What a line of an access log says, in one shape for all formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

NOTHING: Final = frozenset({"", "-"})
APACHE_DATE: Final = "%d/%b/%Y:%H:%M:%S"
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1
    )
}
_DURATIONS: Final = {
    "generation_time_secs": 1000.0,
    "generation_time_milli": 1.0,
    "generation_time_micro": 0.001,
    "generation_time_nano": 0.000001,
}
"""Groups that tell how long the server took, with milliseconds for each of their units."""


class MalformedLineError(ValueError):
    """A line that the format does not fit."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One request. Texts that the line does not tell are empty, numbers None."""

    moment: datetime
    """In UTC."""
    path: str
    """Without the query."""
    query: str = ""
    host: str = ""
    ip: str = ""
    method: str = ""
    status: str = ""
    length: int | None = None
    milliseconds: int | None = None
    """How long the server took."""
    user_id: str = ""
    user_agent: str = ""
    referrer: str = ""
    is_secure: bool = False
    event: tuple[str, str, str] = ("", "", "")
    """Category, action, name."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """All that the format named, for custom variables and conditions."""


def line_of(groups: Mapping[str, str], date_format: str = "", query_delimiter: str = "?") -> LogLine:
    """The line of a format's named groups.

    They are ip, date, timezone, time, path, query_string, status, length, host, userid, user_agent, referrer, method,
    generation_time_secs (or milli, micro, nano), https, event_category, event_action and event_name.

    Raises: MalformedLineError.
    """
    path, _, query = _given(groups, "path").partition(query_delimiter)
    path, host, is_secure = _split_address(path, _given(groups, "host"))
    query = _given(groups, "query_string") or query
    try:
        moment = moment_of(_given(groups, "date"), _given(groups, "time"), _given(groups, "timezone"), date_format)
    except (ValueError, KeyError, OverflowError) as error:
        raise MalformedLineError("date") from error
    return LogLine(
        moment=moment,
        path=path or "/",
        query=query,
        host=host.lower().rstrip("."),
        ip=_client(_given(groups, "ip")),
        method=_given(groups, "method").upper(),
        status=_given(groups, "status"),
        length=_number(_given(groups, "length")),
        milliseconds=_milliseconds(groups),
        user_id=_given(groups, "userid"),
        user_agent=_given(groups, "user_agent"),
        referrer=_given(groups, "referrer"),
        is_secure=is_secure or _given(groups, "https").lower() in {"on", "1", "https", "true"},
        event=(_given(groups, "event_category"), _given(groups, "event_action"), _given(groups, "event_name")),
        groups=groups,
    )


def moment_of(date: str, time: str, zone: str, date_format: str = "") -> datetime:
    """The moment in UTC. Without a format: Apache's, ISO 8601 or unix seconds; without a zone: UTC.

    Raises: ValueError, KeyError.
    """
    text = f"{date} {time}" if time else date
    if date_format:
        moment = datetime.strptime(text, date_format)  # noqa: DTZ007 - the zone is told apart
    elif text[2:3] == "/" and text[6:7] == "/":
        moment = _apache(text)
    elif text.replace(".", "", 1).isdigit():
        moment = datetime.fromtimestamp(float(text), UTC)
    else:
        moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(zone))
    return moment.astimezone(UTC)


def _apache(text: str) -> datetime:
    """10/Feb/2012:16:42:07, with a fraction or not, a zone or not; ten times faster than strptime."""
    moment = datetime(  # noqa: DTZ001 - the zone is told apart
        int(text[7:11]), _MONTHS[text[3:6]], int(text[:2]), int(text[12:14]), int(text[15:17]), int(text[18:20])
    )
    rest = text[20:]
    if rest[:1] == ".":
        digits, _, rest = rest[1:].partition(" ")
        moment += timedelta(seconds=float(f"0.{digits}"))
    return moment.replace(tzinfo=_zone(rest.strip())) if rest.strip() else moment


def _zone(text: str) -> timezone:
    """+0200, -05:00, Z; nothing is UTC."""
    digits = text.replace(":", "")
    if not digits[1:].isdigit() or digits[0] not in "+-":
        return UTC
    minutes = int(digits[1:3]) * 60 + int(digits[3:5] or 0)
    return timezone(timedelta(minutes=-minutes if digits[0] == "-" else minutes))


def _split_address(path: str, host: str) -> tuple[str, str, bool]:
    """Path, host and whether it is secure: load balancers log whole addresses."""
    host = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and host.count(":") == 1 else host
    scheme, found, rest = path.partition("://")
    if not found or scheme not in {"http", "https", "rtmp", "rtmpe"}:
        return path, host, False
    named, slash, behind = rest.partition("/")
    return slash + behind, named.partition(":")[0] or host, scheme == "https"


def _given(groups: Mapping[str, str], name: str) -> str:
    value = groups.get(name)
    return "" if value is None or value in NOTHING else value


def _client(text: str) -> str:
    """The first of a list of addresses; without the port."""
    first = text.partition(",")[0].strip()
    if first.startswith("["):
        return first[1:].partition("]")[0]
    return first.partition(":")[0] if first.count(":") == 1 else first


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _milliseconds(groups: Mapping[str, str]) -> int | None:
    for name, factor in _DURATIONS.items():
        value = _given(groups, name)
        try:
            if value and float(value) >= 0:
                return max(1, round(float(value) * factor))
        except ValueError:
            continue
    return None
