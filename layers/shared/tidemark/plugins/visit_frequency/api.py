"""VisitFrequency.get: the visits summary of new and of returning visits in one row."""

from __future__ import annotations

from tidemark.model.calls import Calls
from tidemark.model.table import Table, TableMap
from tidemark.plugin import Access, Context, and_segment, merge_first_rows, method, with_suffix

KINDS = {"_new": "visitorType==new", "_returning": "visitorType==returning,visitorType==returningCustomer"}
"""Suffix of the columns and the segment of the visits."""


@method("VisitFrequency.get", Access.VIEW)
def get_visit_frequency(
    ctx: Context, idSite: str, period: str, date: str, segment: str = "", columns: list[str] | None = None
) -> Table | None:
    """Columns of VisitsSummary.get with the suffixes _new and _returning; `columns` keeps those asked for."""
    answer: Table | None = None
    for suffix, kind in KINDS.items():
        wanted = [name.removesuffix(suffix) for name in columns or () if name.endswith(suffix)]
        if columns and not wanted:
            continue
        params = {
            **ctx.params,  # hidden columns and the like hold for the inner call, too
            "idSite": idSite,
            "period": period,
            "date": date,
            "segment": and_segment(segment, kind),
            "columns": ",".join(wanted),
            "format_metrics": 0,
            "compare": 0,
        }
        table = with_suffix(ctx.service(Calls).processed("VisitsSummary.get", params), suffix)
        answer = table if answer is None else merge_first_rows(answer, table)
    if isinstance(answer, TableMap) and answer.key_name == "date":
        answer.key_name = "period"  # as Matomo names it here
    return answer
