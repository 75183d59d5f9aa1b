"""Custom dimensions and variables of visits. Source: Matomo 5.2, tracking behaviour, section 13."""

import pytest

from tests.support.hit_rows import goal_only, hit, ping
from tests.support.visit_logs import logs_of, the_visit

VISIT_SCOPE = {"visit_dimensions": frozenset("12")}
GOAL = {"goals": "[[1,0.0,true,null]]"}


def with_values(*texts):
    return [hit(at, custom_dimensions=text) for at, text in enumerate(texts)]


MERGED = {
    "none": ([None], None),
    "one": (['{"1":"a"}', None], '{"1":"a"}'),
    "the last value wins": (['{"1":"a"}', '{"1":"b"}'], '{"1":"b"}'),
    "one after the other": (['{"1":"a"}', None, '{"2":"b"}'], '{"1":"a","2":"b"}'),
    "an empty one counts": (['{"1":"a"}', '{"1":""}'], '{"1":""}'),
    "those of action scope are left out": (['{"3":"a"}'], None),
    "what is no object is left out": (["broken", "[1]", '{"1":"a"}', "7"], '{"1":"a"}'),
    "a then b then a": (['{"1":"a"}', '{"1":"b"}', '{"1":"a"}'], '{"1":"a"}'),
}


@pytest.mark.parametrize(("texts", "expected"), MERGED.values(), ids=MERGED)
def test_visit_scope(texts, expected):
    assert the_visit(with_values(*texts), **VISIT_SCOPE)["custom_dimensions"] == expected


def test_variables_of_the_visit_merge_by_slot():
    texts = ['{"1":["a","b"]}', '{"2":["c","d"]}', '{"1":["e","f"]}']
    rows = [hit(at, custom_variables_visit=text) for at, text in enumerate(texts)]
    assert the_visit(rows)["custom_variables_visit"] == '{"1":["e","f"],"2":["c","d"]}'


def test_conversions_have_the_values_as_they_were_then():
    rows = [
        hit(0, **GOAL),
        *with_values('{"1":"a"}'),
        goal_only(2, **GOAL),
        goal_only(3, custom_dimensions='{"1":"b"}', **GOAL),
    ]
    rows[1] = rows[1] | {"server_time": rows[0]["server_time"] + 1, "sequence": rows[0]["sequence"] + 1, "hit_id": "x"}
    values = [row["custom_dimensions"] for row in logs_of(rows, **VISIT_SCOPE)["conversions"]]
    assert values == [None, '{"1":"a"}', '{"1":"b"}']


def test_what_the_visit_had_before_wins_in_conversions():
    rows = [
        hit(0, custom_variables_visit='{"1":["type","old"],"2":["level",""]}'),
        goal_only(1, custom_variables_visit='{"1":["kind","new"],"2":["level","up"],"3":["more","x"]}', **GOAL),
    ]
    (conversion,) = logs_of(rows)["conversions"]
    assert conversion["custom_variables_visit"] == '{"1":["type","old"],"2":["level","up"],"3":["more","x"]}'
    (alone,) = logs_of([goal_only(1, custom_variables_visit='{"1":["kind","new"]}', **GOAL)])["conversions"]
    assert alone["custom_variables_visit"] == '{"1":["kind","new"]}'


def test_a_ping_may_bring_a_value():
    assert (
        the_visit([hit(0), ping(1, custom_dimensions='{"1":"a"}')], **VISIT_SCOPE)["custom_dimensions"] == '{"1":"a"}'
    )
