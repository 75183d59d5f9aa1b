"""A page for each custom dimension of a site."""

from __future__ import annotations

from collections.abc import Iterator

from tidemark.model.custom_dimension import ACTION_SCOPE
from tidemark.model.registry import Registry
from tidemark.plugin import Context, Page, PagePart

_FIRST = 70


def site_pages(context: Context, idsite: int) -> Iterator[PagePart]:
    """The active dimensions by name, after the pages of every site."""
    dimensions = sorted(context.service(Registry).custom_dimensions(idsite), key=lambda one: one.name)
    for place, one in enumerate(one for one in dimensions if one.active):
        category = "Actions" if one.scope == ACTION_SCOPE else "Visitors"
        yield Page(category, one.name, f"customdimension{one.idcustomdimension}", _FIRST + place)
