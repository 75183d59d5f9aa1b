"""Records and reports about resolutions. Source: Matomo 5.2, records, reports."""

from __future__ import annotations

from typing import Any

from tidemark.definitions.devices import browsers, operating_systems
from tidemark.plugin import VISIT_RATES, Record, Report, call, col, group_by_label, record, segment_value
from tidemark.plugins.resolution.dimensions import RESOLUTION

SHORTEST = 6
"""Labels with fewer characters ("0x0") are no resolutions."""

CONFIGURATION = call(
    "concat",
    call("coalesce", col("config_os"), ""),
    ";",
    call("coalesce", col("config_browser_name"), ""),
    ";",
    RESOLUTION,
)

RESOLUTIONS = record("Resolution_resolution", RESOLUTION, where=call("length", RESOLUTION) >= SHORTEST)
CONFIGURATIONS = record("Resolution_configuration", CONFIGURATION)
RECORDS: tuple[Record, ...] = (RESOLUTIONS, CONFIGURATIONS)


def configuration_name(label: Any) -> str:
    """Windows / Firefox / 1024x768"""
    system, browser, resolution = [*str(label).split(";", 2), "", ""][:3]
    system_name = "Bot" if system == "BOT" else operating_systems().get(system, "Unknown")
    browser_name = browsers().get(browser) or (browser if len(browser) > 2 and browser != "UNK" else "Unknown")
    return f"{system_name} / {browser_name} / {resolution}"


REPORTS: tuple[Report, ...] = (
    Report(
        "Resolution.getConfiguration",
        "Configurations",
        "Visitors",
        "Software",
        record=CONFIGURATIONS,
        dimension="Configuration",
        dimension_id="Resolution.Configuration",
        on_request=VISIT_RATES,
        filters=(group_by_label(configuration_name),),
        order=7,
        related=("Resolution.getResolution",),
        documentation="Which combinations of system, browser and resolution were used.",
    ),
    Report(
        "Resolution.getResolution",
        "Screen Resolution",
        "Visitors",
        "Devices",
        record=RESOLUTIONS,
        dimension="Resolution",
        dimension_id="Resolution.Resolution",
        segment="resolution",
        on_request=VISIT_RATES,
        filters=(segment_value(),),
        order=8,
        related=("Resolution.getConfiguration",),
        documentation="Which resolutions the visitors' screens had.",
    ),
)
