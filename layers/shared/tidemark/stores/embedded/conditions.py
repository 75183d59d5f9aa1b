"""Whether a condition holds for an item, with DynamoDB's rules: types count, and an absent attribute equals nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemark.stores.items import normalised_value
from tidemark.stores.ports import Absent, AllOf, AnyOf, ConditionFailedError, Equals, Exists, LessThan, Not

if TYPE_CHECKING:
    from tidemark.stores.ports import Condition, Item

_ORDERED_KINDS = ("number", "str", "bytes")


def check(condition: Condition | None, item: Item | None) -> None:
    """Raises: ConditionFailedError unless the condition, if there is one, holds."""
    if condition is not None and not holds(condition, item):
        raise ConditionFailedError(f"{condition} does not hold")


def holds(condition: Condition, item: Item | None) -> bool:  # noqa: PLR0911  one line per kind of condition
    """Whether the condition holds; None stands for an item that does not exist."""
    attributes = item or {}
    match condition:
        case Absent(attribute):
            return attribute not in attributes
        case Exists(attribute):
            return attribute in attributes
        case Equals(attribute, value):
            return attribute in attributes and _is_equal(attributes[attribute], normalised_value(value))
        case LessThan(attribute, value):
            return attribute in attributes and _is_less(attributes[attribute], normalised_value(value))
        case AllOf(conditions):
            return all(holds(part, item) for part in conditions)
        case AnyOf(conditions):
            return any(holds(part, item) for part in conditions)
        case Not(negated):
            return not holds(negated, item)


def _kind(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return "number" if is_number else type(value).__name__


def _is_equal(left: Any, right: Any) -> bool:
    if _kind(left) != _kind(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(map(_is_equal, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(_is_equal(left[name], right[name]) for name in left)
    return bool(left == right)


def _is_less(left: Any, right: Any) -> bool:
    return _kind(left) == _kind(right) and _kind(left) in _ORDERED_KINDS and bool(left < right)
