"""Real numbers become exact decimals."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from tidemark.archiving.numbers import REAL, exact, row_numbers


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), 1e33, -1e40])
def test_what_does_not_fit_is_missing_and_spoils_nothing_else(value):
    assert exact(pa.array([1.5, value, None])).to_pylist() == [Decimal("1.5"), None, None]


def test_decimals_behind_the_sixth_are_rounded():
    assert exact(pa.array([1.23456789])).to_pylist() == [Decimal("1.234568")]


def test_sums_do_not_depend_on_the_order():
    values = [0.1, 0.2, 0.3, 1e9, -1e9]
    sums = {pa.compute.sum(exact(pa.array(order))).as_py() for order in (values, values[::-1], sorted(values))}
    assert sums == {Decimal("0.6")}
    assert exact(pa.array([], pa.float64())).type == REAL


@pytest.mark.parametrize("count", [0, 1, 5])
def test_rows_are_numbered_from_0(count):
    assert row_numbers(count).to_pylist() == list(range(count))
