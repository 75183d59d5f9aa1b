"""Vectors over runs against the plain loops that say what they mean."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tidemark.sessions.vectors import (
    changes,
    count_in,
    count_so_far,
    first_of,
    following,
    last_before,
    last_of,
    last_so_far,
    mixed,
    positions,
    running_max,
    runs_of,
    shifted,
    within,
)

ROWS = st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 2**32 - 2)), max_size=40)


def spans(rows):
    """(first, last) of every run."""
    starts = [number for number, row in enumerate(rows) if row[0] or number == 0]
    return list(zip(starts, [*(start - 1 for start in starts[1:]), len(rows) - 1], strict=False))


def columns(rows):
    starts = pa.array([bool(number == 0 or row[0]) for number, row in enumerate(rows)], pa.bool_())
    flags = pa.array([row[1] for row in rows], pa.bool_())
    return runs_of(starts), flags, pa.array([row[2] for row in rows], pa.int64())


def pick(rows, first, last, choose):
    flagged = [number for number in range(first, last + 1) if rows[number][1]]
    return choose(flagged) if flagged else None


@given(ROWS)
def test_runs_of_numbers_rows_and_bounds(rows):
    runs, _, _ = columns(rows)
    assert list(zip(runs.first.to_pylist(), runs.last.to_pylist(), strict=True)) == spans(rows)
    assert runs.number.to_pylist() == [
        number for number, (first, last) in enumerate(spans(rows)) for _ in range(first, last + 1)
    ]
    assert runs.rows == len(rows)


@given(ROWS)
def test_per_run_picks(rows):
    runs, flags, _ = columns(rows)
    assert first_of(flags, runs).to_pylist() == [pick(rows, *span, min) for span in spans(rows)]
    assert last_of(flags, runs).to_pylist() == [pick(rows, *span, max) for span in spans(rows)]
    assert count_in(flags, runs).to_pylist() == [pick(rows, *span, len) or 0 for span in spans(rows)]


@given(ROWS)
def test_per_row_looks_back(rows):
    runs, flags, values = columns(rows)
    before, so_far, counted, largest = [], [], [], []
    for first, last in spans(rows):
        for row in range(first, last + 1):
            before.append(pick(rows, first, row - 1, max))
            so_far.append(pick(rows, first, row, max))
            counted.append(pick(rows, first, row, len) or 0)
            largest.append(pick(rows, first, row, lambda flagged: max(rows[one][2] for one in flagged)))
    assert last_before(flags, runs).to_pylist() == before
    assert last_so_far(flags, runs).to_pylist() == so_far
    assert count_so_far(flags, runs).to_pylist() == counted
    assert running_max(values, flags, runs).to_pylist() == largest


@given(ROWS)
def test_neighbours_stay_in_their_run(rows):
    runs, _, values = columns(rows)
    before, after = [], []
    for first, last in spans(rows):
        for row in range(first, last + 1):
            before.append(rows[row - 1][2] if row > first else None)
            after.append(rows[row + 1][2] if row < last else None)
    assert within(values, runs).to_pylist() == before
    assert following(values, runs).to_pylist() == after


def test_changes_and_shifted_when_empty_or_not():
    assert changes(pa.array([], pa.int64())).to_pylist() == []
    assert changes(pa.array([4, 4, 5])).to_pylist() == [True, False, True]
    assert shifted(pa.array([4, 5])).to_pylist() == [None, 4]
    assert positions(pa.array([False, True, True])).to_pylist() == [1, 2]


def test_mixed_differs_by_each_of_its_arguments():
    one, other = pa.array([1, 2, 1, 1], pa.uint64()), pa.array([7, 7, 8, -7], pa.int64())
    assert len({*mixed(one, other, 0x10).to_pylist(), *mixed(one, other, 0x20).to_pylist()}) == 8
