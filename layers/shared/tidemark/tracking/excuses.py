"""Whether a hit of wrong values is excluded anyway, and so answered like a success. Loaded when the first value is wrong.

Bots are known by their addresses here, not by their user agents: that takes seconds the first time, while a client waits.

Source: Matomo 5.2, tracking behaviour, section 1, processing order: exclusions come before visitor and action.
"""

from __future__ import annotations

import logging
from typing import Final

from tidemark.model.snapshot import TrackerSnapshot
from tidemark.tracking.devices import Devices
from tidemark.tracking.draft import Draft, Sources
from tidemark.tracking.message import Envelope, RawHit
from tidemark.tracking.parameters import integer
from tidemark.tracking.rules import RuleBook
from tidemark.tracking.steps import EXCLUSIONS, is_excluded, put_client

logger = logging.getLogger(__name__)

_STEPS: Final = tuple(step for step in EXCLUSIONS if step is not put_client)


class Excuses:
    """The exclusions of one snapshot."""

    def __init__(self, snapshot: TrackerSnapshot) -> None:
        self._book = RuleBook(snapshot)
        self._sources = Sources(Devices())

    def hold(self, hit: RawHit, sender: Envelope) -> bool:
        """Whether the hit will not be recorded, whatever its values are."""
        rules = self._book.rules(integer(hit.params, "idsite"))
        if rules is None:
            return False
        draft = Draft(sender, hit, dict(hit.params), self._book, rules, self._sources, sender.received)
        try:
            return is_excluded(draft, _STEPS)
        except Exception:
            logger.exception("it cannot be told whether a request of wrong values is excluded")
            return False
