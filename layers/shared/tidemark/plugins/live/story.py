"""Puts together what plugins tell of visits. Source: Matomo 5.2, Live.getLastVisitsDetails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from tidemark.model.settings import Settings
from tidemark.model.visit_reader import LoggedVisit
from tidemark.plugin import Context, Details, DetailsContext, Entry, Plugins, VisitDetails

_HIDDEN_FROM_ANONYMOUS: Final = dict.fromkeys(("visitor_id", "user_id", "location_ip", "fingerprint"))
_MOST_ACTIONS: Final = "General.visitor_log_maximum_actions_per_visit"
_BEHIND: Final = 100
"""Actions that are read behind the last that is shown: some tell of those before them, as the time that passed."""


def actions_read(settings: Settings) -> int:
    """How many actions of a visit have to be read to show as many as the settings say."""
    return settings.number(_MOST_ACTIONS) + _BEHIND


class Storyteller:
    """Tells of some visits, all in one call."""

    def __init__(self, call: Context, visits: Sequence[LoggedVisit]) -> None:
        """Callers without login see neither ids nor addresses."""
        if call.identity.is_anonymous:
            visits = [replace(visit, row={**visit.row, **_HIDDEN_FROM_ANONYMOUS}) for visit in visits]
        self.context = DetailsContext(call, tuple(visits))
        self.shares: tuple[VisitDetails, ...] = call.service(Plugins).visit_details()
        self._most_actions = call.settings.number(_MOST_ACTIONS)

    def told(self, *, with_actions: bool = True) -> list[Details]:
        """The details of every visit, in the given order."""
        return [self._visit(visit, with_actions=with_actions) for visit in self.context.visits]

    def _visit(self, visit: LoggedVisit, *, with_actions: bool) -> Details:
        details: Details = {}
        for share in self.shares:
            if share.visit is not None:
                details.update(share.visit(visit, self.context))
        if with_actions:
            lines, left_out = self._lines(visit)
            details["actionDetails"] = lines
            if left_out:
                details["truncatedActionsCount"] = left_out
        return details

    def _lines(self, visit: LoggedVisit) -> tuple[list[Details], int]:
        """The first lines, and how many are left out."""
        entries: list[Entry] = []
        for share in self.shares:
            if share.entries is not None:
                entries += share.entries(visit, self.context)
        entries.sort(key=_place)
        shown = entries[: self._most_actions]
        for entry in shown:
            for share in self.shares:
                if share.describe is not None:
                    share.describe(entry, visit, self.context)
        return [entry.details for entry in shown], len(entries) - len(shown) + visit.actions_left_out


def _place(entry: Entry) -> tuple[Any, ...]:
    """By time; what came without an action goes first, conversions follow the action that converted."""
    is_conversion = "idgoal" in entry.row
    goal = (entry.kind, entry.details.get("url") or "", entry.row["idgoal"]) if is_conversion else ()
    return (entry.row["server_time"], entry.page_id is not None, entry.page_id or 0, is_conversion, goal)
