"""Tracking requests that were refused, as far as somebody should act on them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qs

from tidemark.model.access import Role
from tidemark.model.errors import NoAccess
from tidemark.model.registry import Registry
from tidemark.model.tracking_failures import TrackingFailure, TrackingFailures
from tidemark.plugin import Access, Context, method

PROBLEMS: Final = {
    1: (
        "The site of the request does not exist.",
        "Set 'idsite' in the tracking code to the number of a site that exists.",
        "",
    ),
    2: (
        "The request has to be authenticated and was not.",
        "Send a 'token_auth' that has at least write access to the site.",
        "",
    ),
}
"""Kind of failure -> what is wrong, what to do about it, and where to read on."""


def failure_answer(context: Context, failure: TrackingFailure) -> dict[str, Any]:
    """A failure by Matomo's names."""
    moment = datetime.fromtimestamp(failure.date_first_occurred, UTC)
    problem, solution, link = PROBLEMS.get(failure.idfailure, ("", "", ""))
    return {
        "idsite": failure.idsite,
        "idfailure": failure.idfailure,
        "date_first_occurred": moment.strftime("%Y-%m-%d %H:%M:%S"),
        "request_url": failure.request_url,
        "site_name": _site_name(context, failure.idsite),
        "pretty_date_first_occurred": f"{moment:%b} {moment.day}, {moment:%Y %H:%M:%S}",
        "url": next(iter(parse_qs(failure.request_url).get("url", ())), ""),
        "problem": problem,
        "solution": solution,
        "solution_url": link,
    }


def _site_name(context: Context, idsite: int) -> str:
    names = {site.idsite: site.name for site in context.service(Registry).sites()}
    return names.get(idsite, "Unknown")


def _administered(context: Context) -> list[TrackingFailure]:
    """Failures of the sites that the caller administers; superusers see those of sites that there are not, too."""
    return [one for one in context.service(TrackingFailures).all() if context.identity.may(Role.ADMIN, one.idsite)]


@method("CoreAdminHome.getTrackingFailures", Access.SOME_ADMIN)
def get_tracking_failures(context: Context) -> list[dict[str, Any]]:
    """Failures of the sites that the caller administers."""
    return [failure_answer(context, failure) for failure in _administered(context)]


@method("CoreAdminHome.deleteAllTrackingFailures", Access.SOME_ADMIN)
def delete_all_tracking_failures(context: Context) -> None:
    """Forget the failures of the sites that the caller administers."""
    context.service(TrackingFailures).delete(_administered(context))


@method("CoreAdminHome.deleteTrackingFailure", Access.SOME_ADMIN)
def delete_tracking_failure(context: Context, idSite: int, idFailure: int) -> None:
    """Forget one kind of failure of a site, which need not exist."""
    if not context.identity.may(Role.ADMIN, idSite):
        raise NoAccess.to_site(Role.ADMIN.id, [idSite])
    wanted = (idSite, idFailure)
    matching = [one for one in _administered(context) if (one.idsite, one.idfailure) == wanted]
    context.service(TrackingFailures).delete(matching)


METHODS = (get_tracking_failures, delete_all_tracking_failures, delete_tracking_failure)
