"""Sends scheduled reports that are due, each in the name of its owner."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tidemark.clock import Clock
from tidemark.model.access import Role
from tidemark.model.deliveries import Deliveries
from tidemark.model.due import RHYTHMS, latest_due
from tidemark.model.errors import ApiError
from tidemark.model.registry import Registry
from tidemark.model.scheduled_report import ScheduledReport, ScheduledReports, delivery_due, delivery_name
from tidemark.model.time_zone import time_zone
from tidemark.reporting.service import Api

SEND: Final = "ScheduledReports.sendReport"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DueReports:
    """The scheduled reports of an instance."""

    api: Api
    registry: Registry
    reports: ScheduledReports
    deliveries: Deliveries
    clock: Clock

    def run(self, is_time_over: Callable[[], bool]) -> tuple[int, int]:
        """Send what is due and was not sent; how many were due, and how many of them could not be sent.

        One that fails keeps no other from being sent; one whose owner may no longer see the site is left alone.
        """
        done = failed = 0
        for report, told in self._due():
            if is_time_over():
                break
            done += 1
            try:
                identity = self.registry.identity(report.login)
                self.api.call(SEND, {"idReport": report.idreport, "date": told}, identity)
            except ApiError as error:
                failed += 1
                logger.warning(
                    "a scheduled report was not sent", extra={"report": report.idreport, "reason": error.message}
                )
            except Exception:
                failed += 1
                logger.exception("a scheduled report failed", extra={"report": report.idreport})
        return done, failed

    def _due(self) -> Iterator[tuple[ScheduledReport, str]]:
        """Reports that are due, since they were made, and were not sent; and the day whose period they tell of."""
        now = self.clock.now()
        for report in self.reports.all():
            site = self.registry.site(report.idsite)
            may_see = self.registry.identity(report.login).may(Role.VIEW, report.idsite)
            if report.period not in RHYTHMS or site is None or not may_see:
                continue
            due = latest_due(report.period, report.hour, time_zone(site.timezone), now)
            key = delivery_due(report.period_param or report.period, str(due.told))
            if due.at >= report.ts_created and self.deliveries.is_open(delivery_name(report.idreport), key):
                yield report, str(due.told)
