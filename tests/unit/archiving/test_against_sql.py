"""Every grouping and every expression that the default plugins declare gives what SQL gives for it."""

from __future__ import annotations

import math
from dataclasses import replace

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.sql_oracle import PARAMETERS, SqlOracle
from tidemark.archiving.aggregation import groups_of, merged, partial
from tidemark.archiving.catalogue import Catalogue
from tidemark.archiving.compiling import Compiler
from tidemark.archiving.evaluation import SourceColumns, plain
from tidemark.columns import ARROW_TYPES
from tidemark.plugin.expression import call, case, col, parameter
from tidemark.plugin.plugin import load_plugins
from tidemark.plugin.record import Aggregate, Source

CATALOGUE = Catalogue.of(load_plugins())
TEXTS = st.one_of(st.none(), st.sampled_from(["", "0", "a", "A", "é", "b;c", "x y", "a/b", "12", "\x1f"]))
VALUES = {
    "string": TEXTS,
    "json": st.one_of(st.none(), st.sampled_from(['{"1":"x"}', '{"1":"","2":"y"}', "{}"])),
    "strings": st.one_of(st.none(), st.lists(st.sampled_from(["p", "q"]), max_size=3)),
    "int64": st.one_of(st.none(), st.integers(0, 200_000)),
    "int32": st.one_of(st.none(), st.integers(0, 2000)),
    "uint8": st.one_of(st.none(), st.sampled_from([0, 1, 2, 3, 4, 8, 10, 13])),
    "uint64": st.one_of(st.none(), st.sampled_from([0, 5, 2**63 + 1])),
    "float64": st.one_of(st.none(), st.sampled_from([0.0, 0.25, 1.5, -2.0, 19.99])),
    "bool": st.one_of(st.none(), st.booleans()),
}


def tables_of(source):
    columns = CATALOGUE.types[source]
    row = st.fixed_dictionaries({name: VALUES[kind] for name, kind in columns.items()})
    return st.lists(row, min_size=1, max_size=12).map(
        lambda rows: pa.table(
            {name: pa.array([row[name] for row in rows], ARROW_TYPES[kind]) for name, kind in columns.items()}
        )
    )


def same(found, expected):
    if isinstance(expected, float):
        return found is not None and math.isclose(float(found), expected, rel_tol=1e-9, abs_tol=2e-6)
    if isinstance(expected, str):  # texts: NULL is written as nothing
        return ("" if found is None else str(found)) == expected
    return found == expected


@pytest.mark.parametrize("source", list(Source))
@given(data=st.data())
@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.generate],  # shrinking hundreds of columns takes minutes
    suppress_health_check=list(HealthCheck),
)
def test_groupings_of_the_default_plugins(source, data):
    compiled = CATALOGUE.compiled.values()
    groupings = {
        replace(grouping, summed=()): None
        for record in compiled
        for part in record.parts
        for grouping in part.groupings
        if grouping.source is source
    }
    groupings |= {
        replace(number.grouping): None for number in CATALOGUE.compiled_numbers if number.grouping.source is source
    }
    assert groupings, "no record reads this source"
    table = data.draw(tables_of(source))
    partials = partial(groupings, SourceColumns.of(table, PARAMETERS, CATALOGUE.shared))
    found = {grouping: groups_of(grouping, groups) for grouping, groups in partials.items()}
    oracle = SqlOracle(table, CATALOGUE.types[source])
    for grouping in groupings:
        groups = found.get(grouping)
        if groups is None:  # no rows
            assert oracle.grouped(grouping) == {}
            continue
        keys = list(zip(*(key.to_pylist() for key in groups.keys), strict=True)) if groups.keys else [()]
        values = [groups.measures[measure].to_pylist() for measure in grouping.measures]
        expected = oracle.grouped(grouping)
        assert set(keys) == set(expected), [key.expression for key in grouping.keys]
        for place, key in enumerate(keys):
            for measure, column, wanted in zip(grouping.measures, values, expected[key], strict=True):
                assert same(column[place], wanted), (grouping.keys, key, measure.measure)
    oracle.close()


SUMMED = [
    grouping
    for record in CATALOGUE.compiled.values()
    for part in record.parts
    for grouping in part.groupings
    if grouping.summed
]


