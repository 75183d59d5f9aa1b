"""Goal columns get the names that clients see."""

from __future__ import annotations

from tidemark.model.table import GOALS, LABEL, DataTable, Row
from tidemark.reporting.filters.goals import name_goals


def test_goals_are_named_in_the_order_of_their_numbers():
    goals = {2: {"nb_conversions": 1}, 0: {"nb_conversions": 2}, 1: {"nb_conversions": 3}, -1: {"nb_conversions": 4}}
    table = DataTable([Row({LABEL: "x", GOALS: goals})])
    name_goals([table])
    names = ["idgoal=ecommerceAbandonedCart", "idgoal=ecommerceOrder", "idgoal=1", "idgoal=2"]
    (row,) = table.rows
    assert list(row.columns[GOALS]) == names
    name_goals([table])
    (row,) = table.rows
    assert list(row.columns[GOALS]) == names
