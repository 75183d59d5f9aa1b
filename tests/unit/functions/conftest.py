"""An instance on embedded stores for the handlers, which run in this process."""

from __future__ import annotations

import pytest

from tidemark import bootstrap
from tidemark.clock import SettableClock
from tidemark.config import Config
from tidemark.model.site import Site
from tidemark.stores.embedded.instance import open_stores

TOKEN = "0123456789abcdef0123456789abcdef"
NOON = 1795262400.0  # 2026-11-21T12:00:00Z


@pytest.fixture
def instance(monkeypatch):
    """With one site, number 1, and a superuser whose token is TOKEN; its clock stands at NOON."""
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "true")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Tidemark")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "tidemark")
    stores = open_stores(ephemeral=True)
    one = bootstrap.Instance(Config(snapshot_age_seconds=0), SettableClock(NOON), stores)
    monkeypatch.setattr(bootstrap, "_installed", [one])
    one.registry().create_superuser("admin", TOKEN)
    one.registry().add_site(Site(0, "Shop", "https://shop.example.org", 0))
    yield one
    stores.close()
