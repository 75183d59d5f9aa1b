"""Typed reading of a call's parameters, with Matomo's leniency: what has the wrong type counts as not given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, overload

from tidemark.reporting.text import sanitise, sanitise_all

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_TRUE = frozenset({"1", "true"})
_FALSE = frozenset({"0", "false"})


class Parameters(Mapping[str, Any]):
    """The parameters of one call by name: texts, lists and maps as sent, or plain values of an inner call."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = {name: _trimmed(value) for name, value in values.items()}

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def without(self, *names: str, **changes: Any) -> Parameters:
        """These parameters with some left out and some set anew."""
        return Parameters({name: value for name, value in self._values.items() if name not in names} | changes)

    def is_given(self, name: str) -> bool:
        """Whether there is a value that is not empty."""
        return self._values.get(name) not in (None, "", [], {})

    def raw(self, name: str, default: str = "") -> str:
        """A text as sent, not escaped; the default for lists and what is empty."""
        value = self._values.get(name)
        if isinstance(value, int | float):
            return str(int(value)) if isinstance(value, bool) else str(value)
        return value if isinstance(value, str) and value else default

    def text(self, name: str, default: str = "") -> str:
        """A text, HTML-escaped as methods get it."""
        return sanitise(self.raw(name, default))

    @overload
    def integer(self, name: str, default: int) -> int: ...
    @overload
    def integer(self, name: str, default: None = None) -> int | None: ...
    def integer(self, name: str, default: int | None = None) -> int | None:
        """A whole number; the default for anything else."""
        value = read_integer(self._values.get(name))
        return default if value is None else value

    @overload
    def number(self, name: str, default: float) -> float: ...
    @overload
    def number(self, name: str, default: None = None) -> float | None: ...
    def number(self, name: str, default: float | None = None) -> float | None:
        """A decimal number; the default for anything else."""
        value = read_float(self._values.get(name))
        return default if value is None else value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A switch: 1 and true, 0 and false; the default for anything else."""
        value = read_flag(self._values.get(name))
        return default if value is None else value

    def words(self, name: str) -> list[str]:
        """A list given as such or as text with commas; empty entries are left out, texts are as sent."""
        return [word for word in read_list(self._values.get(name)) or [] if word]


def read_integer(value: Any) -> int | None:
    """The whole number that a value stands for, None if it is none."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else None


def read_float(value: Any) -> float | None:
    """The decimal number that a value stands for, None if it is none."""
    if isinstance(value, int | float):
        return float(value)
    return float(value) if isinstance(value, str) and _FLOAT.fullmatch(value) else None


def read_flag(value: Any) -> bool | None:
    """The switch that a value stands for, None if it is none."""
    if isinstance(value, int | float):
        return bool(value) if value in (0, 1) else None
    text = value.lower() if isinstance(value, str) else ""
    return True if text in _TRUE else False if text in _FALSE else None


def read_list(value: Any) -> list[Any] | None:
    """The entries of a list, of a map's values, or of a text with commas; None if nothing is given."""
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list | tuple):
        return list(value)
    if value is None or value == "":
        return None
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else [value]


def escaped(value: Any) -> Any:
    """A parameter as methods get it: every text in it HTML-escaped."""
    return sanitise_all(value)


def _trimmed(value: Any) -> Any:
    return value.strip(" \t\n\r\0\x0b") if isinstance(value, str) else value
