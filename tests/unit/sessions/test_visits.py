"""Fields of a visit. Source: Matomo 5.2, tracking behaviour, section 6, and plugins/*/Columns."""

import pytest

from tests.support.hit_rows import NOON, campaign, cart, event, goal_only, hit, order, ping, search, website
from tests.support.visit_logs import earlier, logs_of, the_visit, visits_of
from tidemark.plugin.dimension import Dimension, Keep, Scope
from tidemark.plugins.user_country import PLUGIN as USER_COUNTRY

A = 0xA
KNOWN = earlier((A, -90_000, -80_000, 3, None))
GOAL = "[[1,0.0,false,null]]"

DURATIONS = {
    "one request takes the default": ([hit(0)], {}, 0),
    "which is a setting": ([hit(0)], {"one_page_time": 7}, 7),
    "else one second more than from first to last": ([hit(0), hit(100)], {}, 101),
    "two requests at once": ([hit(0), hit(0, number=1)], {}, 1),
    "a ping counts": ([hit(0), hit(100), ping(130)], {}, 131),
    "what was sent last counts, also if it is older": ([hit(0), hit(500), hit(100, sent=900)], {}, 101),
    "nothing is left of it if that is from before the first": ([hit(600), hit(0, sent=900)], {}, 0),
    "to which a conversion adds": ([hit(600), hit(0, sent=900, goals=GOAL)], {}, 1),
    "a conversion by the last request adds a second": ([hit(0), hit(100, goals=GOAL)], {}, 102),
    "one before does not": ([hit(0), hit(50, goals=GOAL), hit(100)], {}, 101),
    "a goal that was named adds its number and two": ([hit(0), goal_only(100, goals="[[3,0.0,false,null]]")], {}, 106),
    "an order adds two seconds": ([hit(0), order("o", 100)], {}, 103),
    "a cart adds nothing": ([hit(0), cart(100)], {}, 101),
    "the first request of a new visitor adds nothing": ([hit(0, goals=GOAL)], {}, 0),
    "that of a known one does": ([hit(0, goals=GOAL)], {"history": KNOWN}, 1),
}


@pytest.mark.parametrize(("rows", "given", "expected"), DURATIONS.values(), ids=DURATIONS)
def test_visit_total_time(rows, given, expected):
    assert the_visit(rows, **given)["visit_total_time"] == expected


def test_times_are_those_of_the_first_and_the_last_action():
    visit = the_visit([hit(0), hit(100), ping(130)])
    assert visit["visit_first_action_time"] == NOON
    assert visit["visit_last_action_time"] == NOON + 100


def test_late_hits_move_neither_the_first_action_nor_the_last():
    visit = the_visit([hit(600), hit(700), hit(0, sent=900), hit(650, sent=901)])
    assert visit["visit_first_action_time"] == NOON + 600
    assert visit["visit_last_action_time"] == NOON + 700
    assert visit["visit_total_actions"] == 4


COUNTS = {
    "everything counts but contents and requests without action": (
        [
            hit(0),
            hit(1, action_type=2),
            hit(2, action_type=3),
            search("k", 3),
            event(4),
            hit(5, action_type=13),
            goal_only(6),
            ping(7),
        ],
        {
            "visit_total_actions": 5,
            "visit_total_interactions": 2,
            "visit_total_searches": 1,
            "visit_total_events": 1,
        },
    ),
    "an order alone": ([order("o")], {"visit_total_actions": 0, "visit_total_interactions": 0}),
}


@pytest.mark.parametrize(("rows", "expected"), COUNTS.values(), ids=COUNTS)
def test_counters(rows, expected):
    assert expected.items() <= the_visit(rows).items()


ENTRIES = {
    "the first page": ([hit(0), hit(1)], ("example.org/0", "page 0", 1)),
    "a search has no url for ever": ([search("shoes"), hit(1)], ("", "shoes", 8)),
    "a page without url": ([hit(0, url=None), hit(1)], ("", "page 0", 1)),
    "an event leaves the url to the first page, not its title": ([event(0), hit(1)], ("example.org/1", None, 1)),
    "events only": ([event(0)], (None, None, None)),
    "the order of sending counts": ([hit(0, sent=5), hit(1, sent=0)], ("example.org/1", "page 1", 1)),
}


@pytest.mark.parametrize(("rows", "expected"), ENTRIES.values(), ids=ENTRIES)
def test_entry(rows, expected):
    visit = the_visit(rows)
    assert (visit["visit_entry_url"], visit["visit_entry_name"], visit["visit_entry_type"]) == expected


EXITS = {
    "the last page": ([hit(0), hit(1), event(2)], ("example.org/1", "page 1", 1)),
    "a search has no url": ([hit(0), search("shoes", 1)], (None, "shoes", 8)),
    "a search stays where a page without title follows": (
        [search("shoes"), hit(1, title="")],
        ("example.org/1", "shoes", 8),
    ),
    "a page without title keeps the one before": ([hit(0), hit(1, title="")], ("example.org/1", "page 0", 1)),
    "events only": ([event(0)], (None, None, None)),
}


