"""Demo traffic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tidemark.cli.demo import DAYS, VISITS_A_DAY, demo_hits

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def times(hits) -> list[datetime]:
    return [datetime.strptime(hit["cdt"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) for hit in hits]


def test_demo_hits_when_made_twice():
    assert list(demo_hits(1, NOW)) == list(demo_hits(1, NOW))


def test_demo_hits_when_looked_at():
    hits = list(demo_hits(3, NOW))
    assert len(hits) > VISITS_A_DAY * (DAYS - 1)
    assert {hit["idsite"] for hit in hits} == {3}
    moments = times(hits)
    assert moments == sorted(moments)
    assert moments[-1] <= NOW
    assert NOW - moments[0] > timedelta(DAYS - 2)
    assert any("download" in hit for hit in hits)
    assert any("link" in hit for hit in hits)
    assert len({hit["_id"] for hit in hits}) < len({(hit["_id"], hit["cdt"][:10]) for hit in hits})
