"""The page about contents: one report at a time."""

from __future__ import annotations

from tidemark.plugin import BY_DIMENSION, Container, PagePart, Widget

PAGES: tuple[PagePart, ...] = (
    Container(
        "Contents",
        (Widget("Contents.getContentNames", view="table"), Widget("Contents.getContentPieces", view="table")),
        "Actions",
        "Contents",
        layout=BY_DIMENSION,
    ),
)