@pytest.mark.parametrize(("rows", "expected"), EXITS.values(), ids=EXITS)
def test_exit(rows, expected):
    visit = the_visit(rows)
    assert (visit["visit_exit_url"], visit["visit_exit_name"], visit["visit_exit_type"]) == expected


REFERRERS = {
    "direct": ([hit(0)], (1, "")),
    "the first": ([website("w.example", 0), website("v.example", 60)], (3, "w.example")),
    "a later one takes the place of direct": ([hit(0), campaign("x", at=60)], (6, "x")),
}


@pytest.mark.parametrize(("rows", "expected"), REFERRERS.values(), ids=REFERRERS)
def test_referrer(rows, expected):
    visit = the_visit(rows)
    assert (visit["referer_type"], visit["referer_name"]) == expected


ECOMMERCE = {
    "nothing": ([hit(0)], (0, 0)),
    "a goal": ([hit(0, goals=GOAL)], (1, 0)),
    "an order": ([hit(0), order("o", 1)], (1, 1)),
    "a cart": ([hit(0), cart(1)], (0, 2)),
    "an order, then a cart": ([order("o"), cart(1)], (1, 3)),
    "a cart, then an order": ([cart(0), order("o", 1)], (1, 1)),
    "an order, then two carts": ([order("o"), cart(1), cart(2)], (1, 3)),
    "a cart and a goal": ([cart(0), hit(1, goals=GOAL)], (1, 2)),
    "an order after order and cart": ([order("o"), cart(1), order("p", 2)], (1, 1)),
}


@pytest.mark.parametrize(("rows", "expected"), ECOMMERCE.values(), ids=ECOMMERCE)
def test_converted_and_buyer(rows, expected):
    visit = the_visit(rows)
    assert (visit["visit_goal_converted"], visit["visit_goal_buyer"]) == expected


def history_fields(visit):
    names = ("visitor_returning", "visitor_count_visits", "visitor_seconds_since_first", "visitor_seconds_since_last")
    return (*(visit[name] for name in names), visit["visitor_seconds_since_order"])


def test_history_of_a_new_visitor():
    assert history_fields(the_visit([hit(0)])) == (0, 1, 0, 0, None)


def test_history_within_a_day():
    _, second, third = visits_of([hit(0), hit(4000), hit(8000)])
    assert history_fields(second) == (1, 2, 4000, 4000, None)
    assert history_fields(third) == (1, 3, 8000, 4000, None)


def test_history_of_earlier_days():
    first, second = visits_of([hit(0), hit(4000)], KNOWN)
    assert history_fields(first) == (1, 4, 90_000, 80_000, None)
    assert history_fields(second) == (1, 5, 94_000, 4000, None)


def test_history_with_orders():
    """A visitor is a returning customer from the second visit after the one with the order, as in the reference."""
    ordering, second, third = visits_of([hit(0), order("o", 60), hit(4000), hit(8000)])
    assert history_fields(ordering) == (0, 1, 0, 0, 0)
    assert history_fields(second) == (1, 2, 4000, 4000, 4000)
    assert history_fields(third) == (2, 3, 8000, 4000, 8000)


def test_a_visit_that_begins_with_an_order_is_a_returning_customers():
    assert history_fields(the_visit([order("o")])) == (2, 1, 0, 0, 0)


def test_history_with_an_order_on_an_earlier_day():
    at_last_visit = earlier((A, -90_000, -80_000, 3, -80_000))
    before_it = earlier((A, -90_000, -80_000, 3, -85_000))
    assert history_fields(the_visit([hit(0)], at_last_visit)) == (1, 4, 90_000, 80_000, 80_000)
    assert history_fields(the_visit([hit(0)], before_it)) == (2, 4, 90_000, 80_000, 85_000)


def test_user_id_is_the_last_one_given():
    rows = [hit(0, user_id="ann"), hit(1, user_id="bob"), hit(2), hit(3, user_id="")]
    assert the_visit(rows)["user_id"] == "bob"


def test_address_is_that_of_the_first_hit():
    assert the_visit([hit(0, location_ip="1.2.0.0"), hit(1, location_ip="5.6.0.0")])["location_ip"] == "1.2.0.0"


KEPT = {Keep.FIRST: None, Keep.FIRST_KNOWN: "p", Keep.LAST_KNOWN: "q"}


@pytest.mark.parametrize(("keep", "expected"), KEPT.items())
def test_dimensions_are_kept_as_they_say(keep, expected):
    dimension = Dimension("shade", Scope.VISIT, lambda _: None, keep=keep, on_conversion=True)
    rows = [hit(0), hit(1, shade="p"), hit(2, shade="q", goals=GOAL), hit(3)]
    logs = logs_of(rows, dimensions=(dimension,))
    assert [row["shade"] for row in logs["visits"] + logs["conversions"]] == [expected, expected]


