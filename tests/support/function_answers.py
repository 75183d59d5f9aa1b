"""What a function's answer to an HTTP event says."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any


def body_of(answer: Mapping[str, Any]) -> bytes:
    """The body, as a gateway hands it on."""
    body = answer["body"]
    return base64.b64decode(body) if answer["isBase64Encoded"] else body.encode()
