"""Rooms that take people out of what is stored."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tidemark.bootstrap.archiving import ArchivingRooms

if TYPE_CHECKING:
    from tidemark.erasure.anonymising import PastAnonymising
    from tidemark.erasure.derived import DerivedData
    from tidemark.erasure.erasing import Erasing


class PrivacyRooms(ArchivingRooms):
    """Erasing data subjects, and hiding parts of the past."""

    def erasing(self) -> Erasing:
        """Data subjects -> nothing."""
        return self._once("erasing", self._make_erasing)

    def anonymising(self) -> PastAnonymising:
        """Past data -> past data with parts of them hidden."""
        return self._once("anonymising", self._make_anonymising)

    def _make_erasing(self) -> Erasing:
        from tidemark.erasure.erasing import Erasing
        from tidemark.erasure.visit_hits import VisitHits
        from tidemark.registry.erasures import ErasureList

        stores, logs, snapshot = self.stores(), self._visit_logs(), self.registry().snapshot
        return Erasing(
            stores.objects,
            stores.hits_dead,
            stores.archive_state,
            ErasureList(stores.registry),
            logs,
            logs.imports,
            VisitHits(stores.objects, stores.archive_state, snapshot, self.plugins(), self._clock),
            self._derived_data(),
            snapshot,
            runs_at_once=self._config.erase_on_call,
        )

    def _make_anonymising(self) -> PastAnonymising:
        from tidemark.erasure.anonymising import PastAnonymising
        from tidemark.registry.anonymisations import AnonymisationList
        from tidemark.tracking.lookup import AddressLookup

        stores, snapshot = self.stores(), self.registry().snapshot
        return PastAnonymising(
            stores.objects,
            AnonymisationList(stores.registry),
            self._visit_logs().imports,
            self._derived_data(),
            snapshot,
            AddressLookup(snapshot).locate_or_guess,
            runs_at_once=self._config.erase_on_call,
        )

    def _derived_data(self) -> DerivedData:
        """Visit logs and archives, to be made anew."""
        from tidemark.erasure.derived import DerivedData

        stores = self.stores()
        return DerivedData(
            stores.objects,
            stores.archive_state,
            stores.archive_numeric,
            self._visit_logs(),
            self.registry().snapshot,
            self._segments_in_advance,
            self.raw_data_limits().before,
            self.job_states().ask,
            self._clock,
            time.time,
        )
