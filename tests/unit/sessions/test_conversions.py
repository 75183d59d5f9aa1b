"""Goals, orders and carts. Source: Matomo 5.2, tracking behaviour, sections 10 to 12, and core/Tracker/GoalManager."""

import pytest

from tests.support.hit_rows import NOON, campaign, cart, event, goal_only, hit, order, ping, search, website
from tests.support.visit_logs import earlier, logs_of

ONCE, OFTEN = "[[1,5.0,false,null]]", "[[1,5.0,true,null]]"
TWO = "[[1,5.0,false,null],[2,0.0,false,null]]"
AFTER_A_MINUTE = "[[1,5.0,false,1.0]]"


def conversions(rows, *names, **given):
    """Some columns of the conversions in their order."""
    return [tuple(row[name] for name in names) for row in logs_of(rows, **given)["conversions"]]


GOALS = {
    "once per visit": ([hit(0, goals=ONCE), hit(1, goals=ONCE)], [(1, 0)]),
    "in each visit": ([hit(0, goals=ONCE), hit(4000, goals=ONCE)], [(1, 0), (1, 4000)]),
    "as often as it happens where the goal allows": ([hit(0, goals=OFTEN), hit(1, goals=OFTEN)], [(1, 0), (1, 1)]),
    "several by one hit": ([hit(0, goals=TWO)], [(1, 0), (2, 0)]),
    "not by a ping": ([hit(0), ping(1, goals=ONCE)], []),
    "not by the first hit if the visit has to last": ([hit(0, goals=AFTER_A_MINUTE)], []),
    "nor before the time has passed": ([hit(0), hit(60, goals=AFTER_A_MINUTE)], []),
    "but then": ([hit(0), hit(61, goals=AFTER_A_MINUTE)], [(1, 61)]),
    "what is no goal is left out": ([hit(0, goals='[[1],"x",[2,null,false,null]]'), hit(1, goals="{")], [(2, 0)]),
}


@pytest.mark.parametrize(("rows", "expected"), GOALS.values(), ids=GOALS)
def test_goals(rows, expected):
    found = conversions(rows, "idgoal", "server_time")
    assert [(goal, time - NOON) for goal, time in found] == expected


def test_several_conversions_of_a_goal_have_different_busters():
    found = conversions([hit(0, goals=OFTEN), hit(1, goals=OFTEN)], "idvisit", "idgoal", "buster")
    assert len(set(found)) == 2


def test_what_a_conversion_tells():
    rows = [
        hit(0, user_id="ann"),
        search("k", 1),
        event(2),
        hit(3, goals=ONCE, conversion_url="http://example.org/3"),
        order("o", 4),
        goal_only(5, goals="[[7,1.5,false,null]]"),
    ]
    found = conversions(rows, "idgoal", "pageviews_before", "position", "revenue", "url", "user_id", "visit_entry_url")
    assert found == [
        (1, 2, 4, 5.0, "http://example.org/3", "ann", "example.org/0"),
        (0, 2, 4, 10.0, "http://example.org/", "ann", "example.org/0"),
        (7, 2, 4, 1.5, None, "ann", "example.org/0"),
    ]


def test_the_first_hit_of_a_visit_that_a_campaign_cut_counts_the_pages_before_the_cut():
    before = [campaign("x", at=0), search("k", 30), hit(60)]
    rows = [*before, campaign("y", at=90, goals=OFTEN), hit(95, goals=OFTEN)]
    assert conversions(rows, "pageviews_before") == [(3,), (2,)]
    forced = [*before, campaign("y", at=90, goals=OFTEN, wants_new_visit=True)]
    assert conversions(forced, "pageviews_before") == [(1,)]


