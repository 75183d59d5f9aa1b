"""The report about one custom dimension."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tidemark.model.calls import Calls
from tidemark.model.errors import ApiError
from tidemark.model.registry import Registry
from tidemark.model.table import DataTable, Table
from tidemark.plugin import (
    ACTIONS_PER_VISIT,
    AVG_TIME_ON_SITE,
    BOUNCE_RATE,
    Access,
    Context,
    ProcessedMetric,
    Report,
    TableContext,
    method,
    ratio,
    url_encoded,
)
from tidemark.plugin.users import USERS, signs_in
from tidemark.plugins.custom_dimensions.records import VALUE_NOT_DEFINED, record_name

HITS = "nb_hits"
"""Only tables of dimensions of actions have it."""


@method("CustomDimensions.getCustomDimension", Access.VIEW)
def get_custom_dimension(
    ctx: Context,
    idDimension: int,
    idSite: str,
    period: str,
    date: str,
    segment: str = "",
    expanded: bool = False,
    flat: bool = False,
    idSubtable: int = 0,
) -> Table:
    """Visits or actions by the values of a dimension; below an action's value, the pages.

    Raises: ApiError for a dimension that the site does not have, or that is switched off.
    """
    known = ctx.service(Registry).custom_dimensions(int(idSite)) if idSite.isdigit() else ()
    dimension = next((one for one in known if one.idcustomdimension == idDimension), None)
    if dimension is None:
        raise ApiError(f"Site {idSite} has no custom dimension {idDimension}.")
    if not dimension.active:
        raise ApiError(f"The custom dimension {idDimension} of site {idSite} is not active.")
    return ctx.record_table(
        record_name(idDimension),
        idSite,
        period,
        date,
        segment,
        idSubtable=idSubtable or None,
        expanded=expanded or flat,
    )


def _expression(context: TableContext, value: Any) -> str:
    stored = "" if value == VALUE_NOT_DEFINED else url_encoded(value)
    return f"dimension{context.call.params.get('idDimension')}=={stored}"


def add_segments(table: DataTable, context: TableContext) -> None:
    """Values get the segment that selects them, pages the one that selects them with their value."""
    if context.idsubtable:
        name = record_name(int(context.call.params["idDimension"]))
        parents = context.call.archives.table(context.idsite, context.period, name, context.segment).rows
        value = next((row.label for row in parents if row.subtable_id == context.idsubtable), None)
        if value and value != VALUE_NOT_DEFINED:
            _add_page_segments(table, context, value)
        return
    for row in table:
        row.metadata["segment"] = _expression(context, row.label)
        if row.subtable is not None and row.label != VALUE_NOT_DEFINED:
            _add_page_segments(row.subtable, context, row.label)


def _add_page_segments(table: DataTable, context: TableContext, value: Any) -> None:
    for row in table:
        page = url_encoded(row.label)
        row.metadata["segment"] = f"{_expression(context, value)};actionUrl=${page}"
        row.metadata["url"] = page


def hide_users(table: DataTable, context: TableContext) -> None:
    """Where nobody signed in, neither here nor around the period on the site, there is no column for users.

    Source: Matomo 5.2, plugins/CustomDimensions/DataTable/Filter.
    """
    if any(row.columns.get(USERS) for row in table):
        return
    params = context.call.params
    period, date = str(params["period"]), str(params["date"])
    if not signs_in(context.call.service(Calls), "VisitsSummary.get", context.idsite, period, date):
        for row in table:
            row.columns.pop(USERS, None)


def _only(metric: ProcessedMetric, *, of_actions: bool) -> ProcessedMetric:
    """The metric in tables of one scope."""
    compute: Callable[[Mapping[str, Any]], Any] = metric.compute
    return replace(metric, compute=lambda columns: compute(columns) if (HITS in columns) == of_actions else None)


AVG_TIME_ON_DIMENSION = ratio(
    "avg_time_on_dimension",
    "Avg. time on dimension",
    "sum_time_spent",
    HITS,
    digits=0,
    type="duration_s",
    is_clock=True,
)
GENERATION_TIME = replace(
    ratio(
        "avg_time_generation",
        "Avg. generation time",
        "sum_time_generation",
        "nb_hits_with_time_generation",
        digits=3,
        type="duration_s",
    ),
    temporary=("sum_time_generation",),
    only_with="sum_time_generation",
    drops=("nb_hits_with_time_generation", "min_time_generation", "max_time_generation"),
)
"""Only in tables where an event with a value bears the dimension. Source: Matomo 5.2, plugins/Actions/Columns."""
EXIT_RATE = ratio("exit_rate", "Exit rate", "exit_nb_visits", "nb_visits", digits=2, type="percent")

REPORTS: tuple[Report, ...] = (
    Report(
        "CustomDimensions.getCustomDimension",
        "Custom Dimensions",
        "Custom Dimensions",
        dimension="Custom dimension",
        dimension_id="CustomDimension.CustomDimension{idDimension}",
        processed=(
            _only(AVG_TIME_ON_DIMENSION, of_actions=True),
            _only(AVG_TIME_ON_SITE, of_actions=False),
            BOUNCE_RATE,
            _only(ACTIONS_PER_VISIT, of_actions=False),
            _only(EXIT_RATE, of_actions=True),
            GENERATION_TIME,
        ),
        filters=(add_segments, hide_users),
        order=100,
        load_subtables="CustomDimensions.getCustomDimension",
        has_goal_metrics=True,
        is_listed=False,
        documentation="Visits or actions by the values of a dimension that the site's owner named.",
    ),
)
