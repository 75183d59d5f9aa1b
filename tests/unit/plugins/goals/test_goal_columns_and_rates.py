import pytest

from tidemark.plugins.goals.columns import columns_of, goal_number, record_name
from tidemark.plugins.goals.rates import AVG_ORDER_REVENUE, copied, rate_of_goal


@pytest.mark.parametrize(
    ("text", "number"), [("", None), ("3", 3), ("ecommerceOrder", 0), ("ecommerceAbandonedCart", -1), ("-1", -1)]
)
def test_goals_are_found_by_what_clients_call_them(text, number):
    assert goal_number(text) == number


@pytest.mark.parametrize(("goal", "last"), [(None, "revenue"), (1, "revenue"), (0, "items"), (-1, "items")])
def test_only_orders_and_carts_have_items(goal, last):
    assert columns_of(goal)[-1] == last


def test_numbers_are_stored_per_goal_and_over_all():
    assert (record_name("revenue", None), record_name("revenue", 2)) == ("Goal_revenue", "Goal_2_revenue")


def test_the_rate_of_one_goal_is_its_share_of_visits():
    metric = rate_of_goal(2)

    assert metric.name == "goal_2_conversion_rate"
    assert metric.compute({"goal_2_nb_visits_converted": 2, "nb_visits": 3}) == 0.6667


def test_only_what_has_items_has_an_order_value():
    assert AVG_ORDER_REVENUE.compute({"revenue": 30, "nb_conversions": 4}) is None
    assert AVG_ORDER_REVENUE.compute({"revenue": 30, "nb_conversions": 4, "items": 1}) == 7.5


def test_copied_metrics_are_not_computed_again():
    metric = copied(AVG_ORDER_REVENUE, "_new_visit")

    assert (metric.name, metric.type) == ("avg_order_revenue_new_visit", "money")
    assert metric.compute({"revenue": 30, "nb_conversions": 4, "items": 1}) is None
