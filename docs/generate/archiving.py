# ruff: noqa: INP001 - a script, not a package
"""Writes the tables of docs/archiving.md: every record, number and segment that the default plugins declare.

`python docs/generate/archiving.py` writes the file; a test fails when it is stale.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tidemark.model.settings import DEFAULTS
from tidemark.plugin import Numeric, Plugin, Record, RowCount, Segment, TableTotal, load_plugins

PAGE: Final = Path(__file__).parent.parent / "archiving.md"
NUMBERED: Final = re.compile(r"(customVariable\w+?|productCategory|productViewCategory)[1-5]|dimension\d+(\.\w+)?")


def records_table() -> str:
    """Every table that is archived."""
    lines = ["| record | plugin | from | levels | rows | rows of subtables | cut by |", "|---|---|---|---|---|---|---|"]
    lines += [_record(plugin, record) for plugin in load_plugins().all for record in plugin.records]
    return "\n".join(lines)


def _record(plugin: Plugin, record: Record) -> str:
    sources = ", ".join(dict.fromkeys(part.source.value for part in record.parts))
    first = record.parts[0]
    if first.buckets:
        levels = f"{len(first.buckets)} fixed rows"
    else:
        levels = "a path" if record.path else str(len(first.by) if first.levels is None else first.levels)
    limits = " | ".join(_limit(name) for name in (record.limit.rows, record.limit.subtable_rows))
    cut_by = "–" if record.limit.rows is None else record.sort
    return f"| `{record.name}` | {plugin.name} | {sources} | {levels} | {limits} | {cut_by} |"


def _limit(setting: str | None) -> str:
    if setting is None:
        return "–"
    return f"{DEFAULTS[setting]} (`{setting.partition('.')[2].removeprefix('datatable_archiving_maximum_rows_')}`)"


def numbers_table() -> str:
    """Every number that is archived."""
    lines = ["| number | plugin | is | above the day |", "|---|---|---|---|"]
    lines += [_number(plugin, number) for plugin in load_plugins().all for number in plugin.numbers]
    return "\n".join(lines)


def _number(plugin: Plugin, number: Numeric | TableTotal | RowCount) -> str:
    if isinstance(number, TableTotal):
        meaning, merged = f"sum of `{number.column}` in `{number.record}`, before rows are cut", "sum"
    elif isinstance(number, RowCount):
        where = "subtables" if number.level else "rows"
        meaning, merged = f"{where} of `{number.record}`", "counted again"
    else:
        measure = number.measure
        per_goal = " per goal" if number.per_goal else ""
        meaning = f"{measure.aggregate.value} over {number.source.value}{per_goal}"
        merged = "counted again, exactly" if measure.daily_sum else measure.merge.value
    return f"| `{number.name}` | {plugin.name} | {meaning} | {merged} |"


def segments_table() -> str:
    """Every segment, numbered ones once."""
    lines = ["| segment | name | of | kind |", "|---|---|---|---|"]
    lines += list(_segments())
    return "\n".join(lines)


def _segments() -> Iterator[str]:
    for segment in load_plugins().segments().values():
        if not NUMBERED.fullmatch(segment.segment):
            yield f"| `{segment.segment}` | {segment.name} | {_of(segment)} | {segment.type} |"
    yield "| `dimension<id>` | a custom dimension | visits, actions | dimension |"


def _of(segment: Segment) -> str:
    if len(segment.union_of) > 1 and segment.union_of[0].rstrip("1") == segment.segment:
        return f"any of `{segment.union_of[0]}` to `{segment.union_of[-1]}`"
    return "any of " + ", ".join(f"`{name}`" for name in segment.union_of) if segment.union_of else segment.table


def page(text: str) -> str:
    """The page with its tables renewed; they stand between two comments that name them."""
    for name, content in (("records", records_table()), ("numbers", numbers_table()), ("segments", segments_table())):
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        head, _, rest = text.partition(begin)
        text = f"{head}{begin}\n{content}\n{end}{rest.partition(end)[2]}"
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
