"""Parameters as methods declare them, and the values of a call bound to them."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from tidemark.model.errors import MissingParameter
from tidemark.plugin import Method
from tidemark.reporting.parameters import Parameters, escaped, read_flag, read_float, read_integer, read_list

Kind = Literal["text", "integer", "number", "flag", "list", "integers", "map", "any"]

NEVER_ESCAPED = frozenset({"segment", "password", "passwordConfirmation"})
"""Texts that reach every method as sent. Source: Matomo 5.2, generic parameters, "types"."""
_REQUIRED = inspect.Parameter.empty
_KINDS: dict[str, Kind] = {"str": "text", "int": "integer", "float": "number", "bool": "flag", "dict": "map"}
_INVALID = object()


@dataclass(frozen=True, slots=True)
class Declared:
    """One parameter of a method."""

    name: str
    kind: Kind
    default: Any = _REQUIRED

    @property
    def is_required(self) -> bool:
        """Whether the call must give it."""
        return self.default is _REQUIRED


@lru_cache(maxsize=2048)
def declared_parameters(function: Callable[..., Any]) -> tuple[Declared, ...]:
    """The parameters of a method's function after the context, in order."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return tuple(
        Declared(one.name, _kind(one.annotation), one.default)
        for one in parameters
        if one.kind in {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}
    )


def bind(method: Method, params: Parameters) -> dict[str, Any]:
    """The arguments of a method for a call.

    Values of a wrong type count as not given. Texts are HTML-escaped unless the method wants them raw.

    Raises:
        MissingParameter: a parameter without default is not given.

    """
    return {
        declared.name: bound_value(declared, params, is_raw=method.raw_strings)
        for declared in declared_parameters(method.function)
    }


def bound_value(declared: Declared, params: Parameters, *, is_raw: bool) -> Any:
    """The value of one parameter. Raises: MissingParameter."""
    given = params.get(declared.name)
    if given is None or (given == "" and declared.default is not None):
        value = _INVALID
    else:
        value = _converted(given, declared.kind)
    if value is _INVALID:
        if declared.is_required:
            raise MissingParameter(declared.name)
        return declared.default
    return value if is_raw or declared.name in NEVER_ESCAPED else escaped(value)


def _kind(annotation: Any) -> Kind:
    """The kind of a parameter from its annotation: the type, or its name where annotations are postponed."""
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    if not isinstance(annotation, str) and hasattr(annotation, "__args__"):
        text = str(annotation)
    names = [name for name in _top_level_choices(text) if name != "None"]
    if len(names) != 1:
        return "any"
    stem, _, inner = names[0].partition("[")
    stem = stem.rpartition(".")[2]
    if stem in {"list", "tuple", "Sequence"}:
        return "integers" if inner.startswith("int") else "list"
    return _KINDS.get(stem, "map" if stem == "Mapping" else "any")


def _top_level_choices(text: str) -> list[str]:
    """The types of a union: "list[int | str] | None" gives two."""
    choices, depth = [""], 0
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == "|" and not depth:
            choices.append("")
        else:
            choices[-1] += character
    return [choice.strip() for choice in choices]


def _converted(value: Any, kind: Kind) -> Any:
    result = _CONVERSIONS[kind](value)
    return _INVALID if result is None else result


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value) if isinstance(value, str | int | float) else None


def _map(value: Any) -> dict[str, Any] | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    if isinstance(value, list):
        return {str(index): item for index, item in enumerate(value)}
    return value if isinstance(value, dict) else None


def _integers(value: Any) -> list[int] | None:
    numbers = [read_integer(item) for item in read_list(value) or []]
    return [number for number in numbers if number is not None] or None


_CONVERSIONS: dict[Kind, Callable[[Any], Any]] = {
    "text": _text,
    "integer": read_integer,
    "number": read_float,
    "flag": read_flag,
    "list": read_list,
    "integers": _integers,
    "map": _map,
    "any": lambda value: value,
}
