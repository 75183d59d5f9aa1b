"""The logo of one's own: a small picture among the settings, as data: address."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Final, NamedTuple

from tidemark.model.errors import BadParameter
from tidemark.model.settings import Settings

USES_CUSTOM_LOGO: Final = "branding_use_custom_logo"
CUSTOM_LOGO: Final = "branding_logo"
MOST_BYTES: Final = 12 * 1024
"""Settings travel with every snapshot of the tracker."""
_SIGNATURES: Final = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


class Logo(NamedTuple):
    """A picture: its bytes and what they are (image/png or image/jpeg)."""

    content: bytes
    content_type: str


def read_logo(address: str) -> Logo:
    """The picture of a data: address. Raises: BadParameter."""
    head, _, encoded = address.partition(";base64,")
    content_type = head.removeprefix("data:")
    signature = _SIGNATURES.get(content_type)
    if signature is None or not head.startswith("data:"):
        raise BadParameter(f"The logo has to be a data: address of {' or '.join(_SIGNATURES)} in base64.")
    try:
        content = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadParameter("The logo is not in base64.") from error
    if not content.startswith(signature):
        raise BadParameter(f"The logo says that it is {content_type}, which it is not.")
    if len(content) > MOST_BYTES:
        raise BadParameter(f"The logo has {len(content)} bytes; at most {MOST_BYTES} are kept.")
    return Logo(content, content_type)


def shown_logo(settings: Settings) -> Logo | None:
    """The logo that is to be shown, if there is one."""
    if not settings.flag(USES_CUSTOM_LOGO):
        return None
    try:
        return read_logo(settings.text(CUSTOM_LOGO))
    except BadParameter:  # none, or one that was set past the method
        return None
