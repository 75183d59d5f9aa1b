"""What a new local instance chooses. Source: docs/tracking.md, "Where visitors are"."""

from __future__ import annotations

from types import SimpleNamespace

from tests.support.api_calls import memory_registry
from tidemark.local.serve import Options, ensure_superuser

PROVIDER = "usercountry.location_provider"


def test_a_new_instance_locates_by_databases_and_a_later_choice_stays():
    registry = memory_registry()
    instance = SimpleNamespace(registry=lambda: registry)
    assert ensure_superuser(instance, Options(port=0)) is not None
    assert registry.settings().text(PROVIDER) == "geoip2php"
    registry.set_settings({PROVIDER: "default"})
    assert ensure_superuser(instance, Options(port=0)) is None
    assert registry.settings().text(PROVIDER) == "default"
