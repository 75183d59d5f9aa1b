"""What every table promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

import pytest

from tidemark.stores.ports import (
    MAX_ITEM_BYTES,
    Absent,
    AllOf,
    AnyOf,
    Check,
    ConditionFailedError,
    Delete,
    Equals,
    Exists,
    InvalidValueError,
    LessThan,
    Not,
    Put,
    TooLargeError,
    TransactionConflictError,
    Update,
)

USES = ("archive_state",)
P = "site#1"


class Colour(StrEnum):
    RED = "red"


def item(sk, **attributes):
    return {"pk": P, "sk": sk, **attributes}


# ---- values

VALUES = [
    "",
    "text",
    "ünïcode 日本語 😀 \x00 \n",
    0,
    -1,
    2**53 + 1,
    -(2**63),
    2**64,
    10**38 - 1,
    -(10**37) - 1,
    10**60,
    0.1,
    -0.1,
    1 / 3,
    1e-130,
    -2.5e-100,
    123456789.123456789,
    True,
    False,
    None,
    b"",
    bytes(range(256)),
    [],
    [1, "a", None, [b"x", {"k": 0.5}]],
    {},
    {"a": {"b": [True]}, "ü.x[0]": b"", "\x00b": "marked", "\x00\x00": 1},
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_value_comes_back_as_it_was(table, value):
    table.put(item("a", value=value))
    read = table.get(P, "a")["value"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2.0, 2),
        (-0.0, 0),
        (1e15, 10**15),
        (1e22, 10**22),
        (1e100, 10**100),
        ((1, 2), [1, 2]),
        (bytearray(b"x"), b"x"),
        (memoryview(b"x"), b"x"),
        (Colour.RED, "red"),
    ],
)
def test_value_comes_back_in_its_plain_form(table, value, expected):
    table.put(item("a", value=value))
    read = table.get(P, "a")["value"]
    assert read == expected
    assert type(read) is type(expected)


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        1e126,
        -1e126,
        1e-131,
        10**38 + 1,
        {1, 2},
        range(3),
        {1: "a"},
        "\ud800",
        [{"a": "\ud800"}],
    ],
    ids=repr,
)
def test_value_is_refused_when_no_table_can_hold_it(table, value):
    with pytest.raises(InvalidValueError):
        table.put(item("a", value=value))
    with pytest.raises(InvalidValueError):
        table.update(P, "a", assign={"value": value})
    assert table.get(P, "a") is None


def test_nesting_is_refused_when_too_deep(table):
    value = []
    for _ in range(40):
        value = [value]
    with pytest.raises(InvalidValueError):
        table.put(item("a", value=value))


@pytest.mark.parametrize("name", ["pk.x", "a b", "ü", "#name", ":value", "size", "0", "a" * 255])
def test_attribute_has_any_name(table, name):
    table.put(item("a", **{name: 1}))
    assert table.update(P, "a", add={name: 1}, condition=Equals(name, 1))[name] == 2
    assert table.get(P, "a") == item("a", **{name: 2})


@pytest.mark.parametrize("name", ["", "a[0]"])
def test_attribute_name_is_refused_when_it_looks_like_a_path(table, name):
    with pytest.raises(InvalidValueError):
        table.put(item("a", **{name: 1}))


# ---- put, get, delete


def test_item_is_read_as_written(table):
    written = item("a", text="t", number=1)
    table.put(written)
    assert table.get(P, "a") == written
    assert table.get(P, "b") is None
    assert table.get("other", "a") is None


def test_item_is_replaced_as_a_whole_when_put_again(table):
    table.put(item("a", old=1))
    table.put(item("a", new=1))
    assert table.get(P, "a") == item("a", new=1)


def test_stored_item_does_not_change_with_the_one_given(table):
    written = item("a", parts=[1])
    table.put(written)
    written["parts"].append(2)
    table.get(P, "a")["parts"].append(3)
    assert table.get(P, "a")["parts"] == [1]


def test_item_is_gone_when_deleted(table):
    table.put(item("a"))
    table.delete(P, "a")
    table.delete(P, "a")
    assert table.get(P, "a") is None


def test_tables_are_apart(driver):
    driver.stores.registry.put(item("a"))
    assert driver.stores.archive_state.get(P, "a") is None
    assert driver.stores.archive_numeric.get(P, "a") is None


@pytest.mark.parametrize(("pk", "sk"), [("", "a"), ("a", ""), (None, "a"), ("a", 1)])
def test_item_is_refused_when_its_key_is_no_text(table, pk, sk):
    with pytest.raises(InvalidValueError):
        table.put({"pk": pk, "sk": sk})


@pytest.mark.parametrize(("pk", "sk"), [("p" * 2049, "a"), ("a", "s" * 1025), ("a", "ü" * 513)])
def test_item_is_refused_when_its_key_is_too_long(table, pk, sk):
    with pytest.raises(TooLargeError):
        table.put({"pk": pk, "sk": sk})


def test_longest_key_is_taken(table):
    pk, sk = "p" * 2048, "s" * 1024
    table.put({"pk": pk, "sk": sk})
    assert table.get(pk, sk) == {"pk": pk, "sk": sk}


def test_large_item_is_taken_and_a_larger_one_refused(table):
    room = 400_000
    table.put(item("a", text="x" * room))
    assert len(table.get(P, "a")["text"]) == room
    with pytest.raises(TooLargeError):
        table.put(item("a", text="x" * MAX_ITEM_BYTES))
    with pytest.raises(TooLargeError):
        table.update(P, "a", assign={"more": "x" * 10_000})
    assert len(table.get(P, "a")) == 3


# ---- conditions

STORED = item("a", number=5, text="m", flag=True, nothing=None, data=b"\x05", parts=[1, {"k": "v"}])

# That types count is shown for the embedded driver alone (unit tests): moto compares values without them.
CONDITIONS = [
    (Exists(), True),
    (Absent(), False),
    (Exists("number"), True),
    (Exists("nothing"), True),
    (Exists("other"), False),
    (Absent("number"), False),
    (Absent("other"), True),
    (Equals("number", 5), True),
    (Equals("number", 5.0), True),
    (Equals("number", 6), False),
    (Equals("number", "5"), False),
    (Equals("flag", True), True),
    (Equals("nothing", None), True),
    (Equals("data", b"\x05"), True),
    (Equals("parts", [1, {"k": "v"}]), True),
    (Equals("parts", [1]), False),
    (LessThan("number", 6), True),
    (LessThan("number", 5.5), True),
    (LessThan("number", 5), False),
    (LessThan("text", "n"), True),
    (LessThan("text", "l"), False),
    (LessThan("data", b"\x06"), True),
    (LessThan("other", 1), False),
    (Not(Equals("number", 5)), False),
    (Not(Equals("other", 1)), True),
    (AllOf((Exists("number"), Equals("text", "m"))), True),
    (AllOf((Exists("number"), Equals("text", "x"), Exists())), False),
    (AllOf((Exists(),)), True),
    (AnyOf((Absent(), LessThan("number", 6))), True),
    (AnyOf((Absent(), LessThan("number", 5), Exists("other"))), False),
    (AnyOf((AllOf((Exists("number"), Not(Exists("text")))), Equals("pk", P))), True),
]


@pytest.mark.parametrize(("condition", "holds"), CONDITIONS, ids=str)
def test_write_happens_only_when_its_condition_holds(table, condition, holds):
    table.put(STORED)
    if holds:
        table.put(item("a", new=1), condition)
        assert table.get(P, "a") == item("a", new=1)
    else:
        with pytest.raises(ConditionFailedError):
            table.put(item("a", new=1), condition)
        assert table.get(P, "a") == STORED


@pytest.mark.parametrize(
    ("condition", "holds"),
    [(Absent(), True), (Exists(), False), (Equals("number", 5), False), (LessThan("n", 5), False)],
)
def test_condition_is_about_nothing_when_there_is_no_item(table, condition, holds):
    if holds:
        table.put(item("a"), condition)
    else:
        with pytest.raises(ConditionFailedError):
            table.put(item("a"), condition)
        with pytest.raises(ConditionFailedError):
            table.update(P, "a", assign={"number": 1}, condition=condition)
        with pytest.raises(ConditionFailedError):
            table.delete(P, "a", condition)
    assert (table.get(P, "a") is not None) == holds


def test_delete_happens_only_when_its_condition_holds(table):
    table.put(STORED)
    with pytest.raises(ConditionFailedError):
        table.delete(P, "a", Equals("number", 6))
    table.delete(P, "a", Equals("number", 5))
    assert table.get(P, "a") is None


# ---- update


def test_item_is_made_when_updated_first(table):
    new = table.update(P, "a", add={"mark": 1}, initial={"since": 7}, assign={"text": "t"})
    assert new == item("a", mark=1, since=7, text="t")
    assert table.get(P, "a") == new


def test_update_changes_only_what_it_names(table):
    table.put(item("a", kept="k", mark=1, since=7, gone="g"))
    new = table.update(P, "a", add={"mark": 2.5}, initial={"since": 8}, assign={"text": None}, remove=["gone", "none"])
    assert new == item("a", kept="k", mark=3.5, since=7, text=None)


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [(0.1, 0.2, 0.3), (1.5, 0.5, 2), (1, -3, -2), (2**62, 2**62, 2**63), (None, 0.5, 0.5), (10, 1e-3, 10.001)],
)
def test_sum_is_decimal_when_added(table, start, amount, expected):
    if start is not None:
        table.put(item("a", number=start))
    new = table.update(P, "a", add={"number": amount})["number"]
    assert (new, type(new)) == (expected, type(expected))
    assert table.get(P, "a")["number"] == expected


def test_many_tenths_are_whole_when_added(table):
    for _ in range(10):
        new = table.update(P, "a", add={"number": 0.1})
    assert new["number"] == 1


def test_adding_is_refused_when_there_is_no_number(table):
    table.put(item("a", text="t"))
    with pytest.raises(InvalidValueError):
        table.update(P, "a", add={"text": 1})
    with pytest.raises(InvalidValueError):
        table.update(P, "a", add={"number": "1"})
    assert table.get(P, "a") == item("a", text="t")


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"assign": {"a": 1}, "remove": ["a"]},
        {"assign": {"a": 1}, "add": {"a": 1}},
        {"initial": {"a": 1}, "assign": {"a": 1}},
        {"assign": {"pk": "x"}},
        {"remove": ["sk"]},
    ],
)
def test_update_is_refused_when_it_makes_no_sense(table, change):
    with pytest.raises(InvalidValueError):
        table.update(P, "a", **change)


def test_update_happens_only_when_its_condition_holds(table):
    table.put(item("a", version=1))
    assert table.update(P, "a", add={"version": 1}, condition=Equals("version", 1))["version"] == 2
    with pytest.raises(ConditionFailedError):
        table.update(P, "a", add={"version": 1}, condition=Equals("version", 1))
    assert table.get(P, "a")["version"] == 2


def test_no_increment_is_lost_when_many_add(table):
    def add(_):
        return table.update(P, "a", add={"mark": 1})["mark"]

    with ThreadPoolExecutor(8) as pool:
        marks = list(pool.map(add, range(40)))
    assert sorted(marks) == list(range(1, 41))


def test_one_wins_when_many_create(table):
    def create(number):
        try:
            table.put(item("a", owner=number), Absent())
        except ConditionFailedError:
            return None
        return number

    with ThreadPoolExecutor(8) as pool:
        winners = [number for number in pool.map(create, range(16)) if number is not None]
    assert winners == [table.get(P, "a")["owner"]]


# ---- query


def keys(items):
    return [found["sk"] for found in items]


SORTED_KEYS = ["A", "a", "a#", "a#1", "a#10", "a#2", "b", "é", "\uffee", "😀"]


@pytest.fixture
def filled(table):
    table.write_batch(puts=[item(sk, n=number) for number, sk in enumerate(reversed(SORTED_KEYS))])
    table.put({"pk": "site#10", "sk": "a"})
    return table


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({}, SORTED_KEYS),
        ({"sk_prefix": ""}, SORTED_KEYS),
        ({"sk_prefix": "a#"}, ["a#", "a#1", "a#10", "a#2"]),
        ({"sk_prefix": "zz"}, []),
        ({"sk_prefix": "😀"}, ["😀"]),
        ({"sk_between": ("a#1", "b")}, ["a#1", "a#10", "a#2", "b"]),
        ({"sk_between": ("a#11", "az")}, ["a#2"]),
        ({"sk_between": ("b", "a")}, []),
        ({"start_after": "b"}, ["é", "\uffee", "😀"]),
        ({"start_after": "aa"}, ["b", "é", "\uffee", "😀"]),
        ({"start_after": "😀"}, []),
        ({"sk_prefix": "a#", "start_after": "a#1"}, ["a#10", "a#2"]),
        ({"sk_prefix": "a#", "start_after": "A"}, ["a#", "a#1", "a#10", "a#2"]),
        ({"sk_prefix": "a#", "start_after": "b"}, []),
        ({"sk_between": ("a", "b"), "start_after": "a#10"}, ["a#2", "b"]),
        ({"sk_between": ("a", "b"), "start_after": "b"}, []),
        ({"reverse": True}, SORTED_KEYS[::-1]),
        ({"sk_prefix": "a#", "reverse": True}, ["a#2", "a#10", "a#1", "a#"]),
        ({"sk_prefix": "a#", "reverse": True, "start_after": "a#10"}, ["a#1", "a#"]),
        ({"sk_prefix": "a#", "reverse": True, "start_after": "b"}, ["a#2", "a#10", "a#1", "a#"]),
        ({"sk_prefix": "a#", "reverse": True, "start_after": "A"}, []),
        ({"limit": 3}, SORTED_KEYS[:3]),
        ({"limit": 0}, []),
        ({"limit": 100}, SORTED_KEYS),
        ({"limit": 1, "reverse": True}, ["😀"]),
    ],
    ids=repr,
)
def test_query_gives_the_items_in_order(filled, narrowed, expected):
    assert keys(filled.query(P, **narrowed)) == expected


def test_query_gives_nothing_when_the_partition_is_empty(filled):
    assert list(filled.query("none")) == []


def test_query_is_refused_when_narrowed_twice(table):
    with pytest.raises(InvalidValueError):
        list(table.query(P, sk_prefix="a", sk_between=("a", "b")))


def test_query_spans_pages(table):
    """Pages end after one megabyte on AWS, after some hundred items here."""
    table.write_batch(puts=[item(f"{number:04}", text="x" * 2000) for number in range(560)])
    expected = [f"{number:04}" for number in range(560)]
    assert keys(table.query(P)) == expected
    assert keys(table.query(P, reverse=True, limit=540)) == expected[::-1][:540]


# ---- batches


def test_many_items_are_read_at_once(table):
    table.write_batch(puts=[item(f"{number}", n=number) for number in range(130)])
    wanted = [(P, f"{number}") for number in range(125, 135)] + [(P, "1"), (P, "1"), ("other", "1")]
    found = table.batch_get(wanted + [(P, f"{number}") for number in range(110)])
    assert {key: value["n"] for key, value in found.items()} == {
        (P, f"{number}"): number for number in [*range(110), *range(125, 130)]
    }
    assert table.batch_get([]) == {}


def test_many_items_are_written_and_deleted_at_once(table):
    table.write_batch(puts=[item(f"{number:03}") for number in range(60)])
    table.write_batch(puts=[item("100", new=1)], deletes=[(P, f"{number:03}") for number in range(58)])
    assert list(table.query(P)) == [item("058"), item("059"), item("100", new=1)]
    table.write_batch()


def test_batch_is_refused_when_a_key_comes_twice(table):
    with pytest.raises(InvalidValueError):
        table.write_batch(puts=[item("a"), item("a")])
    with pytest.raises(InvalidValueError):
        table.write_batch(puts=[item("a")], deletes=[(P, "a")])


# ---- transactions


def test_transaction_does_all(table):
    table.put(item("b", n=1))
    table.put(item("c"))
    table.put(item("d", lock=1))
    table.transact(
        [
            Put(item("a", n=1), Absent()),
            Update(P, "b", add={"n": 1}, assign={"text": "t"}, initial={"n2": 2}),
            Delete(P, "c", Exists()),
            Check(P, "d", Equals("lock", 1)),
        ]
    )
    assert list(table.query(P)) == [item("a", n=1), item("b", n=2, text="t", n2=2), item("d", lock=1)]


@pytest.mark.parametrize(
    "failing",
    [
        Put(item("b"), Absent()),
        Update(P, "b", add={"n": 1}, condition=Equals("n", 7)),
        Delete(P, "b", Absent()),
        Check(P, "b", LessThan("n", 1)),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_transaction_does_nothing_when_one_condition_fails(table, failing):
    table.put(item("b", n=1))
    with pytest.raises(ConditionFailedError):
        table.transact([Put(item("a")), failing, Put(item("c"))])
    assert list(table.query(P)) == [item("b", n=1)]


def test_transaction_does_nothing_when_it_is_refused(table):
    with pytest.raises(InvalidValueError):
        table.transact([Put(item("a")), Put(item("b", value=float("nan")))])
    with pytest.raises(InvalidValueError):
        table.transact([Put(item("a")), Delete(P, "a")])
    with pytest.raises(TooLargeError):
        table.transact([Put(item("a")), Put(item("b", text="x" * MAX_ITEM_BYTES))])
    with pytest.raises(TooLargeError):
        table.transact([Put(item(str(number))) for number in range(101)])
    table.transact([])
    assert list(table.query(P)) == []


def test_nothing_is_lost_or_made_when_many_transfer(table):
    table.write_batch(puts=[item(str(account), balance=100) for account in range(4)])

    def transfer(number):
        source, target = number % 4, (number + 1 + number % 3) % 4
        while True:
            try:
                table.transact(
                    [
                        Update(P, str(source), add={"balance": -1}),
                        Update(P, str(target), add={"balance": 1}),
                        Put(item(f"log{number:02}"), Absent()),
                    ]
                )
            except TransactionConflictError:
                continue
            return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(transfer, range(20)))
    assert sum(account.get("balance", 0) for account in table.query(P)) == 400
    assert len(list(table.query(P, sk_prefix="log"))) == 20


# ---- the whole


def test_everything_is_empty_when_reset(driver):
    stores = driver.stores
    stores.hits.send(b"x")
    stores.archive.send(b"x")
    stores.objects.put("a/b", b"x")
    for table in (stores.archive_numeric, stores.archive_state, stores.registry):
        table.put(item("a"))
    stores.reset()
    assert stores.hits.depth().total == stores.archive.depth().total == 0
    assert list(stores.objects.listing("")) == []
    for table in (stores.archive_numeric, stores.archive_state, stores.registry):
        assert list(table.query(P)) == []
    stores.objects.put("a/b", b"y", if_absent=True)
    assert stores.objects.get("a/b").data == b"y"
