"""Everything that is registered, as of one version: an immutable value, and the changes that make the next one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeVar

from tidemark.model.access import ANONYMOUS, Identity, Role
from tidemark.model.custom_dimension import SLOTS_PER_SCOPE
from tidemark.model.registry import AlreadyRegisteredError, NoSlotLeftError, NotRegisteredError
from tidemark.model.user import User

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tidemark.model.custom_dimension import CustomDimension
    from tidemark.model.goal import Goal
    from tidemark.model.saved_segment import SavedSegment
    from tidemark.model.settings import Value
    from tidemark.model.site import Site
    from tidemark.model.user import AppToken

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is registered. `version` grows with every change; `last_site` is the highest site number ever given."""

    version: int
    salt: str
    last_site: int = 0
    given: Mapping[str, Value] = field(default_factory=dict)
    sites: Mapping[int, Site] = field(default_factory=dict)
    goals: Mapping[int, tuple[Goal, ...]] = field(default_factory=dict)
    custom_dimensions: Mapping[int, tuple[CustomDimension, ...]] = field(default_factory=dict)
    users: Mapping[str, User] = field(default_factory=dict)
    segments: Mapping[int, SavedSegment] = field(default_factory=dict)


def present(registered: Mapping[K, V], key: K, what: str) -> V:
    """What is registered under the key. Raises: NotRegisteredError."""
    if key not in registered:
        raise NotRegisteredError(f"{what} {key} is not registered")
    return registered[key]


def without(registered: Mapping[K, V], key: K) -> dict[K, V]:
    """All but one."""
    return {other: value for other, value in registered.items() if other != key}


def with_settings(catalogue: Catalogue, changes: Mapping[str, Value | None]) -> Catalogue:
    """Some settings set, or (None) back at their default."""
    merged = {**catalogue.given, **changes}
    return replace(catalogue, given={name: value for name, value in merged.items() if value is not None})


# ---- sites


def with_new_site(catalogue: Catalogue, site: Site) -> Catalogue:
    """The site under the next number, or a greater one that it brings; that is `last_site` of the result."""
    number = max(catalogue.last_site + 1, site.idsite)
    return replace(catalogue, last_site=number, sites={**catalogue.sites, number: replace(site, idsite=number)})


def with_changed_site(catalogue: Catalogue, idsite: int, change: Callable[[Site], Site]) -> Catalogue:
    """Raises: NotRegisteredError."""
    site = present(catalogue.sites, idsite, "site")
    return replace(catalogue, sites={**catalogue.sites, idsite: replace(change(site), idsite=idsite)})


def without_site(catalogue: Catalogue, idsite: int) -> Catalogue:
    """The site gone, with its goals and dimensions; roles on it mean nothing any more, since numbers are never reused.

    Raises: NotRegisteredError.
    """
    present(catalogue.sites, idsite, "site")
    return replace(
        catalogue,
        sites=without(catalogue.sites, idsite),
        goals=without(catalogue.goals, idsite),
        custom_dimensions=without(catalogue.custom_dimensions, idsite),
    )


# ---- goals


def with_new_goal(catalogue: Catalogue, goal: Goal) -> Catalogue:
    """The goal under the site's next number, or a greater one that it brings, last of the site's goals.

    Raises: NotRegisteredError (the site).
    """
    present(catalogue.sites, goal.idsite, "site")
    others = catalogue.goals.get(goal.idsite, ())
    number = max(goal.idgoal, 1 + max((other.idgoal for other in others), default=0))
    return _with_goals(catalogue, goal.idsite, (*others, replace(goal, idgoal=number)))


def with_changed_goal(catalogue: Catalogue, idsite: int, idgoal: int, change: Callable[[Goal], Goal]) -> Catalogue:
    """Raises: NotRegisteredError, also when the goal is deleted."""
    goals = {goal.idgoal: goal for goal in catalogue.goals.get(idsite, ())}
    goal = present(goals, idgoal, f"of site {idsite}, goal")
    if goal.deleted:
        raise NotRegisteredError(f"goal {idgoal} of site {idsite} is deleted")
    goals[idgoal] = replace(change(goal), idsite=idsite, idgoal=idgoal)
    return _with_goals(catalogue, idsite, tuple(goals.values()))


def _with_goals(catalogue: Catalogue, idsite: int, goals: tuple[Goal, ...]) -> Catalogue:
    return replace(catalogue, goals={**catalogue.goals, idsite: goals})


# ---- custom dimensions


def with_new_dimension(catalogue: Catalogue, dimension: CustomDimension) -> Catalogue:
    """The dimension under the site's next number, or a greater one that it brings, last of the site's dimensions.

    It gets the slot of its scope that it brings, if that is free, else the first free one.

    Raises: NotRegisteredError (the site), NoSlotLeftError.
    """
    idsite = dimension.idsite
    present(catalogue.sites, idsite, "site")
    others = catalogue.custom_dimensions.get(idsite, ())
    used = {other.index for other in others if other.scope == dimension.scope}
    free = [index for index in range(1, SLOTS_PER_SCOPE + 1) if index not in used]
    if not free:
        raise NoSlotLeftError(f"site {idsite} has {SLOTS_PER_SCOPE} dimensions in scope {dimension.scope} already")
    number = max(dimension.idcustomdimension, 1 + max((other.idcustomdimension for other in others), default=0))
    slot = dimension.index if dimension.index in free else free[0]
    added = replace(dimension, idcustomdimension=number, index=slot)
    return _with_dimensions(catalogue, idsite, (*others, added))


