"""What clients ask to know whom they talk to."""

from __future__ import annotations

from typing import Any

from tidemark.model.calls import Calls
from tidemark.plugin import Access, Context, Plugins, method

COMPATIBLE_VERSION = "5.2.0"
"""The version of Matomo whose API is spoken; clients compare with it."""
_SETTINGS = ("SDK_batch_size", "SDK_interval_value")


@method("API.getMatomoVersion", Access.SOME_VIEW)
def get_matomo_version(_context: Context) -> str:
    """The version of the API."""
    return COMPATIBLE_VERSION


@method("API.getPiwikVersion", Access.SOME_VIEW)
def get_piwik_version(_context: Context) -> str:
    """The same under the product's former name."""
    return COMPATIBLE_VERSION


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
