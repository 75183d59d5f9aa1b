"""The order in which people expect texts with numbers."""

from __future__ import annotations

import re
from functools import lru_cache

_DIGITS = re.compile(rb"([0-9]+)")
_SPACE = b" \t\n\r\v\f"
_BLANK = re.compile(rb"[ \t-\r]")
_ZERO = ord("0")
_ZEROS_BEFORE_DIGIT = re.compile(rb"0+(?=[0-9])")


@lru_cache(maxsize=32_768)
def natural_key(text: str) -> tuple[bytes | int, ...]:
    """A key under which texts with numbers sort as people expect, ASCII letters of both cases alike, blanks ignored.

    Numbers that begin with 0, as those behind a decimal point do, come before others and compare digit by digit; zeros
    at the very start do not count. Remembered, because reports of the same rows are asked for again and again.
    Source: PHP's natural order, by which Matomo sorts texts.
    """
    folded = text.encode("utf-8", "surrogatepass").upper()
    if folded[:1] == b"0":
        folded = _ZEROS_BEFORE_DIGIT.sub(b"", folded, count=1)
    pieces: list[bytes | int] = list(_DIGITS.split(folded))
    if _BLANK.search(folded):
        pieces[::2] = [piece.translate(None, _SPACE) for piece in pieces[::2]]  # type: ignore[union-attr]
    for index in range(1, len(pieces), 2):
        digits: bytes = pieces[index]  # type: ignore[assignment]
        if digits[0] == _ZERO:
            pieces[index - 1] += b"0"  # type: ignore[operator] # a number compares with letters as its digits do
        else:
            pieces[index - 1] += b"1"  # type: ignore[operator]
            pieces[index] = int(digits[:4000])
    return tuple(pieces)
