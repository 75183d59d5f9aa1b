"""Where a row stands in the tree: its labels as one text, the path.

A path is a root (the number of its table) and the labels down to the row, each written as a component.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.archiving.kinds import Kind
from tidemark.plugin.record import Label

ESCAPE = "\x1e"
SEPARATOR = "\x1f"
OTHERS = ESCAPE + "2"
"""The component of a summary row; no label is written so."""
NUMBER = ESCAPE + "3"
"""Before a label that is a whole number, so that 5 and "5" are two."""


def component(label: Label) -> str:
    """A label as part of a path."""
    if isinstance(label, int):
        return f"{NUMBER}{label}"
    if ESCAPE in label or SEPARATOR in label:
        return label.replace(ESCAPE, ESCAPE + "0").replace(SEPARATOR, ESCAPE + "1")
    return label


def label_of(text: str) -> Label:
    """The label that a component was made of; -1 for the summary row."""
    if ESCAPE not in text:
        return text
    if text == OTHERS:
        return -1
    if text.startswith(NUMBER):
        return int(text[len(NUMBER) :])
    return text.replace(ESCAPE + "1", SEPARATOR).replace(ESCAPE + "0", ESCAPE)


def components(keys: pa.ChunkedArray, kind: Kind) -> pa.ChunkedArray:
    """Keys as components; NULL stays NULL."""
    if kind in {Kind.INTEGER, Kind.BOOLEAN}:
        return pc.binary_join_element_wise(NUMBER, keys, "")
    if not pc.any(pc.match_substring_regex(keys, f"[{ESCAPE}{SEPARATOR}]")).as_py():
        return keys
    return pc.replace_substring(pc.replace_substring(keys, ESCAPE, ESCAPE + "0"), SEPARATOR, ESCAPE + "1")


def join(parents: pa.ChunkedArray | pa.Array | str, lasts: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Paths one level below their parents; NULL where one of the two is."""
    return pc.binary_join_element_wise(parents, lasts, SEPARATOR)


def parents(paths: pa.ChunkedArray) -> pa.ChunkedArray:
    """The paths one level above."""
    return pc.list_element(_split(paths), 0)


def last_components(paths: pa.ChunkedArray) -> pa.ChunkedArray:
    """The rows' own labels, as components."""
    return pc.list_element(_split(paths), 1)


def upper_parts(paths: pa.ChunkedArray, levels: int) -> pa.ChunkedArray:
    """The root of each path and so many of its labels; paths that have fewer stay as they are."""
    return pc.binary_join(pc.list_slice(pc.split_pattern(paths, SEPARATOR), 0, levels + 1), SEPARATOR)


def _split(paths: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.split_pattern(paths, SEPARATOR, max_splits=1, reverse=True)


def depths(paths: pa.ChunkedArray) -> pa.ChunkedArray:
    """Levels below the root: 1 for rows of the main table."""
    return pc.count_substring(paths, SEPARATOR)


def level_paths(levels: Sequence[pa.ChunkedArray], missing: str | None) -> pa.ChunkedArray:
    """Labels of groups, joined, by the components of their levels; NULL where a group has no place.

    A missing first component is `missing`; a later one ends the path.
    """
    paths = levels[0] if missing is None else pc.fill_null(levels[0], missing)
    ended = pa.scalar(value=False)
    for level in levels[1:]:
        ended = pc.or_(ended, pc.is_null(level))
        paths = pc.if_else(ended, paths, join(paths, pc.fill_null(level, "")))
    return paths


PathFunction = Callable[..., Sequence[Label] | None]

_READERS: Mapping[Kind, Callable[[str], Any]] = {
    Kind.INTEGER: int,
    Kind.REAL: float,
    Kind.BOOLEAN: lambda text: text == "1",
}


def called_paths(
    keys: Sequence[pa.ChunkedArray],
    kinds: Sequence[Kind],
    place: PathFunction,
    known: dict[tuple[Any, ...], str | None],
) -> pa.Array:
    """Labels, joined, that a record's own function gives; each key is asked for once (`known` remembers)."""
    columns = [_values(column, kind) for column, kind in zip(keys, kinds, strict=True)]
    paths: list[str | None] = []
    for values in zip(*columns, strict=True):
        try:
            path = known[values]
        except KeyError:
            path = known[values] = _joined(place(*values))
        paths.append(path)
    return pa.array(paths, pa.string())


def _joined(labels: Sequence[Label] | None) -> str | None:
    if not labels:
        return None
    try:
        path = SEPARATOR.join(labels)  # type: ignore[arg-type]
    except TypeError:  # a label is a number
        return SEPARATOR.join(map(component, labels))
    if ESCAPE in path or path.count(SEPARATOR) != len(labels) - 1:
        return SEPARATOR.join(map(component, labels))
    return path


def _values(column: pa.ChunkedArray, kind: Kind) -> list[Any]:
    texts = column.to_pylist()
    reader = _READERS.get(kind)
    return texts if reader is None else [None if text is None else reader(text) for text in texts]
