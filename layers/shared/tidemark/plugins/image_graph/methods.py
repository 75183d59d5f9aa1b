"""ImageGraph.get: a report as PNG. Source: Matomo 5.2, ImageGraph API."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from tidemark.model.calls import Calls
from tidemark.model.errors import ApiError, BadParameter
from tidemark.model.media import Media
from tidemark.model.period_query import is_multiple_date
from tidemark.model.table import LABEL, DataTable, TableMap
from tidemark.plugin import Access, Context, method, number
from tidemark.plugins.image_graph.chart import LEAST_PIXELS, MOST_PIXELS, MOST_ROWS, Chart, Kind, Look, Series
from tidemark.plugins.image_graph.drawing import draw

SIZES: Final = {Kind.EVOLUTION: (1044, 290), Kind.VERTICAL: (1044, 290), Kind.HORIZONTAL: (800, 290)}
_PIE_SIZE: Final = (400, 240)
COLOURS: Final = ("#3366cc", "#dc7633", "#2e8b57", "#c0392b", "#8e44ad", "#16a085", "#7f8c8d", "#b7950b")
_COLOUR: Final = re.compile(r"#?([0-9a-fA-F]{6})")
_FONT_SIZES: Final = (6, 48)
_MOST_SERIES: Final = 8
_OUTPUT: Final = 0


@method("ImageGraph.get", Access.VIEW)
def get_graph(
    context: Context,
    idSite: int,
    period: str,
    date: str,
    apiModule: str,
    apiAction: str,
    graphType: str = "",
    outputType: int = 0,
    columns: list[str] | None = None,
    labels: list[str] | None = None,
    showLegend: bool = True,
    width: int = 0,
    height: int = 0,
    fontSize: int = 9,
    legendFontSize: int = 0,
    aliasedGraph: bool = True,  # noqa: ARG001 (Matomo's name; edges are always drawn alike)
    idGoal: str = "",
    colors: list[str] | None = None,
    textColor: str = "222222",
    backgroundColor: str = "FFFFFF",
    gridColor: str = "CCCCCC",
    idSubtable: int | None = None,
    legendAppendMetric: bool = True,  # noqa: ARG001 (Matomo's name)
    segment: str = "",
    idDimension: str = "",
) -> Media:
    """The report's first rows, or its numbers over several dates, as a picture.

    Raises: ApiError as the report does, and for a graph, size or colour that there is not.
    """
    if outputType != _OUTPUT:
        raise BadParameter("'outputType' has to be 0: pictures are sent, not stored.")
    fixed = {
        name: value for name, value in (("idGoal", idGoal), ("idDimension", idDimension)) if value not in {"", "0"}
    }
    report = _report(context, idSite, apiModule, apiAction, fixed)
    kind = _kind(graphType, report, is_multiple=is_multiple_date(date))
    params = {"idSite": idSite, "period": period, "date": date, "segment": segment, "filter_limit": MOST_ROWS, **fixed}
    if idSubtable is not None:
        params["idSubtable"] = idSubtable
    table = context.service(Calls).processed(f"{apiModule}.{apiAction}", params)
    shown = columns or [_first_metric(report)]
    names = {**report.get("metrics", {}), **report.get("processedMetrics", {})}
    chart = _chart(table, kind, shown[:_MOST_SERIES], names, labels or [])
    default_width, default_height = SIZES.get(kind, _PIE_SIZE)
    font = min(max(fontSize, _FONT_SIZES[0]), _FONT_SIZES[1])
    look = Look(
        width=_pixels("width", width or default_width),
        height=_pixels("height", height or default_height),
        font_size=font,
        legend_font_size=min(legendFontSize, _FONT_SIZES[1]) if legendFontSize > 0 else font + 2,
        colours=tuple(map(_colour, colors or COLOURS)),
        text=_colour(textColor),
        background=_colour(backgroundColor),
        grid=_colour(gridColor),
        has_legend=showLegend,
    )
    return Media(draw(chart, look))


def _report(context: Context, id_site: int, module: str, action: str, fixed: dict[str, str]) -> dict[str, Any]:
    """The report's metadata. Raises: ApiError."""
    found: list[dict[str, Any]] = context.call(
        "API.getMetadata", idSite=id_site, apiModule=module, apiAction=action, apiParameters=fixed, hideMetricsDoc=1
    )
    if not found:
        raise ApiError(f"There is no report {module}.{action}.")
    return found[0]


def _kind(asked: str, report: dict[str, Any], *, is_multiple: bool) -> Kind:
    """The graph asked for; else lines over dates and for single numbers, and bars for tables."""
    if asked:
        try:
            return Kind(asked)
        except ValueError:
            raise BadParameter(f"'graphType' has to be one of {', '.join(Kind)}, not '{asked}'.") from None
    if is_multiple or "dimension" not in report:
        return Kind.EVOLUTION
    return Kind.VERTICAL if report.get("constantRowsCount") else Kind.HORIZONTAL


def _first_metric(report: dict[str, Any]) -> str:
    metrics = [*report.get("metrics", {}), *report.get("processedMetrics", {})]
    return "nb_visits" if "nb_visits" in metrics or not metrics else metrics[0]


def _chart(table: Any, kind: Kind, columns: Sequence[str], names: dict[str, str], labels: Sequence[str]) -> Chart:
    """A column is a series; over dates, so is a column of each label asked for."""
    if isinstance(table, TableMap):
        wanted: Sequence[str | None] = labels or [None]
        tables = [leaf if isinstance(leaf, DataTable) else DataTable() for leaf in table.tables.values()]
        series = [
            Series(_name(names, column, label), tuple(_value(leaf, column, label) for leaf in tables))
            for column in columns
            for label in wanted
        ]
        return Chart(kind, tuple(table.tables), tuple(series))
    rows = list(table)[:MOST_ROWS] if isinstance(table, DataTable) else []
    texts = tuple(str(row.columns.get(LABEL, names.get(columns[0], columns[0]))) for row in rows)
    series = [Series(names.get(one, one), tuple(number(row.columns, one) for row in rows)) for one in columns]
    return Chart(kind, texts, tuple(series))


def _name(names: dict[str, str], column: str, label: str | None) -> str:
    name = names.get(column, column)
    return name if label is None else f"{label} ({name})"


def _value(table: DataTable, column: str, label: str | None) -> float:
    """A row's number, or the sum of all rows."""
    rows: Iterable[Any] = table if label is None else (row for row in table if row.label == label)
    return sum(number(row.columns, column) for row in rows)


def _pixels(name: str, value: int) -> int:
    if not LEAST_PIXELS <= value <= MOST_PIXELS:
        raise BadParameter(f"'{name}' has to lie between {LEAST_PIXELS} and {MOST_PIXELS}, which {value} does not.")
    return value


def _colour(text: str) -> str:
    found = _COLOUR.fullmatch(text.strip())
    if found is None:
        raise BadParameter(f"A colour has six hexadecimal digits, which '{text}' has not.")
    return f"#{found[1].lower()}"
