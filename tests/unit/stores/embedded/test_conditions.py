from __future__ import annotations

import pytest

from tidemark.stores.embedded.conditions import holds
from tidemark.stores.tables import Equals, LessThan, Not

ITEM = {"pk": "p", "sk": "s", "number": 1, "flag": True, "none": None, "parts": [1, {"k": 0}], "text": "1"}


@pytest.mark.parametrize(
    "condition",
    [
        Equals("flag", 1),
        Equals("number", True),
        Equals("number", "1"),
        Equals("none", 0),
        Equals("none", False),
        Equals("absent", None),
        Equals("parts", [True, {"k": 0}]),
        Equals("parts", [1, {"k": False}]),
        Equals("parts", [1, {"k": 0, "l": 0}]),
        LessThan("number", "2"),
        LessThan("text", 2),
        LessThan("flag", 2),
        LessThan("none", 1),
        LessThan("absent", 1),
    ],
    ids=str,
)
def test_condition_does_not_hold_when_types_differ(condition):
    """As in DynamoDB; moto compares some of these without their types."""
    assert not holds(condition, ITEM)
    assert holds(Not(condition), ITEM)
