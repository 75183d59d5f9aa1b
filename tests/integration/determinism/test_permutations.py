"""The visit log is a function of the set of hits: order, repetition and batching change nothing."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.hit_rows import NOON, any_hit, table, unique
from tidemark.columns import arrow_schema
from tidemark.model.log import VISITOR_COLUMNS
from tidemark.plugin.dimension import Dimension, Keep, Scope
from tidemark.sessions.log_files import files_of
from tidemark.sessions.rules import Rules
from tidemark.sessions.sessionise import History, log_columns, sessionise

DIMENSIONS = tuple(
    Dimension(f"dimension_{keep.value}", Scope.VISIT, lambda _: None, keep=keep, on_conversion=True) for keep in Keep
)
RULES = [
    Rules(1, visit_dimensions=frozenset("1"), dimensions=DIMENSIONS),
    Rules(1, cuts_on_website=True, cuts_on_user=True, look_back=7200, max_actions=3),
    Rules(1, trusts_ids=True, cuts_on_campaign=False, one_page_time=10),
    Rules(1, cuts_always=True),
]
HISTORY = History(
    pa.Table.from_pylist(
        [
            {
                "visitor_id": 0xA,
                "first_visit_start": NOON - 9_000_000,
                "last_visit_start": NOON - 900_000,
                "visits": 3,
                "last_order_start": NOON - 1_000_000,
            }
        ],
        schema=arrow_schema(VISITOR_COLUMNS),
    ),
    frozenset({"o2"}),
)
DAYS = st.lists(
    st.builds(
        lambda row, values: row | values,
        any_hit(),
        st.fixed_dictionaries({one.column: st.sampled_from([None, "p", "q"]) for one in DIMENSIONS}),
    ),
    max_size=25,
).map(unique)


def files(rows, rules):
    return files_of(sessionise(table(rows, rules.dimensions), HISTORY, rules))


@settings(max_examples=40, deadline=None)
@given(DAYS, st.sampled_from(RULES), st.data())
def test_files_are_equal_for_any_order_and_repetition(rows, rules, data):
    again = data.draw(st.lists(st.sampled_from(rows), max_size=5)) if rows else []
    shuffled = data.draw(st.permutations(rows + again))
    assert files(shuffled, rules) == files(rows, rules)


@settings(max_examples=25, deadline=None)
@given(DAYS, st.sampled_from(RULES), st.data())
def test_files_are_equal_for_any_batching(rows, rules, data):
    batches = [[], [], []]
    for row in rows:
        batches[data.draw(st.integers(0, 2))].append(row)
    hits = pa.concat_tables([table(batch, rules.dimensions) for batch in batches])
    encoded = pa.table({name: _encoded(hits[name]) for name in hits.column_names})
    assert files_of(sessionise(encoded, HISTORY, rules)) == files(rows, rules)


@settings(max_examples=25, deadline=None)
@given(DAYS, st.sampled_from(RULES))
def test_tables_have_the_declared_columns_and_consistent_keys(rows, rules):
    logs = sessionise(table(rows, rules.dimensions), HISTORY, rules)
    for name, made in logs.items():
        assert made.column_names == [column.name for column in log_columns(name, rules.dimensions)]
    visits = logs["visits"]["idvisit"].to_pylist()
    assert len(set(visits)) == len(visits)
    for name in ("actions", "conversions", "items"):
        assert set(logs[name]["idvisit"].to_pylist()) <= set(visits)
    actions = zip(logs["actions"]["idvisit"].to_pylist(), logs["actions"]["position"].to_pylist(), strict=True)
    assert len(set(actions)) == logs["actions"].num_rows
    counted = sum(1 for row in rows if row["action_type"] and not row.get("is_ping"))
    assert logs["actions"].num_rows == counted


def _encoded(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return values.dictionary_encode() if values.type == pa.string() else values
