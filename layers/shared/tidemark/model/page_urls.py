"""How a site's URLs are cleaned before they are stored, for those who look for one of them."""

from __future__ import annotations

from typing import Protocol


class PageUrls(Protocol):
    """URL rules of all sites; asked for as ``context.service(PageUrls)``."""

    def cleaned(self, idsite: int, url: str) -> str:
        """The URL without excluded parameters (and without fragment, unless the site keeps them)."""
        ...
