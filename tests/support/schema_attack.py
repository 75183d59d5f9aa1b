"""Calls that a schema-driven tester makes from the OpenAPI description, against an instance with some traffic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlencode

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.wsgi import application
from tidemark.bootstrap import Instance
from tidemark.clock import SettableClock
from tidemark.config import Config
from tidemark.model.site import Site
from tidemark.stores.embedded.instance import open_stores
from tidemark.tracking.request import Request

TOKEN = "0123456789abcdef0123456789abcdef"
NOON = 1_795_003_200  # 2026-11-18 12:00:00 UTC
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
KNOWN = {
    "idSite": ("1", "2", "1,2", "all"),
    "date": ("2026-11-17", "today", "last3", "2026-11-10,2026-11-18"),
    "segment": ("", "visitCount>0", "pageUrl=@shoes", "countryCode!=de;actions>1,browserCode==FF"),
}
"""Values that mean something here."""
HITS = (
    {"url": "http://shop.example/", "action_name": "Home", "urlref": "http://www.google.com/search?q=shoes"},
    {"url": "http://shop.example/shoes?pk_campaign=spring", "action_name": "Shoes"},
    {"url": "http://shop.example/shoes", "e_c": "Video", "e_a": "play", "e_n": "intro", "e_v": "3"},
    {"url": "http://shop.example/find", "search": "boots", "search_cat": "all", "search_count": "4"},
    {"url": "http://shop.example/f.zip", "download": "http://shop.example/f.zip"},
    {"url": "http://shop.example/ad", "c_n": "Ad", "c_p": "a.png", "c_t": "http://o.example"},
    {
        "url": "http://shop.example/thanks",
        "idgoal": "0",
        "ec_id": "A1",
        "revenue": "12.5",
        "ec_items": '[["S","N","C",5,2]]',
    },
)


@contextmanager
def attacked_instance() -> Iterator[Instance]:
    """Two sites with a goal and two days of traffic."""
    stores = open_stores(ephemeral=True)
    clock = SettableClock(NOON)
    instance = Instance(Config(snapshot_age_seconds=0), clock, stores)
    registry = instance.registry()
    registry.create_superuser("admin", TOKEN)
    for name in ("Shop", "Blog"):
        registry.add_site(Site(0, name, "http://shop.example", NOON - 86_400 * 9, ecommerce=name == "Shop"))
    for at in (-90_000, -3_600):
        for number, hit in enumerate(HITS):
            moment = {"cdt": NOON + at + number, "cip": "203.0.113.7", "token_auth": TOKEN}
            query = urlencode({"idsite": 1 + number % 2, "rec": 1, **moment, **hit})
            instance.collector().collect(Request("GET", "/matomo.php", query, {"user-agent": AGENT}, b"", "1.2.3.4"))
    instance.ingest().run(stores.hits.receive(1000, 60))
    try:
        yield instance
    finally:
        stores.close()


def operations(instance: Instance) -> Sequence:
    """Everything that the description offers."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", application(instance.rest()))
    return [found.ok() for found in schema.get_all_operations()]


def attack(operation, calls: int, *, derandomize: bool = True) -> None:
    """Call an operation with made-up parameters; every second call names sites and dates that there are.

    Raises: FailureGroup, where an answer is not as described, and whatever the API itself raises.
    """
    made = 0

    @settings(
        max_examples=calls,
        database=None,
        deadline=None,
        derandomize=derandomize,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy())
    def call(case):
        nonlocal made
        made += 1
        for part in (case.path_parameters, case.query, case.body) if made % 2 else ():
            for name in KNOWN.keys() & (part if isinstance(part, dict) else {}).keys():
                part[name] = KNOWN[name][made // 2 % len(KNOWN[name])]
        case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"}, checks=CHECKS)

    call()
