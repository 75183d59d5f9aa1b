"""Vectors and the sequential recogniser give the same visits wherever vectors are used.

Vectors compare neighbours in time, the recogniser goes by reception: they agree where both orders are the same.
"""

from __future__ import annotations

from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.hit_rows import any_hit, hit, table, unique
from tidemark.sessions.cuts import cut_odd
from tidemark.sessions.hits import prepare
from tidemark.sessions.odd_visitors import odd_visitors
from tidemark.sessions.recognition import in_order, recognise
from tidemark.sessions.rules import Rules
from tidemark.sessions.vectors import row_numbers

EARLIER = pa.array([0xA], pa.uint64())
RULES = [
    Rules(1),
    Rules(1, look_back=7200),
    Rules(1, trusts_ids=True),
    Rules(1, cuts_on_user=True),
    Rules(1, cuts_on_website=True),
    Rules(1, max_actions=4),
    Rules(1, cuts_always=True),
    Rules(1, visit_length=600, look_back=900, cuts_on_campaign=False),
]


def seen(recognised):
    """What is said of each hit's visit, by hit id."""
    ids = recognised.column("hit_id").to_pylist()
    names = ("idvisit", "visitor_id", "start", "is_known", "history_id", "earlier_visits", "root_start")
    names += ("previous_start", "order_start", "has_order", "fingerprint")
    columns = [getattr(recognised, name).take(recognised.runs.number).to_pylist() for name in names]
    return dict(zip(ids, zip(*columns, strict=True), strict=True))


def both_ways(rows, rules):
    hits = prepare(table(rows), ())
    one_by_one = in_order(hits, [cut_odd(hits, row_numbers(len(hits)), EARLIER, rules)])
    return seen(recognise(hits, EARLIER, rules)), seen(one_by_one)


@settings(max_examples=100, deadline=None)
@given(st.lists(any_hit(), max_size=25).map(unique), st.sampled_from(RULES))
def test_both_ways_agree_when_visitors_are_entangled(rows, rules):
    vectors, one_by_one = both_ways(rows, rules)
    assert vectors == one_by_one


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(
            any_hit(visitors=[0xA], fingerprints=[0xF1, 0xF2]),
            any_hit(visitors=[0xB], fingerprints=[0xF3]),
            any_hit(visitors=[None], fingerprints=[0xF4]),
        ),
        max_size=25,
    ).map(unique),
    st.sampled_from(RULES),
)
def test_both_ways_agree_when_visitors_are_ordinary(rows, rules):
    vectors, one_by_one = both_ways(rows, rules)
    assert vectors == one_by_one


@settings(max_examples=100, deadline=None)
@given(st.lists(any_hit(visitors=[0xA], fingerprints=[0xF1]), max_size=25).map(unique), st.sampled_from(RULES))
def test_one_visitor_is_odd_if_and_only_if_a_hit_came_late_or_a_rare_rule_may_cut(rows, rules):
    plain = [row | {"user_id": None, "referer_type": 1} for row in rows]
    in_order = sorted(plain, key=lambda row: (row["server_time"], row["sequence"]))
    sent = [row["sequence"] for row in in_order]
    is_odd = odd_visitors(prepare(table(plain), ()), rules)
    at_once = any(
        one["server_time"] == other["server_time"] and (other["wants_new_visit"] or rules.cuts_always)
        for one, other in pairwise(in_order)
    )
    expected = sent != sorted(sent) or 0 < rules.max_actions <= len(plain) or at_once
    assert is_odd.to_pylist() == [expected] * len(plain)
    vectors, one_by_one = both_ways(plain, rules)
    assert vectors == one_by_one


def test_ordinary_visitors_are_cut_by_vectors():
    rows = [row for visitor in (0xA, None) for row in _page_views(visitor)]
    assert not pc.any(odd_visitors(prepare(table(rows), ()), Rules(1))).as_py()


def _page_views(visitor):
    return [hit(at, visitor=visitor) for at in (0, 60, 4000)]
