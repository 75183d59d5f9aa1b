"""Evaluates alerts whose period is over, each in the name of its owner."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tidemark.clock import Clock
from tidemark.model.access import Role
from tidemark.model.alert import Alert, Alerts, delivery_name
from tidemark.model.deliveries import Deliveries
from tidemark.model.errors import ApiError
from tidemark.model.registry import Registry
from tidemark.model.slot import latest_slot
from tidemark.model.time_zone import time_zone
from tidemark.reporting.service import Api

EVALUATE: Final = "CustomAlerts.evaluateAlert"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WatchedAlerts:
    """The alerts of an instance."""

    api: Api
    registry: Registry
    alerts: Alerts
    deliveries: Deliveries
    clock: Clock

    def run(self, is_time_over: Callable[[], bool]) -> tuple[int, int]:
        """Evaluate what was not; how many alerts and sites, and how many of them failed. One keeps no other from its turn."""
        done = failed = 0
        for alert, idsite in self._open():
            if is_time_over():
                break
            done += 1
            try:
                identity = self.registry.identity(alert.login)
                self.api.call(EVALUATE, {"idAlert": alert.idalert, "idSite": idsite}, identity)
            except ApiError as error:
                failed += 1
                logger.warning("an alert failed", extra={"alert": alert.idalert, "reason": error.message})
            except Exception:
                failed += 1
                logger.exception("an alert failed", extra={"alert": alert.idalert})
        return done, failed

    def _open(self) -> Iterator[tuple[Alert, int]]:
        now = self.clock.now()
        for alert in self.alerts.all():
            identity = self.registry.identity(alert.login)
            for idsite in alert.idsites:
                site = self.registry.site(idsite) if identity.may(Role.VIEW, idsite) else None
                slot = latest_slot(alert.period, time_zone(site.timezone), now) if site is not None else None
                if slot is not None and self.deliveries.is_open(delivery_name(alert.idalert, idsite), slot.key):
                    yield alert, idsite
