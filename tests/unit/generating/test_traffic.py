"""Made-up traffic."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from tidemark.generating.traffic import Plan, Target, hits_of

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TWO = (Target(3, "https://a.example.org"), Target(5, "https://b.example.org"))


def plan(visits: int = 400, days: int = 7, seed: str = "1", targets=TWO) -> Plan:
    return Plan(targets, visits, days, date(2026, 11, 21), seed)


@pytest.mark.parametrize("visits", [1, 2, 399, 1000])
def test_counts_when_added_up(visits):
    counts = plan(visits).counts()
    assert sum(counts.values()) == visits
    assert len(counts) == 14


def test_hits_when_made_twice():
    assert list(hits_of(plan(), NOW)) == list(hits_of(plan(), NOW))
    assert list(hits_of(plan(seed="2"), NOW)) != list(hits_of(plan(), NOW))


def test_hits_when_looked_at():
    visits = [visit for visit in hits_of(plan(2000), NOW) if visit]
    hits = [hit for visit in visits for hit in visit]
    assert {hit["idsite"] for hit in hits} == {3, 5}
    assert max(hit["cdt"] for hit in hits) <= "2026-11-21 12:00:00"
    assert min(hit["cdt"] for hit in hits) < "2026-11-16"
    for visit in visits:
        assert [hit["cdt"] for hit in visit] == sorted(hit["cdt"] for hit in visit)
        assert len({(hit["_id"], hit["cip"], hit["ua"]) for hit in visit}) == 1
    kinds = Counter(name for hit in hits for name in hit)
    wanted = ["download", "link", "search", "e_v", "c_n", "c_i", "_pks", "ec_id", "ec_items", "uid", "dimension3"]
    assert all(kinds[name] for name in [*wanted, "pf_srv", "cvar", "_cvar", "bw_bytes", "ping"])
    assert any("mtm_campaign" in hit["url"] for hit in hits)
    days_of = {(hit["_id"], hit["cdt"][:10]) for hit in hits}
    assert len({visitor for visitor, _ in days_of}) < len(days_of)
