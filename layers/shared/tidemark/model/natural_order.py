"""The order in which people expect texts with numbers."""

from __future__ import annotations

import re
from functools import lru_cache

_DIGITS = re.compile(rb"([0-9]+)")


@lru_cache(maxsize=32_768)
def natural_key(text: str) -> tuple[bytes | int, ...]:
    """A key under which texts with numbers sort as people expect, ASCII letters of both cases alike.

    Remembered, because reports of the same rows are asked for again and again.
    """
    pieces: list[bytes | int] = list(_DIGITS.split(text.strip().encode("utf-8", "surrogatepass").upper()))
    for index in range(1, len(pieces), 2):
        pieces[index - 1] += b"0"  # type: ignore[operator] # a number compares with letters as its digits do
        pieces[index] = int(pieces[index][:4000])  # type: ignore[index]
    return tuple(pieces)
