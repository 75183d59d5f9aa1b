"""From a URL or title to the labels of its row, folder by folder.

Source: Matomo 5.2, records (Actions_actions_url, Actions_actions, Actions_downloads, Actions_outlink).
"""

from __future__ import annotations

import re

Path = tuple[str, ...]

URL_NOT_DEFINED = "Page URL not defined"
TITLE_NOT_DEFINED = "Page Name not defined"

BLANKS = " \t\n\r\0\x0b"
_PAGE = re.compile(r"([^/]+)/?([^#]*)#?(.*)", re.DOTALL)
_WITH_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_LINK = re.compile(r"https?://([^/]+)/?([^#]*)#?(.*)", re.IGNORECASE | re.DOTALL)


def page_path(
    url: str | None,
    *,
    action_url_category_delimiter: str = "/",
    action_default_name: str = "index",
    action_category_level_limit: int = 10,
) -> Path:
    """Folders and page of a stored page URL (without http:// and www., or whole if it has another scheme).

    The host is left out, the page's label starts with "/", an empty one is the default name.
    """
    name = (url or "").replace("\n", "")
    parts = _LINK.fullmatch(name) if _WITH_SCHEME.match(name) else _PAGE.fullmatch(name)
    if parts is not None:
        name = parts[2]
        if not name or name.endswith("/"):
            name += action_default_name
        if fragment := parts[3].removesuffix("#"):
            name += f"#{fragment}"
    return _folders(name, action_url_category_delimiter, action_category_level_limit, "/") or (URL_NOT_DEFINED,)


def title_path(
    title: str | None, *, action_title_category_delimiter: str = "", action_category_level_limit: int = 10
) -> Path:
    """Categories and name of a page title; the name starts with a blank."""
    name = (title or "").replace("\n", "")
    if not action_title_category_delimiter:
        return (" " + (name.strip(BLANKS) or TITLE_NOT_DEFINED),)
    return _folders(name, action_title_category_delimiter, action_category_level_limit, " ") or (TITLE_NOT_DEFINED,)


def link_path(
    url: str | None, *, action_url_category_delimiter: str = "/", action_category_level_limit: int = 10
) -> Path:
    """Host and path of a download or outlink."""
    name = (url or "").replace("\n", "")
    parts = _LINK.fullmatch(name)
    if parts is None:
        return _folders(name, action_url_category_delimiter, action_category_level_limit, "/") or (URL_NOT_DEFINED,)
    path = "/" + parts[2].strip(BLANKS)
    return parts[1].strip(BLANKS), path + (f"#{parts[3]}" if parts[3] else "")


def _folders(name: str, delimiter: str, limit: int, leaf_prefix: str) -> Path:
    pieces = name.split(delimiter, limit - 1) if delimiter else [name]
    folders = [piece for part in pieces if (piece := part.strip(BLANKS))]
    return (*folders[:-1], leaf_prefix + folders[-1]) if folders else ()
