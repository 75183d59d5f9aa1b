"""Form bodies of type multipart/form-data (what scripts send that post a FormData), read as PHP does.

Source: RFC 7578; PHP manual, handling of POST; Matomo 5.2, tracking behaviour, section 1.
"""

from __future__ import annotations

import re
from typing import Final

from tidemark.tracking.query import Params, as_text, put_value

MULTIPART: Final = "multipart/form-data"
_BOUNDARY: Final = re.compile(r'boundary="?([^";,\s]{1,200})', re.IGNORECASE)
_NAME: Final = re.compile(rb';\s*name="?([^";\r\n]*)', re.IGNORECASE)


def parse_multipart(body: bytes, content_type: str) -> Params:
    """The fields that are no files; of equal names the last one counts. Never raises."""
    params: Params = {}
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        return params
    for part in body.split(b"--" + boundary[1].encode("utf-8", "replace"))[1:]:
        if part.startswith(b"--"):
            break
        head, _, value = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if name is not None and b"filename=" not in head.lower():
            put_value(params, as_text(name[1]), as_text(value.removesuffix(b"\r\n")))
    return params
