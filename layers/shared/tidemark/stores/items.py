"""Items of a table: what values are allowed, how large an item is, how numbers add up. Both drivers use this.

Source: Amazon DynamoDB developer guide, "Supported data types" and "Item sizes and formats".
"""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

from tidemark.stores.errors import InvalidValueError, TooLargeError
from tidemark.stores.keys import check_text
from tidemark.stores.limits import MAX_ITEM_BYTES, MAX_PK_BYTES, MAX_SK_BYTES, MAX_TRANSACTION_OPERATIONS
from tidemark.stores.tables import Put, Update

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tidemark.stores.tables import Item, Key, Operation

_MAX_DEPTH = 32
_MAX_DIGITS = 38
_MAX_MAGNITUDE = Decimal("9.9999999999999999999999999999999999999E+125")
_MIN_MAGNITUDE = Decimal("1E-130")
_EXACT_AS_INT = 2**53
_CONTAINER_BYTES = 3
_ARITHMETIC = Context(prec=_MAX_DIGITS)


def normalised_item(item: Mapping[str, Any]) -> Item:
    """A deep copy as every driver gives it back.

    Raises: InvalidValueError, TooLargeError.
    """
    for name in ("pk", "sk"):
        if not isinstance(item.get(name), str):
            raise InvalidValueError(f"an item needs the text {name}")
    check_key((item["pk"], item["sk"]))
    result, size = _normalised_map(item, 0)
    if size > MAX_ITEM_BYTES:
        raise TooLargeError(f"the item {item['pk']!r}, {item['sk']!r} of {size} bytes passes {MAX_ITEM_BYTES}")
    return result


def normalised_value(value: Any) -> Any:
    """One value as every driver gives it back.

    Raises: InvalidValueError.
    """
    return _normalised(value, 0)[0]


def check_key(key: Key) -> None:
    """Raises: InvalidValueError, TooLargeError."""
    check_text("pk", key[0], MAX_PK_BYTES)
    check_text("sk", key[1], MAX_SK_BYTES)


def check_update(update: Update) -> None:
    """An update changes something, no attribute twice, and never its key.

    Raises: InvalidValueError.
    """
    check_key((update.pk, update.sk))
    names = [*(update.assign or ()), *(update.initial or ()), *(update.add or ()), *update.remove]
    if not names:
        raise InvalidValueError("an update must change an attribute")
    if len(set(names)) != len(names):
        raise InvalidValueError(f"an update must not change an attribute twice: {sorted(names)}")
    for name in names:
        _check_name(name)
        _check_attribute_name(name)
        if name in ("pk", "sk"):
            raise InvalidValueError(f"an update must not change {name}")
    for amount in (update.add or {}).values():
        _check_number(amount)


def operation_key(operation: Operation) -> Key:
    """The key that an operation is about."""
    if isinstance(operation, Put):
        return operation.item["pk"], operation.item["sk"]
    return operation.pk, operation.sk


def check_operations(operations: Sequence[Operation]) -> None:
    """A transaction has neither too many operations nor two of one item.

    Raises: InvalidValueError, TooLargeError.
    """
    if len(operations) > MAX_TRANSACTION_OPERATIONS:
        raise TooLargeError(f"{len(operations)} operations pass the limit of {MAX_TRANSACTION_OPERATIONS}")
    check_distinct(operation_key(operation) for operation in operations)


def check_distinct(keys: Iterable[Key]) -> None:
    """Raises: InvalidValueError if a key comes twice."""
    seen: set[Key] = set()
    for key in keys:
        if key in seen:
            raise InvalidValueError(f"the item {key} is written twice in one call")
        seen.add(key)


def added(current: Any, amount: Any) -> int | float:
    """The sum, in decimal arithmetic.

    Raises: InvalidValueError if one of them is no number.
    """
    for value in (current, amount):
        _check_number(value)
    return number_of(_ARITHMETIC.add(decimal_of(current), decimal_of(amount)))


def decimal_of(number: float) -> Decimal:
    """The decimal that stands for the number in a table: its shortest digits that read back equal.

    Raises: InvalidValueError.
    """
    decimal = Decimal(number) if isinstance(number, int) else Decimal(repr(number))
    if not decimal.is_finite():
        raise InvalidValueError(f"{number} is not a finite number")
    if decimal and not _MIN_MAGNITUDE <= abs(decimal) <= _MAX_MAGNITUDE:
        raise InvalidValueError(f"{number!r} is outside the range of numbers")
    rounded = _ARITHMETIC.plus(decimal)
    if rounded != decimal:
        raise InvalidValueError(f"{number} has more than {_MAX_DIGITS} digits")
    return rounded


def number_of(decimal: Decimal) -> int | float:
    """The number for a decimal of a table: an int if it has no fraction."""
    return int(decimal) if decimal == decimal.to_integral_value() else float(decimal)


def _normalised(value: Any, depth: int) -> tuple[Any, int]:
    """The value and its bytes."""
    if depth > _MAX_DEPTH:
        raise InvalidValueError(f"values are nested deeper than {_MAX_DEPTH}")
    match value:
        case None | bool():
            return value, 1
        case str():
            return _normalised_text(value)
        case int() | float():
            return _normalised_number(value)
        case bytes() | bytearray() | memoryview():
            data = bytes(value)
            return data, len(data)
        case list() | tuple():
            parts = [_normalised(part, depth + 1) for part in value]
            return [part for part, _ in parts], _CONTAINER_BYTES + sum(size + 1 for _, size in parts)
        case dict():
            result, size = _normalised_map(value, depth + 1)
            return result, _CONTAINER_BYTES + size + len(result)
    raise InvalidValueError(f"a table cannot hold {type(value).__name__}")


def _normalised_map(mapping: Mapping[str, Any], depth: int) -> tuple[dict[str, Any], int]:
    result: dict[str, Any] = {}
    total = 0
    for name, value in mapping.items():
        _check_name(name)
        if depth == 0:
            _check_attribute_name(name)
        name_text, name_bytes = _normalised_text(name)
        result[name_text], size = _normalised(value, depth)
        total += name_bytes + size
    return result, total


def _normalised_text(value: str) -> tuple[str, int]:
    text = value if type(value) is str else str.__str__(value)
    try:
        return text, len(text) if text.isascii() else len(text.encode())
    except UnicodeEncodeError as error:
        raise InvalidValueError(f"text must be UTF-8: {error}") from error


def _normalised_number(value: float) -> tuple[int | float, int]:
    """Two digits take a byte; one each for sign and exponent, so never less than what DynamoDB counts."""
    if -_EXACT_AS_INT < value < _EXACT_AS_INT and value == int(value):
        number: int | float = int(value)
        return number, 2 + (len(str(number)) + 1) // 2
    decimal = decimal_of(value)
    return number_of(decimal), 2 + (len(decimal.as_tuple().digits) + 1) // 2


def _check_number(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidValueError(f"cannot add {type(value).__name__}")


def _check_name(name: Any) -> None:
    if not isinstance(name, str) or not name:
        raise InvalidValueError(f"a name must be non-empty text, not {name!r}")


def _check_attribute_name(name: str) -> None:
    if "[" in name or "]" in name:
        raise InvalidValueError(f"an attribute cannot be called {name!r}")
