"""Regular expressions that people wrote for PHP, compiled for Python. What cannot be compiled matches nothing."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_CLOSING: Final = {"(": ")", "[": "]", "{": "}", "<": ">"}
_FLAGS: Final = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE, "u": 0, "D": 0, "U": 0}
_NAMED_GROUP: Final = re.compile(r"\(\?<(?![=!])")


@lru_cache(maxsize=2048)
def compiled(pattern: str, flags: int = 0) -> re.Pattern[str] | None:
    """The pattern (without delimiters), None if it is no regular expression."""
    try:
        return re.compile(_NAMED_GROUP.sub("(?P<", pattern), flags)
    except (re.error, OverflowError, RecursionError):
        return None


def compiled_with_delimiters(entry: str) -> re.Pattern[str] | None:
    """The pattern of a text like `/a|b/i`; None if it is not written so."""
    if len(entry) < 2 or entry[0].isalnum() or entry[0] in "\\ ":
        return None
    end = entry.rfind(_CLOSING.get(entry[0], entry[0]))
    if end < 1:
        return None
    flags = 0
    for modifier in entry[end + 1 :]:
        if modifier not in _FLAGS:
            return None
        flags |= _FLAGS[modifier]
    return compiled(entry[1:end], flags)
