"""What three of four page views keep below (p75): overall, by device, by page, and by a page's devices.

They are no part of Matomo's reports, and not listed among them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from tidemark.definitions.devices import DEVICE_TYPES
from tidemark.model.table import LABEL, DataTable, Row, SimpleTable, Table, TableMap
from tidemark.plugin import Access, Context, Metric, Report, TableContext, method, number
from tidemark.plugins.web_vitals.dimensions import SHIFT, VITALS
from tidemark.plugins.web_vitals.records import DEVICES, MEASURED, PAGES, SHIFT_UNIT, read_label

SHARE = 75
HITS = "nb_hits"
"""Page views that told at least one vital."""
NAMES = {
    "lcp": ("Largest contentful paint", "until the largest part of the page stands"),
    "inp": ("Interaction to next paint", "until the page answers a click or a key"),
    "cls": ("Layout shift", "how far the page's parts jump, as a ratio"),
    "fcp": ("First contentful paint", "until something is seen"),
    "ttfb": ("Time to first byte", "until the server's first byte"),
}
METRICS: tuple[Metric, ...] = tuple(
    Metric(
        f"{vital}_p75",
        f"{name} (p75)",
        "float" if vital == SHIFT else "duration_ms",
        f"Three of four page views keep below: {about}.",
    )
    for vital, (name, about) in NAMES.items()
)
COLUMNS = (HITS, *(metric.name for metric in METRICS))
Counts = Mapping[str, Counter[int]]
"""Of each vital: how often each value was measured."""


def percentile(counts: Counter[int], share: int = SHARE) -> int | None:
    """The smallest value that `share` of 100 measurements do not exceed; None without any."""
    wanted = -(-sum(counts.values()) * share // 100)
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= wanted:
            return value
    return None


def counts_of(rows: Iterable[Row]) -> dict[int | None, Counter[tuple[str, int]]]:
    """Measurements by device; of each how often a vital had a value."""
    found: dict[int | None, Counter[tuple[str, int]]] = {}
    for row in rows:
        read = read_label(row.label)
        if read is not None:
            vital, device, value = read
            found.setdefault(device, Counter())[vital, value] += int(number(row.columns, MEASURED))
    return found


def columns_of(counts: Counter[tuple[str, int]]) -> dict[str, float | int | None]:
    """The columns of a row: measured page views, and of every vital the percentile (None: not measured)."""
    by_vital: dict[str, Counter[int]] = {vital: Counter() for vital in VITALS}
    for (vital, value), times in counts.items():
        by_vital[vital][value] += times
    columns: dict[str, float | int | None] = {HITS: max(each.total() for each in by_vital.values())}
    for vital in NAMES:
        found = percentile(by_vital[vital])
        columns[f"{vital}_p75"] = found / SHIFT_UNIT if vital == SHIFT and found is not None else found
    return columns


def _all(rows: Iterable[Row]) -> Counter[tuple[str, int]]:
    whole: Counter[tuple[str, int]] = Counter()
    for counts in counts_of(rows).values():
        whole.update(counts)
    return whole


def device_name(device: int | None) -> str:
    """The name of a type of device."""
    return "Unknown" if device is None else DEVICE_TYPES[device].capitalize()


def _by_device(table: DataTable) -> None:
    """A table of values becomes one of devices."""
    table.rows = [
        Row({LABEL: device_name(device), **columns_of(counts)}) for device, counts in counts_of(table.rows).items()
    ]


def _measure(table: DataTable, context: TableContext) -> None:
    """Rows get the percentiles of what was counted below them; a subtable becomes one row for each device."""
    if context.idsubtable is not None:
        _by_device(table)
        return
    archives, record = context.call.archives, context.report.record
    if record is None or not len(table):
        return
    whole = archives.table(context.idsite, context.period, record.name, context.segment, expanded=True)
    below = {row.label: row.subtable for row in whole.rows}
    kept = []
    for row in table.rows:
        values = below.get(row.label)
        if values is None:
            continue
        row.columns = {LABEL: row.label, **columns_of(_all(values.rows))}
        if row.subtable is not None:
            _by_device(row.subtable)
        kept.append(row)
    table.rows = kept
    table.summary_row = None  # what was cut off cannot be measured any more


def _name_devices(table: DataTable, _context: TableContext) -> None:
    """Devices by their names, without the values below them."""
    for row in table.rows:
        label = row.label
        row.columns[LABEL] = device_name(int(label) if int(label) in DEVICE_TYPES else None)
        row.subtable_id = row.subtable = None


@method("WebVitals.get", Access.VIEW)
def get(ctx: Context, idSite: str, period: str, date: str, segment: str = "") -> Table:
    """What three of four page views keep below, over all pages and devices."""
    return _whole(ctx.record_table(DEVICES.name, idSite, period, date, segment, expanded=True))


def _whole(table: Table) -> Table:
    if isinstance(table, TableMap):
        return TableMap(table.key_name, {key: _whole(each) for key, each in table.tables.items()}, dict(table.metadata))
    values = (row for device in table.rows if device.subtable is not None for row in device.subtable.rows)
    counts = _all(values)
    return SimpleTable([Row(columns_of(counts))] if counts else (), metadata=dict(table.metadata))


REPORTS: tuple[Report, ...] = (
    Report(
        "WebVitals.get",
        "Web vitals",
        "Actions",
        "Performance",
        metrics=COLUMNS,
        default_sort="",
        is_listed=False,
        documentation="What three of four page views keep below, over all pages and devices.",
    ),
    Report(
        "WebVitals.getDevices",
        "Web vitals by device",
        "Actions",
        "Performance",
        record=DEVICES,
        dimension="Device type",
        dimension_id="WebVitals.Device",
        metrics=COLUMNS,
        filters=(_measure, _name_devices),
        default_sort=HITS,
        is_expandable=False,
        supports_flatten=False,
        is_listed=False,
        documentation="What three of four page views keep below, by the type of the device.",
    ),
    Report(
        "WebVitals.getPages",
        "Web vitals by page",
        "Actions",
        "Performance",
        record=PAGES,
        dimension="Page URL",
        dimension_id="WebVitals.Page",
        metrics=COLUMNS,
        filters=(_measure,),
        default_sort=HITS,
        load_subtables="WebVitals.getPages",
        is_listed=False,
        documentation="What three of four page views keep below, by page; below each page by the type of the device.",
    ),
)
FUNCTIONS = (get,)
