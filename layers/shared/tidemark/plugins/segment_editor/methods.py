"""The API methods that read and change saved segments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from tidemark.model.access import Role
from tidemark.model.errors import ApiError, BadParameter, BadSegment, NoAccess
from tidemark.model.registry import NotRegisteredError, Registry
from tidemark.model.saved_segment import SavedSegment
from tidemark.model.segment import parse_segment, segment_hash
from tidemark.plugin import Access, Context, Plugins, method

SegmentAnswer = dict[str, Any]

_ENCODED: Final = {"#": "%23", "'": "%27", "&": "%26"}


def segment_answer(segment: SavedSegment) -> SegmentAnswer:
    """A saved segment by Matomo's names."""
    return {
        "idsegment": segment.idsegment,
        "name": segment.name,
        "definition": segment.definition,
        "hash": segment_hash(segment.definition),
        "login": segment.login,
        "enable_all_users": int(segment.enable_all_users),
        "enable_only_idsite": segment.enable_only_idsite,
        "auto_archive": int(segment.auto_archive),
        "ts_created": _date_time(segment.ts_created),
        "ts_last_edit": None if segment.ts_last_edit is None else _date_time(segment.ts_last_edit),
        "deleted": int(segment.deleted),
    }


def _date_time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _is_supported(context: Context, definition: str) -> bool:
    try:
        _check_names(context, definition)
    except BadSegment:
        return False
    return True


def _check_names(context: Context, definition: str) -> None:
    """Raises: BadSegment for an expression that cannot be read or names an unknown segment."""
    known = context.service(Plugins).segments()
    for name in parse_segment(definition).names:
        if name not in known:
            raise BadSegment(f"There is no segment '{name}'.")


def _checked_definition(context: Context, sent: str) -> str:
    """The definition as it is stored. Raises: BadSegment."""
    definition = sent
    for character, code in _ENCODED.items():
        definition = definition.replace(character, code)
    if not parse_segment(definition):
        raise BadSegment("A segment needs a definition.")
    _check_names(context, definition)
    return definition


def _checked_site(context: Context, idsite: int | None) -> int:
    """The site that a segment is for, 0 for all sites, which is for superusers. Raises: ApiError."""
    if idsite:
        if not context.identity.may(Role.VIEW, idsite):
            raise NoAccess.to_site(Role.VIEW.id, [idsite])
        return context.site(idsite).idsite
    if not context.identity.is_superuser:
        raise ApiError("Segments for all sites are for superusers to make: name a site.")
    return 0


def _checked_sharing(context: Context, *, is_shared: bool, auto_archive: bool) -> None:
    if is_shared and not context.identity.is_superuser:
        raise ApiError("Only superusers share segments with all users.")
    if not auto_archive and not context.settings.flag("General.enable_create_realtime_segments"):
        raise ApiError("Segments that are computed when asked for are switched off: set 'autoArchive'.")


def may_add(context: Context, idsite: int | None) -> bool:
    """Whether the caller may add segments for the site, or (None) for all sites."""
    if context.identity.is_anonymous:
        return False
    level = context.settings.text("General.adding_segment_requires_access")
    if context.identity.is_superuser:
        return True
    return level in {role.id for role in Role} and bool(idsite) and context.identity.may(Role.of(level), idsite or 0)


def _visible(context: Context, segment: SavedSegment) -> bool:
    return context.identity.is_superuser or segment.enable_all_users or segment.login == context.identity.login


def _found(context: Context, idsegment: int) -> SavedSegment:
    """Raises: ApiError for one that there is not, is deleted, or is another user's."""
    for segment in context.service(Registry).segments():
        if segment.idsegment == idsegment:
            if not _visible(context, segment):
                raise ApiError("This segment belongs to another user.")
            if segment.deleted:
                raise ApiError(f"The segment {idsegment} is deleted.")
            return segment
    raise ApiError(f"There is no segment {idsegment}.")


def _changeable(context: Context, idsegment: int) -> SavedSegment:
    segment = _found(context, idsegment)
    if context.identity.is_anonymous:
        raise NoAccess.anonymous()
    if not context.identity.is_superuser and segment.login != context.identity.login:
        raise ApiError("Only who made a segment, and superusers, may change it: make one of your own.")
    return segment


