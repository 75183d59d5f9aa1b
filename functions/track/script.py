"""Serves the tracker's JavaScript: function URL event -> script. It knows no store and has no rights."""

from __future__ import annotations

import base64
from typing import Any

from tidemark.tracking.request import Request
from tidemark.tracking.scripts import answer


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """The answer to one request."""
    response = answer(
        Request(method=event["requestContext"]["http"]["method"], path=event["rawPath"], headers=event["headers"])
    )
    return {
        "statusCode": response.status,
        "headers": dict(response.headers),
        "body": base64.b64encode(response.body).decode(),
        "isBase64Encoded": True,
    }
