"""The tracker's URL rules for those who look for a stored page. Implements ``tidemark.model.page_urls.PageUrls``."""

from __future__ import annotations

from collections.abc import Callable

from tidemark.model.snapshot import TrackerSnapshot
from tidemark.tracking.rules import RuleBook
from tidemark.tracking.urls import without_excluded


class SitePageUrls:
    """URL rules as of the newest snapshot."""

    __slots__ = ("_book", "_snapshot")

    def __init__(self, snapshot: Callable[[], TrackerSnapshot]) -> None:
        self._snapshot = snapshot
        self._book: RuleBook | None = None

    def cleaned(self, idsite: int, url: str) -> str:
        """The URL as the site's hits are stored; as given if nothing can be made of it."""
        snapshot = self._snapshot()
        if self._book is None or self._book.snapshot.version != snapshot.version:
            self._book = RuleBook(snapshot)
        rules = self._book.rules(idsite)
        return (without_excluded(url, rules.url) if rules is not None else None) or url
