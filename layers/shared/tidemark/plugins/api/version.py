"""What clients ask to know whom they talk to."""

from __future__ import annotations

import sys
from typing import Any

from tidemark.model.calls import Calls
from tidemark.model.site import INTRANET, MOBILE_APP, WEBSITE
from tidemark.plugin import Access, Context, Plugins, method

COMPATIBLE_VERSION = "5.2.0"
"""The version of Matomo whose API is spoken; clients compare with it."""
_MEASURABLES = (
    (WEBSITE, "Website", "Pages that people visit with a browser."),
    (INTRANET, "Intranet", "Pages of an organisation, where many people share an address."),
    (MOBILE_APP, "Mobile App", "An app whose screens are tracked like pages."),
)
_SETTINGS = ("SDK_batch_size", "SDK_interval_value")


@method("API.getMatomoVersion", Access.SOME_VIEW)
def get_matomo_version(_context: Context) -> str:
    """The version of the API."""
    return COMPATIBLE_VERSION


@method("API.getPiwikVersion", Access.SOME_VIEW)
def get_piwik_version(_context: Context) -> str:
    """The same under the product's former name."""
    return COMPATIBLE_VERSION


@method("API.getPhpVersion", Access.SUPERUSER)
def get_php_version(_context: Context) -> dict[str, Any]:
    """The version of what runs the server: of Python, in the shape in which clients expect that of PHP."""
    major, minor, release, level, _ = sys.version_info
    return {
        "version": f"{major}.{minor}.{release}",
        "major": major,
        "minor": minor,
        "release": release,
        "versionId": major * 10_000 + minor * 100 + release,
        "extra": "" if level == "final" else level,
    }


@method("API.getAvailableMeasurableTypes", Access.SOME_VIEW)
def get_available_measurable_types(_context: Context) -> list[dict[str, Any]]:
    """The kinds of what can be measured; none has settings beyond those of every site."""
    return [
        {"id": kind, "name": name, "description": text, "howToSetupUrl": "", "settings": []}
        for kind, name, text in _MEASURABLES
    ]


@method("API.getIpFromHeader", Access.SOME_VIEW)
def get_ip_from_header(context: Context) -> str:
    """The address that the caller has for this instance."""
    return context.service(Calls).client_ip


@method("API.getSettings")
def get_settings(context: Context) -> dict[str, Any]:
    """Settings for client libraries."""
    return {name: context.settings.value(f"APISettings.{name}") for name in _SETTINGS}


@method("API.isPluginActivated", Access.SOME_VIEW)
def is_plugin_activated(context: Context, pluginName: str) -> bool:
    """Whether the plugin is active."""
    return any(plugin.name == pluginName for plugin in context.service(Plugins).all)
