from tidemark.model.table import DataTable, Row
from tidemark.reporting.filters.stored_names import use_stored_names


def test_columns_and_those_of_goals_have_numbers_at_every_level():
    goals = {"idgoal=2": {"nb_conversions": 1, "revenue": 5}, "idgoal=ecommerceOrder": {"items": 3}}
    below = DataTable([Row({"label": "b", "nb_hits": 2})])
    table = DataTable([Row({"label": "a", "nb_visits": 4, "goals": goals, "bounce_rate": "0%"}, subtable=below)])
    use_stored_names(table)
    (row,) = table.rows
    assert row.columns == {
        "label": "a",
        "2": 4,
        "10": {"2": {"1": 1, "2": 5}, "0": {"8": 3}},
        "bounce_rate": "0%",
    }
    assert below.rows[0].columns == {"label": "b", "12": 2}
