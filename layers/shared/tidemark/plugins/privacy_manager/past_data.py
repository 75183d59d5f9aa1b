"""Hiding parts of past data. Source: Matomo 5.2, PrivacyManager API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from tidemark.model.anonymising import Anonymisation, Anonymising, Hidden, computed_columns
from tidemark.model.errors import BadParameter
from tidemark.model.period import local_date
from tidemark.model.period_query import select_periods
from tidemark.plugin import Access, Context, method
from tidemark.plugins.privacy_manager.columns import ACTION_COLUMNS, VISIT_COLUMNS
from tidemark.plugins.privacy_manager.methods import confirm
from tidemark.plugins.privacy_manager.moments import moment_text


@method("PrivacyManager.anonymizeSomeRawData", Access.SUPERUSER, raw_strings=True)
def anonymize_some_raw_data(
    context: Context,
    idSites: Any,
    date: str,
    anonymizeIp: bool = False,
    anonymizeLocation: bool = False,
    anonymizeUserId: bool = False,
    unsetVisitColumns: list[str] | None = None,
    unsetLinkVisitActionColumns: list[str] | None = None,
    passwordConfirmation: str = "",
) -> None:
    """Hide parts of what was tracked on a day or a span (two days with a comma); reports of these days are made anew."""
    confirm(context, passwordConfirmation)
    visits = _known(unsetVisitColumns, "unsetVisitColumns", VISIT_COLUMNS)
    actions = _known(unsetLinkVisitActionColumns, "unsetLinkVisitActionColumns", ACTION_COLUMNS)
    computed = computed_columns(visits, actions)
    if computed:
        raise BadParameter(
            f"{', '.join(computed)}: computed from other columns whenever a day is made; blank those instead."
        )
    today = local_date(context.now, UTC)
    period = select_periods("range" if "," in date else "day", date, today).periods[0]
    hidden = Hidden(
        period.first,
        period.last,
        _sites(context, idSites),
        anonymizeIp,
        anonymizeLocation,
        anonymizeUserId,
        visits,
        actions,
    )
    if hidden.hides_nothing:
        raise BadParameter("Nothing was chosen that is to be hidden.")
    context.service(Anonymising).order(hidden, context.identity.login)


@method("PrivacyManager.getRawDataAnonymizations", Access.SUPERUSER)
def get_raw_data_anonymizations(context: Context) -> list[dict[str, Any]]:
    """What was ordered to be hidden, newest first, and how far it is: ordered, done, or settled."""
    return [_answer(one) for one in reversed(context.service(Anonymising).all())]


def _sites(context: Context, sent: Any) -> tuple[int, ...]:
    """Numbers of sites; none for all. Raises: BadParameter, UnknownSite."""
    if sent in ("", "all"):
        return ()
    texts = sent if isinstance(sent, list) else str(sent).split(",")
    numbers = [str(text).strip() for text in texts]
    if not all(text.isascii() and text.isdigit() for text in numbers):
        raise BadParameter("'idSites' has to be 'all', or numbers of sites.")
    return tuple(sorted({context.site(int(text)).idsite for text in numbers}))


def _known(sent: Sequence[str] | None, parameter: str, columns: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that are to be empty. Raises: BadParameter."""
    names = tuple(dict.fromkeys(name.strip() for name in sent or () if name.strip()))
    unknown = [name for name in names if name not in columns]
    if unknown:
        raise BadParameter(f"'{parameter}': there is no {', '.join(unknown)}. There are {', '.join(columns)}.")
    return names


def _answer(one: Anonymisation) -> dict[str, Any]:
    return {
        "idlogdata_anonymization": one.id,
        "idsites": list(one.hidden.idsites) or None,
        "date_start": one.hidden.first.isoformat(),
        "date_end": one.hidden.last.isoformat(),
        "anonymize_ip": one.hidden.addresses,
        "anonymize_location": one.hidden.places,
        "anonymize_userid": one.hidden.users,
        "unset_visit_columns": list(one.hidden.visit_columns),
        "unset_link_visit_action_columns": list(one.hidden.action_columns),
        "requester": one.login,
        "scheduled_date": moment_text(one.requested_at),
        "job_finish_date": moment_text(one.done_at),
        "state": one.state.value,
        "counts": dict(one.counts),
    }


METHODS = (anonymize_some_raw_data, get_raw_data_anonymizations)
