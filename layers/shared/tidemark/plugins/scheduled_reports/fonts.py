"""Fonts of PDFs: one that has the letters of most alphabets, and the readers' own for East Asian scripts.

DejaVu Sans comes with the product (definitions/fonts) and is embedded, as far as it is used. For Chinese, Japanese and
Korean the fonts that PDF readers bring are named, which cost nothing. Texts with words that are written from the right
(Arabic, Hebrew) are cut into lines here, since each line is drawn in an order of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html import escape
from itertools import groupby
from typing import Any, Final

from tidemark.definitions.font_files import SANS
from tidemark.model.visual_text import drawn, is_plain

FONT: Final = "DejaVuSans"
_JAPANESE, _KOREAN, _CHINESE = "HeiseiKakuGo-W5", "HYGothic-Medium", "STSong-Light"
_KANA: Final = ((0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F))
_HANGUL: Final = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7A3))
_IDEOGRAPHS: Final = ((0x2E80, 0x303F), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0xFF00, 0xFF65))


@cache
def register() -> frozenset[int]:
    """Make the fonts known to the library; the letters that the embedded one has."""
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # noqa: PLC0415 - with the first PDF
    from reportlab.pdfbase.pdfmetrics import registerFont  # noqa: PLC0415
    from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415

    font: Any = TTFont(FONT, str(SANS))
    registerFont(font)
    for name in (_JAPANESE, _KOREAN, _CHINESE):
        registerFont(UnicodeCIDFont(name))
    return frozenset(font.face.charToGlyph)


def marked(text: str, width: float, size: float) -> str:
    """The text for a paragraph of that width and size of letters: escaped, runs that need another font in its name."""
    known = register()
    if is_plain(text):
        return "".join(_runs(text, known))
    return "<br/>".join("".join(_runs(drawn(line), known)) for line in _lines(text, width, size))


def _lines(text: str, width: float, size: float) -> Iterator[str]:
    """The text in lines that are not broken again; a word that is longer than a line is cut."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if _width(longer, size) <= width:
            line = longer
            continue
        if line:
            yield line
        *full, line = _pieces(word, width, size)
        yield from full
    yield line


def _pieces(word: str, width: float, size: float) -> Iterator[str]:
    """A word in pieces that fit into a line."""
    rest = word
    while len(rest) > 1 and _width(rest, size) > width:
        fitting = next((count for count in range(len(rest) - 1, 1, -1) if _width(rest[:count], size) <= width), 1)
        yield rest[:fitting]
        rest = rest[fitting:]
    yield rest


def _width(text: str, size: float) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth  # noqa: PLC0415

    return float(stringWidth(drawn(text), FONT, size))


def _runs(text: str, known: frozenset[int]) -> Iterator[str]:
    others = {one for one in text if ord(one) not in known and _is_in(one, _IDEOGRAPHS + _KANA + _HANGUL)}
    if not others:
        yield escape(text)
        return
    name = _font_for(text)
    for is_other, run in groupby(text, others.__contains__):
        told = escape("".join(run))
        yield f'<font name="{name}">{told}</font>' if is_other else told


def _font_for(text: str) -> str:
    """By the script that only one language has; ideographs alone are taken for Chinese."""
    if any(_is_in(one, _HANGUL) for one in text):
        return _KOREAN
    return _JAPANESE if any(_is_in(one, _KANA) for one in text) else _CHINESE


def _is_in(letter: str, spans: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(letter) <= last for first, last in spans)
