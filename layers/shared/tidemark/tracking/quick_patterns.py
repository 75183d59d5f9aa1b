"""Patterns that know which texts they cannot match: two thousand of them are tried on each new user agent.

From each pattern follows a set of texts of which one must stand in whatever it matches ("sm-g9", "galaxy s"). Three
letters of each are looked up among those of the user agent; only if some are there is the pattern compiled and searched
for. The result is the pattern's own, always: where nothing can be said of a pattern, it is searched for as before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final
from urllib.parse import unquote

import regex  # type: ignore[import-untyped]

SHORTEST: Final = 2
LONGEST: Final = 3
MOST_TEXTS: Final = 64
ASCII: Final = 128
_EMPTY: Final = frozenset({""})
_REPEATS: Final = frozenset({codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT})
_WITHOUT_LENGTH: Final = frozenset({codes.AT, codes.ASSERT, codes.ASSERT_NOT})
_COMMON: Final = (
    "mozilla/5.0 (linux; android 10; k) applewebkit/537.36 (khtml, like gecko) chrome/120.0 mobile safari/537.36 "
    "(windows nt 10.0; win64; x64; rv:120.0) gecko/20100101 firefox/120.0 (macintosh; intel mac os x 10_15_7) version/17.0 "
    "(iphone; cpu iphone os 17_0 like mac os x) build/"
)
"""What stands in most user agents: letters that tell little."""


class QuickPattern:
    """In place of the library's lazy patterns: the same, with a `search` that is quick where there is no match."""

    __slots__ = ("_compiled", "_grams", "_is_read", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = unquote(pattern)
        self._compiled: Any = None
        self._is_read = False
        self._grams: frozenset[str] | None = None

    def search(self, text: str) -> Any:
        """The first match, or None."""
        if not self._is_read:
            self._grams, self._is_read = needed_grams(self.pattern), True
        grams = self._grams
        if grams is not None and (present := grams_of(text)) is not None and present.isdisjoint(grams):
            return None
        return self.compiled.search(text)

    @property
    def compiled(self) -> Any:
        """The compiled pattern."""
        if self._compiled is None:
            self._compiled = regex.compile(self.pattern, regex.IGNORECASE)
        return self._compiled

    def __getattr__(self, name: str) -> Any:
        """Whatever else a compiled pattern can do."""
        return getattr(self.compiled, name)


@lru_cache(maxsize=16)
def grams_of(text: str) -> frozenset[str] | None:
    """All runs of two and three letters, in lower case; None for texts whose letters may have more than two cases."""
    if not text.isascii():
        return None
    lower = text.lower()
    return frozenset(lower[start : start + size] for size in (2, 3) for start in range(len(lower) - size + 1))


def needed_grams(pattern: str) -> frozenset[str] | None:
    """Runs of two or three letters of which each text that the pattern matches has one; None if nothing can be said."""
    try:
        parsed = parser.parse(pattern, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError):
        return None
    texts = _needed(parsed)
    return None if texts is None else frozenset(_rarest(text) for text in texts)


def _rarest(text: str) -> str:
    grams = [text[start : start + LONGEST] for start in range(max(len(text) - LONGEST, 0) + 1)]
    return next((gram for gram in grams if gram not in _COMMON), grams[0])


def _needed(parsed: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    """Texts of at least two letters of which one is in every match of a sequence; the most telling choice."""
    found: list[frozenset[str]] = []
    run = _EMPTY
    for code, argument in parsed:
        exact = _exactly(code, argument)
        if exact is not None and len(run) * len(exact) <= MOST_TEXTS:
            run = frozenset(one + other for one in run for other in exact)
            continue
        found.append(run)
        run = exact if exact is not None else _EMPTY
        if (inner := _needed_by(code, argument)) is not None:
            found.append(inner)
    found.append(run)
    return min((one for one in found if all(len(text) >= SHORTEST for text in one)), key=_promise, default=None)


def _exactly(code: Any, argument: Any) -> frozenset[str] | None:
    """All texts that a part matches, in lower case, if they are few; None if they are not known."""
    if code is codes.LITERAL:
        return frozenset({chr(argument).lower()}) if argument < ASCII else None
    if code is codes.IN:
        letters = {chr(value).lower() for kind, value in argument if kind is codes.LITERAL and value < ASCII}
        return frozenset(letters) if len(letters) == len(argument) else None
    if code is codes.SUBPATTERN:
        return _sequence(argument[-1])
    if code is codes.BRANCH:
        branches = [_sequence(branch) for branch in argument[1]]
        known = [one for one in branches if one is not None]
        texts = frozenset[str]().union(*known)
        return texts if len(known) == len(branches) and len(texts) <= MOST_TEXTS else None
    if code in _REPEATS and tuple(argument[:2]) == (0, 1):
        inner = _sequence(argument[2])
        return None if inner is None else inner | _EMPTY
    return _EMPTY if code in _WITHOUT_LENGTH else None


def _sequence(parsed: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    texts = _EMPTY
    for code, argument in parsed:
        part = _exactly(code, argument)
        if part is None or len(texts) * len(part) > MOST_TEXTS:
            return None
        texts = frozenset(one + other for one in texts for other in part)
    return texts


def _needed_by(code: Any, argument: Any) -> frozenset[str] | None:
    if code is codes.SUBPATTERN:
        return _needed(argument[-1])
    if code in _REPEATS and argument[0] > 0:
        return _needed(argument[2])
    if code is codes.BRANCH:
        branches = [_needed(branch) for branch in argument[1]]
        known = [one for one in branches if one is not None]
        return frozenset[str]().union(*known) if len(known) == len(branches) else None
    return None


def _promise(texts: frozenset[str]) -> tuple[bool, bool, int]:
    """Small for texts that tell much: none of them common, none of them short, few."""
    return any(text in _COMMON for text in texts), min(map(len, texts)) < LONGEST, len(texts)