OVERRULED = {
    "nobody said anything": ([hit(0, place="a"), hit(1, place="b")], "a"),
    "what is said counts, though it was found first": ([hit(0, place="a"), hit(1, place="b", source="said")], "b"),
    "and stays": ([hit(0, place="a", source="said"), hit(1, place="b")], "a"),
    "the last of several": ([hit(at, place=place, source="said") for at, place in enumerate("abc")], "c"),
    "by a ping too": ([hit(0, place="a"), ping(1, place="b", source="said")], "b"),
    "by order of sending": ([hit(0, place="a", sent=5, source="said"), hit(1, place="b", sent=0, source="said")], "a"),
    "in its own visit": ([hit(0, place="a"), hit(1, place="b", visitor=0xB, source="said")], "a"),
}


@pytest.mark.parametrize(("rows", "expected"), OVERRULED.values(), ids=OVERRULED)
def test_a_dimension_is_overruled_when_a_hit_says_so(rows, expected):
    dimensions = (
        Dimension("place", Scope.VISIT, lambda _: None, on_conversion=True, overruled_by=("source", "said")),
        Dimension("source", Scope.VISIT, lambda _: None),
    )
    rows = [*rows[:-1], rows[-1] | {"goals": GOAL}]
    logs = logs_of(rows, dimensions=dimensions)
    assert logs["visits"][0]["place"] == expected
    if len(logs["visits"]) == 1 and not rows[-1].get("is_ping"):
        then = rows[-1]["place"] if rows[-1].get("source") else expected
        assert [row["place"] for row in logs["conversions"]] == [then]


def test_a_conversion_keeps_what_was_said_by_then():
    """Source: Matomo 5.2, plugins/UserCountry/Columns (log_conversion copies the visit as it is)."""
    dimensions = (
        Dimension("place", Scope.VISIT, lambda _: None, on_conversion=True, overruled_by=("source", "said")),
        Dimension("source", Scope.VISIT, lambda _: None),
    )
    rows = [hit(0, place="a"), goal_only(1, goals=GOAL), hit(2, place="b", source="said"), order("o", 3, place="c")]
    logs = logs_of(rows, dimensions=dimensions)
    assert [row["place"] for row in logs["conversions"]] == ["a", "b"]


def test_each_part_of_a_place_is_told_by_the_last_request_that_says_it():
    """Source: Matomo 5.2, plugins/UserCountry/Columns: country, region, city and coordinates are told one by one."""
    dimensions = USER_COUNTRY.dimensions
    all_said = {"location_country": "de", "location_region": "BY", "location_city": "Hof"}
    rows = [
        hit(0, **all_said, location_provider="request country region city"),
        hit(1, location_country="us", location_region="x", location_provider="request country"),
        hit(2, location_country="fr", location_city="Nice", location_provider="default"),
    ]
    visit = logs_of(rows, dimensions=dimensions)["visits"][0]
    assert [visit[name] for name in all_said] == ["us", "BY", "Hof"]
    whole = hit(3, location_country="fr", location_city="Nice", location_provider="request")
    visit = logs_of([*rows, whole], dimensions=dimensions)["visits"][0]
    assert [visit[name] for name in all_said] == ["fr", None, "Nice"]


def test_dimensions_of_actions_stand_on_their_action():
    dimension = Dimension("shade", Scope.ACTION, lambda _: None)
    logs = logs_of([hit(0, shade="p"), hit(1)], dimensions=(dimension,))
    assert [row["shade"] for row in logs["actions"]] == ["p", None]
    assert "shade" not in logs["visits"][0]


def test_visitors_tell_the_past_of_who_comes_after_each_visit():
    rows = [hit(0), order("o", 60), hit(4000), hit(0, visitor=0xB), hit(60, visitor=0xC)]
    first, second, *others = logs_of(rows, history=KNOWN)["visitors"]
    assert first == {
        "visitor_id": A,
        "first_visit_start": NOON - 90_000,
        "last_visit_start": NOON,
        "visits": 4,
        "last_order_start": NOON,
        "first_sequence": rows[0]["sequence"],
    }
    assert (second["last_visit_start"], second["visits"], second["last_order_start"]) == (NOON + 4000, 5, NOON)
    assert [(row["visitor_id"], row["visits"], row["last_order_start"]) for row in others] == [
        (0xB, 1, None),
        (0xC, 1, None),
    ]


def test_visitors_tell_of_ids_whose_visit_another_took_over():
    rows = [hit(0, visitor=A, fingerprint=1), hit(60, visitor=0xB, fingerprint=1)]
    found = {row["visitor_id"]: row["visits"] for row in logs_of(rows)["visitors"]}
    assert found == {A: 0, 0xB: 1}
