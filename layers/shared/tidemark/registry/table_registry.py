"""The registry on the tables and objects ports."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tidemark.model.access import ANONYMOUS
from tidemark.model.settings import Settings
from tidemark.model.snapshot import hash_token
from tidemark.model.user import AppToken, OneTimeLink, User
from tidemark.registry import catalogue as changes
from tidemark.registry import second_factors
from tidemark.registry.annotations import StoredAnnotations
from tidemark.registry.catalogue import Catalogue
from tidemark.registry.passwords import hash_password, is_outdated, password_matches
from tidemark.registry.storage import Storage
from tidemark.registry.token_uses import TokenUses
from tidemark.stores.ports import ConditionFailedError, TransactionConflictError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tidemark.clock import Clock
    from tidemark.model.access import Identity
    from tidemark.model.annotation import Annotation
    from tidemark.model.custom_dimension import CustomDimension
    from tidemark.model.goal import Goal
    from tidemark.model.saved_segment import SavedSegment
    from tidemark.model.settings import Value
    from tidemark.model.site import Site
    from tidemark.model.snapshot import TrackerSnapshot
    from tidemark.stores.ports import Item, KeyedObjects, Table

_MAX_TRIES: Final = 50
_RETRY_SECONDS: Final = 0.01
_COMMAND_LINE_TOKEN: Final = "command line"  # noqa: S105 - a description, not a token

_NOTHING: Final = Catalogue(version=0, salt="")


class TableRegistry:
    """Implements tidemark.model.registry.Registry.

    What is registered is kept in memory and checked against the table's version: by authenticate and by changes always, by
    other reads when the last check is older than `max_age_seconds` (of the real clock).
    """

    __slots__ = (
        "_catalogue",
        "_checked_at",
        "_clock",
        "_made",
        "_max_age_seconds",
        "_new_salt",
        "_notes",
        "_owners",
        "_storage",
        "_table",
        "_uses",
        "_wait",
    )

    def __init__(
        self,
        table: Table,
        objects: KeyedObjects,
        clock: Clock,
        *,
        max_age_seconds: float = 0.0,
        new_salt: Callable[[], str] = lambda: secrets.token_hex(16),
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._table = table
        self._uses = TokenUses(table)
        self._notes = StoredAnnotations(table, wait)
        self._clock = clock
        self._max_age_seconds = max_age_seconds
        self._wait = wait
        self._new_salt = new_salt
        self._storage = Storage(table, objects, lambda: self._first(new_salt()))
        self._catalogue: Catalogue | None = None
        self._owners: dict[str, tuple[User, AppToken]] = {}
        self._checked_at = float("-inf")
        self._made: tuple[Catalogue, TrackerSnapshot] | None = None

    # ---- versions

    def refresh(self) -> Catalogue:
        """What is registered now; nothing, of version 0, while the instance was never set up. Writes nothing."""
        catalogue, _ = self._look()
        return catalogue

    def heal(self) -> Catalogue:
        """What is registered now, written to the tracker's snapshot if a change did not get that far."""
        catalogue, state = self._look()
        if state is not None:
            self._storage.heal(state, catalogue)
        return catalogue

    def snapshot(self) -> TrackerSnapshot:
        """What the tracker's snapshot should be now; the same object as long as nothing changes."""
        catalogue = self._current()
        made = self._made
        if made is None or made[0] is not catalogue:
            made = self._made = (catalogue, self._storage.snapshot(catalogue))
        return made[1]

    def _look(self) -> tuple[Catalogue, Item | None]:
        """The catalogue and the state that the table has now."""
        state = self._storage.state()
        catalogue = self._catalogue
        if state is None:
            catalogue = _NOTHING
        elif catalogue is None or catalogue.version != state["version"]:
            catalogue = self._storage.load(state)
        if catalogue is not self._catalogue:
            self._keep(catalogue)
        self._checked_at = time.monotonic()
        return catalogue, state

    def reset(self, settings: Mapping[str, Value], wipe: Callable[[], None]) -> None:
        """Forget everything but the salt and the superusers with their tokens, and set these settings.

        `wipe` empties the stores; local, ephemeral instances only.
        """
        before = self.refresh()
        superusers = {login: user for login, user in before.users.items() if user.superuser_access}
        wipe()
        fresh = self._first(before.salt or self._new_salt())
        after = replace(fresh, version=before.version + 1, given=dict(settings), users={**fresh.users, **superusers})
        self._storage.write_first(after)
        self._keep(after)

    def _first(self, salt: str) -> Catalogue:
        anonymous = User(ANONYMOUS, email=f"{ANONYMOUS}@example.org", date_registered=self._now())
        return Catalogue(version=1, salt=salt, users={ANONYMOUS: anonymous})

    def _now(self) -> int:
        return int(self._clock.now())

    def _keep(self, catalogue: Catalogue) -> None:
        self._owners = changes.token_owners(catalogue)
        self._catalogue = catalogue

    def _current(self) -> Catalogue:
        if self._catalogue is None or time.monotonic() - self._checked_at >= self._max_age_seconds:
            return self.refresh()
        return self._catalogue

    def _change(self, change: Callable[[Catalogue], Catalogue]) -> Catalogue:
        """Commit a change on top of what is registered now, as often as others come in between."""
        for _ in range(_MAX_TRIES):
            self._storage.ensure_state()
            before = self.heal()
            after = change(before)
            if after == before:
                return before
            try:
                after = self._storage.commit(before, after)
            except (ConditionFailedError, TransactionConflictError):
                self._wait(_RETRY_SECONDS)
                continue
            self._keep(after)
            return after
        raise UnavailableError(f"the registry changed under {_MAX_TRIES} tries to change it")

    # ---- access

    def authenticate(self, token: str) -> Identity | None:
        """See Registry."""
        catalogue = self.heal()
        if token in {"", ANONYMOUS}:
            return changes.identity(catalogue, ANONYMOUS)
        user, app_token = self._owners.get(hash_token(token, catalogue.salt), (None, None))
        if user is None or app_token is None or not app_token.is_valid(self._clock.now()):
            return None
        self._uses.note(user.login, app_token.hash)
        return changes.token_identity(catalogue, user, app_token)

    def identity(self, login: str) -> Identity:
        """See Registry."""
        return changes.identity(self._current(), login)

    def token_uses(self, login: str) -> Mapping[str, int]:
        """See Registry."""
        return self._uses.of(login)

    def create_superuser(self, login: str, token: str, *, email: str = "", password: str = "") -> None:
        """Make sure that there is such a superuser with this token; it takes the place of the one given here before."""
        self._change(lambda catalogue: self._with_superuser(catalogue, login, token, email, password))

    def _with_superuser(self, catalogue: Catalogue, login: str, token: str, email: str, password: str) -> Catalogue:
        user = catalogue.users.get(login, User(login, date_registered=self._now()))
        hashed = hash_token(token, catalogue.salt)
        if user.superuser_access and not password and any(one.hash == hashed for one in user.tokens):
            return catalogue
        others = tuple(one for one in user.tokens if one.description != _COMMAND_LINE_TOKEN and one.hash != hashed)
        superuser = replace(
            user,
            superuser_access=True,
            email=email or user.email,
            password_hash=hash_password(password) if password else user.password_hash,
            tokens=(*others, AppToken(hashed, _COMMAND_LINE_TOKEN, self._now())),
        )
        return replace(catalogue, users={**catalogue.users, login: superuser})

    # ---- settings

    def settings(self) -> Settings:
        """See Registry."""
        return Settings(self._current().given)

    def set_settings(self, settings: Mapping[str, Value | None]) -> None:
        """See Registry."""
        self._change(lambda catalogue: changes.with_settings(catalogue, settings))

    # ---- sites

    def sites(self) -> Sequence[Site]:
        """See Registry."""
        return tuple(self._current().sites.values())

    def site(self, idsite: int) -> Site | None:
        """See Registry."""
        return self._current().sites.get(idsite)

    def add_site(self, site: Site) -> Site:
        """See Registry."""
        after = self._change(lambda catalogue: changes.with_new_site(catalogue, site))
        return after.sites[after.last_site]

    def change_site(self, idsite: int, change: Callable[[Site], Site]) -> Site:
        """See Registry."""
        return self._change(lambda catalogue: changes.with_changed_site(catalogue, idsite, change)).sites[idsite]

    def delete_site(self, idsite: int) -> None:
        """See Registry."""
        self._change(lambda catalogue: changes.without_site(catalogue, idsite))
        self.delete_annotations(idsite, [note.id_note for note in self.annotations(idsite)])

    # ---- goals and custom dimensions

    def goals(self, idsite: int) -> Sequence[Goal]:
        """See Registry."""
        return tuple(goal for goal in self._current().goals.get(idsite, ()) if not goal.deleted)

    def add_goal(self, goal: Goal) -> Goal:
        """See Registry."""
        return self._change(lambda catalogue: changes.with_new_goal(catalogue, goal)).goals[goal.idsite][-1]

    def change_goal(self, idsite: int, idgoal: int, change: Callable[[Goal], Goal]) -> Goal:
        """See Registry."""
        after = self._change(lambda catalogue: changes.with_changed_goal(catalogue, idsite, idgoal, change))
        return next(goal for goal in after.goals[idsite] if goal.idgoal == idgoal)

    def custom_dimensions(self, idsite: int) -> Sequence[CustomDimension]:
        """See Registry."""
        return self._current().custom_dimensions.get(idsite, ())

    def add_custom_dimension(self, dimension: CustomDimension) -> CustomDimension:
        """See Registry."""
        after = self._change(lambda catalogue: changes.with_new_dimension(catalogue, dimension))
        return after.custom_dimensions[dimension.idsite][-1]

    def change_custom_dimension(
        self, idsite: int, iddimension: int, change: Callable[[CustomDimension], CustomDimension]
    ) -> CustomDimension:
        """See Registry."""
        after = self._change(lambda catalogue: changes.with_changed_dimension(catalogue, idsite, iddimension, change))
        return next(one for one in after.custom_dimensions[idsite] if one.idcustomdimension == iddimension)

    # ---- users

    def users(self) -> Sequence[User]:
        """See Registry."""
        return tuple(user for _, user in sorted(self._current().users.items()))

    def user(self, login: str) -> User | None:
        """See Registry."""
        return self._current().users.get(login)

    def add_user(self, user: User, password: str = "") -> User:
        """See Registry."""
        added = replace(user, password_hash=hash_password(password)) if password else user
        return self._change(lambda catalogue: changes.with_new_user(catalogue, added)).users[user.login]

    def change_user(self, login: str, change: Callable[[User], User]) -> User:
        """See Registry."""
        return self._change(lambda catalogue: changes.with_changed_user(catalogue, login, change)).users[login]

    def delete_user(self, login: str) -> None:
        """See Registry."""
        self._change(lambda catalogue: changes.without_user(catalogue, login))
        self._table.delete(second_factors.PARTITION, login)
        self._uses.forget(login)

    def set_password(self, login: str, password: str) -> None:
        """See Registry."""
        hashed = hash_password(password)
        self.change_user(login, lambda user: replace(user, password_hash=hashed))

    def password_matches(self, login: str, password: str) -> bool:
        """See Registry."""
        user = self._current().users.get(login)
        is_right = password_matches(password, user.password_hash if user is not None else "")
        if is_right and user is not None and is_outdated(user.password_hash):
            self.set_password(login, password)
        return is_right

    def add_token(
        self,
        login: str,
        token: str,
        description: str,
        expires_at: int | None = None,
        *,
        post_only: bool = False,
        read_only: bool = False,
        sites: Sequence[int] = (),
    ) -> AppToken:
        """See Registry."""
        hashed = hash_token(token, self._current().salt)
        added = AppToken(hashed, description, self._now(), expires_at, post_only, read_only, tuple(sites))
        self.change_user(
            login,
            lambda user: replace(
                user, tokens=(*(one for one in user.tokens if one.is_valid(self._clock.now())), added)
            ),
        )
        return added

    def set_link(self, login: str, token: str, expires_at: int) -> None:
        """See Registry."""
        link = OneTimeLink(hash_token(token, self._current().salt), expires_at)
        self.change_user(login, lambda user: replace(user, link=link))

    def link_owner(self, token: str) -> User | None:
        """See Registry."""
        catalogue = self.refresh()
        return changes.link_owner(catalogue, hash_token(token, catalogue.salt), self._clock.now())

    def use_link(self, token: str, password: str) -> User:
        """See Registry."""
        hashed, chosen = hash_token(token, self._current().salt), hash_password(password)
        after = self._change(lambda catalogue: changes.with_used_link(catalogue, hashed, chosen, self._clock.now()))
        return next(user for user in after.users.values() if user.password_hash == chosen)

    # ---- segments

    def segments(self) -> Sequence[SavedSegment]:
        """See Registry."""
        return tuple(self._current().segments.values())

    def add_segment(self, segment: SavedSegment) -> SavedSegment:
        """See Registry."""
        segments = self._change(lambda catalogue: changes.with_new_segment(catalogue, segment)).segments
        return segments[max(segments)]

    def change_segment(self, idsegment: int, change: Callable[[SavedSegment], SavedSegment]) -> SavedSegment:
        """See Registry."""
        after = self._change(lambda catalogue: changes.with_changed_segment(catalogue, idsegment, change))
        return after.segments[idsegment]

    # ---- notes

    def annotations(self, idsite: int) -> Sequence[Annotation]:
        """See Registry."""
        return self._notes.all(idsite)

    def add_annotation(self, annotation: Annotation) -> Annotation:
        """See Registry."""
        return self._notes.add(annotation)

    def change_annotation(self, annotation: Annotation) -> Annotation:
        """See Registry."""
        return self._notes.change(annotation)

    def delete_annotations(self, idsite: int, id_notes: Sequence[int]) -> None:
        """See Registry."""
        self._notes.delete(idsite, id_notes)
