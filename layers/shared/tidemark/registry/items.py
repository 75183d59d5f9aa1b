"""How facts stand in the registry table: one kind of fact per partition, one item per key."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from tidemark.model.access import Role
from tidemark.model.annotation import Annotation
from tidemark.model.saved_segment import SavedSegment
from tidemark.model.tracked_site import fact_document, read_custom_dimension, read_goal, read_site
from tidemark.model.user import AppToken, OneTimeLink, User
from tidemark.registry.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tidemark.model.custom_dimension import CustomDimension
    from tidemark.model.goal import Goal
    from tidemark.model.settings import Value
    from tidemark.model.site import Site
    from tidemark.stores.ports import Item

STATE_KEY: Final = ("instance", "state")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fact: its partition, its field in the catalogue, and how keys and facts are written and read."""

    partition: str
    catalogue_field: str
    write_key: Callable[[Any], str]
    read_key: Callable[[str], Any]
    write: Callable[[Any], dict[str, Any]]
    read: Callable[[Any, Mapping[str, Any]], Any]

    def facts(self, catalogue: Catalogue) -> Mapping[Any, Any]:
        """The facts of this kind by their keys."""
        facts: Mapping[Any, Any] = getattr(catalogue, self.catalogue_field)
        return facts

    def item(self, key: Any, fact: Any) -> Item:
        """The item of a fact."""
        return {**storable(self.write(fact)), "pk": self.partition, "sk": self.write_key(key)}


def number_key(number: int) -> str:
    """A number as a sort key that sorts as the number does."""
    return f"{number:010d}"


def storable(value: Any) -> Any:
    """The value with lists in place of tuples and plain numbers in place of enums, all the way down."""
    if isinstance(value, dict):
        return {key: storable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable(inner) for inner in value]
    return value.value if isinstance(value, Enum) else value


def _write_setting(value: Value) -> dict[str, Any]:
    return {"value": value}


def _read_setting(_name: str, item: Mapping[str, Any]) -> Value:
    value: Value = item["value"]
    return value


def _read_site(idsite: int, item: Mapping[str, Any]) -> Site:
    return read_site(idsite, item)


def _write_goals(goals: Sequence[Goal]) -> dict[str, Any]:
    return {"goals": [fact_document(goal) for goal in goals]}


def _read_goals(idsite: int, item: Mapping[str, Any]) -> tuple[Goal, ...]:
    return tuple(read_goal(idsite, goal) for goal in item["goals"])


def _write_dimensions(dimensions: Sequence[CustomDimension]) -> dict[str, Any]:
    return {"dimensions": [fact_document(dimension) for dimension in dimensions]}


def _read_dimensions(idsite: int, item: Mapping[str, Any]) -> tuple[CustomDimension, ...]:
    return tuple(read_custom_dimension(idsite, dimension) for dimension in item["dimensions"])


def _write_user(user: User) -> dict[str, Any]:
    return {
        **asdict(user),
        "tokens": [_write_token(token) for token in user.tokens],
        "roles": {str(idsite): int(role) for idsite, role in user.roles.items()},
        "capabilities": {str(idsite): list(names) for idsite, names in user.capabilities.items()},
    }


def _write_token(token: AppToken) -> dict[str, Any]:
    """A token's attributes but for limits that it does not have."""
    limits = {"post_only": token.post_only, "read_only": token.read_only, "sites": list(token.sites)}
    return {
        **{name: value for name, value in asdict(token).items() if name not in limits},
        **{name: value for name, value in limits.items() if value},
    }


def _read_user(login: str, item: Mapping[str, Any]) -> User:
    user = User(**_attributes(item))
    return replace(
        user,
        login=login,
        roles={int(idsite): Role(role) for idsite, role in item["roles"].items()},
        tokens=tuple(AppToken(**{**token, "sites": tuple(token.get("sites", ()))}) for token in item["tokens"]),
        capabilities={int(idsite): tuple(names) for idsite, names in item.get("capabilities", {}).items()},
        link=OneTimeLink(**item["link"]) if item.get("link") else None,
    )


def _read_segment(idsegment: int, item: Mapping[str, Any]) -> SavedSegment:
    return SavedSegment(**{**_attributes(item), "idsegment": idsegment})


def _attributes(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in {"pk", "sk"}}


KINDS: Final = (
    Kind("setting", "given", str, str, _write_setting, _read_setting),
    Kind("site", "sites", number_key, int, fact_document, _read_site),
    Kind("goal", "goals", number_key, int, _write_goals, _read_goals),
    Kind("dimension", "custom_dimensions", number_key, int, _write_dimensions, _read_dimensions),
    Kind("user", "users", str, str, _write_user, _read_user),
    Kind("segment", "segments", number_key, int, asdict, _read_segment),
)
"""All kinds of facts that make a catalogue."""


def catalogue_of(state: Mapping[str, Any], items: Mapping[str, Iterable[Item]]) -> Catalogue:
    """The catalogue of the state item and the items of each partition."""
    facts = {
        kind.catalogue_field: {
            key: kind.read(key, item) for item in items.get(kind.partition, ()) for key in (kind.read_key(item["sk"]),)
        }
        for kind in KINDS
    }
    return Catalogue(version=state["version"], salt=state["salt"], last_site=state["last_site"], **facts)


def annotation_partition(idsite: int) -> str:
    """Notes stand apart, by site: neither trackers nor archives need them."""
    return f"annotation#{number_key(idsite)}"


def annotation_item(annotation: Annotation) -> Item:
    """The item of a note."""
    return {**asdict(annotation), "pk": annotation_partition(annotation.idsite), "sk": number_key(annotation.id_note)}


def read_annotation(item: Mapping[str, Any]) -> Annotation:
    """The note of an item."""
    return Annotation(**_attributes(item))
