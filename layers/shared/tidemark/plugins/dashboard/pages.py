"""A page for each dashboard of who asks."""

from __future__ import annotations

from collections.abc import Iterator

from tidemark.plugin import Context, Page, PagePart, Widget

_CATEGORY = "Dashboard"


def site_pages(context: Context, idsite: int) -> Iterator[PagePart]:  # noqa: ARG001 (the same for every site)
    """The dashboards in their order."""
    for place, found in enumerate(context.call("Dashboard.getDashboards")):
        yield Page(_CATEGORY, found["name"], str(found["id"]), place)
        yield Widget(
            "Dashboard.embeddedIndex",
            "",
            _CATEGORY,
            str(found["id"]),
            parameters={"idDashboard": found["id"]},
            is_offered=False,
        )
