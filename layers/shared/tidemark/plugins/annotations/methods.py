"""The API methods that read and change notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import Any, Final

from tidemark.model.access import Role
from tidemark.model.annotation import Annotation
from tidemark.model.errors import ApiError, MissingParameter
from tidemark.model.period import ONE_DAY, Period, PeriodKind, local_date
from tidemark.model.period_query import is_multiple_date, parse_date, select_periods
from tidemark.model.registry import NotRegisteredError, Registry
from tidemark.plugin import Access, Context, method

Note = dict[str, Any]

_MAX_LENGTH: Final = 255
_MAX_PERIODS: Final = 1000


def note_answer(context: Context, annotation: Annotation) -> Note:
    """A note by Matomo's names; anonymous callers do not see who wrote it."""
    answer: Note = {
        "date": annotation.date,
        "note": annotation.note,
        "starred": annotation.starred,
        "user": annotation.user,
        "idNote": annotation.id_note,
        "canEditOrDelete": _may_change(context, annotation),
    }
    if context.identity.is_anonymous:
        del answer["user"]
    return answer


def _may_change(context: Context, annotation: Annotation) -> bool:
    """Writers may change all notes of the site, others their own."""
    is_own = not context.identity.is_anonymous and context.identity.login == annotation.user
    return is_own or context.identity.may(Role.WRITE, annotation.idsite)


def _today(context: Context) -> date:
    return local_date(context.now, UTC)


def _day(context: Context, text: str) -> str:
    return parse_date(text, _today(context)).isoformat()


def shortened(note: str) -> str:
    """A text of at most 255 characters."""
    return note if len(note) <= _MAX_LENGTH else note[: _MAX_LENGTH - 1] + "…"


def _found(context: Context, idsite: int, id_note: int) -> Annotation:
    """Raises: UnknownSite, ApiError."""
    context.site(idsite)
    for annotation in context.service(Registry).annotations(idsite):
        if annotation.id_note == id_note:
            return annotation
    raise ApiError(f"Site {idsite} has no note {id_note}.")


def _changeable(context: Context, idsite: int, id_note: int) -> Annotation:
    annotation = _found(context, idsite, id_note)
    if not _may_change(context, annotation):
        raise ApiError("Only who wrote a note, and those with write access to its site, may change it.")
    return annotation


@method("Annotations.add", Access.VIEW, raw_strings=True)
def add(context: Context, idSite: int, date: str, note: str, starred: bool = False) -> Note:
    """The new note."""
    if context.identity.is_anonymous:
        raise ApiError(f"Anonymous callers may not add notes to site {idSite}.")
    annotation = Annotation(
        context.site(idSite).idsite, 0, _day(context, date), shortened(note), context.identity.login, starred=starred
    )
    return note_answer(context, context.service(Registry).add_annotation(annotation))


@method("Annotations.save", Access.VIEW, raw_strings=True)
def save(
    context: Context,
    idSite: int,
    idNote: int,
    date: str | None = None,
    note: str | None = None,
    starred: bool | None = None,
) -> Note:
    """The note with what is given set anew."""
    annotation = _changeable(context, idSite, idNote)
    changed = replace(
        annotation,
        date=_day(context, date) if date else annotation.date,
        note=annotation.note if note is None else shortened(note),
        starred=annotation.starred if starred is None else starred,
    )
    try:
        return note_answer(context, context.service(Registry).change_annotation(changed))
    except NotRegisteredError as error:
        raise ApiError(f"Note {idNote} of site {idSite} was just deleted.") from error


@method("Annotations.delete", Access.VIEW)
def delete(context: Context, idSite: int, idNote: int) -> None:
    """Drop a note."""
    annotation = _changeable(context, idSite, idNote)
    context.service(Registry).delete_annotations(idSite, [annotation.id_note])


@method("Annotations.deleteAll", Access.SUPERUSER)
def delete_all(context: Context, idSite: int) -> None:
    """Drop all notes of a site."""
    registry = context.service(Registry)
    registry.delete_annotations(context.site(idSite).idsite, [one.id_note for one in registry.annotations(idSite)])


@method("Annotations.get", Access.VIEW)
def get(context: Context, idSite: int, idNote: int) -> Note:
    """One note."""
    return note_answer(context, _found(context, idSite, idNote))


@method("Annotations.getAll", Access.VIEW)
def get_all(
    context: Context, idSite: Any, date: str | None = None, period: str = "day", lastN: int | None = None
) -> dict[int, list[Note]]:
    """Notes by site, in order of their days; only those of a period, or of the last periods, if a date is given."""
    span = _span(context, date, period, lastN) if date else None
    found = {}
    for idsite in _sites(context, idSite):
        if notes := _notes(context, idsite, span):
            found[idsite] = [note_answer(context, one) for one in notes]
    return found


@method("Annotations.getAnnotationCountForDates", Access.VIEW)
def get_annotation_count_for_dates(
    context: Context,
    idSite: Any,
    date: str,
    period: str,
    lastN: int | None = None,
    getAnnotationText: bool = False,
) -> dict[int, list[list[Any]]]:
    """By site a pair for each period: its first day, and the numbers of notes and starred notes (and a lone note's text)."""
    first, last = _span(context, date, period, lastN)
    counts = {}
    for idsite in _sites(context, idSite):
        pairs = []
        for start, end in _steps(first, last, period):
            notes = _notes(context, idsite, (start, end))
            numbers: dict[str, Any] = {"count": len(notes), "starred": sum(one.starred for one in notes)}
            if getAnnotationText and len(notes) == 1:
                numbers["note"] = notes[0].note
            pairs.append([start.isoformat(), numbers])
        counts[idsite] = pairs
    return counts


def _notes(context: Context, idsite: int, span: tuple[date, date] | None) -> list[Annotation]:
    notes = context.service(Registry).annotations(idsite)
    if span is not None:
        first, last = (day.isoformat() for day in span)
        notes = [one for one in notes if first <= one.date <= last]
    return sorted(notes, key=lambda one: (one.date, one.id_note))


def _sites(context: Context, sent: Any) -> list[int]:
    """Numbers of the sites that the caller asked for; the rights were checked."""
    if sent == "all":
        known = context.service(Registry).sites()
        return [site.idsite for site in known if context.identity.may(Role.VIEW, site.idsite)]
    texts = sent if isinstance(sent, list) else str(sent).split(",")
    return [int(text) for text in texts if str(text).strip().isdigit()]


def _span(context: Context, day: str, period: str, last_n: int | None) -> tuple[date, date]:
    """First and last day of what is asked for: a period, several, or those that end with the one of the day."""
    if not day:
        raise MissingParameter("date")
    periods = select_periods(period, day, _today(context)).periods
    first, last = periods[0], periods[-1]
    if last_n and first.kind is not PeriodKind.RANGE and not is_multiple_date(day):
        for _ in range(min(last_n, _MAX_PERIODS) - 1):
            first = Period.containing(first.kind, first.first - ONE_DAY)
    return first.first, last.last


def _steps(first: date, last: date, period: str) -> Iterator[tuple[date, date]]:
    """Consecutive periods from the first day on, of days where a range is asked for."""
    kind = PeriodKind.DAY if period == PeriodKind.RANGE else PeriodKind(period)
    while first <= last:
        end = Period.containing(kind, first).last
        yield first, end
        first = end + timedelta(days=1)


METHODS = (add, save, delete, delete_all, get, get_all, get_annotation_count_for_dates)
