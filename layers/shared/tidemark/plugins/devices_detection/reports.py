"""Reports about devices, operating systems and browsers."""

from __future__ import annotations

from tidemark.definitions.devices import DEVICE_TYPES
from tidemark.model.table import LABEL, DataTable, Row
from tidemark.plugin import (
    VISIT_RATES,
    Filter,
    Record,
    Report,
    TableContext,
    group_by_label,
    metadata_from_label,
    relabel,
    segment_by_label,
    segment_by_mapping,
    segment_value,
)
from tidemark.plugins.devices_detection import names, records
from tidemark.plugins.devices_detection.records import SEPARATOR


def add_missing_types(table: DataTable, context: TableContext) -> None:
    """Every type of device has a row, unless there is nothing at all or several dates are asked for."""
    known = {row.label for row in table.rows}
    if len(table) and not context.is_in_map:
        table.rows += [Row({LABEL: number, "nb_visits": 0}) for number in DEVICE_TYPES if number not in known]


def _report(
    action: str,
    name: str,
    subcategory: str,
    dimension: str,
    dimension_id: str,
    *,
    record: Record,
    filters: tuple[Filter, ...],
    order: int,
    segment: str = "",
    related: tuple[str, ...] = (),
    documentation: str,
) -> Report:
    return Report(
        f"DevicesDetection.{action}",
        name,
        "Visitors",
        subcategory,
        record=record,
        dimension=dimension,
        dimension_id=f"DevicesDetection.{dimension_id}",
        segment=segment,
        on_request=VISIT_RATES,
        filters=filters,
        order=order,
        related=related,
        has_goal_metrics=len(record.parts) > 1,
        documentation=documentation,
    )


REPORTS: tuple[Report, ...] = (
    _report(
        "getType",
        "Device type",
        "Devices",
        "Device type",
        "DeviceType",
        record=records.TYPES,
        filters=(add_missing_types, segment_by_mapping("deviceType", DEVICE_TYPES), group_by_label(names.type_name)),
        order=0,
        segment="deviceType",
        documentation="Which kinds of devices were used.",
    ),
    _report(
        "getOsVersions",
        "Operating System versions",
        "Software",
        "Operating system version",
        "OsVersion",
        record=records.OPERATING_SYSTEM_VERSIONS,
        filters=(
            segment_by_label("operatingSystemCode", "operatingSystemVersion", separator=SEPARATOR),
            group_by_label(names.system_name),
        ),
        order=2,
        related=("DevicesDetection.getOsFamilies",),
        segment="operatingSystemVersion",
        documentation="Which versions of which operating systems were used.",
    ),
    _report(
        "getModel",
        "Device model",
        "Devices",
        "Device model",
        "DeviceModel",
        record=records.MODELS,
        filters=(metadata_from_label("segment", names.model_segment), group_by_label(names.model_name)),
        order=2,
        segment="deviceModel",
        documentation="Which devices were used, by their makers' names for them.",
    ),
    _report(
        "getBrand",
        "Device brand",
        "Devices",
        "Device brand",
        "DeviceBrand",
        record=records.BRANDS,
        filters=(group_by_label(names.brand_name), segment_by_label("deviceBrand")),
        order=4,
        segment="deviceBrand",
        documentation="Who made the devices that were used.",
    ),
    _report(
        "getBrowsers",
        "Browsers",
        "Software",
        "Browser",
        "BrowserName",
        record=records.BROWSERS,
        filters=(segment_value(names.browser_segment), group_by_label(names.browser_name)),
        order=5,
        related=("DevicesDetection.getBrowserVersions",),
        segment="browserCode",
        documentation="Which browsers were used.",
    ),
    _report(
        "getBrowserVersions",
        "Browser version",
        "Software",
        "Browser version",
        "BrowserVersion",
        record=records.BROWSER_VERSIONS,
        filters=(
            segment_by_label("browserCode", "browserVersion", separator=SEPARATOR),
            relabel(names.browser_with_version),
        ),
        order=6,
        related=("DevicesDetection.getBrowsers",),
        segment="browserVersion",
        documentation="Which versions of which browsers were used.",
    ),
    _report(
        "getOsFamilies",
        "Operating System families",
        "Software",
        "Operating system family",
        "Os",
        record=records.OPERATING_SYSTEMS,
        filters=(group_by_label(names.system_family),),
        order=8,
        related=("DevicesDetection.getOsVersions",),
        segment="operatingSystemCode",
        documentation="Which operating systems were used, in groups.",
    ),
    _report(
        "getBrowserEngines",
        "Browser engines",
        "Software",
        "Browser engine",
        "BrowserEngine",
        record=records.BROWSER_ENGINES,
        filters=(segment_value(), group_by_label(names.engine_name)),
        order=10,
        segment="browserEngine",
        documentation="Which engines display the pages in the browsers that were used.",
    ),
)
