"""What came before and after a page: counts over the visit log, for the methods that follow visitors' paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Protocol

from tidemark.model.action_type import ActionType


class PageKey(Enum):
    """What a page is known by. The value is the column of the actions table."""

    URL = "url"
    """Without scheme and www., as logs store it."""
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which page of a site is meant, in which local days (inclusive), for which visits."""

    idsite: int
    first: date
    last: date
    key: PageKey
    value: str
    segment: str = ""


@dataclass(frozen=True, slots=True)
class PageSteps:
    """What happened around the views of a page.

    `before`: views by (type, text) of the interaction before, (NONE, "") for none; views of the page itself are loops.
    `after`: actions by (type, text) whose last interaction before was a view of the page, the page itself left out.
    `loops_after`: the same for views of the page itself.
    `entries`: visits that began with the page, by (referrer type, name, keyword, URL), "" for what there is not.
    Texts are URLs or titles of pages as `key` says, keywords of searches, URLs of outlinks and downloads.
    """

    before: Mapping[tuple[ActionType, str], int] = field(default_factory=dict)
    after: Mapping[tuple[ActionType, str], int] = field(default_factory=dict)
    loops_after: int = 0
    entries: Mapping[tuple[int, str, str, str], int] = field(default_factory=dict)


class Transitions(Protocol):
    """Follows visitors from page to page; asked for as ``context.service(Transitions)``."""

    def steps(self, query: PageQuery) -> PageSteps:
        """The steps to and from a page, from the visit log, which is brought up to date first. Raises: BadSegment."""
        ...
