"""Anonymising what is stored already: what is to be hidden, in which columns, and what became of an order.

Source: Matomo 5.2, PrivacyManager API; database tables log_visit and log_link_visit_action.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final, Protocol

from tidemark.model.custom_dimension import ACTION_SCOPE, VISIT_SCOPE
from tidemark.model.snapshot import TrackerSnapshot

_SAME_NAME: Final = """
    config_browser_engine config_browser_name config_browser_version config_client_type config_cookie
    config_device_brand config_device_model config_device_type config_flash config_java config_os config_os_version
    config_pdf config_quicktime config_realplayer config_resolution config_silverlight config_windowsmedia
    location_browser_lang location_city location_country location_latitude location_longitude location_region
    referer_keyword referer_name referer_type referer_url user_id visitor_localtime
"""
VISIT_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    **{name: (name,) for name in _SAME_NAME.split()},
    **{f"referer_{one}": (f"referer_{one}", "attribution") for one in ("keyword", "name", "type", "url")},
}
"""Matomo's columns of visits -> where logs have their values."""
ACTION_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    **{name: (name,) for name in ("idpageview", "product_price", "search_count")},
    **{f"time_{one}": (f"time_{one}",) for one in ("dom_completion", "dom_processing", "network", "on_load", "server")},
    "time_transfer": ("time_transfer",),
    "custom_float": ("event_value",),
    "search_cat": ("search_category",),
    **{f"idaction_content_{one}": (f"content_{one}",) for one in ("interaction", "name", "piece", "target")},
    **{f"idaction_event_{one}": (f"event_{one}",) for one in ("action", "category")},
    "idaction_product_name": ("product_name",),
    "idaction_product_sku": ("product_sku",),
    **dict.fromkeys(
        ("idaction_product_cat", *(f"idaction_product_cat{number}" for number in range(2, 6))), ("product_categories",)
    ),
    "idaction_name": (
        *("title", "search_keyword", "event_name", "title_ref", "search_ref", "visit_entry_name", "visit_exit_name"),
    ),
    "idaction_url": (
        *("url", "url_prefix", "conversion_url", "url_ref", "visit_entry_url", "visit_entry_url_prefix"),
        *("visit_exit_url", "visit_exit_url_prefix"),
    ),
}
"""Matomo's columns of actions -> where logs have their values."""
LEFTOVERS: Final[Mapping[str, tuple[str, ...]]] = {
    "idaction_url": ("url", "link", "download"),
    "idaction_name": ("action_name", "search"),
    "referer_url": ("urlref",),
}
"""Matomo's columns -> parameters that the hit log may hold beside its columns."""
_DIMENSION: Final = re.compile(r"custom_dimension_([1-5])")
_VARIABLE: Final = re.compile(r"custom_var_([kv])([1-5])")


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is to be hidden of the days from `first` to `last` (local days of each site). No `idsites`: all sites."""

    first: date
    last: date
    idsites: tuple[int, ...] = ()
    addresses: bool = False
    places: bool = False
    users: bool = False
    visit_columns: tuple[str, ...] = ()
    """Matomo's names of columns that are to be empty."""
    action_columns: tuple[str, ...] = ()

    @property
    def hides_nothing(self) -> bool:
        """Whether nothing was asked for."""
        return not (self.addresses or self.places or self.users or self.visit_columns or self.action_columns)

    @property
    def blank(self) -> frozenset[str]:
        """Columns of logs that are to be empty."""
        named = [VISIT_COLUMNS.get(one, ()) for one in self.visit_columns]
        return frozenset(one for names in [*named, *map(self._of_actions, self.action_columns)] for one in names)

    @property
    def leftovers(self) -> frozenset[str]:
        """Parameters that may not be left beside the columns."""
        names = (*self.visit_columns, *self.action_columns)
        return frozenset(parameter for name in names for parameter in LEFTOVERS.get(name, ()))

    @property
    def dimensions(self) -> frozenset[tuple[str, int]]:
        """Scope and index of custom dimensions that are to be empty."""
        scoped = ((VISIT_SCOPE, self.visit_columns), (ACTION_SCOPE, self.action_columns))
        return frozenset((scope, int(found[1])) for scope, names in scoped for found in _matches(_DIMENSION, names))

    def variables(self, scope: str) -> frozenset[tuple[int, str]]:
        """Slots of custom variables of a scope (visit, action), and whether the name (k) or the value (v) goes."""
        names = self.visit_columns if scope == VISIT_SCOPE else self.action_columns
        return frozenset((int(found[2]), found[1]) for found in _matches(_VARIABLE, names))

    @staticmethod
    def _of_actions(name: str) -> tuple[str, ...]:
        return ACTION_COLUMNS.get(name, ())


def computed_columns(visit_columns: Iterable[str], action_columns: Iterable[str]) -> list[str]:
    """Those of Matomo's columns that are not stored: they are computed from what is, whenever a day is made anew."""
    named = ((VISIT_COLUMNS, visit_columns), (ACTION_COLUMNS, action_columns))
    return [
        name
        for known, names in named
        for name in names
        if name not in known and not (_DIMENSION.fullmatch(name) or _VARIABLE.fullmatch(name))
    ]


def _matches(pattern: re.Pattern[str], names: Iterable[str]) -> Iterator[re.Match[str]]:
    return (found for name in names if (found := pattern.fullmatch(name)))


class AnonymisingState(StrEnum):
    """How far an order is."""

    ORDERED = "ordered"
    DONE = "done"
    """All was looked through once; what others were writing meanwhile is looked for again after a while."""
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Anonymisation:
    """An order and what was done. Times: UTC unix seconds of the machine's clock, `until` of the instance's.

    What happened on the days of the order before `until`, and is told later, is hidden before it is stored.
    """

    id: str
    login: str
    hidden: Hidden
    requested_at: float
    state: AnonymisingState = AnonymisingState.ORDERED
    done_at: float = 0.0
    reached: Mapping[int, date] = field(default_factory=dict)
    """Up to which day each site was looked through in the run that is under way."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """What was changed, by name: hits, hit_files, imported_visits, rejected_files, tracking_failures, days."""
    until: int = 0


class LateHits(Protocol):
    """What ingest asks about one batch: which of its hits are late for days that were anonymised."""

    def hides(self, idsite: int, moment: int) -> bool:
        """Whether something is hidden of what happened then; requests that cannot be recorded are then not kept."""
        ...

    def hidden(self, idsite: int, table: Any) -> Any:
        """A site's hits (an Arrow table) as they may be stored."""
        ...


class AnonymisedDays(Protocol):
    """Tells ingest which days were anonymised."""

    def late(self, snapshot: TrackerSnapshot) -> LateHits | None:
        """What holds now; None if nothing does. Raises: StoreError."""
        ...


class Anonymising(Protocol):
    """Hides parts of past data; asked for as ``context.service(Anonymising)``."""

    def order(self, hidden: Hidden, login: str) -> Anonymisation:
        """Begin, in the name of a user."""
        ...

    def all(self) -> Sequence[Anonymisation]:
        """All orders, oldest first."""
        ...
