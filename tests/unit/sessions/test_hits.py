"""Preparing a day's hits: each once, whatever the files say."""

import pyarrow as pa
import pytest

from tests.support.hit_rows import hit, table
from tidemark.sessions.hits import prepare


def prepared(rows):
    return prepare(table(rows), ())


def test_prepare_sorts_by_visitor_time_and_sequence():
    hits = prepared([hit(60), hit(0, visitor=None), hit(0), hit(0, number=1)])
    assert hits.column("hit_id").to_pylist() == ["hit-0-None-0", "hit-0-10-0", "hit-0-10-1", "hit-60-10-0"]


def test_prepare_drops_repetitions():
    hits = prepared([hit(0), hit(60), hit(0), hit(0)])
    assert hits.column("hit_id").to_pylist() == ["hit-0-10-0", "hit-60-10-0"]


def test_prepare_keeps_different_hits_of_the_same_moment():
    one, other = hit(0), hit(0) | {"hit_id": "another"}
    for rows in ([one, other, one], [other, one, other]):
        assert prepared(rows).column("hit_id").to_pylist() == ["another", "hit-0-10-0"]


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0), (1, 2, 0)])
def test_prepare_chooses_the_same_of_repetitions_that_differ(order):
    """Settings may change between two deliveries of a message."""
    rows = [hit(0, location_ip="b"), hit(0, location_ip="a"), hit(0, location_ip="b", product_categories=["x"])]
    hits = prepared([*(rows[place] for place in order), hit(5)])
    assert hits.column("location_ip").to_pylist() == [prepared(rows).column("location_ip")[0].as_py(), None]


def test_prepare_accepts_files_that_lack_columns():
    hits = prepare(pa.table({"hit_id": ["a"], "server_time": [5]}), ())
    assert (hits.time.to_pylist(), hits.has_id.to_pylist(), hits.key.to_pylist()) == ([5], [False], [0])


def test_prepare_accepts_no_hits():
    assert len(prepare(pa.table({}), ())) == 0
    assert len(prepared([])) == 0
