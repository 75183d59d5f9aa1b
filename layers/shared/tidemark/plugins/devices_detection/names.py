"""From stored codes to the names that people read. Source: Matomo 5.2, reports of DevicesDetection."""

from __future__ import annotations

from typing import Any

from tidemark.definitions.devices import (
    DEVICE_TYPES,
    browsers,
    operating_system_families,
    operating_systems,
)
from tidemark.plugin import url_encoded
from tidemark.plugins.devices_detection.records import SEPARATOR

UNKNOWN = "Unknown"
BOT = "BOT"
OLD_SYSTEMS = {
    "IPA": "IOS",
    "IPH": "IOS",
    "IPD": "IOS",
    "WIU": "WII",
    "3DS": "NDS",
    "DSI": "NDS",
    "PSV": "PSP",
    "MAE": "SMG",
    **dict.fromkeys(("W10", "W2K", "W31", "WI7", "WI8", "W81", "W95", "W98", "WME", "WNT", "WS3", "WVI", "WXP"), "WIN"),
}
"""Codes of earlier detectors and what they became."""
ENGINES = {
    "Trident": "Trident (IE)",
    "Gecko": "Gecko (Firefox)",
    "KHTML": "KHTML (Konqueror)",
    "Presto": "Presto (Opera)",
    "WebKit": "WebKit (Safari)",
    "Blink": "Blink (Chrome, Opera)",
}


def type_name(number: Any) -> str:
    """Smartphone"""
    return DEVICE_TYPES[int(number)].capitalize() if str(number).isdigit() and int(number) in DEVICE_TYPES else UNKNOWN


def brand_name(brand: Any) -> str:
    """Samsung"""
    return brand[:1].upper() + brand[1:] if brand else UNKNOWN


def model_name(pair: Any) -> str:
    """Samsung - Galaxy S5, or what kind of device it is"""
    brand, model = _parts(pair)
    if not model:
        name = UNKNOWN
    elif model == "generic mobile":
        name = "Generic Mobile device"
    elif model.startswith("generic "):
        name = f"Generic {_type_title(model.removeprefix('generic '))}"
    else:
        name = model
    return f"{brand_name(brand)} - {name}" if brand else name


def model_segment(pair: Any) -> str:
    """The segment that selects brand and model."""
    brand, model = _parts(pair)
    return f"deviceBrand=={url_encoded(brand_name(brand))};deviceModel=={url_encoded(model)}"


def system_family(code: Any) -> str:
    """Windows"""
    if code == BOT:
        return "Bot"
    family = operating_system_families().get(OLD_SYSTEMS.get(code, code), UNKNOWN)
    return "Console" if family == "Gaming Console" else family


def system_name(pair: Any) -> str:
    """Windows XP"""
    code, version = pair[:3], pair[4:19]
    if code == BOT:
        return "Bot"
    name = operating_systems().get(OLD_SYSTEMS.get(code, code))
    return f"{name} {version}".strip() if name and code != "UNK" else UNKNOWN


def browser_name(code: Any) -> str:
    """Firefox; clients that are no browsers stand under their names."""
    if code and code[:2] in browsers() and len(code) == 2:
        return _upper_first(browsers()[code])
    return code if code and len(code) > 2 and "UNK" not in code else UNKNOWN


def browser_with_version(pair: Any) -> str:
    """Firefox 3.6"""
    code, _, version = pair.rpartition(SEPARATOR)
    if code in browsers():
        return f"{_upper_first(browsers()[code])} {version}".strip()
    return f"{code} {version}".strip() if len(code) > 2 and code != "UNK" else UNKNOWN


def browser_segment(code: Any) -> str | None:
    """The code, if it is one that segments know."""
    return code if code == "UNK" or code in browsers() else None


def engine_name(engine: Any) -> str:
    """Gecko (Firefox)"""
    return ENGINES.get(engine, engine) or UNKNOWN


def _parts(pair: str) -> tuple[str, str]:
    brand, separator, model = pair.partition(SEPARATOR)
    return (brand, model) if separator else ("", pair)


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _type_title(name: str) -> str:
    return name.capitalize() if name in DEVICE_TYPES.values() else UNKNOWN
