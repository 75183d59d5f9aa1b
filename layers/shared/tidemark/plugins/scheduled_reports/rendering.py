"""A scheduled report as one document, HTML or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

_FORMULA_BEGINS: Final = ("=", "+", "-", "@", "\t", "\r")
_STYLE: Final = (
    "body{font:14px sans-serif;color:#222;margin:2em}table{border-collapse:collapse;margin:0 0 2em}"
    "th,td{border-bottom:1px solid #ccc;padding:.3em .8em;text-align:right}th:first-child,td:first-child{text-align:left}"
)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One report of a document: its name, the titles of its columns, and the rows' texts."""

    name: str
    titles: Sequence[str]
    rows: Sequence[Sequence[str]]


def chapter_of(name: str, processed: Mapping[str, Any]) -> Chapter:
    """The chapter of an answer of API.getProcessedReport; single numbers are one row."""
    columns: Mapping[str, Any] = processed.get("columns") or {}
    data = processed.get("reportData") or []
    rows = [data] if isinstance(data, dict) else data
    return Chapter(name, [str(title) for title in columns.values()], [_texts(row, columns) for row in rows])


def html(title: str, subtitle: str, chapters: Iterable[Chapter]) -> str:
    """The document as a page of its own, without anything from elsewhere."""
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>',
        f"<body><h1>{escape(title)}</h1><p>{escape(subtitle)}</p>",
    ]
    for chapter in chapters:
        parts.append(f"<h2>{escape(chapter.name)}</h2>")
        if not chapter.rows:
            parts.append("<p>There is no data for this report.</p>")
            continue
        head = "".join(f"<th>{escape(text)}</th>" for text in chapter.titles)
        lines = ("".join(f"<td>{escape(text)}</td>" for text in row) for row in chapter.rows)
        body = "".join(f"<tr>{line}</tr>" for line in lines)
        parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
    return "".join([*parts, "</body></html>"])


def csv_text(title: str, subtitle: str, chapters: Iterable[Chapter]) -> str:
    """The document as CSV: the reports one below the other, each after its name."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow([_harmless(title)])
    writer.writerow([_harmless(subtitle)])
    for chapter in chapters:
        writer.writerow([])
        writer.writerow([_harmless(chapter.name)])
        writer.writerow([_harmless(text) for text in chapter.titles])
        writer.writerows([[_harmless(text) for text in row] for row in chapter.rows])
    return sink.getvalue()


def _texts(row: Mapping[str, Any], columns: Iterable[str]) -> list[str]:
    return ["" if row.get(name) is None else str(row[name]) for name in columns]


def _harmless(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would compute; numbers stay."""
    is_number = text.lstrip("+-").replace(".", "", 1).replace(",", "").rstrip("%").isdigit()
    return f"'{text}" if text.startswith(_FORMULA_BEGINS) and not is_number else text
