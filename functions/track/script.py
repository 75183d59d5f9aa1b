"""Serves what is built for browsers: function URL event -> script or file. It knows no store and has no rights."""

from __future__ import annotations

import base64
from typing import Any

from tidemark.tracking import dashboard, scripts
from tidemark.tracking.request import Request


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """The answer to one request."""
    request = Request(method=event["requestContext"]["http"]["method"], path=event["rawPath"], headers=event["headers"])
    room = dashboard if request.path.startswith(dashboard.PREFIX) else scripts
    response = room.answer(request)
    return {
        "statusCode": response.status,
        "headers": dict(response.headers),
        "body": base64.b64encode(response.body).decode(),
        "isBase64Encoded": True,
    }
