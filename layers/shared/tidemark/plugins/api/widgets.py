"""Pages with their widgets: what a dashboard offers and how it groups it. Source: Matomo 5.2, API.getWidgetMetadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final

from tidemark.plugin import (
    BY_DIMENSION,
    Access,
    Container,
    Context,
    Page,
    PagePart,
    Plugin,
    Plugins,
    Report,
    Widget,
    method,
    url_encoded,
    widgets_of,
)
from tidemark.plugins.api.metadata import listed_reports
from tidemark.plugins.api.pages import (
    Metadata,
    bare_category,
    bare_page,
    category_metadata,
    page_metadata,
    pages_by_name,
)

_COMPARISONS_DISABLED: Final = (
    "General_Visitors.Live_VisitorLog",
    "General_Visitors.General_RealTime",
    "General_Visitors.UserCountryMap_RealTimeMap",
    "General_Actions.Transitions_Transitions",
    "MultiSites.index",
    "Referrers_Referrers.Referrers_URLCampaignBuilder",
)
_TABLE: Final = "table"
_AFTER_WIDGETS: Final = 100
"""Reports that are tables come after other widgets, in their own order."""
_LAST: Final = 99
_RENDER: Final = "CoreHome.renderWidgetContainer"
"""What clients call to draw a container."""
Shown = Widget | Container


@method("API.getWidgetMetadata", Access.VIEW)
def get_widget_metadata(context: Context, idSite: int) -> list[Metadata]:
    """Every widget that a dashboard may have, by category, page and id."""
    found = _Catalogue.of(context, idSite)
    return sorted(found.offered(context), key=_place)


@method("API.getReportPagesMetadata", Access.VIEW)
def get_report_pages_metadata(context: Context, idSite: int) -> list[Metadata]:
    """The pages by category, each with its widgets in order."""
    found = _Catalogue.of(context, idSite)
    parts: dict[Page, list[Shown]] = {}
    for part in sorted(found.parts, key=lambda one: one.order or 0):
        if part.page:
            parts.setdefault(found.page_of(part), []).append(part)
    made = [found.described_page(page, on_page) for page, on_page in parts.items()]
    return sorted(made, key=lambda page: (page["category"]["order"], page["subcategory"]["order"], page["uniqueId"]))


@method("API.getPagesComparisonsDisabledFor")
def get_pages_comparisons_disabled_for(_context: Context) -> list[str]:
    """Pages on which segments and periods are not compared."""
    return list(_COMPARISONS_DISABLED)


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """What there is to show of a site."""

    parts: tuple[Shown, ...]
    """Nothing of them is None but a view."""
    pages: Mapping[tuple[str, str], Page]
    of_site: frozenset[Page]
    """Those that not every site has."""

    @classmethod
    def of(cls, context: Context, id_site: int) -> _Catalogue:
        """Declared parts, and the tables of the reports that none of them names."""
        plugins = context.service(Plugins)
        of_site = [tuple(_of_site(plugin, context, id_site)) for plugin in plugins.all]
        declared = [(one.name, (*one.pages, *further)) for one, further in zip(plugins.all, of_site, strict=True)]
        owners = {report.method: plugin.name for plugin in plugins.all for report in plugin.reports}
        named = {
            widget.method
            for name, parts in declared
            for widget in chain.from_iterable(map(widgets_of, parts))
            if owners.get(widget.method) == name
        }
        reports = listed_reports(context, [id_site])
        tables = [
            _table_of(one) for one in reports if one.subcategory and not one.is_subtable and one.method not in named
        ]
        given = [part for _name, parts in declared for part in parts]
        useful = {report.method: report for report in reversed(reports)}
        unlisted = {one.method for one in plugins.reports() if not one.is_listed}
        useless = owners.keys() - useful.keys() - unlisted
        whole = [_whole(one, useful, useless) for one in given if not isinstance(one, Page)]
        return cls(
            tuple(part for part in [*whole, *tables] if part is not None),
            pages_by_name(one for one in given if isinstance(one, Page)),
            frozenset(one for parts in of_site for one in parts if isinstance(one, Page)),
        )

    def page_of(self, part: Shown) -> Page:
        """The page that the part names by name or id; one that nobody declared has that name."""
        category, name = part.category or "", part.page or ""
        return self.pages.get((category, name)) or Page(category, name)

    def described_page(self, declared: Page, parts: Sequence[Shown]) -> Metadata:
        """A page with what stands on it."""
        category, page = category_metadata(declared.category), page_metadata(declared)
        return {
            "uniqueId": f"{category['id']}.{page['id']}",
            "category": category,
            "subcategory": page,
            "widgets": [self.described(part) for part in parts],
        }

    def offered(self, context: Context) -> Iterator[Metadata]:
        """The widgets that dashboards may have; those of a container by dimension say of what they are."""
        for part in self.parts:
            if part.is_offered and part.name:
                yield self.described(part, self._place_of(part))
            for inner in part.widgets if isinstance(part, Container) else ():
                if not inner.is_offered or not inner.name:
                    continue
                if isinstance(part, Container) and part.layout == BY_DIMENSION:
                    name = f"{context.translate(inner.category or '')}: {context.translate(inner.name)}"
                    yield self.described(replace(inner, name=name), self._place_of(part))
                else:
                    yield self.described(inner, self._place_of(inner))

    def described(self, part: Shown, place: Metadata | None = None) -> Metadata:
        """A widget or container; where it stands is told where it is not on its page."""
        module, _, action = (part.method if isinstance(part, Widget) else _RENDER).partition(".")
        further: Metadata = {}
        if isinstance(part, Container):
            further = {
                "layout": part.layout,
                "isContainer": True,
                "widgets": [self.described(one, self._bare_place_of(one)) for one in part.widgets],
            }
        elif part.view != "":
            further = {"viewDataTable": part.view, "isReport": True}
        forced = {"forceView": "1", "viewDataTable": part.view} if isinstance(part, Widget) and part.is_forced else {}
        contained = {"containerId": part.id} if isinstance(part, Container) else {}
        return {
            "name": part.name,
            **(place or {}),
            "module": module,
            "action": action,
            "order": part.order,
            "parameters": {**forced, "module": module, "action": action, **part.parameters, **contained},
            "uniqueId": _unique_id(
                part.id if isinstance(part, Container) else module + action, forced, part.parameters
            ),
            "isWide": isinstance(part, Widget) and part.is_wide,
            **({"middlewareParameters": dict(part.shown_if)} if part.shown_if else {}),
            **further,
        }

    def _place_of(self, part: Shown) -> Metadata:
        page = page_metadata(self.page_of(part)) if part.page else None
        return {"category": category_metadata(part.category or ""), "subcategory": page}

    def _bare_place_of(self, part: Widget) -> Metadata:
        page = self.page_of(part)
        shown = Page(page.category, page.id) if page in self.of_site else page
        return {"category": bare_category(page.category), "subcategory": bare_page(shown)}


def _of_site(plugin: Plugin, context: Context, id_site: int) -> Iterable[PagePart]:
    return plugin.site_pages(context, id_site) if plugin.site_pages is not None else ()


def _table_of(report: Report) -> Widget:
    return Widget(
        report.method,
        report.name,
        report.category,
        report.subcategory,
        _AFTER_WIDGETS + report.order,
        _TABLE,
        parameters=report.parameters or {},
    )


def _whole(part: Shown, reports: Mapping[str, Report], useless: frozenset[str] | set[str]) -> Shown | None:
    """A part with what its report gives; None for one about reports that the site has no use for."""
    if isinstance(part, Container):
        widgets = [_whole(one, reports, useless) for one in part.widgets]
        kept = tuple(one for one in widgets if isinstance(one, Widget))
        return replace(part, widgets=kept) if kept else None
    if part.method in useless:
        return None
    report = reports.get(part.method)
    return replace(
        part,
        name=part.name if part.name is not None else report.name if report else "",
        category=part.category if part.category is not None else report.category if report else "",
        page=part.page if part.page is not None else report.subcategory if report else "",
        order=part.order if part.order is not None else _AFTER_WIDGETS + report.order if report else _LAST,
    )


def _unique_id(start: str, *parameters: Mapping[str, Any]) -> str:
    """One name of what is shown and how. Lists in it are all called the same, as stored dashboards have them."""
    given = chain.from_iterable(one.items() for one in parameters)
    values = ((name, "Array" if isinstance(value, list | tuple) else value) for name, value in given)
    return f"widget{start}" + "".join(f"{name}{url_encoded(str(value)).replace('%', '')}" for name, value in values)


def _place(widget: Metadata) -> tuple[int, int, str]:
    """By category and page; what stands on no page comes first."""
    page = widget["subcategory"]
    return widget["category"]["order"], page["order"] if page else 0, widget["uniqueId"]
