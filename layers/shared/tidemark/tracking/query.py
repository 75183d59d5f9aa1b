"""Query strings and form bodies as PHP reads them: what every Matomo client was tested against.

Source: PHP manual, parse_str; Matomo 5.2, tracking behaviour, section 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, KeysView, Mapping
from typing import Final, TypeAlias, TypeVar
from urllib.parse import unquote_to_bytes

Params: TypeAlias = dict[str, "Param"]
Param: TypeAlias = str | Params
"""A value is text, or a map where the name had brackets (`a[]=1` is {"a": {"0": "1"}})."""

Default = TypeVar("Default")

MAX_DEPTH: Final = 8  # of brackets; deeper parameters are dropped (PHP: 64)
_BRACKETS: Final = re.compile(r"\[([^\]]*)\]")
_NAME_BREAKS: Final = str.maketrans({" ": "_", ".": "_"})


def parse_query(text: bytes | str) -> Params:
    """The parameters of a query string or form body; of equal names the last one counts.

    Percent escapes that are truncated or no hexadecimal stay as they are; values that are not UTF-8
    are read as ISO 8859-1. Never raises.
    """
    text = _without_surrogates(text) if isinstance(text, str) else as_text(text)
    params: Params = {}
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        if "%" in value or "+" in value:
            value = decode(value)
        if name.isidentifier():  # so it needs no decoding
            params[name] = value
        elif pair:
            put_value(params, decode(name), value)
    return params


class SentQuery(Mapping[str, str]):
    """The parameters of a query whose names are plain; a value is decoded when it is read.

    `text` is the query. Collect reads few of a hit's thirty parameters, and queues the text.
    """

    __slots__ = ("_decoded", "_values", "text")

    def __init__(self, text: str, values: dict[str, str]) -> None:
        self.text = text
        self._values = values
        self._decoded: dict[str, str] = {}

    def get(self, name: str, default: Default = None) -> str | Default:  # type: ignore[assignment]
        """The decoded value, else the default."""
        value = self._values.get(name)
        if value is None:
            return default
        if "%" not in value and "+" not in value:
            return value
        found = self._decoded.get(name)
        if found is None:
            found = self._decoded[name] = decode(value)
        return found

    def keys(self) -> KeysView[str]:
        """The names; a dictionary's view, whose set operations are fast."""
        return self._values.keys()

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __getitem__(self, name: str) -> str:
        return decode(self._values[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def read_query(text: bytes | str) -> Mapping[str, Param]:
    """What parse_query gives; a SentQuery if none of its names needs decoding."""
    text = _without_surrogates(text) if isinstance(text, str) else as_text(text)
    values: dict[str, str] = {}
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        if name.isidentifier():
            values[name] = value
        elif pair:
            return parse_query(text)
    return SentQuery(text, values)


def decode(text: str) -> str:
    """Percent-decoded text, "+" is a blank. What is not UTF-8 is read as ISO 8859-1, so that no byte is lost."""
    if "+" in text:
        text = text.replace("+", " ")
    return as_text(unquote_to_bytes(text)) if "%" in text else text


def as_text(data: bytes) -> str:
    """UTF-8, else ISO 8859-1."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _without_surrogates(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def put_value(params: Params, name: str, value: str) -> None:
    """Store a value under a decoded name, which may have brackets."""
    name = name.lstrip(" ")
    opening = name.find("[")
    if opening == -1:
        if name:
            params[_mangled(name)] = value
        return
    closing = name.find("]", opening)
    if opening == 0 or closing == -1:
        params[_mangled(name).replace("[", "_", 1)] = value
        return
    _nest(params, _mangled(name[:opening]), _BRACKETS.findall(_run_of_brackets(name[opening:])), value)


def _mangled(name: str) -> str:
    return name.translate(_NAME_BREAKS) if " " in name or "." in name else name


def _run_of_brackets(text: str) -> str:
    """The leading "[a][b]" of a text; what follows the last bracket is ignored."""
    end = 0
    while end < len(text) and text[end] == "[":
        closing = text.find("]", end)
        if closing == -1:
            break
        end = closing + 1
    return text[:end]


def _nest(params: Params, name: str, keys: list[str], value: str) -> None:
    if len(keys) > MAX_DEPTH:
        return
    level = _level(params, name)
    for key in keys[:-1]:
        level = _level(level, key or _next_index(level))
    level[keys[-1] or _next_index(level)] = value


def _level(params: Params, name: str) -> Params:
    """The map under a name; a text that stood there gives way."""
    found = params.get(name)
    if not isinstance(found, dict):
        found = params[name] = {}
    return found


def _next_index(level: Params) -> str:
    numbers = [int(key) for key in level if key.isascii() and key.isdecimal() and len(key) < 10]
    return str(max(numbers) + 1 if numbers else 0)
