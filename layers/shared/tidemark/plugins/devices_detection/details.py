"""The device of a visit in the visit log, and the devices of a visitor. Source: Matomo 5.2, Live API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tidemark.model.visit_reader import LoggedVisit
from tidemark.plugin import Details, DetailsContext, VisitDetails
from tidemark.plugins.devices_detection import names
from tidemark.plugins.devices_detection.records import SEPARATOR


def visit_fields(visit: LoggedVisit, _context: DetailsContext) -> Details:
    """Device, operating system and browser."""
    row = visit.row
    system, system_version = row["config_os"] or "", row["config_os_version"] or ""
    browser, browser_version = row["config_browser_name"] or "", row["config_browser_version"] or ""
    engine = row["config_browser_engine"] or ""
    return {
        "deviceType": names.type_name(row["config_device_type"]),
        "deviceTypeIcon": None,
        "deviceBrand": names.brand_name(row["config_device_brand"]),
        "deviceModel": names.model_name(row["config_device_model"] or ""),
        "operatingSystem": names.system_name(f"{system};{system_version}"),
        "operatingSystemName": names.system_name(system),
        "operatingSystemIcon": None,
        "operatingSystemCode": system,
        "operatingSystemVersion": system_version,
        "browserFamily": engine,
        "browserFamilyDescription": names.engine_name(engine),
        "browser": names.browser_with_version(f"{browser}{SEPARATOR}{browser_version}"),
        "browserName": names.browser_name(browser),
        "browserIcon": None,
        "browserCode": browser,
        "browserVersion": browser_version,
    }


def profile_summary(visits: Sequence[Details], _context: DetailsContext) -> Details:
    """Kinds of devices, most used first, with the devices of each kind."""
    by_kind: dict[str, Counter[str]] = {}
    for visit in visits:
        by_kind.setdefault(visit["deviceType"], Counter())[_device_name(visit)] += 1
    kinds = sorted(by_kind.items(), key=lambda kind: (-kind[1].total(), kind[0]))
    return {"devices": [_kind_of_device(name, devices) for name, devices in kinds]}


def _kind_of_device(name: str, devices: Counter[str]) -> dict[str, Any]:
    listed = [{"name": device, "count": count} for device, count in devices.items()]
    return {"type": name, "count": devices.total(), "icon": None, "devices": listed}


def _device_name(visit: Details) -> str:
    brand, model = visit["deviceBrand"], visit["deviceModel"]
    return str(model) if brand == names.UNKNOWN else f"{brand} {model}".strip()


DETAILS = VisitDetails(50, visit=visit_fields, summary=profile_summary)
