import json
from datetime import date
from types import SimpleNamespace

import pytest

from tests.support.archives import archives_of
from tidemark.model.period import Period
from tidemark.model.table import DataTable, Row
from tidemark.plugins.custom_variables import PLUGIN
from tidemark.plugins.custom_variables.reports import describe

DAY = date(2024, 3, 5)
VISIT = {"idvisit": 1, "visitor_id": 1, "visit_total_actions": 2}
ACTION = {"idvisit": 1, "visitor_id": 1}


def slots(**variables):
    return json.dumps({slot.removeprefix("s"): pair for slot, pair in variables.items()})


def archived(visit, *actions):
    with archives_of(PLUGIN) as bench:
        tables = {
            "visits": [VISIT | {"custom_variables_visit": visit}],
            "actions": [ACTION | {"custom_variables_page": page} for page in actions],
        }
        bench.logs.set_day(1, DAY, tables)
        return bench.room.reader.table(1, Period.day(DAY), "CustomVariables_valueByName", expanded=True)


def described(table, **params):
    context = SimpleNamespace(idsubtable=None, is_in_map=False, call=SimpleNamespace(params=params))
    describe(table, context)
    return table


def test_values_stand_below_names_whatever_the_slot():
    table = archived(slots(s1=["Type", "new"], s2=["Lang", ""]), None)

    assert {row.label: [below.label for below in row.subtable] for row in table} == {
        "Type": ["new"],
        "Lang": ["Value not defined"],
    }


def test_names_tell_their_slots():
    table = described(archived(slots(s1=["Type", "new"]), slots(s1=["Type", "old"], s3=["Code", "200"])))

    assert {row.label: row.metadata["slots"] for row in table} == {
        "Type": [{"scope": "visit", "index": 1}, {"scope": "page", "index": 1}],
        "Code": [{"scope": "page", "index": 3}],
    }


def test_variables_of_pages_do_not_tell_visits():
    table = described(archived(slots(s5=["Type", "new"]), slots(s1=["Code", "200"])))

    assert [(row.label, row.columns.get("nb_visits")) for row in table] == [("Code", None), ("Type", 1)]


@pytest.mark.parametrize(("params", "labels"), [({}, []), ({"_leavePiwikCoreVariables": "1"}, ["_pks"])])
def test_names_of_old_product_views_are_hidden_unless_asked_for(params, labels):
    table = described(archived(None, slots(s3=["_pks", "SKU 1"])), **params)

    assert [row.label for row in table] == labels


def test_rows_stand_in_the_order_of_their_slots():
    table = archived(slots(s2=["Level", "x"]), slots(s1=["Cat", "a"]), slots(s2=["Tag", "b"]))

    assert [row.label for row in described(table).rows] == ["Cat", "Level", "Tag"]


def test_slots_stand_in_the_order_in_which_days_brought_them():
    row = Row({"label": "Type", "nb_actions": 3, "in_visit_2": 1, "in_page_1": 2, "in_visit_1": 1, "in_page_3": 0})
    (found,) = described(DataTable([row]))
    assert [(slot["scope"], slot["index"]) for slot in found.metadata["slots"]] == [
        ("visit", 2),
        ("page", 1),
        ("visit", 1),
    ]