def _change(context: Context, idsegment: int, change: Callable[[SavedSegment], SavedSegment]) -> None:
    try:
        context.service(Registry).change_segment(idsegment, change)
    except NotRegisteredError as error:
        raise ApiError(f"There is no segment {idsegment}.") from error


def _checked_name(name: str) -> str:
    if not name.strip():
        raise BadParameter("A segment needs a name.")
    return name


@method("SegmentEditor.isUserCanAddNewSegment")
def is_user_can_add_new_segment(context: Context, idSite: int) -> bool:
    """Whether the caller may add segments for the site."""
    return may_add(context, idSite)


@method("SegmentEditor.add", raw_strings=True)
def add(
    context: Context,
    name: str,
    definition: str,
    idSite: int | None = None,
    autoArchive: bool = False,
    enabledAllUsers: bool = False,
) -> int:
    """Number of the new segment."""
    if not idSite and not context.settings.flag("General.allow_adding_segments_for_all_websites"):
        raise ApiError("Segments for all sites are switched off on this instance.")
    if not may_add(context, idSite):
        raise ApiError("You may not add segments here.")
    idsite = _checked_site(context, idSite)
    _checked_sharing(context, is_shared=enabledAllUsers, auto_archive=autoArchive)
    segment = SavedSegment(
        idsegment=0,
        name=_checked_name(name),
        definition=_checked_definition(context, definition),
        login=context.identity.login,
        enable_all_users=enabledAllUsers,
        enable_only_idsite=idsite,
        auto_archive=autoArchive,
        ts_created=int(context.now),
    )
    return context.service(Registry).add_segment(segment).idsegment


@method("SegmentEditor.update", raw_strings=True)
def update(
    context: Context,
    idSegment: int,
    name: str,
    definition: str,
    idSite: int | None = None,
    autoArchive: bool = False,
    enabledAllUsers: bool = False,
) -> bool:
    """Replace a segment's name, definition and reach."""
    _changeable(context, idSegment)
    idsite = _checked_site(context, idSite)
    _checked_sharing(context, is_shared=enabledAllUsers, auto_archive=autoArchive)
    changes: dict[str, Any] = {
        "name": _checked_name(name),
        "definition": _checked_definition(context, definition),
        "enable_all_users": enabledAllUsers,
        "enable_only_idsite": idsite,
        "auto_archive": autoArchive,
        "ts_last_edit": int(context.now),
    }
    _change(context, idSegment, lambda segment: replace(segment, **changes))
    return True


@method("SegmentEditor.delete")
def delete(context: Context, idSegment: int) -> bool:
    """Delete a segment; its archives are left to age out."""
    _changeable(context, idSegment)
    _change(context, idSegment, lambda segment: replace(segment, deleted=True, ts_last_edit=int(context.now)))
    return True


@method("SegmentEditor.get", Access.SOME_VIEW)
def get(context: Context, idSegment: int) -> SegmentAnswer | bool:
    """One segment; false if there is none."""
    if all(segment.idsegment != idSegment for segment in context.service(Registry).segments()):
        return False
    return segment_answer(_found(context, idSegment))


@method("SegmentEditor.getAll", Access.SOME_VIEW)
def get_all(context: Context, idSite: int | None = None) -> list[SegmentAnswer]:
    """Segments that the caller may use (on the site): own ones, then shared ones, then others, each by name."""
    if idSite and not context.identity.may(Role.VIEW, idSite):
        raise NoAccess.to_site(Role.VIEW.id, [idSite])
    found = [
        segment
        for segment in context.service(Registry).segments()
        if not segment.deleted
        and _visible(context, segment)
        and (not idSite or segment.enable_only_idsite in {0, idSite})
        and _is_supported(context, segment.definition)
    ]
    return [segment_answer(segment) for segment in sorted(found, key=lambda one: _order(context, one))]


def _order(context: Context, segment: SavedSegment) -> tuple[int, str]:
    if segment.login == context.identity.login:
        return 0, segment.name.lower()
    return (1 if segment.enable_all_users else 2), segment.name.lower()


METHODS = (is_user_can_add_new_segment, add, update, delete, get, get_all)
