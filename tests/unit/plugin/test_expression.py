"""Expressions in SQL mean what they mean in archives."""

from __future__ import annotations

import duckdb

from tidemark.plugin import call, col


def test_floor_gives_a_whole_number_when_it_is_divided_further():
    sql = (call("floor", col("x") / 2) // 50 * 50).sql({})
    with duckdb.connect() as engine:
        found = engine.execute(f"SELECT CAST({sql} AS VARCHAR) FROM (SELECT 5099.0::DOUBLE AS x)").fetchone()
    assert found == ("2500",)


def test_a_single_number_is_the_nearest_of_32_bits():
    sql = call("single", col("x")).sql({})
    with duckdb.connect() as engine:
        found = engine.execute(f"SELECT {sql} FROM (SELECT 26.99::DOUBLE AS x)").fetchone()
    assert found == (26.989999771118164,)
