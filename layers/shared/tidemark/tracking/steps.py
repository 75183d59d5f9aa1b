"""How a hit is made, from parameters to the columns of the hit log: one list of steps, in this order.

`drop_*` may stop a hit, `put_*` only add to it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tidemark.definitions.languages import clean_accept_language
from tidemark.plugin.dimension import Dimension
from tidemark.tracking.addresses import masked
from tidemark.tracking.client_hints import client_hints
from tidemark.tracking.custom_values import put_custom_dimensions, put_custom_variables
from tidemark.tracking.devices import Devices
from tidemark.tracking.draft import Draft
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
from tidemark.tracking.location import Databases, put_location
from tidemark.tracking.page_actions import put_action, put_measurements
from tidemark.tracking.parameters import text
from tidemark.tracking.privacy import pseudonymise
from tidemark.tracking.referrers import put_referrer
from tidemark.tracking.visitor import put_fingerprint, put_visitor

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Sources:
    """What enrichment asks: devices by user agent, places by address, and the columns of plugins."""

    devices: Devices
    databases: Databases = field(default_factory=Databases)
    dimensions: Sequence[Dimension] = ()
    failed_dimensions: dict[str, int] = field(default_factory=dict)
    """How often a plugin's column could not be computed, by its name."""


Step = Callable[[Draft, Sources], None]


def put_sender(draft: Draft, _: Sources) -> None:
    """Address, user agent and languages: of the request, unless its parameters name others."""
    given, envelope = draft.given, draft.envelope
    draft.address = (text(given, "cip") if draft.raw.is_authenticated else "") or envelope.client_ip
    draft.user_agent = text(given, "ua") or envelope.user_agent
    draft.language = text(given, "lang") or envelope.language


def put_pseudonyms(draft: Draft, _: Sources) -> None:
    """Pseudonyms in place of user and order ids, where the instance wants it so."""
    pseudonymise(draft.given, draft.book.settings, draft.book.snapshot.salt)


def put_client(draft: Draft, sources: Sources) -> None:
    """The device and its software."""
    draft.client = sources.devices.client(draft.user_agent, client_hints(draft.given, draft.envelope.headers))


def put_place(draft: Draft, sources: Sources) -> None:
    """Fingerprint and location, by the full address or the masked one; only the masked one is stored."""
    settings = draft.book.settings
    length = settings.number("PrivacyManager.ipAddressMaskLength")
    stored = masked(draft.address, length if settings.flag("PrivacyManager.ipAnonymizerEnabled") else 0)
    uses_stored = settings.flag("PrivacyManager.useAnonymizedIpForVisitEnrichment")
    address = stored if uses_stored else draft.address
    put_fingerprint(draft, address)
    put_location(draft, address, clean_accept_language(draft.language), sources.databases)
    draft.row["location_ip"] = stored


def put_plugin_columns(draft: Draft, sources: Sources) -> None:
    """The columns of plugins. One that fails stays empty, and is counted."""
    for dimension in sources.dimensions:
        try:
            draft.row[dimension.column] = dimension.value(draft)
        except Exception:
            if dimension.column not in sources.failed_dimensions:
                logger.exception("a plugin's column cannot be computed", extra={"column": dimension.column})
            sources.failed_dimensions[dimension.column] = sources.failed_dimensions.get(dimension.column, 0) + 1


def _plain(step: Callable[[Draft], None]) -> Step:
    """A step that asks no source."""

    def named(draft: Draft, _: Sources) -> None:
        step(draft)

    named.__name__ = step.__name__
    named.__doc__ = step.__doc__
    return named


STEPS: Final[tuple[Step, ...]] = (
    _plain(drop_without_rec),
    put_sender,
    put_pseudonyms,
    put_client,
    _plain(drop_bots),
    _plain(drop_do_not_track),
    _plain(drop_install_checks),
    _plain(drop_excluded_requests),
    _plain(drop_opted_out),
    _plain(drop_excluded_addresses),
    _plain(drop_excluded_agents),
    _plain(drop_spam),
    _plain(drop_unknown_urls),
    _plain(drop_prefetches),
    _plain(put_visitor),
    put_place,
    _plain(put_action),
    _plain(put_measurements),
    _plain(put_product_view),
    _plain(put_referrer),
    _plain(put_goals),  # needs the action, and the referrer's rules
    _plain(put_ecommerce),
    _plain(put_custom_dimensions),  # needs the action's URL and title
    _plain(put_custom_variables),
    put_plugin_columns,
    _plain(put_leftovers),  # last: what no step before has put into a column
)


def enrich(draft: Draft, sources: Sources) -> dict[str, Any]:
    """The hit's row of the hit log.

    Raises: Dropped, TrackingError.
    """
    draft.row.update(
        hit_id=draft.hit_id,
        idsite=draft.site.idsite,
        server_time=draft.server_time,
        sequence=draft.envelope.sequence + draft.raw.index,
    )
    for step in STEPS:
        step(draft, sources)
    return draft.row