def with_changed_dimension(
    catalogue: Catalogue, idsite: int, iddimension: int, change: Callable[[CustomDimension], CustomDimension]
) -> Catalogue:
    """Raises: NotRegisteredError."""
    dimensions = {one.idcustomdimension: one for one in catalogue.custom_dimensions.get(idsite, ())}
    dimension = present(dimensions, iddimension, f"of site {idsite}, custom dimension")
    dimensions[iddimension] = replace(change(dimension), idsite=idsite, idcustomdimension=iddimension)
    return _with_dimensions(catalogue, idsite, tuple(dimensions.values()))


def _with_dimensions(catalogue: Catalogue, idsite: int, dimensions: tuple[CustomDimension, ...]) -> Catalogue:
    return replace(catalogue, custom_dimensions={**catalogue.custom_dimensions, idsite: dimensions})


# ---- users


def with_new_user(catalogue: Catalogue, user: User) -> Catalogue:
    """Raises: AlreadyRegisteredError."""
    if user.login in catalogue.users:
        raise AlreadyRegisteredError(f"the login {user.login!r} is taken")
    return _with_user(catalogue, user)


def with_changed_user(catalogue: Catalogue, login: str, change: Callable[[User], User]) -> Catalogue:
    """Raises: NotRegisteredError."""
    user = present(catalogue.users, login, "user")
    return _with_user(catalogue, replace(change(user), login=login))


def without_user(catalogue: Catalogue, login: str) -> Catalogue:
    """Raises: NotRegisteredError."""
    present(catalogue.users, login, "user")
    return replace(catalogue, users=without(catalogue.users, login))


def _with_user(catalogue: Catalogue, user: User) -> Catalogue:
    return replace(catalogue, users={**catalogue.users, user.login: user})


def with_used_link(catalogue: Catalogue, link_hash: str, password_hash: str, now: float) -> Catalogue:
    """The password of the user whose one-time link this is. Raises: NotRegisteredError, also when it has ended."""
    user = link_owner(catalogue, link_hash, now)
    if user is None:
        raise NotRegisteredError("the link was used already, or has ended")
    accepted_at = user.accepted_at if user.password_hash else int(now)
    return _with_user(catalogue, replace(user, password_hash=password_hash, link=None, accepted_at=accepted_at))


def link_owner(catalogue: Catalogue, link_hash: str, now: float) -> User | None:
    """The user whose one-time link this is, if it has not ended."""
    owners = (user for user in catalogue.users.values() if user.link is not None and user.link.hash == link_hash)
    return next((user for user in owners if user.link is not None and now < user.link.expires_at), None)


def token_owners(catalogue: Catalogue) -> dict[str, tuple[User, AppToken]]:
    """Every token, by its hash, and whose it is."""
    return {token.hash: (user, token) for user in catalogue.users.values() for token in user.tokens}


def identity(catalogue: Catalogue, login: str) -> Identity:
    """What the user may do on the sites that there are; a login that is not registered may do nothing."""
    user = catalogue.users.get(login, User(login))
    roles = {idsite: role for idsite, role in user.roles.items() if idsite in catalogue.sites}
    return Identity(login, user.superuser_access and login != ANONYMOUS, roles)


READ_ONLY: Final = "This token may only read."


def token_identity(catalogue: Catalogue, user: User, token: AppToken) -> Identity:
    """What a user may do by a token: what they may do themselves, within the token's limits."""
    whole = identity(catalogue, user.login)
    limited = replace(whole, is_post_only=token.post_only, no_changes=READ_ONLY if token.read_only else "")
    if not token.sites:
        return limited
    known = [idsite for idsite in token.sites if idsite in catalogue.sites]
    roles = {idsite: Role.ADMIN if whole.is_superuser else whole.roles.get(idsite) for idsite in known}
    return replace(
        limited, is_superuser=False, roles={idsite: role for idsite, role in roles.items() if role is not None}
    )


# ---- segments


def with_new_segment(catalogue: Catalogue, segment: SavedSegment) -> Catalogue:
    """The segment under the next number, last of the segments."""
    number = max(catalogue.segments, default=0) + 1
    return replace(catalogue, segments={**catalogue.segments, number: replace(segment, idsegment=number)})


def with_changed_segment(
    catalogue: Catalogue, idsegment: int, change: Callable[[SavedSegment], SavedSegment]
) -> Catalogue:
    """Raises: NotRegisteredError."""
    segment = present(catalogue.segments, idsegment, "segment")
    changed = replace(change(segment), idsegment=idsegment)
    return replace(catalogue, segments={**catalogue.segments, idsegment: changed})