def test_duration_is_measured_from_the_visit_before_when_a_campaign_cut_it():
    """Source: Matomo 5.2, core/Tracker/GoalManager.detectNumericGoalMatch."""
    before = [campaign("x", at=0), hit(30)]
    cut = campaign("y", at=90, goals=AFTER_A_MINUTE)
    assert conversions([*before, cut], "server_time") == [(NOON + 90,)]
    assert logs_of([*before, cut])["visits"][1]["visit_total_time"] == 1
    assert conversions([*before, hit(120), campaign("y", at=60, goals=AFTER_A_MINUTE)], "server_time") == []
    for forced in (campaign("y", at=90, goals=AFTER_A_MINUTE, wants_new_visit=True), hit(4000, goals=AFTER_A_MINUTE)):
        assert conversions([*before, forced], "server_time") == []
    later = hit(95, goals=AFTER_A_MINUTE)
    assert conversions([*before, campaign("y", at=90), later], "server_time") == []


def test_history_of_a_conversion():
    history = earlier((0xA, -9000, -8000, 2, -9000))
    rows = [hit(0, goals="[[1,0.0,true,null]]"), order("o", 60), goal_only(90, goals="[[1,0.0,true,null]]")]
    names = ("visitor_returning", "visitor_count_visits", "visitor_seconds_since_first", "visitor_seconds_since_order")
    assert conversions(rows, *names, history=history) == [(2, 3, 9000, 9000), (2, 3, 9000, 0), (2, 3, 9000, 0)]


SENT_CAMPAIGN = {"attribution": '[6,"mail","spring",""]'}
SENT_WEBSITE = {"attribution": '[3,"w.example",null,"http://w.example/"]'}
ATTRIBUTION = {
    "the visit's": ([website("v.example", 0, goals=ONCE)], (3, "v.example", None)),
    "what the client remembers": ([hit(0, goals=ONCE, **SENT_WEBSITE)], (3, "w.example", None)),
    "a remembered campaign": ([website("v.example", 0, goals=ONCE, **SENT_CAMPAIGN)], (6, "mail", "spring")),
    "the visit's campaign before a website": ([campaign("x", "k", 0, goals=ONCE, **SENT_WEBSITE)], (6, "x", "k")),
    "but not before a campaign": ([campaign("x", "k", 0, goals=ONCE, **SENT_CAMPAIGN)], (6, "mail", "spring")),
    "the visit's as it was then": ([hit(0, goals=ONCE), campaign("x", at=1)], (1, "", None)),
    "taken up on the way": ([hit(0), campaign("x", "k", 1), hit(2, goals=ONCE)], (6, "x", "k")),
    "what is none is left out": ([hit(0, goals=ONCE, attribution='[9,"a"]')], (1, "", None)),
}


@pytest.mark.parametrize(("rows", "expected"), ATTRIBUTION.values(), ids=ATTRIBUTION)
def test_attribution(rows, expected):
    assert conversions(rows, "referer_type", "referer_name", "referer_keyword") == [expected]


SALES = {
    "an order": ([order("o", revenue=7.0)], [(0, "o", 7.0)]),
    "a cart": ([cart(0, revenue=7.0)], [(-1, None, 7.0)]),
    "a cart is one, as it was last": ([cart(0, revenue=7.0), cart(1, revenue=8.0)], [(-1, None, 8.0)]),
    "an order takes the cart": ([cart(0, revenue=7.0), order("o", 1, revenue=9.0)], [(0, "o", 9.0)]),
    "a cart after an order is another": (
        [order("o", revenue=9.0), cart(1, revenue=7.0)],
        [(0, "o", 9.0), (-1, None, 7.0)],
    ),
    "several orders": ([order("o", revenue=9.0), order("p", 1, revenue=1.0)], [(0, "o", 9.0), (0, "p", 1.0)]),
    "an order id counts once": ([order("o", revenue=9.0), order("o", 1, revenue=1.0)], [(0, "o", 9.0)]),
    "also in another visit": ([order("o", revenue=9.0), order("o", 4000, revenue=1.0)], [(0, "o", 9.0)]),
    "and for another visitor": ([order("o", revenue=9.0), order("o", 1, visitor=0xB)], [(0, "o", 9.0)]),
    "a refused order leaves the cart as it was, for ever": (
        [order("o", visitor=0xB, revenue=9.0), cart(1, revenue=7.0), order("o", 2), cart(3, revenue=8.0)],
        [(-1, None, 7.0), (0, "o", 9.0)],
    ),
}


