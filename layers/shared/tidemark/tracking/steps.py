"""How a hit is made, from parameters to the columns of the hit log: one list of steps, in this order.

`drop_*` may stop a hit, `put_*` only add to it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from tidemark.definitions.languages import clean_accept_language
from tidemark.model.hit import Location
from tidemark.tracking.client_hints import client_hints
from tidemark.tracking.custom_values import put_custom_dimensions, put_custom_variables
from tidemark.tracking.draft import Draft, Dropped
from tidemark.tracking.ecommerce import put_ecommerce, put_product_view
from tidemark.tracking.exclusions import (
    drop_bots,
    drop_do_not_track,
    drop_excluded_addresses,
    drop_excluded_agents,
    drop_excluded_requests,
    drop_install_checks,
    drop_opted_out,
    drop_prefetches,
    drop_spam,
    drop_unknown_urls,
    drop_without_rec,
)
from tidemark.tracking.goals import put_goals
from tidemark.tracking.leftovers import put_leftovers
from tidemark.tracking.location import locate, overridden
from tidemark.tracking.masking import masked
from tidemark.tracking.page_actions import put_action, put_measurements
from tidemark.tracking.parameters import text
from tidemark.tracking.referrers import put_referrer
from tidemark.tracking.visitor import put_fingerprint, put_visitor

logger = logging.getLogger(__name__)


Step = Callable[[Draft], None]
_NO_HEADERS: Final[Mapping[str, str]] = {}


def put_sender(draft: Draft) -> None:
    """User agent and languages: of the request, unless its parameters name others."""
    given, envelope = draft.given, draft.envelope
    draft.user_agent = text(given, "ua") or envelope.user_agent
    draft.language = text(given, "lang") or envelope.language


def put_client(draft: Draft) -> None:
    """The device and its software."""
    draft.client = draft.sources.devices.client(draft.user_agent, client_hints(draft.given, draft.envelope.headers))


def put_place(draft: Draft) -> None:
    """Fingerprint and location, by what collect found out of the full address, or by the one that is stored."""
    origin = draft.origin
    stored = masked(origin.address, draft.book.policy.masked_bytes)
    put_fingerprint(draft, origin.key or stored)
    headers = draft.envelope.headers if draft.raw.origin is None else _NO_HEADERS
    found = Location(*origin.place) if origin.place else None
    place = locate(
        "" if origin.key else stored,  # a masked address would only be a guess where the full one could be looked up
        headers,
        clean_accept_language(draft.language),
        draft.book.policy,
        draft.sources.databases,
        found,
    )
    draft.location = overridden(place, draft.given) if draft.raw.is_authenticated else place
    draft.row["location_ip"] = stored


def put_plugin_columns(draft: Draft) -> None:
    """The columns of plugins. One that fails stays empty, and is counted."""
    row, sources = draft.row, draft.sources
    for column, value in sources.columns:
        try:
            row[column] = value(draft)
        except Exception:
            if column not in sources.failed_dimensions:
                logger.exception("a plugin's column cannot be computed", extra={"column": column})
            sources.failed_dimensions[column] = sources.failed_dimensions.get(column, 0) + 1


EXCLUSIONS: Final[tuple[Step, ...]] = (
    drop_without_rec,
    put_sender,
    put_client,
    drop_bots,
    drop_do_not_track,
    drop_install_checks,
    drop_excluded_requests,
    drop_opted_out,
    drop_excluded_addresses,
    drop_excluded_agents,
    drop_spam,
    drop_unknown_urls,
    drop_prefetches,
)
"""Whether a hit is recorded at all. Source: Matomo 5.2, tracking behaviour, section 4."""

STEPS: Final[tuple[Step, ...]] = (
    *EXCLUSIONS,
    put_visitor,
    put_place,
    put_action,
    put_measurements,
    put_product_view,
    put_referrer,
    put_goals,  # needs the action, and the referrer's rules
    put_ecommerce,
    put_custom_dimensions,  # needs the action's URL and title
    put_custom_variables,
    put_plugin_columns,
    put_leftovers,  # last: what no step before has put into a column
)


def is_excluded(draft: Draft, steps: tuple[Step, ...] = EXCLUSIONS) -> bool:
    """Whether the hit would not be recorded."""
    try:
        for step in steps:
            step(draft)
    except Dropped:
        return True
    return False


def enrich(draft: Draft) -> dict[str, Any]:
    """The hit's row of the hit log.

    Raises: Dropped, TrackingError.
    """
    draft.row.update(
        hit_id=draft.hit_id,
        idsite=draft.site.idsite,
        server_time=draft.server_time,
        sequence=draft.envelope.sequence + draft.raw.place,
    )
    for step in STEPS:
        step(draft)
    return draft.row
