"""User agents by Matomo's own definitions (device-detector). Importing this costs a tenth of a second, its first use seconds.

Source: Matomo 5.2, tracking behaviour, section 17.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from device_detector import DeviceDetector, yaml_loader
from device_detector.parser import Browser as LibraryBrowser
from device_detector.parser.client.browser import Engine
from device_detector.parser.settings import DESKTOP_OS

from tidemark.model.hit import Client
from tidemark.tracking.client_hints import Hints
from tidemark.tracking.quick_patterns import QuickPattern

yaml_loader.RegexLazyIgnore = QuickPattern  # before the library reads its first file

DEVICE_TYPES: Final = {
    "desktop": 0,
    "smartphone": 1,
    "tablet": 2,
    "feature phone": 3,
    "console": 4,
    "tv": 5,
    "car browser": 6,
    "smart display": 7,
    "camera": 8,
    "portable media player": 9,
    "phablet": 10,
    "smart speaker": 11,
    "wearable": 12,
    "peripheral": 13,
}
_DIGITS: Final = re.compile(r"\d+")


class Browser(LibraryBrowser):  # type: ignore[misc]
    """The library's browsers with the engine that belongs to the version. It finds its data by the name of the class."""

    __slots__ = ()

    def set_engine(self) -> None:
        if not self.ua_data.get("name"):
            return
        definition = self.ua_data.get("engine")
        version = self.ch_client_data.get("version") or self.ua_data.get("version") or ""
        self.ua_data["engine"] = definition or {"default": ""}  # or the library stops half-way
        super().set_engine()
        engine = engine_of(definition, version) if isinstance(definition, dict) else definition
        self.ua_data["engine"] = engine or Engine(self.user_agent, None).parse().ua_data.get("name", "")


class _Detector(DeviceDetector):  # type: ignore[misc]
    CLIENT_PARSERS = tuple(Browser if parser is LibraryBrowser else parser for parser in DeviceDetector.CLIENT_PARSERS)
    __slots__ = ()


def detect(user_agent: str, hints: Hints = ()) -> Client:
    """What is known of the client."""
    if not user_agent and not hints:
        return Client()
    found = _Detector(user_agent, headers=dict(hints) or None, check_cache=False).parse()
    details = found.all_details
    if bot := details.get("bot"):
        return Client(
            is_bot=True, os_code="BOT", bot_name=bot.get("name") or "", bot_category=bot.get("category") or ""
        )
    client, system = details.get("client") or {}, details.get("os") or {}
    kind = str(client.get("type") or "")
    if kind == "generic":  # a guess of the library's own, not one of Matomo's definitions
        client, kind = {}, ""
    return Client(
        type=kind,
        code=client.get("short_name") or client.get("name") or "",
        name=client.get("name") or "",
        version=_to_minor(client.get("version") or ""),
        engine=_engine_name(client.get("engine")) if kind == "browser" else "",
        os_code=system.get("short_name") or "",
        os_version=_to_minor(system.get("version") or ""),
        device_type=_device_type(found, system),
        brand=found.device_brand() or "",
        model=found.device_model() or "",
    )


def _device_type(found: DeviceDetector, system: Mapping[str, Any]) -> int | None:
    """The number of the device's type; where nothing else tells, a desktop system runs on a desktop."""
    known = DEVICE_TYPES.get(str(found.device_type()))
    if known is None and system.get("family") in DESKTOP_OS and not found.uses_mobile_browser():
        return DEVICE_TYPES["desktop"]
    return known


def engine_of(definition: Mapping[str, Any], version: str) -> str:
    """The engine that a browser had in this version: the default's, else that of the last version reached."""
    engine = str(definition.get("default") or "")
    for since, name in (definition.get("versions") or {}).items():
        if _numbers(version) >= _numbers(str(since)):
            engine = str(name)
    return engine


def _engine_name(engine: Any) -> str:
    if isinstance(engine, dict):
        return str(engine.get("default") or engine.get("name") or "")
    return str(engine or "")


def _to_minor(version: str) -> str:
    """The first two parts of a version ("3.6.6" is 3.6), as Matomo keeps them."""
    return ".".join(version.replace("_", ".").split(".")[:2]).strip(" .")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in _DIGITS.findall(version))
