"""Names of browsers, operating systems and kinds of devices by Matomo's codes.

They are read from the installed device-detector package (its data is LGPL: used, never copied), without importing the
detector itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Final

DEVICE_TYPES: Final[Mapping[int, str]] = dict(
    enumerate(
        (
            "desktop",
            "smartphone",
            "tablet",
            "feature phone",
            "console",
            "tv",
            "car browser",
            "smart display",
            "camera",
            "portable media player",
            "phablet",
            "smart speaker",
            "wearable",
            "peripheral",
        )
    )
)
"""Source: Matomo 5.2, tracking behaviour, section 17."""


@cache
def browsers() -> Mapping[str, str]:
    """Browser names by their two letters ("FF")."""
    return dict(_names().AVAILABLE_BROWSERS)


@cache
def operating_systems() -> Mapping[str, str]:
    """Names of operating systems by their three letters ("WIN")."""
    return dict(_names().OPERATING_SYSTEMS)


@cache
def operating_system_families() -> Mapping[str, str]:
    """The family of each operating system by its three letters."""
    return {code: family for family, codes in _names().OS_FAMILIES.items() for code in codes}


@cache
def engines() -> frozenset[str]:
    """Names of browser engines."""
    return frozenset(_names().AVAILABLE_ENGINES)


@cache
def _names() -> ModuleType:
    """The package's module of names, which needs nothing else of it."""
    package = find_spec("device_detector")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("device_detector is not installed", name="device_detector")
    path = Path(package.origin).parent / "parser" / "settings.py"
    spec = spec_from_file_location("_device_detector_names", path)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"{path} cannot be read", name="device_detector.parser.settings")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
