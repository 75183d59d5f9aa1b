"""No hit makes a day fail: whatever stands in the columns of the hit log, there are logs."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.hit_rows import NOON, SENT
from tidemark.columns import ARROW_TYPES, arrow_schema
from tidemark.plugin.dimension import Dimension, Keep, Scope
from tidemark.sessions.hits import hit_columns
from tidemark.sessions.log_files import files_of
from tidemark.sessions.rules import Rules
from tidemark.sessions.sessionise import NO_HISTORY, log_columns, sessionise

DIMENSIONS = tuple(
    Dimension(f"dimension_{kind}_{keep.value}", Scope.VISIT, lambda _: None, kind, keep, on_conversion=True)
    for kind, keep in zip(ARROW_TYPES, [*Keep] * 3, strict=True)
)
COLUMNS = hit_columns(DIMENSIONS)
JSON = st.one_of(
    st.sampled_from(
        [
            "{",
            "[]",
            "{}",
            "null",
            "7",
            '{"1": null, "2": {"a": []}, "x": 1e400}',
            '{"1": ["a"], "2": "b"}',
            "[[1,null,true,null],[99999999999,1,1],[true,1,1],[2,1e308,false,-1]]",
            '[["s",1,2,3,4],["s","n",["c",null],1e308,99999999999],["t","",[],"x",null]]',
            '[6,"a","b",""]',
            '[6.0,"a","b",""]',
            "[" * 2000,
            '{"1":' * 600 + "1" + "}" * 600,
        ]
    ),
    st.text(max_size=5),
)
VALUES = {
    "string": st.one_of(st.sampled_from(["", "a", "A", "ß", "\0", "x" * 300]), st.text(max_size=4)),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "int32": st.integers(-(2**31), 2**31 - 1),
    "uint64": st.sampled_from([0, 1, 2, 2**64 - 1]),
    "uint8": st.integers(0, 255),
    "float64": st.floats(),
    "bool": st.booleans(),
    "json": JSON,
    "strings": st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=3),
}
ROW = st.fixed_dictionaries(
    {column.name: st.one_of(st.none(), VALUES[column.type]) for column in COLUMNS}
    | {
        "server_time": st.integers(NOON, NOON + 40_000),
        "sequence": st.one_of(st.integers(SENT, SENT + 3), st.integers(-(2**63), 2**63 - 1)),
        "hit_id": st.sampled_from("abcdef"),
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(ROW, max_size=6), st.data())
def test_any_hits_give_logs_and_in_any_order_the_same(rows, data):
    rules = Rules(1, dimensions=DIMENSIONS, visit_dimensions=frozenset("1"))
    schema = arrow_schema(COLUMNS)
    logs = sessionise(pa.Table.from_pylist(rows, schema=schema), NO_HISTORY, rules)
    for name, table in logs.items():
        assert table.column_names == [column.name for column in log_columns(name, DIMENSIONS)]
    shuffled = data.draw(st.permutations(rows))
    assert files_of(sessionise(pa.Table.from_pylist(shuffled, schema=schema), NO_HISTORY, rules)) == files_of(logs)
