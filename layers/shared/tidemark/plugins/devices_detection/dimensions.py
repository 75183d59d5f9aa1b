"""What a visit's user agent says. Source: Matomo 5.2, tracking behaviour, section 17; segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tidemark.definitions.devices import DEVICE_TYPES, browsers, operating_systems
from tidemark.model.hit import Client
from tidemark.plugin import Dimension, HitContext, Scope, Segment, col, most_used

UNKNOWN = "UNK"
CLIENT_TYPES = {"browser": 1, "library": 2, "feed reader": 3, "mediaplayer": 4, "mobile app": 5, "pim": 6}


def _browser(hit: HitContext) -> str:
    return hit.client.code or UNKNOWN


def _browser_version(hit: HitContext) -> str:
    return hit.client.version[:20]


def _engine(hit: HitContext) -> str:
    return hit.client.engine


def _client_type(hit: HitContext) -> int | None:
    return CLIENT_TYPES.get(hit.client.type)


def _operating_system(hit: HitContext) -> str:
    return hit.client.os_code or UNKNOWN


def _operating_system_version(hit: HitContext) -> str:
    """Empty for a known system of unknown version."""
    client = hit.client
    return client.os_version or (UNKNOWN if client.is_bot or not client.os_code else "")


def _device_type(hit: HitContext) -> int | None:
    return hit.client.device_type


def _brand(hit: HitContext) -> str:
    return hit.client.brand


def _model(hit: HitContext) -> str:
    return hit.client.model[:100] or _generic_model(hit.client)


def _generic_model(client: Client) -> str:
    return "" if client.device_type is None else f"generic {DEVICE_TYPES[client.device_type]}"


DIMENSIONS: tuple[Dimension, ...] = (
    Dimension("config_browser_name", Scope.VISIT, _browser, on_conversion=True),
    Dimension("config_browser_version", Scope.VISIT, _browser_version),
    Dimension("config_browser_engine", Scope.VISIT, _engine),
    Dimension("config_client_type", Scope.VISIT, _client_type, "uint8", on_conversion=True),
    Dimension("config_os", Scope.VISIT, _operating_system),
    Dimension("config_os_version", Scope.VISIT, _operating_system_version),
    Dimension("config_device_type", Scope.VISIT, _device_type, "uint8", on_conversion=True),
    Dimension("config_device_brand", Scope.VISIT, _brand, on_conversion=True),
    Dimension("config_device_model", Scope.VISIT, _model, on_conversion=True),
)


def _code_of(names: Callable[[], Mapping[str, str]]) -> Callable[[str], str]:
    """From a name in any case to its code; "UNK" for names that there are not."""

    def code(name: str) -> str:
        wanted = name.lower()
        return next((code for code, known in names().items() if known.lower() == wanted), UNKNOWN)

    return code


ENGINES = (
    *("WebKit", "Blink", "Trident", "Text-based", "Dillo", "iCab", "Elektra", "Presto", "Clecko", "Gecko"),
    *("KHTML", "NetFront", "Edge", "NetSurf", "Servo", "Goanna", "EkiohFlow", "Arachne", "LibWeb"),
)
"""Browser engines in the order in which they are suggested."""


def _type_number(name: str) -> int | None:
    return next((number for number, known in DEVICE_TYPES.items() if known == name.lower()), None)


def _stored_brand(name: str) -> str:
    return "" if name == "Unknown" else name.strip()


SEGMENTS: tuple[Segment, ...] = (
    Segment(
        "deviceType",
        "Device type",
        "Visitors",
        col("config_device_type"),
        accepted_values=", ".join(DEVICE_TYPES.values()),
        to_stored=_type_number,
        suggestions=tuple(DEVICE_TYPES.values()),
    ),
    Segment("deviceBrand", "Device brand", "Visitors", col("config_device_brand"), to_stored=_stored_brand),
    Segment(
        "deviceModel",
        "Device model",
        "Visitors",
        col("config_device_model"),
        accepted_values="iPad, Nexus 5, Galaxy S5, Fire TV, etc.",
    ),
    Segment(
        "operatingSystemCode",
        "Operating system code",
        "Visitors",
        col("config_os"),
        accepted_values="WIN, LIN, MAC, AND, IOS etc.",
    ),
    Segment(
        "operatingSystemName",
        "Operating system",
        "Visitors",
        col("config_os"),
        accepted_values="Windows, GNU/Linux, Mac, Android, iOS etc.",
        to_stored=_code_of(operating_systems),
        suggest=lambda _context, _site, visits: most_used(
            operating_systems(), (visit["operatingSystemCode"] for visit in visits)
        ),
    ),
    Segment(
        "operatingSystemVersion",
        "Operating system version",
        "Visitors",
        col("config_os_version"),
        accepted_values="XP, 7, 2.3, 5.1, ...",
    ),
    Segment(
        "browserCode",
        "Browser code",
        "Visitors",
        col("config_browser_name"),
        accepted_values="FF, IE, CH, SF, OP etc.",
    ),
    Segment(
        "browserName",
        "Browser",
        "Visitors",
        col("config_browser_name"),
        accepted_values="Firefox, Internet Explorer, Chrome, Safari, Opera etc.",
        to_stored=_code_of(browsers),
        suggest=lambda _context, _site, visits: most_used(browsers(), (visit["browserCode"] for visit in visits)),
    ),
    Segment(
        "browserVersion",
        "Browser version",
        "Visitors",
        col("config_browser_version"),
        accepted_values="1.0, 8.0, etc.",
    ),
    Segment(
        "browserEngine",
        "Browser engine",
        "Visitors",
        col("config_browser_engine"),
        accepted_values="Blink, Gecko, WebKit, Trident, Presto",
        suggestions=ENGINES,
    ),
)