@pytest.mark.parametrize(("rows", "expected"), SALES.values(), ids=SALES)
def test_sales(rows, expected):
    assert sorted(conversions(rows, "idgoal", "order_id", "revenue"), key=str) == sorted(expected, key=str)


def test_an_order_of_an_earlier_day_is_refused():
    logs = logs_of([hit(0), order("o", 1)], earlier(orders=["o"]))
    assert logs["conversions"] == []
    assert logs["visits"][0]["visit_goal_buyer"] == 1


def test_amounts_of_orders_and_carts():
    amounts = {"revenue": 9.0, "revenue_subtotal": 7.0, "revenue_tax": 1.0, "revenue_shipping": 1.0}
    names = (*amounts, "revenue_discount", "items", "pageviews_before")
    items = '[["s","n",[],1.0,2],["t","n",[],1.0,3]]'
    rows = [hit(0), order("o", 1, items, **amounts), cart(2, items, **amounts)]
    assert conversions(rows, *names) == [
        (9.0, 7.0, 1.0, 1.0, None, 5, 1),
        (9.0, None, None, None, None, 5, None),
    ]


def test_a_product_that_is_sent_twice_counts_twice():
    twice = '[["s","n",[],1.0,2],["s","n",[],1.0,3]]'
    assert conversions([order("o", 0, twice)], "items") == [(5,)]


def items(rows):
    names = ("order_id", "sku", "quantity", "is_deleted")
    return [tuple(row[name] for name in names) for row in logs_of(rows)["items"]]


ONE, OTHER = '["s","Shoes",["a","b"],5.0,1]', '["t","Ties",[],5.0,1]'
ITEMS = {
    "of an order": ([order("o", 0, f"[{ONE}]")], [("o", "s", 1, False)]),
    "of a cart": ([cart(0, f"[{ONE}]")], [("0", "s", 1, False)]),
    "updated": ([cart(0, f"[{ONE}]"), cart(1, '[["s","Shoes",[],5.0,4]]')], [("0", "s", 4, False)]),
    "sent twice: the first is put in": ([cart(0, f'[{ONE},["s","Boots",[],6.0,2]]')], [("0", "s", 1, False)]),
    "sent twice: the last updates": (
        [cart(0, f"[{ONE}]"), cart(1, '[["s","Shoes",[],5.0,3],["s","Shoes",[],5.0,2]]')],
        [("0", "s", 2, False)],
    ),
    "taken out and put in": (
        [cart(0, f"[{ONE}]"), cart(1, f"[{OTHER}]")],
        [("0", "s", 1, True), ("0", "t", 1, False)],
    ),
    "put in again": (
        [cart(0, f"[{ONE}]"), cart(1, "[]"), cart(2, f"[{ONE}]")],
        [("0", "s", 1, False)],
    ),
    "of the cart that was ordered": (
        [cart(0, f"[{ONE},{OTHER}]"), order("o", 1, f"[{ONE}]")],
        [("o", "s", 1, False), ("o", "t", 1, True)],
    ),
    "a cart after the order starts empty": (
        [order("o", 0, f"[{ONE}]"), cart(1, f"[{OTHER}]")],
        [("o", "s", 1, False), ("0", "t", 1, False)],
    ),
    "what is none is left out": (
        [order("o", 0, '[["s"],7,["",0,0,0,0],["u",null,null,null,null]]')],
        [("o", "u", 1, False)],
    ),
}


@pytest.mark.parametrize(("rows", "expected"), ITEMS.values(), ids=ITEMS)
def test_items(rows, expected):
    assert items(rows) == expected


def test_what_an_item_tells():
    rows = [cart(0, f"[{ONE}]"), order("o", 30, f"[{ONE}]")]
    (item,) = logs_of(rows)["items"]
    assert (item["name"], item["categories"], item["price"]) == ("Shoes", ["a", "b"], 5.0)
    assert (item["server_time"], item["sequence"]) == (NOON + 30, rows[0]["sequence"])
