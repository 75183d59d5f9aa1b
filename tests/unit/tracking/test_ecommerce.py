"""Orders, carts and product views. Source: Matomo 5.2, tracking behaviour, section 12; parameters ec_* and _pk*."""

from __future__ import annotations

import orjson
import pytest

from tests.support.tracking import row

ITEMS = orjson.dumps([["SKU1", "Boat", ["Toys", "Sea"], 9.999, 2], ["SKU2", "", "", "", ""], ["", "no sku"]]).decode()
PAGE = {"url": "https://shop.example.org/checkout?gclid=1"}


def test_an_order_has_all_amounts_when_recorded():
    amounts = {"revenue": "30.005", "ec_st": "25", "ec_tx": "4.755", "ec_sh": "undefined", "ec_dt": "1,5"}
    found = row(PAGE | amounts | {"idgoal": "0", "ec_id": "A-1", "ec_items": ITEMS, "_rcn": "Summer"})
    assert {
        "ecommerce": 1,
        "order_id": "A-1",
        "revenue": 30.01,
        "revenue_subtotal": 25.0,
        "revenue_tax": 4.76,
        "revenue_discount": 1.0,
        "items": [["SKU1", "Boat", ["Toys", "Sea"], 10.0, 2], ["SKU2", "", [], 0.0, 1]],
        "conversion_url": "https://shop.example.org/checkout",
        "attribution": [6, "summer", "", ""],
        "action_type": 0,
    }.items() <= found.items()
    assert "revenue_shipping" not in found
    assert "goals" not in found


def test_a_cart_has_only_its_total_when_updated():
    found = row(PAGE | {"idgoal": "0", "revenue": "12", "ec_st": "10", "ec_items": ITEMS})
    assert (found["ecommerce"], found["revenue"], len(found["items"])) == (2, 12.0, 2)
    assert "order_id" not in found
    assert "revenue_subtotal" not in found


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("10000000500", 1e10),
        ("1234567.89", 1234567.88),
        ("99999.99", 99999.99),
        ("-7.5", -7.5),
        ("1e300", 3.4028234663852886e38),
    ],
)
def test_revenue_is_as_exact_as_single_precision(sent, kept):
    found = row(PAGE | {"idgoal": "0", "revenue": sent, "ec_id": "1", "ec_st": "10000000500"})
    assert (found["revenue"], found["revenue_subtotal"]) == (kept, 10000000500.0)


@pytest.mark.parametrize(
    "params", [{"ec_id": "A-1", "revenue": "5"}, {"idgoal": "", "ec_id": "1"}, {"idgoal": "0", "ping": "1"}]
)
def test_nothing_is_sold_when_the_goal_is_not_zero(params):
    assert "ecommerce" not in row(PAGE | params)


def test_order_ids_are_cut_when_long():
    assert row({"idgoal": "0", "ec_id": "x" * 200})["order_id"] == "x" * 100


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("", []),
        ("[]", []),
        ("{", []),
        ("null", []),
        ('{"0":["S","N","C",1,1]}', [["S", "N", ["C"], 1.0, 1]]),
        ('[{"0":"S","1":"N"}]', [["S", "N", [], 0.0, 1]]),
        ('[["S"]]', [["S", "", [], 0.0, 1]]),
        ('[[7, 8, null, "2,5", "3"]]', [["7", "8", [], 0.0, 3]]),
        ('[["S","N",["1","2","3","4","5","6"],1,1]]', [["S", "N", ["1", "2", "3", "4", "5"], 1.0, 1]]),
        ('[["S","N",["a","","b"],1,0]]', [["S", "N", ["a", "b"], 1.0, 1]]),
        ('[["S &amp; T"," N ","C",1,1]]', [["S & T", "N", ["C"], 1.0, 1]]),
        ('[["S","N","C",true,1.9]]', [["S", "N", ["C"], 0.0, 1]]),
        ('[[0],"x",[null]]', []),
    ],
)
def test_items_are_cleaned_when_read(items, expected):
    assert row({"idgoal": "0", "ec_id": "1", "ec_items": items})["items"] == expected


def test_items_may_come_as_json_when_the_bulk_is():
    assert row({"idgoal": "0", "ec_items": [["S", "N", "C", 1, 2]]})["items"] == [["S", "N", ["C"], 1.0, 2]]


def test_nothing_is_recorded_when_the_items_are_no_list():
    assert "ecommerce" not in row({"idgoal": "0", "ec_items": "5"})


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (
            {"_pks": "SKU1", "_pkn": "Boat", "_pkc": '["Toys","Sea"]', "_pkp": "9.99"},
            {
                "product_sku": "SKU1",
                "product_name": "Boat",
                "product_categories": ["Toys", "Sea"],
                "product_price": 9.99,
            },
        ),
        ({"_pkc": "Toys"}, {"product_categories": ["Toys"]}),
        ({"_pkc": '["a","b"'}, {}),
        ({"_pkp": "free"}, {}),
        (
            {"cvar": '{"2":["_pkp","9.99"],"3":["_pks","SKU1"],"4":["_pkn","Boat"],"5":["_pkc","Toys"]}'},
            {"product_sku": "SKU1", "product_name": "Boat", "product_categories": ["Toys"], "product_price": 9.99},
        ),
        ({"cvar": '{"1":["_pks","SKU1"],"3":["x","y"]}'}, {}),
        ({"cvar": '{"3":["_pks","OLD"]}', "_pks": "NEW"}, {"product_sku": "NEW"}),
        ({"_pks": "", "_pkn": "Boat"}, {"product_sku": "", "product_name": "Boat"}),
        ({"_pks": "SKU1", "idgoal": "0"}, {}),
    ],
)
def test_a_product_is_viewed_when_a_page_says_so(params, expected):
    found = row(PAGE | params)
    assert {name: value for name, value in found.items() if name.startswith("product_")} == expected
