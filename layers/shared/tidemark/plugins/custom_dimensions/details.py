"""Custom dimensions in the visit log. Source: Matomo 5.2, Live API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from tidemark.model.custom_dimension import ACTION_SCOPE, VISIT_SCOPE, CustomDimension
from tidemark.model.registry import Registry
from tidemark.model.visit_reader import LoggedVisit, LogRow
from tidemark.plugin import Details, DetailsContext, Entry, VisitDetails


def visit_fields(visit: LoggedVisit, context: DetailsContext) -> Details:
    """Every active dimension of visits: dimension1, dimension2 …"""
    return _values(visit.row, _active(context, visit.row["idsite"], VISIT_SCOPE))


def describe(entry: Entry, visit: LoggedVisit, context: DetailsContext) -> None:
    """Every active dimension of actions; conversions have none of them."""
    own: LogRow = {} if "idgoal" in entry.row else entry.row
    entry.details.update(_values(own, _active(context, visit.row["idsite"], ACTION_SCOPE)))


def profile_summary(visits: Sequence[Details], context: DetailsContext) -> Details:
    """How often a visitor had which values, by scope."""
    if not visits:
        return {}
    idsite = visits[0]["idSite"]
    entries = [entry for visit in visits for entry in visit["actionDetails"]]
    found = {
        ACTION_SCOPE: _counted(entries, _active(context, idsite, ACTION_SCOPE)),
        VISIT_SCOPE: _counted(visits, _active(context, idsite, VISIT_SCOPE)),
    }
    found = {scope: dimensions for scope, dimensions in found.items() if dimensions}
    return {"customDimensions": found} if found else {}


def _active(context: DetailsContext, idsite: int, scope: str) -> tuple[CustomDimension, ...]:
    def of_site() -> tuple[CustomDimension, ...]:
        return tuple(one for one in context.call.service(Registry).custom_dimensions(idsite) if one.active)

    return tuple(one for one in context.once(("custom dimensions", idsite), of_site) if one.scope == scope)


def _field(dimension: CustomDimension) -> str:
    return f"dimension{dimension.idcustomdimension}"


def _values(row: LogRow, dimensions: Iterable[CustomDimension]) -> Details:
    stored = row.get("custom_dimensions")
    values = orjson.loads(stored) if stored else {}
    return {_field(one): values.get(str(one.idcustomdimension)) for one in dimensions}


def _counted(rows: Sequence[Details], dimensions: Iterable[CustomDimension]) -> list[dict[str, Any]]:
    """Name and values of each dimension that has some, the most frequent value first."""
    found = []
    for dimension in dimensions:
        counts = Counter(value for row in rows if (value := row.get(_field(dimension))))
        values = [{"value": value, "count": count} for value, count in counts.most_common()]
        if values:
            found.append({"name": dimension.name, "values": values})
    return found


DETAILS = VisitDetails(150, visit=visit_fields, describe=describe, summary=profile_summary)
