"""The pages about orders that are no report about goals."""

from __future__ import annotations

from collections.abc import Iterator

from tidemark.plugin import BY_DIMENSION, Container, Context, Page, PagePart, Widget

_LOG = "Ecommerce Log"

PAGES: tuple[PagePart, ...] = (
    Page("Ecommerce", _LOG, "Goals_EcommerceLog", 5, "Visits with orders and carts, one by one."),
    Container(
        "Products",
        tuple(
            Widget(f"Goals.{action}", view="table") for action in ("getItemsName", "getItemsSku", "getItemsCategory")
        ),
        "Ecommerce",
        "Products",
        layout=BY_DIMENSION,
    ),
)


def site_pages(context: Context, idsite: int) -> Iterator[PagePart]:
    """The visits of a site that sells, where visits are shown."""
    if context.site(idsite).ecommerce and not context.settings.flag("Live.disable_visitor_log", default=False):
        yield Widget("Ecommerce.getEcommerceLog", _LOG, "Ecommerce", _LOG)
