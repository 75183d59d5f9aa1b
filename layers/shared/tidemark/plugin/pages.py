"""Pages and what stands on them: reports in a certain view, and parts that are no report. Source: Matomo 5.2, widgets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

BY_DIMENSION = "ByDimension"
"""The layout of a container that shows one of its parts at a time, chosen by name."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page in the menu of a category. Reports and widgets name it by its name or its id."""

    category: str
    """As reports call it: "Visitors"."""
    name: str
    id: str = ""
    """By which clients know it; empty: its name."""
    order: int = 99
    help: str = ""


@dataclass(frozen=True, slots=True)
class Widget:
    """A part of a page: a report in a view, or what the client draws by itself.

    A report that no widget of its plugin names is a table on the page of its subcategory. Of a widget that names a
    report, what is None here is that of the report.
    """

    method: str
    """Module and action: those of a report ("Actions.getPageUrls") or of a part that is none ("Live.widget")."""
    name: str | None = None
    category: str | None = None
    page: str | None = None
    """Name or id of the page in the category; empty: it is offered to dashboards but stands on no page."""
    order: int | None = None
    view: str | None = ""
    """How a report is shown ("table", "graphPie"); empty: it is no report; None: a report without a view."""
    is_forced: bool = False
    """Whether the parameters say the view."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    shown_if: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of the question whether there is anything to show."""
    is_wide: bool = False
    is_offered: bool = True
    """Whether dashboards may have it; otherwise it is on its page only."""


@dataclass(frozen=True, slots=True)
class Container:
    """Widgets that belong together."""

    id: str
    widgets: tuple[Widget, ...]
    category: str
    page: str = ""
    name: str = ""
    order: int = 99
    layout: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    shown_if: Mapping[str, Any] = field(default_factory=dict)
    is_offered: bool = True


PagePart = Page | Widget | Container


def widgets_of(part: PagePart) -> Iterator[Widget]:
    """The widget itself, or those of a container."""
    if isinstance(part, Widget):
        yield part
    elif isinstance(part, Container):
        yield from part.widgets
