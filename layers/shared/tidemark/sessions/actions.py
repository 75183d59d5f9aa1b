"""The actions table of a visit log. Source: Matomo 5.2, tracking behaviour, sections 7 to 9."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.model.hit import ActionType
from tidemark.plugin.dimension import Scope
from tidemark.sessions.chain import Chain, time_since_action
from tidemark.sessions.rules import Rules
from tidemark.sessions.vectors import Runs, changes, count_so_far, following, positions, runs_of

PERFORMANCE = (
    "time_network",
    "time_server",
    "time_transfer",
    "time_dom_processing",
    "time_dom_completion",
    "time_on_load",
)
COPIED = (
    "hit_id",
    "url",
    "url_prefix",
    "title",
    "search_keyword",
    "search_category",
    "search_count",
    "event_category",
    "event_action",
    "event_name",
    "event_value",
    "content_name",
    "content_piece",
    "content_target",
    "content_interaction",
    "idpageview",
    "bandwidth",
    "product_sku",
    "product_name",
    "product_categories",
    "product_price",
    "custom_variables_page",
)
"""Columns that an action has from its hit, unchanged."""


def actions_of(
    chain: Chain, idvisit: pa.Int64Array, visitor_id: pa.UInt64Array, dimensions: pa.Array, rules: Rules
) -> dict[str, pa.Array]:
    """Columns of the actions, in order of visit and sending. `dimensions` are the texts of action scope of all rows."""
    row = positions(chain.is_action)
    place = chain.recognised.place.take(row)
    visit = chain.runs.number.take(row)
    runs = _runs(visit)
    page, name = chain.page_before.take(row), chain.name_before.take(row)
    spent = time_since_action(chain, rules).take(row)
    columns = {
        "idvisit": idvisit.take(visit),
        "idsite": pa.repeat(pa.scalar(rules.idsite, pa.int32()), len(row)),
        "visitor_id": visitor_id.take(visit),
        "server_time": chain.time.take(row),
        "sequence": chain.recognised.hits.sequence.take(place),
        "position": count_so_far(pa.repeat(pa.scalar(True), len(row)), runs),
        "action_type": chain.kind.take(row),
        "url_ref": _where(chain, "url", page, ActionType.PAGE),
        "title_ref": _where(chain, "title", name, ActionType.PAGE),
        "search_ref": _where(chain, "search_keyword", name, ActionType.SEARCH),
        "ref_type": chain.kind.take(page),
        "time_spent_ref": spent,
        "time_spent": following(spent, runs),
        "pageview_position": _or_null(chain.interactions.take(row)),
        "custom_dimensions": dimensions.take(row),
        **performance(chain, row),
    }
    for column in COPIED:
        columns[column] = chain.recognised.raw(column, place)
    for dimension in rules.dimensions:
        if dimension.scope is Scope.ACTION:
            columns[dimension.column] = chain.recognised.raw(dimension.column, place)
    return columns


def _runs(visit: pa.Int64Array) -> Runs:
    return runs_of(changes(visit))


def _or_null(values: pa.Int64Array) -> pa.Int64Array:
    return pc.if_else(pc.greater(values, 0), values, pa.scalar(None, pa.int64()))


def _where(chain: Chain, column: str, row: pa.Int64Array, kind: ActionType) -> pa.Array:
    """The column at rows of that kind; NULL elsewhere."""
    wanted = pc.if_else(pc.equal(chain.kind.take(row), int(kind)), row, pa.scalar(None, pa.int64()))
    return chain.recognised.raw(column, chain.recognised.place.take(wanted))


def performance(chain: Chain, row: pa.Int64Array) -> dict[str, pa.Array]:
    """Page performance of the actions: of page views only, with what later requests of the page view told.

    Source: Matomo 5.2, tracking behaviour, section 8. Unlike there, a request that overtook its page view counts too.
    """
    own = {name: chain.recognised.raw(name, chain.recognised.place.take(row)) for name in PERFORMANCE}
    is_page = chain.is_page.take(row)
    own = {name: pc.if_else(is_page, values, pa.scalar(None, values.type)) for name, values in own.items()}
    changed = _updates(chain)
    if not changed:
        return own
    at = {each: number for number, each in enumerate(row.to_pylist())}
    for name, values in own.items():
        texts = values.to_pylist()
        for page, update in changed:
            if update[name] is not None:
                texts[at[page]] = update[name]
        own[name] = pa.array(texts, values.type)
    return own


def _updates(chain: Chain) -> list[tuple[int, dict[str, int | None]]]:
    """Rows of page views and what later requests told of them, in order of sending."""
    recognised = chain.recognised
    told = {name: recognised.column(name) for name in PERFORMANCE}
    tells = pc.and_(pc.invert(chain.is_page), _any_given(list(told.values())))
    tells = pc.and_(tells, pc.is_valid(recognised.column("idpageview")))
    rows = positions(tells)
    if not len(rows):
        return []
    visits = chain.runs.number.take(rows)
    in_question = positions(pc.and_(chain.is_page, pc.is_in(chain.runs.number, value_set=visits.unique())))
    pages: dict[tuple[int, str | None], int] = {}
    names = recognised.raw("idpageview", recognised.place.take(in_question)).to_pylist()
    for page, visit, name in zip(
        in_question.to_pylist(), chain.runs.number.take(in_question).to_pylist(), names, strict=True
    ):
        pages.setdefault((visit, name), page)
    updates = []
    texts = recognised.raw("idpageview", recognised.place.take(rows)).to_pylist()
    values = zip(*(told[name].take(rows).to_pylist() for name in PERFORMANCE), strict=True)
    for visit, name, found in zip(visits.to_pylist(), texts, values, strict=True):
        page = pages.get((visit, name))
        if page is not None:
            updates.append((page, dict(zip(PERFORMANCE, found, strict=True))))
    return updates


def _any_given(columns: list[pa.Array]) -> pa.BooleanArray:
    found = pc.is_valid(columns[0])
    for column in columns[1:]:
        found = pc.or_(found, pc.is_valid(column))
    return found
