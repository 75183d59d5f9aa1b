"""Hosts that send fake referrers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Final

from tidemark.definitions.files import read_lines

_KEY_LENGTH: Final = 4


@cache
def spam_hosts() -> Sequence[str]:
    """All of them, lower case."""
    return tuple(host.lower() for host in read_lines("spam_hosts.txt"))


@cache
def _by_first_characters() -> Mapping[str, Sequence[str]]:
    index: dict[str, list[str]] = {}
    for host in spam_hosts():
        index.setdefault(host[:_KEY_LENGTH], []).append(host)
    return index


@lru_cache(maxsize=8192)
def is_spam(referrer: str) -> bool:
    """Whether one of the hosts stands anywhere in the referrer's URL. Case does not count."""
    url = referrer.lower()
    index = _by_first_characters()
    for start in range(len(url) - _KEY_LENGTH + 1):
        for host in index.get(url[start : start + _KEY_LENGTH], ()):
            if url.startswith(host, start):
                return True
    return False
