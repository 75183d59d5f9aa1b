"""Which of the failures that collect tells are kept: those of requests that nothing would have excluded anyway.

Source: Matomo 5.2, tracking behaviour, section 2.
"""

from __future__ import annotations

import logging

from tidemark.tracking.draft import Draft, Sources
from tidemark.tracking.failures import MAX_QUERY_CHARACTERS
from tidemark.tracking.message import Envelope, Failure, RawHit
from tidemark.tracking.parameters import is_given
from tidemark.tracking.query import parse_query
from tidemark.tracking.rules import RuleBook
from tidemark.tracking.steps import is_excluded

logger = logging.getLogger(__name__)


def kept_failures(envelope: Envelope, book: RuleBook, sources: Sources) -> list[Failure]:
    """The failures of a message without those of bots and whatever else is excluded; collect knew the address's part."""
    return [failure for failure in envelope.failures if not _is_of_excluded(failure, envelope, book, sources)]


def _is_of_excluded(failure: Failure, envelope: Envelope, book: RuleBook, sources: Sources) -> bool:
    params = parse_query(failure.query)
    is_cut = len(failure.query) >= MAX_QUERY_CHARACTERS
    if is_cut or is_given(params, "cip"):  # an address that may not be named: Matomo cannot tell, and keeps the failure
        return False
    rules = book.rules(failure.idsite) or book.no_site
    draft = Draft(envelope, RawHit(0, params), dict(params), book, rules, sources, envelope.received)
    try:
        return is_excluded(draft)
    except Exception:
        logger.exception("it cannot be told whether a refused request is excluded")
        return False
