"""Hits that are not recorded though they were answered like a success.

Source: Matomo 5.2, tracking behaviour, section 4. Each rule names the reason under which its drops are counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_plus

from tidemark.definitions.spam import is_spam
from tidemark.tracking.draft import Draft, Dropped
from tidemark.tracking.parameters import integer, text
from tidemark.tracking.urls import split_url


def drop_without_rec(draft: Draft) -> None:
    """Only requests that ask for it (`rec=1`) are recorded. First, because it is the cheapest."""
    if not integer(draft.given, "rec"):
        raise Dropped("no_rec")


def drop_bots(draft: Draft) -> None:
    """By user agent or address, unless `bots=1`."""
    if integer(draft.given, "bots"):
        return
    if draft.client.is_bot:
        raise Dropped("bot")
    if draft.origin.network:
        raise Dropped("bot_address")


def drop_do_not_track(draft: Draft) -> None:
    """Do Not Track, where the instance honours it."""
    headers = draft.envelope.headers
    asks = headers.get("dnt", "").startswith("1") or headers.get("x-do-not-track") == "1"
    if asks and draft.book.policy.honours_do_not_track:
        raise Dropped("do_not_track")


def drop_install_checks(draft: Draft) -> None:
    """Requests that only test whether the tracking code is installed."""
    if text(draft.given, "tracker_install_check"):
        raise Dropped("install_check")


def drop_excluded_requests(draft: Draft) -> None:
    """Any of the conditions in the setting `exclude_requests` (`e_c==Media,action_name=@preview`)."""
    setting = draft.book.policy.excluded_requests
    if setting and any(applies(draft) for applies in _conditions(setting)):
        raise Dropped("excluded_request")


_CONDITION: Final = re.compile(r"(.+?)(==|!=|=@|!@|=\^|=\$)(.*)")
_OPERATORS: Final[dict[str, Callable[[str, str], bool]]] = {
    "==": lambda actual, wanted: actual == wanted,
    "!=": lambda actual, wanted: actual != wanted,
    "=@": lambda actual, wanted: wanted in actual,
    "!@": lambda actual, wanted: wanted not in actual,
    "=^": lambda actual, wanted: actual.startswith(wanted),
    "=$": lambda actual, wanted: actual.endswith(wanted),
}


@lru_cache(maxsize=64)
def _conditions(setting: str) -> tuple[Callable[[Draft], bool], ...]:
    return tuple(
        _condition(match[1], _OPERATORS[match[2]], unquote_plus(match[3]).lower())
        for part in setting.split(",")
        if (match := _CONDITION.match(part))
    )


def _condition(name: str, operator: Callable[[str, str], bool], wanted: str) -> Callable[[Draft], bool]:
    return lambda draft: operator(text(draft.given, name).lower(), wanted)


def drop_opted_out(draft: Draft) -> None:
    """Visitors who have the opt-out cookie."""
    if draft.envelope.has_opted_out:
        raise Dropped("opt_out_cookie")


def drop_excluded_addresses(draft: Draft) -> None:
    """Addresses that the site or the instance excludes: collect saw the full one."""
    if draft.raw.is_excluded:
        raise Dropped("excluded_ip")


def drop_excluded_agents(draft: Draft) -> None:
    """User agents that contain one of the fragments. The first entry that is a regular expression decides alone."""
    agent = draft.user_agent.lower()
    for fragment, pattern in draft.rules.excluded_agents:
        if fragment in agent:
            raise Dropped("excluded_user_agent")
        if pattern is not None:
            if pattern.search(draft.user_agent):
                raise Dropped("excluded_user_agent")
            return


def drop_spam(draft: Draft) -> None:
    """Referrers of known spammers."""
    told = draft.raw.referrers
    if told is not None and told.page.is_spam:
        raise Dropped("referrer_spam")
    referrer = text(draft.given, "urlref")
    if referrer and draft.book.policy.filters_spam and is_spam(referrer):
        raise Dropped("referrer_spam")


def drop_unknown_urls(draft: Draft) -> None:
    """Pages on hosts or paths that are not the site's, where the site wants it so."""
    if not draft.site.exclude_unknown_urls or not draft.site.urls:
        return
    parts = split_url(text(draft.given, "url"))
    if parts is None or not draft.rules.own_urls.sites_of(parts):
        raise Dropped("unknown_url")


def drop_prefetches(draft: Draft) -> None:
    """Pages that the browser only loads in advance."""
    headers = draft.envelope.headers
    if headers.get("x-purpose") in ("preview", "instant") or headers.get("x-moz") == "prefetch":
        raise Dropped("prefetch")
