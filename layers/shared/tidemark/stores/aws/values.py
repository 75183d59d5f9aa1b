"""Items and conditions as DynamoDB has them: attribute values, and pynamodb's expressions."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeAlias

from pynamodb.expressions import condition as expressions
from pynamodb.expressions.operand import Path, Value
from pynamodb.expressions.update import Action, AddAction, RemoveAction, SetAction

from tidemark.stores.items import decimal_of, normalised_item, normalised_value, number_of
from tidemark.stores.tables import Absent, AllOf, AnyOf, Equals, Exists, LessThan, Not

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidemark.stores.tables import Condition, Item, Update

AttributeValue: TypeAlias = "dict[str, Any]"
"""{"S": "text"}, {"N": "1.5"} ...; B holds bytes."""


def attributes_of(item: Mapping[str, Any]) -> dict[str, AttributeValue]:
    """The item's attribute values, all checked.

    Raises: InvalidValueError, TooLargeError.
    """
    return {name: _attribute_value(value) for name, value in normalised_item(item).items()}


def item_of(attributes: Mapping[str, AttributeValue]) -> Item:
    """The item again."""
    return {name: _plain(value) for name, value in attributes.items()}


def condition_of(condition: Condition | None) -> expressions.Condition | None:
    """The condition as pynamodb has it; None is none."""
    return None if condition is None else _expression(condition)


def range_condition(sk_prefix: str | None, sk_between: tuple[str, str] | None) -> expressions.Condition | None:
    """The condition of a query for its sort key."""
    if sk_between is not None:
        lower, upper = sk_between
        return Path(["sk"]).between(lower, upper)
    return Path(["sk"]).startswith(sk_prefix) if sk_prefix else None


def _expression(condition: Condition) -> expressions.Condition:  # noqa: PLR0911  one line per kind of condition
    match condition:
        case Absent(attribute):
            return Path([attribute]).does_not_exist()
        case Exists(attribute):
            return Path([attribute]).exists()
        case Equals(attribute, value):
            return Path([attribute]) == _operand(value)
        case LessThan(attribute, value):
            return Path([attribute]) < _operand(value)
        case AllOf(conditions):
            return reduce(expressions.And, map(_expression, conditions))
        case AnyOf(conditions):
            return reduce(expressions.Or, map(_expression, conditions))
        case Not(negated):
            return expressions.Not(_expression(negated))


def actions_of(update: Update) -> list[Action]:
    """The update as pynamodb has it."""
    actions: list[Action] = []
    for name, value in (update.assign or {}).items():
        actions.append(SetAction(Path([name]), _operand(value)))
    for name, value in (update.initial or {}).items():
        actions.append(SetAction(Path([name]), Path([name]) | _operand(value)))
    for name, value in (update.add or {}).items():
        actions.append(AddAction(Path([name]), _operand(value)))
    actions.extend(RemoveAction(Path([name])) for name in update.remove)
    return actions


def _operand(value: Any) -> Value:
    return Value(_attribute_value(normalised_value(value)))


def _attribute_value(value: Any) -> AttributeValue:  # noqa: PLR0911  one line per type
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int() | float():
            return {"N": str(decimal_of(value))}
        case str():
            return {"S": value}
        case bytes():
            return {"B": value}
        case list():
            return {"L": [_attribute_value(part) for part in value]}
    return {"M": {name: _attribute_value(part) for name, part in value.items()}}


def _plain(attribute: AttributeValue) -> Any:
    ((kind, value),) = attribute.items()
    match kind:
        case "NULL":
            return None
        case "N":
            return number_of(Decimal(value))
        case "B":
            return bytes(value)
        case "L":
            return [_plain(part) for part in value]
        case "M":
            return item_of(value)
    return value
