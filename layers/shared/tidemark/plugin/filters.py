"""Ready-made filters for reports: labels, segments and metadata of rows, grouping, columns.

All of them leave the summary row ("Others") alone and change only the table they are given; see `everywhere`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from tidemark.model.table import LABEL, DataTable, Row
from tidemark.plugin.record import Measure, Merge, Record
from tidemark.plugin.report import Filter, TableContext

Rewrite = Callable[[Any], Any]

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
_URL_ENCODED = {byte: chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in range(256)} | {ord(" "): "+"}


_UNRESERVED_BYTES = bytes(_UNRESERVED)
_BETWEEN = "\n"


def url_encoded(value: object) -> str:
    """A value as segments and links carry it: URL-encoded, blanks as "+", only letters, digits and "-_." as they are."""
    return str(value).encode("utf-8", "surrogateescape").decode("latin-1").translate(_URL_ENCODED)


def all_url_encoded(values: Sequence[object]) -> list[str]:
    """Every value URL-encoded, None as empty text; many texts at once cost a fraction of each by itself."""
    if set(map(type, values)) == {str}:
        texts = cast("list[str]", values)
    else:
        texts = ["" if value is None else str(value) for value in values]
    together = _BETWEEN.join(texts)
    if together.count(_BETWEEN) != len(texts) - 1:
        return [url_encoded(text) for text in texts]
    written = together.encode("utf-8", "surrogateescape")
    unsafe = set(written.translate(None, _UNRESERVED_BYTES)) - {ord(_BETWEEN)}
    for byte in sorted(unsafe, key=lambda one: (one != ord("%"), one == ord(" "))):  # signs that others add: not again
        written = written.replace(bytes([byte]), _URL_ENCODED[byte].encode())
    return written.decode().split(_BETWEEN)


def relabel(change: Rewrite) -> Filter:
    """Rows get the label that `change` gives for theirs."""

    def apply(table: DataTable, _context: TableContext) -> None:
        table.put_cells(LABEL, [change(label) for label in table.cells(LABEL)])

    return apply


def group_by_label(change: Rewrite) -> Filter:
    """Rows get the label that `change` gives for theirs, and those that now share one become one.

    Columns are merged as the report's record says; the first row's metadata stays unless the other has more visits.
    """

    def apply(table: DataTable, context: TableContext) -> None:
        merges = merges_of(context.report.record)
        groups: dict[Any, Row] = {}
        for row in table.rows:
            label = change(row.label)
            if label in groups:
                merge_row(groups[label], row, merges)
            else:
                row.columns[LABEL] = label
                groups[label] = row
        table.rows = list(groups.values())

    return apply


def keep_rows(condition: Callable[[Row], bool]) -> Filter:
    """Only rows for which the condition holds stay."""

    def apply(table: DataTable, _context: TableContext) -> None:
        table.rows = [row for row in table.rows if condition(row)]

    return apply


def keep_rows_with(column: str) -> Filter:
    """Only rows that have the column stay."""

    def apply(table: DataTable, _context: TableContext) -> None:
        table.pick([place for place, has_cell in enumerate(table.presence(column)) if has_cell])

    return apply


def drop_columns(*names: str) -> Filter:
    """Rows lose columns, the summary row too."""

    def apply(table: DataTable, _context: TableContext) -> None:
        table.drop_columns(names)

    return apply


def drop_subtables(table: DataTable, _context: TableContext) -> None:
    """Rows lose their subtables."""
    for row in table:
        row.subtable_id = row.subtable = None


def metadata_from_label(name: str, change: Rewrite | None = None) -> Filter:
    """Rows get metadata made of their label; None gives none."""

    def apply(table: DataTable, _context: TableContext) -> None:
        labels = table.cells(LABEL)
        table.put_metadata(name, labels if change is None else [change(label) for label in labels])

    return apply


def metadata_from(source: str, name: str, change: Rewrite) -> Filter:
    """Rows that have metadata `source` get metadata `name` made of it; None gives none."""

    def apply(table: DataTable, _context: TableContext) -> None:
        found = table.metadata_cells(source)
        table.put_metadata(name, [None if value is None else change(value) for value in found])

    return apply


def segment_by_label(*segments: str, separator: str = "", allow_empty: bool = False) -> Filter:
    """Rows get the segment that selects them: `segment==label`, or one per part of a label with a separator.

    Labels that are empty or have another number of parts get none. An empty segment name leaves its part out.
    """

    def expression(label: Any) -> str | None:
        if label in ("", None) and not allow_empty:
            return None
        parts = str(label).split(separator) if separator else [str(label)]
        if len(parts) != len(segments):
            return None
        pairs = zip(segments, parts, strict=True)
        return ";".join(f"{segment}=={url_encoded(part)}" for segment, part in pairs if segment)

    return metadata_from_label("segment", expression)


def segment_by_mapping(segment: str, values: Mapping[Any, str]) -> Filter:
    """Rows get `segment==value` where the mapping knows their label."""
    return metadata_from_label(
        "segment", lambda label: f"{segment}=={url_encoded(values[label])}" if label in values else None
    )


def segment_value(change: Rewrite | None = None) -> Filter:
    """Rows keep a value that becomes `<the report's segment>==value` when everything else is done."""
    return metadata_from_label("segmentValue", change)


def prepend_segment(prefix: str) -> Filter:
    """Rows that have a segment get another condition before it."""
    return metadata_from("segment", "segment", lambda expression: prefix + expression)


def merges_of(record: Record | None) -> Mapping[str, Merge]:
    """How the columns of a record's rows are merged; those that it does not name are summed."""
    if record is None:
        return {}
    return {
        metric.daily_sum or metric.name: metric.merge
        for part in record.parts
        if not part.per_goal
        for metric in part.metrics
        if isinstance(metric, Measure)
    }


def merge_row(target: Row, added: Row, merges: Mapping[str, Merge]) -> None:
    """Add a row's columns to another row; the metadata of the one with more visits stays."""
    if added.metadata and (not target.metadata or _weight(added) > _weight(target)):
        target.metadata = dict(added.metadata)
    for name, value in added.columns.items():
        if name != LABEL:
            target.columns[name] = merged_value(merges.get(name, Merge.SUM), target.columns.get(name), value)


def merged_value(merge: Merge, current: Any, added: Any) -> Any:
    """Two values of a column as one; None counts for nothing. Maps (goals) are merged key by key, by sum."""
    if added is None or current is None:
        return current if added is None else added
    if isinstance(added, dict) and isinstance(current, dict):
        return {
            key: merged_value(Merge.SUM, current.get(key), added.get(key)) for key in dict.fromkeys((*current, *added))
        }
    if merge is Merge.MIN:
        return min(current, added)
    if merge is Merge.MAX:
        return max(current, added)
    return current if merge is Merge.KEEP else current + added


def _weight(row: Row) -> float:
    return float(row.columns.get("nb_hits") or row.columns.get("nb_visits") or 0)
