"""The page about events: one report at a time."""

from __future__ import annotations

from tidemark.plugin import BY_DIMENSION, Container, PagePart, Widget

PAGES: tuple[PagePart, ...] = (
    Container(
        "Events",
        tuple(
            Widget(f"Events.{action}", view="table", parameters={"secondaryDimension": below})
            for action, below in (
                ("getCategory", "eventAction"),
                ("getAction", "eventName"),
                ("getName", "eventAction"),
            )
        ),
        "Actions",
        "Events",
        layout=BY_DIMENSION,
    ),
)
