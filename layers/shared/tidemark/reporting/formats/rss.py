"""RSS: one item per date, newest first, for one site."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote_plus

from tidemark.model.errors import ApiError
from tidemark.model.period import Period
from tidemark.model.table import PERIOD_METADATA, DataTable, TableMap
from tidemark.reporting.formats.base import Document, FormatOptions
from tidemark.reporting.text import cell_text, decode_entities, escape_html, escape_xml, sanitise, without_surrogates

_CHANNEL = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0">
  <channel>
    <title>matomo statistics - RSS</title>
    <link>https://matomo.org</link>
    <description>Matomo RSS feed</description>
    <pubDate>{now}</pubDate>
    <generator>matomo</generator>
    <language>en</language>
    <lastBuildDate>{now}</lastBuildDate>
"""
_ITEM = """\t<item>
\t\t<pubDate>{published}</pubDate>
\t\t<guid>{link}</guid>
\t\t<link>{link}</link>
\t\t<title>{title}</title>
\t\t<author>https://matomo.org</author>
\t\t<description>{description}</description>
\t</item>
"""
_END = "\t</channel>\n</rss>"


class Rss:
    """A feed of a map by date."""

    def value(self, value: Any, options: FormatOptions) -> Document:
        """One item per date with the table as HTML in its description.

        Raises:
            ApiError: for anything but several dates of one site.

        """
        if not isinstance(value, TableMap) or value.key_name != "date":
            raise ApiError(
                "RSS feeds can be generated for one specific website and several dates only. Use one idSite and a "
                "list of dates, or another format."
            )
        items = [_item(key, table, options) for key, table in reversed(value.tables.items())]
        channel = _CHANNEL.format(now=_mail_date(datetime.fromtimestamp(options.now, tz=UTC)))
        return _document(channel + "".join(items) + _END, "text/xml")

    def success(self, options: FormatOptions) -> Document:  # noqa: ARG002 (one signature for all formats)
        """The word Success."""
        return _document("Success:ok", "text/xml")

    def error(self, message: str, options: FormatOptions) -> Document:  # noqa: ARG002
        """Plain text."""
        return _document(f"Error: {escape_xml(decode_entities(message))}", "text/plain")


def _document(text: str, kind: str) -> Document:
    return Document(without_surrogates(text).encode(), f"{kind}; charset=utf-8")


def _item(key: str, table: Any, options: FormatOptions) -> str:
    """One table; its link has the date that it is in UTC when the period begins for the site, as Matomo's has."""
    period = table.metadata.get(PERIOD_METADATA)
    first = period.first if isinstance(period, Period) else date(1970, 1, 1)
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    linked = begin.replace(tzinfo=options.zone(table)).astimezone(UTC).date()
    return _ITEM.format(
        published=_mail_date(begin),
        link=sanitise(f"{options.link}&date={linked.isoformat()}"),
        title=f"{escape_xml(decode_entities(options.site_name(table)))} on {escape_xml(key)}",
        description=sanitise(_html(table, options).replace("\n", "")),
    )


def _html(table: Any, options: FormatOptions) -> str:
    """The first level of a table; nested values are left out."""
    if not isinstance(table, DataTable) or not len(table):
        return "<strong><em>Empty table</em></strong><br />\n"
    rows = [{name: cell for name, cell in row.columns.items() if not isinstance(cell, list | dict)} for row in table]
    names = dict.fromkeys(name for row in rows for name in row)
    head = "".join(f"\n\t<td><strong>{escape_html(options.column_name(name))}</strong></td>" for name in names)
    lines = ["\n<table border=1 width=70%>", f"\n<tr>{head}\n</tr>"]
    for row in rows:
        cells = "".join(f"\n\t<td>{_cell(row.get(name))}</td>" for name in names)
        lines.append(f"\n\n<tr>{cells}</tr>")
    return "".join([*lines, "\n\n</table>"])


def _cell(value: Any) -> str:
    return "-" if value is None else unquote_plus(cell_text(value), errors="ignore")


def _mail_date(moment: datetime) -> str:
    return format_datetime(moment)
