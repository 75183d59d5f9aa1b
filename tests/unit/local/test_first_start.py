"""What a new local instance chooses. Source: docs/tracking.md, "Where visitors are"."""

from __future__ import annotations

from types import SimpleNamespace

from tests.support.api_calls import memory_registry
from tests.support.memory_stores import MemoryObjects, MemoryTable
from tidemark.clock import SystemClock
from tidemark.local.serve import Options, ensure_superuser, greeting
from tidemark.registry.table_registry import TableRegistry

PROVIDER = "usercountry.location_provider"


def test_a_new_instance_locates_by_databases_and_a_later_choice_stays():
    registry = memory_registry()
    instance = SimpleNamespace(registry=lambda: registry)
    assert ensure_superuser(instance, Options(port=0)) is not None
    assert registry.settings().text(PROVIDER) == "geoip2php"
    registry.set_settings({PROVIDER: "default"})
    assert ensure_superuser(instance, Options(port=0)) is None
    assert registry.settings().text(PROVIDER) == "default"


def test_the_first_superuser_chooses_a_password_by_a_link_that_is_shown_once():
    registry = TableRegistry(MemoryTable(), MemoryObjects(), SystemClock())
    instance = SimpleNamespace(registry=lambda: registry)
    first = ensure_superuser(instance, Options(port=0))
    lines = list(greeting("http://127.0.0.1:1", Options(port=0), first))
    (link,) = [line.split()[1] for line in lines if line.startswith("password")]
    assert link == f"http://127.0.0.1:1/#/choose-password?token={first.link_token}"
    assert registry.user("admin").password_hash == ""
    assert registry.use_link(first.link_token, "correct horse").login == "admin"
    assert lines[-1] == "ready http://127.0.0.1:1"
    assert ensure_superuser(instance, Options(port=0)) is None
