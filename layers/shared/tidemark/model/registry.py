"""What the rooms and the plugins see of the registry: who and what there is, and how it is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tidemark.model.access import Identity
    from tidemark.model.annotation import Annotation
    from tidemark.model.custom_dimension import CustomDimension
    from tidemark.model.goal import Goal
    from tidemark.model.saved_segment import SavedSegment
    from tidemark.model.settings import Settings, Value
    from tidemark.model.site import Site
    from tidemark.model.user import AppToken, User


class NotRegisteredError(LookupError):
    """There is nothing with that number or name."""


class AlreadyRegisteredError(ValueError):
    """The name is taken."""


class NoSlotLeftError(ValueError):
    """All custom dimensions of the scope are in use."""


class Registry(Protocol):
    """Sites, users and everything that people configure.

    Every change is atomic and has reached the tracker's snapshot when the method returns. Functions passed as `change` get
    the present fact and return the new one; they may be called more than once.
    """

    def authenticate(self, token: str) -> Identity | None:
        """Whose token it is; no token and the token "anonymous" are the anonymous user, None is nobody's."""
        ...

    def identity(self, login: str) -> Identity:
        """What the user may do, for whom something else than a token speaks; who is not registered may do nothing."""
        ...

    def settings(self) -> Settings:
        """The instance's settings."""
        ...

    def set_settings(self, changes: Mapping[str, Value | None]) -> None:
        """Set some settings; None takes a setting back to its default."""
        ...

    def sites(self) -> Sequence[Site]:
        """All sites in order of their numbers."""
        ...

    def site(self, idsite: int) -> Site | None:
        """The site, None if there is none."""
        ...

    def add_site(self, site: Site) -> Site:
        """Store a new site under the next number, never used before (the one in `site` is ignored)."""
        ...

    def change_site(self, idsite: int, change: Callable[[Site], Site]) -> Site:
        """Raises: NotRegisteredError."""
        ...

    def delete_site(self, idsite: int) -> None:
        """Forget the site and what belongs to it; its hits and reports stay. Raises: NotRegisteredError."""
        ...

    def goals(self, idsite: int) -> Sequence[Goal]:
        """The site's goals in order of their numbers, without deleted ones."""
        ...

    def add_goal(self, goal: Goal) -> Goal:
        """Store a new goal under the site's next number. Raises: NotRegisteredError (the site)."""
        ...

    def change_goal(self, idsite: int, idgoal: int, change: Callable[[Goal], Goal]) -> Goal:
        """Raises: NotRegisteredError, also for a deleted goal."""
        ...

    def custom_dimensions(self, idsite: int) -> Sequence[CustomDimension]:
        """The site's custom dimensions in order of their numbers, inactive ones too."""
        ...

    def add_custom_dimension(self, dimension: CustomDimension) -> CustomDimension:
        """Store a new dimension under the site's next number, in the first free slot of its scope.

        Raises: NotRegisteredError (the site), NoSlotLeftError.
        """
        ...

    def change_custom_dimension(
        self, idsite: int, iddimension: int, change: Callable[[CustomDimension], CustomDimension]
    ) -> CustomDimension:
        """Raises: NotRegisteredError."""
        ...

    def users(self) -> Sequence[User]:
        """All users in order of their logins, the anonymous one among them."""
        ...

    def user(self, login: str) -> User | None:
        """The user, None if there is none."""
        ...

    def add_user(self, user: User, password: str = "") -> User:
        """Store a new user. Raises: AlreadyRegisteredError."""
        ...

    def change_user(self, login: str, change: Callable[[User], User]) -> User:
        """Raises: NotRegisteredError."""
        ...

    def delete_user(self, login: str) -> None:
        """Forget the user, their roles and tokens. Raises: NotRegisteredError."""
        ...

    def set_password(self, login: str, password: str) -> None:
        """Raises: NotRegisteredError."""
        ...

    def password_matches(self, login: str, password: str) -> bool:
        """Whether the user exists and has this password."""
        ...

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
        """Let the token speak for the user from now on, within these limits (see AppToken). Raises: NotRegisteredError."""
        ...

    def set_link(self, login: str, token: str, expires_at: int) -> None:
        """Let whoever has this token choose the user's password once. Raises: NotRegisteredError."""
        ...

    def link_owner(self, token: str) -> User | None:
        """Whose one-time link it is; None if it was used or has ended."""
        ...

    def token_uses(self, login: str) -> Mapping[str, int]:
        """When the user's tokens were last used (to the hour), by their hashes; unix seconds of the machine's clock."""
        ...

    def use_link(self, token: str, password: str) -> User:
        """Choose a password by a one-time link, which is used up. Raises: NotRegisteredError, also when it has ended."""
        ...

    def segments(self) -> Sequence[SavedSegment]:
        """All saved segments in order of their numbers, deleted ones too."""
        ...

    def add_segment(self, segment: SavedSegment) -> SavedSegment:
        """Store a new segment under the next number."""
        ...

    def change_segment(self, idsegment: int, change: Callable[[SavedSegment], SavedSegment]) -> SavedSegment:
        """Raises: NotRegisteredError."""
        ...

    def annotations(self, idsite: int) -> Sequence[Annotation]:
        """The site's notes in order of their numbers."""
        ...

    def add_annotation(self, annotation: Annotation) -> Annotation:
        """Store a new note under the site's next number."""
        ...

    def change_annotation(self, annotation: Annotation) -> Annotation:
        """Replace a note. Raises: NotRegisteredError."""
        ...

    def delete_annotations(self, idsite: int, id_notes: Sequence[int]) -> None:
        """Drop notes; unknown numbers are ignored."""
        ...
