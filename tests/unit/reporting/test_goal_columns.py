import pytest

from tidemark.model.table import DataTable, Row
from tidemark.reporting.goal_columns import add_goal_columns
from tidemark.reporting.metrics import compute_metrics
from tidemark.reporting.parameters import Parameters

GOALS = {
    "idgoal=1": {
        "nb_conversions": 5,
        "revenue": 50,
        "nb_conversions_entry": 3,
        "revenue_entry": 30,
        "nb_conversions_attrib": 2,
    },
    "idgoal=2": {"nb_conversions": 2, "revenue": 20.5},
    "idgoal=ecommerceOrder": {"nb_conversions": 1, "revenue": 10, "items": 4},
    "idgoal=ecommerceAbandonedCart": {"nb_conversions": 1, "revenue": 99},
}


def columns(**params):
    table = DataTable([Row({"label": "x", "nb_visits": 6, "entry_nb_visits": 4, "goals": GOALS})])
    add_goal_columns([table], Parameters(params))
    compute_metrics([table], ())
    return {name: value for name, value in table.rows[0].columns.items() if name.startswith(("goal_", "revenue"))}


def test_one_goal_has_all_its_columns():
    assert columns(filter_update_columns_when_show_all_goals="1", idGoal="1") == {
        "revenue_per_visit": 13.33,
        "goal_1_conversion_rate": 0.8333,
        "goal_1_nb_conversions": 5,
        "goal_1_revenue_per_visit": 8.33,
        "goal_1_revenue": 50,
    }


def test_the_overview_has_rates_only():
    assert list(columns(filter_update_columns_when_show_all_goals="1")) == [
        "revenue_per_visit",
        "goal_1_conversion_rate",
        "goal_2_conversion_rate",
        "goal_0_conversion_rate",
        "goal_-1_conversion_rate",
    ]


def test_shares_of_pages_are_empty_where_nothing_is_known_of_the_goal():
    found = columns(
        filter_update_columns_when_show_all_goals="1", filter_show_goal_columns_process_goals="1,2", idGoal="-3"
    )
    assert (found["goal_1_nb_conversions_attrib"], found["goal_2_nb_conversions_attrib"]) == (2, None)
    assert (found["goal_2_nb_conversions_page_rate"], found["goal_2_revenue_attrib"]) == (None, 0)


def test_orders_have_average_and_items():
    found = columns(
        filter_update_columns_when_show_all_goals="ecommerceOrder",
        filter_show_goal_columns_process_goals="ecommerceOrder",
        idGoal="ecommerceOrder",
    )
    assert found["goal_ecommerceOrder_revenue"] == 10
    assert found["goal_ecommerceOrder_avg_order_revenue"] == 10
    assert found["goal_ecommerceOrder_items"] == 4
    assert not any(name.startswith("goal_1") for name in found)


@pytest.mark.parametrize(
    ("mode", "name", "expected"),
    [
        ("-3", "goal_1_nb_conversions_attrib", 2),
        ("-4", "goal_1_nb_conversions_entry_rate", 0.75),
        ("0", "goal_2_revenue", 20.5),
    ],
)
def test_modes_add_columns_of_all_goals(mode, name, expected):
    assert columns(filter_update_columns_when_show_all_goals="1", idGoal=mode)[name] == expected


def test_a_goal_asked_for_alone_is_the_default():
    found = columns(filter_update_columns_when_show_all_goals="1", filter_show_goal_columns_process_goals="2")
    assert found["goal_2_nb_conversions"] == 2
    assert "goal_1_nb_conversions" not in found


@pytest.mark.parametrize("value", ["", "x", "1.5"])
def test_nothing_is_added_unless_asked_for(value):
    assert columns(filter_update_columns_when_show_all_goals=value) == {}


def test_the_minimal_table_has_no_columns_per_goal():
    assert list(columns(filter_update_columns_when_show_all_goals="1", idGoal="-2")) == ["revenue_per_visit"]
