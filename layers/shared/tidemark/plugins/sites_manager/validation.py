"""What a site may be called and consist of: every value that clients send is checked and cleaned here."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote_plus

from tidemark.model.errors import BadDate, BadParameter, MissingParameter
from tidemark.model.ip_range import parse_ip_range
from tidemark.model.period import midnight_utc
from tidemark.model.period_query import parse_date
from tidemark.model.site import WEBSITE, KeepFragment
from tidemark.model.time_zone import time_zone
from tidemark.plugins.sites_manager.localisation import known_currencies

MAX_NAME_LENGTH: Final = 90
MAX_GROUP_LENGTH: Final = 250

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d+(?:/|$))")
_URL: Final = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?//(.+)", re.DOTALL)
_SCRIPT_SCHEMES: Final = frozenset({"javascript", "vbscript", "data"})
_TIME_OF_DAY: Final = re.compile(r"[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z| ?UTC)?$", re.IGNORECASE)


def site_name(name: str) -> str:
    """A name of 1 to 90 characters; longer ones are cut."""
    if not name:
        raise MissingParameter("siteName")
    return name[:MAX_NAME_LENGTH]


def is_url(text: str) -> bool:
    """Whether the text has `//` with something behind it, and not a scheme that runs scripts.

    Source: Matomo 5.2, tracking behaviour, section 7.
    """
    found = _URL.fullmatch(text)
    return found is not None and (found[1] or "").lower() not in _SCRIPT_SCHEMES


def without_trailing_slash(url: str) -> str:
    """The URL without one slash at its end."""
    return url[:-1] if len(url) > len("http:") and url.endswith("/") else url


def site_urls(sent: Any) -> tuple[str, ...]:
    """URLs of a site from one text or a list: decoded, with a scheme, without trailing slash, each once.

    Raises: BadParameter for one that is no URL, or if there is none at all.
    """
    texts = sent if isinstance(sent, (list, tuple)) else [sent]
    urls = tuple(dict.fromkeys(_cleaned_url(str(text)) for text in texts if text))
    for url in urls:
        if not is_url(url):
            raise BadParameter(f"'{url}' is not a valid URL.")
    if not urls:
        raise BadParameter("A site needs at least one URL.")
    return urls


def _cleaned_url(text: str) -> str:
    url = without_trailing_slash(unquote_plus(text).strip())
    if not _SCHEME.match(url) and "://" not in url:
        url = f"http:{url}" if url.startswith("//") else f"http://{url}"
    return url


def words(sent: Any) -> tuple[str, ...]:
    """The entries of a list, or of a text with commas: trimmed, each once, none empty."""
    parts = sent if isinstance(sent, (list, tuple)) else str(sent or "").split(",")
    return tuple(dict.fromkeys(part for text in parts if (part := str(text).strip())))


def ip_ranges(sent: Any) -> tuple[str, ...]:
    """Addresses and ranges, as they were written. Raises: BadParameter for what is neither."""
    entries = words(sent)
    for entry in entries:
        if parse_ip_range(entry) is None:
            raise BadParameter(
                f"'{entry}' is neither an IP address nor a range of them, such as 1.2.3.4, 1.2.3.* or 1.2.3.4/24."
            )
    return entries


def referrers(sent: Any) -> tuple[str, ...]:
    """Hosts or URLs of referrers to ignore, with or without scheme or leading dot. Raises: BadParameter."""
    entries = words(sent)
    for entry in entries:
        rest = re.sub(r"^https?://", "", entry).lstrip(".")
        if not re.fullmatch(r"[^\s/?#]+(?:[/?#].*)?", rest):
            raise BadParameter(f"'{entry}' is not a valid URL.")
    return entries


def switch(name: str, sent: Any) -> bool:
    """1 or 0, as Matomo's forms send them. Raises: BadParameter."""
    text = str(int(sent)) if isinstance(sent, bool) else str(sent)
    if text not in {"0", "1"}:
        raise BadParameter(f"The value '{text}' of '{name}' is neither 0 nor 1.")
    return text == "1"


def keep_fragment(sent: Any) -> KeepFragment:
    """0 as the instance does, 1 keep, 2 remove. Raises: BadParameter."""
    try:
        return KeepFragment(int(sent))
    except ValueError as error:
        raise BadParameter(f"The value '{sent}' of 'keepURLFragments' is none of 0, 1 and 2.") from error


def time_zone_name(sent: str) -> str:
    """The name of a time zone. Raises: BadParameter for one that there is not."""
    name = sent.strip()
    try:
        time_zone(name)
    except ValueError as error:
        raise BadParameter(
            f"The time zone '{name}' is not valid: an example of a valid one is Europe/Paris."
        ) from error
    return name


def currency_code(sent: str, further: str) -> str:
    """The code of a currency; `further` is the setting General.currencies. Raises: BadParameter."""
    code = sent.strip()
    if code not in known_currencies(further):
        raise BadParameter(f"The currency '{code}' is not valid: examples of valid ones are USD and EUR.")
    return code


def site_type(sent: Any) -> str:
    """The kind of site, website where nothing is said."""
    return str(sent) if sent else WEBSITE


def start_time(sent: str, now: float) -> int:
    """UTC unix seconds of a date, with or without a time of day, in UTC. Raises: BadDate."""
    time_of_day = _TIME_OF_DAY.search(sent)
    day_text = sent[: time_of_day.start()] if time_of_day else sent
    start = midnight_utc(parse_date(day_text, datetime.fromtimestamp(now, UTC).date()), UTC)
    if time_of_day is None:
        return start
    hours, minutes, seconds = (int(part or 0) for part in time_of_day.groups())
    if hours > 23 or minutes > 59 or seconds > 59:
        raise BadDate(f"The time of day in '{sent}' is not valid.")
    return start + hours * 3600 + minutes * 60 + seconds
