"""API.getSegmentsMetadata: the names that segment expressions may use."""

from __future__ import annotations

from typing import Any

from tidemark.model.custom_dimension import ACTION_SCOPE
from tidemark.model.registry import Registry
from tidemark.plugin import Access, Context, Plugins, Segment, method

CATEGORIES = ("Visitors", "Visitor location", "Custom Variables", "Behaviour", "Acquisition", "Ecommerce", "Goals")
"""Categories in the order in which segments are listed; others come last."""


@method("API.getSegmentsMetadata", Access.VIEW, site_parameter="idSites")
def get_segments_metadata(
    context: Context,
    idSites: list[int] | None = None,
    _hideImplementationData: bool = True,
    _showAllSegments: bool = False,
) -> list[dict[str, Any]]:
    """Every segment by category, metrics first, then by name; those of a site's dimensions where one site is asked for.

    Source: Matomo 5.2, plugins/CustomDimensions (dimensions of the site asked for).
    """
    common = [one for one in context.service(Plugins).segments().values() if one.is_listed]
    segments = sorted([*common, *_of_dimensions(context, idSites or [])], key=_place)
    return [_described(segment, is_known=not context.identity.is_anonymous) for segment in segments]


def _of_dimensions(context: Context, sites: list[int]) -> list[Segment]:
    """What stands for the active custom dimensions of a site, under the names that they have there."""
    if len(sites) != 1:
        return []
    known = context.service(Registry).custom_dimensions(sites[0])
    return [
        Segment(
            f"dimension{one.idcustomdimension}",
            one.name,
            "Behaviour" if one.scope == ACTION_SCOPE else "Visitors",
            None,
        )
        for one in known
        if one.active
    ]


def _described(segment: Segment, *, is_known: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "type": segment.type,
        "category": segment.category,
        "name": segment.name,
        "segment": segment.segment,
        "acceptedValues": segment.accepted_values,
    }
    if segment.needs_view_access:
        facts["permission"] = is_known
    facts["unionOfSegments"] = list(segment.union_of)
    return {name: value for name, value in facts.items() if value not in ("", [])}


def _place(segment: Segment) -> tuple[int, bool, str]:
    position = CATEGORIES.index(segment.category) if segment.category in CATEGORIES else len(CATEGORIES)
    return position, segment.type != "metric", segment.name
