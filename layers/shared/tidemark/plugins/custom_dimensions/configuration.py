"""What a custom dimension may be called and extracted from."""

from __future__ import annotations

import re
from typing import Any, Final

from tidemark.model.custom_dimension import ACTION_SCOPE, SCOPES, Extraction
from tidemark.model.errors import BadParameter

EXTRACTION_SOURCES: Final = {"url": "Page URL", "urlparam": "Page URL Parameter", "action_name": "Page Title"}
"""Names of sources in extractions, and their labels."""

_MAX_NAME_BYTES: Final = 255
_BLOCKED_IN_NAMES: Final = frozenset("/\\&.<>")


def checked_name(name: str) -> str:
    """A name of 1 to 255 bytes, without what URLs and tags are made of. Raises: BadParameter."""
    if not name:
        raise BadParameter("A custom dimension needs a name.")
    if len(name.encode()) > _MAX_NAME_BYTES:
        raise BadParameter(f"The name of a custom dimension is at most {_MAX_NAME_BYTES} bytes long.")
    if blocked := sorted(_BLOCKED_IN_NAMES & set(name)):
        raise BadParameter(f"The name of a custom dimension must not contain {' '.join(blocked)}.")
    return name


def checked_scope(scope: str) -> str:
    """The scope, visit or action. Raises: BadParameter."""
    if scope not in SCOPES:
        raise BadParameter(f"'{scope}' is no scope of a custom dimension: {' or '.join(SCOPES)}.")
    return scope


def checked_switch(name: str, sent: Any) -> bool:
    """1 or 0. Raises: BadParameter."""
    if isinstance(sent, bool) or str(sent) in {"0", "1"}:
        return bool(int(sent))
    raise BadParameter(f"The value '{sent}' of '{name}' is neither 0 nor 1.")


def checked_extractions(scope: str, sent: Any) -> tuple[Extraction, ...]:
    """The extractions of a list of {dimension, pattern}; only actions have any. Raises: BadParameter."""
    if sent in (None, "", "[]", {}):
        return ()
    if not isinstance(sent, list):
        raise BadParameter("'extractions' is not a list.")
    if sent and scope != ACTION_SCOPE:
        raise BadParameter(f"Only dimensions of scope {ACTION_SCOPE} have extractions.")
    return tuple(_extraction(one) for one in sent)


def _extraction(sent: Any) -> Extraction:
    if not isinstance(sent, dict) or set(sent) != {"dimension", "pattern"}:
        raise BadParameter("An extraction consists of 'dimension' and 'pattern'.")
    source, pattern = str(sent["dimension"]), str(sent["pattern"])
    if source not in EXTRACTION_SOURCES:
        raise BadParameter(f"'{source}' is nothing to extract from: {', '.join(EXTRACTION_SOURCES)}.")
    try:
        groups = re.compile(pattern).groups
    except (re.error, OverflowError, RecursionError) as error:
        raise BadParameter(f"'{pattern}' is not a valid regular expression: {error}.") from error
    if source != "urlparam" and pattern and groups != 1:
        raise BadParameter(f"'{pattern}' needs exactly one part in round brackets, as in index_(.+).html.")
    return Extraction(source, pattern)
