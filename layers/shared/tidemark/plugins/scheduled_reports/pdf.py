"""A scheduled report as PDF. The library (reportlab) is loaded when the first one is made."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

from tidemark.plugins.scheduled_reports.fonts import FONT, marked, register
from tidemark.plugins.scheduled_reports.rendering import NO_DATA, Chapter, Document

_GREY: Final = "#cccccc"
_GRAPH_SHARE: Final = 220 / 700
_LONGEST_TEXT: Final = 120
_LOGO_HEIGHT: Final = 45
"""Points, at most."""
_PADDING: Final = 6
"""Points left and right of a cell's text: the library's own."""


def pdf(document: Document) -> bytes:
    """The document on pages of A4; equal documents give equal bytes."""
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415
    from reportlab.platypus import SimpleDocTemplate  # noqa: PLC0415

    register()
    sink = io.BytesIO()
    pages = SimpleDocTemplate(sink, pagesize=A4, invariant=1, title=document.title, author="Tidemark", lang="en")
    pages.build(list(_story(document, pages.width)), onFirstPage=_number, onLaterPages=_number)
    return sink.getvalue()


def _story(document: Document, width: float) -> Iterator[Any]:
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415
    from reportlab.platypus import Image, KeepTogether, Paragraph, Spacer  # noqa: PLC0415

    plain = ParagraphStyle("plain", fontName=FONT, fontSize=9, leading=12)
    heading = ParagraphStyle("heading", parent=plain, fontSize=12, leading=16, spaceBefore=14, spaceAfter=6)
    title = ParagraphStyle("title", parent=plain, fontSize=18, leading=24)

    def paragraph(text: str, style: Any) -> Any:
        return Paragraph(marked(text, width, style.fontSize), style)

    if document.logo is not None:
        logo = Image(io.BytesIO(document.logo.content), hAlign="LEFT")
        share = min(1, _LOGO_HEIGHT / logo.imageHeight, width / logo.imageWidth)
        logo.drawHeight, logo.drawWidth = logo.imageHeight * share, logo.imageWidth * share
        yield logo
    yield paragraph(document.title, title)
    yield paragraph(document.subtitle, plain)
    for chapter in document.chapters:
        head: list[Any] = [paragraph(chapter.name, heading)]
        if chapter.graph:
            head += [Image(io.BytesIO(chapter.graph), width, width * _GRAPH_SHARE), Spacer(1, 6)]
        if not chapter.graph and not chapter.rows:
            head.append(paragraph(NO_DATA, plain))
        yield KeepTogether(head)
        if chapter.rows:
            yield _table(chapter, width)


def _table(chapter: Chapter, width: float) -> Any:
    """Single numbers one below the other; rows side by side, the first column as wide as two others."""
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415
    from reportlab.platypus import LongTable, Paragraph, TableStyle  # noqa: PLC0415

    left = ParagraphStyle("cell", fontName=FONT, fontSize=7, leading=9, splitLongWords=1)
    right = ParagraphStyle("number", parent=left, alignment=2)
    single = len(chapter.rows) == 1
    rows = list(zip(chapter.titles, chapter.rows[0], strict=False)) if single else [chapter.titles, *chapter.rows]
    count = max(len(row) for row in rows)
    widths = [width * 2 / (count + 1), *[width / (count + 1)] * (count - 1)]
    cells = [
        [
            Paragraph(marked(_short(str(text)), room - 2 * _PADDING, left.fontSize), right if column else left)
            for column, (text, room) in enumerate(zip(row, widths, strict=False))
        ]
        for row in rows
    ]
    table = LongTable(cells, colWidths=widths, repeatRows=0 if single else 1)
    table.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, _GREY), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"


def _number(page: Any, document: Any) -> None:
    page.setFont(FONT, 7)
    page.drawRightString(document.pagesize[0] - document.rightMargin, document.bottomMargin / 2, str(document.page))
