"""A scheduled report as one document: HTML, CSV or TSV."""

from __future__ import annotations

import csv
import io
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from tidemark.model.branding import Logo
from tidemark.model.media import PNG

_SIGNS_IN_NUMBERS: Final = re.compile("[.,\u00a0\u202f%]")
_FORMULA_BEGINS: Final = ("=", "+", "-", "@", "\t", "\r")
_STYLE: Final = (
    "body{font:14px sans-serif;color:#222;margin:2em}table{border-collapse:collapse;margin:0 0 2em}"
    "th,td{border-bottom:1px solid #ccc;padding:.3em .8em;text-align:right}th:first-child,td:first-child{text-align:left}"
    "img{max-width:100%;display:block;margin:0 0 1em}img.logo{max-height:60px}"
)
LOGO: Final = "logo"
NO_DATA: Final = "There is no data for this report."


@dataclass(frozen=True, slots=True)
class Chapter:
    """One report of a document: its name, the titles of its columns, the rows' texts, and a graph as PNG if it has one."""

    name: str
    titles: Sequence[str]
    rows: Sequence[Sequence[str]]
    graph: bytes = b""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document."""

    title: str
    subtitle: str
    chapters: Sequence[Chapter]
    logo: Logo | None = None


def chapter_of(name: str, processed: Mapping[str, Any]) -> Chapter:
    """The chapter of an answer of API.getProcessedReport; single numbers are one row."""
    columns: Mapping[str, Any] = processed.get("columns") or {}
    data = processed.get("reportData") or []
    rows = [data] if isinstance(data, dict) else data
    return Chapter(name, [str(title) for title in columns.values()], [_texts(row, columns) for row in rows])


def embedded(_name: str, picture: bytes, content_type: str) -> str:
    """A picture's address with the picture in it."""
    return f"data:{content_type};base64,{b64encode(picture).decode()}"


def html(document: Document, picture_address: Callable[[str, bytes, str], str]) -> str:
    """The document as a page of its own; `picture_address` tells where a picture is, by name, bytes and type."""
    title = escape(document.title)
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style><body>'
    ]
    if document.logo is not None:
        address = escape(picture_address(LOGO, *document.logo))
        parts.append(f'<img class="logo" src="{address}" alt="">')
    parts.append(f"<h1>{title}</h1><p>{escape(document.subtitle)}</p>")
    for number, chapter in enumerate(document.chapters):
        parts.append(f"<h2>{escape(chapter.name)}</h2>")
        if chapter.graph:
            address = escape(picture_address(graph_name(number), chapter.graph, PNG))
            parts.append(f'<img src="{address}" alt="{escape(chapter.name)}">')
        if chapter.rows:
            parts.append(_table(chapter))
        elif not chapter.graph:
            parts.append(f"<p>{NO_DATA}</p>")
    return "".join([*parts, "</body></html>"])


def graph_name(number: int) -> str:
    """The name of the picture of the chapter with that number."""
    return f"graph{number}"


def _table(chapter: Chapter) -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in chapter.titles)
    lines = ("".join(f"<td>{escape(text)}</td>" for text in row) for row in chapter.rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def csv_bytes(document: Document, delimiter: str = ",") -> bytes:
    """The document as CSV or TSV: the reports one below the other, each after its name."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n", delimiter=delimiter)
    writer.writerow([_harmless(document.title)])
    writer.writerow([_harmless(document.subtitle)])
    for chapter in document.chapters:
        writer.writerow([])
        writer.writerow([_harmless(chapter.name)])
        writer.writerow([_harmless(text) for text in chapter.titles])
        writer.writerows([[_harmless(text) for text in row] for row in chapter.rows])
    return sink.getvalue().encode()


def _texts(row: Mapping[str, Any], columns: Iterable[str]) -> list[str]:
    return ["" if row.get(name) is None else str(row[name]) for name in columns]


def _harmless(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would compute; numbers stay."""
    is_number = _SIGNS_IN_NUMBERS.sub("", text.lstrip("+-")).isdigit()
    return f"'{text}" if text.startswith(_FORMULA_BEGINS) and not is_number else text