@given(data=st.data())
@settings(max_examples=4, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@pytest.mark.parametrize("place", range(len(SUMMED)))
def test_groups_told_apart_by_visits_only_are_put_together_once_they_are_finished(place, data):
    grouping = SUMMED[place]
    whole = replace(grouping, summed=())
    rows = SourceColumns.of(data.draw(tables_of(grouping.source)), PARAMETERS, CATALOGUE.shared)
    fine = partial([whole], rows).get(whole)
    found = partial([grouping], rows).get(grouping)
    if fine is None or found is None:
        assert fine is found
        return
    expected: dict[tuple[str | None, ...], list[list[float | None]]] = {}
    made = groups_of(whole, fine)
    for row, key in enumerate(zip(*(made.keys[one].to_pylist() for one in grouping.kept), strict=True)):
        values = expected.setdefault(key, [[] for _ in grouping.measures])
        for column, measure in zip(values, grouping.measures, strict=True):
            column.append(made.measures[measure][row].as_py())
    once = groups_of(grouping, found)
    twice = groups_of(grouping, merged(grouping, [found, found]))
    keys = list(zip(*(once.keys[one].to_pylist() for one in grouping.kept), strict=True))
    assert keys == list(expected)
    again = list(zip(*(twice.keys[one].to_pylist() for one in grouping.kept), strict=True))
    assert sorted(again, key=str) == sorted(keys, key=str)
    places = [again.index(key) for key in keys]
    for index, measure in enumerate(grouping.measures):
        is_largest = measure.measure.aggregate is Aggregate.MAX
        wanted = [put_together(values[index], max if is_largest else sum) for values in expected.values()]
        assert once.measures[measure].to_pylist() == wanted
        doubled = [value if is_largest or value is None else 2 * value for value in wanted]
        assert twice.measures[measure].take(places).to_pylist() == doubled


def put_together(values, function):
    known = [value for value in values if value is not None]
    return function(known) if known else None


def test_pages_before_conversions_are_put_together():
    assert {grouping.source for grouping in SUMMED} == {Source.CONVERSION_PAGES}


COLUMNS = {"i": "int32", "j": "int64", "f": "float64", "t": "string", "u": "string", "b": "bool", "n": "uint8"}
ROWS = pa.table(
    {
        "i": pa.array([0, 1, 7, None, -7], pa.int32()),
        "j": pa.array([3, 0, 2, 5, None], pa.int64()),
        "f": pa.array([0.5, 1.25, None, 2.5, -1.5], pa.float64()),
        "t": pa.array(["a", "", None, "Ä b", "0"]),
        "u": pa.array(["a", None, "x", "ä B", "1"]),
        "b": pa.array([True, False, None, True, False]),
        "n": pa.array([255, 1, None, 2, 3], pa.uint8()),
    }
)
EXPRESSIONS = [
    col("i") + col("j") * 2 - 1,
    col("i") / call("nullif", col("j"), 0),
    col("i") // call("nullif", col("j"), 0),
    col("i") % call("nullif", col("j"), 0),
    (col("i") > 0) & (col("f") <= 1.25),
    (col("i") > 0) | (col("f") <= 1.25),
    ~(col("i") > 0),
    col("t").eq("a"),
    col("t").ne("a"),
    col("t").eq(col("u")),
    col("i").is_in(1, 7),
    ~col("t").is_in("a", "0"),
    col("t").is_null(),
    col("b").eq(1),
    call("coalesce", col("t"), col("u"), "none"),
    call("concat", col("t"), "-", col("i")),
    call("lower", col("u")),
    call("length", col("u")),
    call("floor", col("f")),
    call("round", col("f"), 0),
    call("round", col("f") * 1.005, 2),
    call("least", col("i"), col("j")),
    call("greatest", col("i"), col("j")),
    call("nullif", col("t"), ""),
    call("replace", col("u"), "B", "c"),
    call("date_part", "hour", col("j") * 5000 + parameter("utc_offset_seconds")),
    call("date_part", "isodow", col("j") * 86_400),
    call("date_part", "dow", col("j") * 86_400),
    call("date_part", "week", col("j") * 86_400),
    call("date_text", col("j") * 86_400),
    case((col("i") > 0, "plus"), (col("i") < 0, "minus"), otherwise=col("t")),
    case((col("b"), 1), otherwise=None),
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=lambda expression: expression.sql(PARAMETERS)[:60])
def test_expressions(expression):
    value = Compiler({Source.VISITS: COLUMNS}).value(Source.VISITS, expression)
    found = plain(SourceColumns.of(ROWS, PARAMETERS).values(value)).to_pylist()
    connection = duckdb.connect()
    connection.register("source", ROWS)
    rows = connection.execute(f"SELECT {expression.sql(PARAMETERS)} FROM source").fetchall()
    connection.close()
    assert found == [pytest.approx(row[0]) if isinstance(row[0], float) else row[0] for row in rows]
