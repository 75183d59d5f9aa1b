"""Visits by device, operating system and browser. Source: Matomo 5.2, records."""

from __future__ import annotations

from tidemark.plugin import Expression, Record, call, col, record

SEPARATOR = ";"


def _pair(first: str, second: str) -> Expression:
    return call("concat", call("coalesce", col(first), ""), SEPARATOR, call("coalesce", col(second), ""))


TYPES = record("DevicesDetection_types", col("config_device_type"), goals=True, missing_label="")
BRANDS = record("DevicesDetection_brands", col("config_device_brand"), goals=True, missing_label="")
MODELS = record("DevicesDetection_models", _pair("config_device_brand", "config_device_model"), goals=True)
OPERATING_SYSTEMS = record("DevicesDetection_os", col("config_os"), missing_label="")
OPERATING_SYSTEM_VERSIONS = record("DevicesDetection_osVersions", _pair("config_os", "config_os_version"))
BROWSERS = record("DevicesDetection_browsers", col("config_browser_name"), goals=True, missing_label="")
BROWSER_VERSIONS = record("DevicesDetection_browserVersions", _pair("config_browser_name", "config_browser_version"))
BROWSER_ENGINES = record("DevicesDetection_browserEngines", col("config_browser_engine"), missing_label="")

RECORDS: tuple[Record, ...] = (
    TYPES,
    BRANDS,
    MODELS,
    OPERATING_SYSTEMS,
    OPERATING_SYSTEM_VERSIONS,
    BROWSERS,
    BROWSER_ENGINES,
    BROWSER_VERSIONS,
)
