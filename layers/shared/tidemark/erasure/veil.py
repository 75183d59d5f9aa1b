"""Rows of logs with parts of them hidden: as they would have been stored if the privacy settings had been in force then.

Addresses lose their last bytes; places are those of the masked address; user ids become the pseudonyms that the tracker
makes, and visitor ids that were made from them follow. Hiding what is hidden already changes nothing.
Source: Matomo 5.2, tracking behaviour, section 14; PrivacyManager API.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from tidemark.model.anonymising import Hidden
from tidemark.model.custom_dimension import ACTION_SCOPE, VISIT_SCOPE
from tidemark.model.hit import Location
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.time_zone import time_zone
from tidemark.tracking.door import masked_bytes
from tidemark.tracking.masking import masked
from tidemark.tracking.pseudonyms import pseudonymise

LEAST_MASKED_BYTES: Final = 2
_PSEUDONYM: Final = re.compile(r"[0-9a-f]{40}")
_PLACES: Final = {
    "location_country": "country",
    "location_region": "region",
    "location_city": "city",
    "location_latitude": "latitude",
    "location_longitude": "longitude",
    "location_provider": "provider",
    "location_network": "network",
}
_SAID_PLACES: Final = frozenset({"country", "region", "city", "lat", "long", "@location"})
_VARIABLES: Final = {"custom_variables_visit": VISIT_SCOPE, "custom_variables_page": ACTION_SCOPE}

Locate = Callable[[str, str], Location]
"""The place of an address, else of accepted languages, by the instance's present settings."""


@dataclass(frozen=True, slots=True)
class Veil:
    """Hides parts of a site's rows. `dimensions`: numbers of custom dimensions that are to be empty."""

    hidden: Hidden
    salt: str
    masked_bytes: int
    locate: Locate
    dimensions: frozenset[str] = frozenset()

    def over(
        self,
        table: pa.Table,
        rows: Any,
        places: Mapping[int, Location] | None = None,
        followed: Mapping[int, int] | None = None,
    ) -> pa.Table:
        """The table with some of its rows hidden; `rows` is a mask.

        `places` by visit and `followed` (visitor ids and what becomes of them) are what the rows themselves do not tell.
        """
        plain = _decoded(table)
        changed: dict[str, Any] = {}
        if self.hidden.places:
            changed |= self._places(plain) if places is None else _of_visits(plain, places)
        if self.hidden.addresses and "location_ip" in plain.column_names:
            changed["location_ip"] = _each(plain["location_ip"], lambda one: masked(one, self._bytes))
        if self.hidden.users:
            changed |= self._users(plain, self.followed(plain) if followed is None else followed)
        changed |= self._values(plain)
        changed |= {name: pa.nulls(plain.num_rows, plain[name].type) for name in self._blank(plain)}
        for name, values in changed.items():
            index = plain.column_names.index(name)
            kept = pc.if_else(rows, values, plain[name])
            plain = plain.set_column(index, plain.schema.field(name), kept)
        return plain.replace_schema_metadata(table.schema.metadata)

    def place_of(self, address: str | None, languages: str | None) -> Location:
        """Where the masked address is."""
        return self.locate(masked(address, self._bytes) if address else "", languages or "")

    @property
    def _bytes(self) -> int:
        return max(LEAST_MASKED_BYTES, self.masked_bytes)

    def _blank(self, table: pa.Table) -> list[str]:
        return sorted(self.hidden.blank & set(table.column_names))

    def _places(self, table: pa.Table) -> dict[str, Any]:
        if not {"location_ip", "location_country"} <= set(table.column_names):
            return {}
        place_of = lru_cache(maxsize=4096)(self.place_of)
        languages = table["location_browser_lang"].to_pylist() if "location_browser_lang" in table.column_names else ()
        found = [
            place_of(address, languages[index] if languages else None)
            for index, address in enumerate(table["location_ip"].to_pylist())
        ]
        return _columns_of(table, found)

    def followed(self, table: pa.Table) -> dict[int, int]:
        """Visitor ids that were made from a user id -> those that are made from its pseudonym."""
        if not self.hidden.users or "user_id" not in table.column_names:
            return {}
        users = pc.unique(_decoded(table.select(["user_id"]))["user_id"]).drop_null().to_pylist()
        return {visitor_of(user): visitor_of(self._pseudonym(user)) for user in users}

    def _users(self, table: pa.Table, followed: Mapping[int, int]) -> dict[str, Any]:
        """The tracker's pseudonyms; visitor ids that were made from the user id are made from the pseudonym."""
        changed = {"visitor_id": _each(table["visitor_id"], lambda one: followed.get(one, one))}
        if "user_id" in table.column_names:
            changed["user_id"] = _each(table["user_id"], self._pseudonym)
        return changed

    def _pseudonym(self, user: str) -> str:
        """Forty hexadecimal characters are a pseudonym already, this one's or the site's own."""
        if _PSEUDONYM.fullmatch(user):
            return user
        given: dict[str, Any] = {"uid": user}
        pseudonymise(given, ("uid",), self.salt)
        return str(given["uid"])

    def _values(self, table: pa.Table) -> dict[str, Any]:
        """Columns of JSON without the values that are hidden inside them."""
        changed: dict[str, Any] = {}
        if self.dimensions and "custom_dimensions" in table.column_names:
            changed["custom_dimensions"] = _each(table["custom_dimensions"], lambda one: _without(one, self.dimensions))
        for column, scope in _VARIABLES.items():
            slots = self.hidden.variables(scope)
            if slots and column in table.column_names:
                changed[column] = _each(table[column], lambda one, gone=slots: _without_variables(one, gone))  # type: ignore[misc]
        leftovers = self.hidden.leftovers | (_SAID_PLACES if self.hidden.places else frozenset())
        if leftovers and "raw" in table.column_names:
            changed["raw"] = _each(table["raw"], lambda one: _without(one, leftovers))
        return changed


def veil_of(idsite: int, hidden: Hidden, snapshot: TrackerSnapshot, locate: Locate) -> tuple[Veil, tzinfo]:
    """How a site's rows are hidden, and the zone of its days."""
    site = snapshot.site(idsite)
    gone = {
        str(one.idcustomdimension)
        for one in (() if site is None else site.custom_dimensions)
        if (one.scope, one.index) in hidden.dimensions
    }
    veil = Veil(hidden, snapshot.salt, masked_bytes(snapshot.settings), locate, frozenset(gone))
    return veil, UTC if site is None else time_zone(site.timezone)


def within(moments: Any, between: tuple[int, int]) -> Any:
    """The mask of rows whose times are from the first moment on and before the second."""
    return pc.and_(pc.greater_equal(moments, between[0]), pc.less(moments, between[1]))


def visitor_of(user: str) -> int:
    """The visitor id that the tracker makes from a user id. Source: Matomo 5.2, tracking behaviour, section 6."""
    return int(hashlib.sha1(user.encode()).hexdigest()[:16], 16)  # noqa: S324 - as the tracker


def _of_visits(table: pa.Table, places: Mapping[int, Location]) -> dict[str, Any]:
    """Places of rows that belong to visits."""
    return _columns_of(table, [places.get(idvisit, Location()) for idvisit in table["idvisit"].to_pylist()])


def _columns_of(table: pa.Table, places: list[Location]) -> dict[str, Any]:
    return {
        column: pa.array([getattr(place, name) for place in places], table[column].type)
        for column, name in _PLACES.items()
        if column in table.column_names
    }


def _decoded(table: pa.Table) -> pa.Table:
    """The table with plain texts."""
    for index, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            plain = pa.field(field.name, field.type.value_type)
            table = table.set_column(index, plain, table.column(index).cast(plain.type))
    return table


def _each(values: Any, change: Callable[[Any], Any]) -> Any:
    """The values, each distinct one changed once."""
    known: dict[Any, Any] = {None: None}
    changed = []
    for value in values.to_pylist():
        if value not in known:
            known[value] = change(value)
        changed.append(known[value])
    return pa.array(changed, values.type)


def _without(text: str, names: frozenset[str]) -> str | None:
    given: dict[str, Any] = orjson.loads(text)
    if not names & given.keys():
        return text
    kept = {name: value for name, value in given.items() if name not in names}
    return orjson.dumps(kept).decode() if kept else None


def _without_variables(text: str, gone: frozenset[tuple[int, str]]) -> str | None:
    """Custom variables by slot, without names (then also without the value) or values."""
    kept: dict[str, list[str]] = {}
    for slot, (name, value) in orjson.loads(text).items():
        if (int(slot), "k") not in gone:
            kept[slot] = [name, "" if (int(slot), "v") in gone else value]
    return orjson.dumps(kept).decode() if kept else None
