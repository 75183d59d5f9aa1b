"""Files of a visit log: what they leave out is read from the others, and files of before are read as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.support.day_hits import DAY, SITE, SiteWithHits
from tests.support.hit_rows import hit, order, table
from tidemark.model.daylog import DayLog
from tidemark.sessions.histories import history_of, touched_by
from tidemark.sessions.log_files import files_of, read_table, read_visitors, to_parquet

FIRST, NEXT = date(2010, 3, 10), date(2010, 3, 11)


@pytest.fixture
def site():
    made = SiteWithHits()
    made.ingest([hit(0), hit(5, visitor=0xB), order("o1", 20), hit(4000), hit(30, visitor=None, fingerprint=0xC)])
    made.ensure()
    yield made
    made.close()


def published(site):
    (log,) = site.sessions.days(SITE, FIRST, FIRST)
    return log


def as_before(site, log):
    """The same log in files that leave nothing out."""
    keys, rows = {}, {}
    for name in ("visits", "actions", "conversions", "visitors"):
        whole = site.sessions.read(log, name)
        keys[name], rows[name] = f"log/{name}/before.parquet", whole.num_rows
        site.stores.objects.put(keys[name], to_parquet(whole))
    return DayLog(log.idsite, log.day, "before", keys, rows)


def history(site, log):
    hits = table([hit(DAY, visitor=0xA), hit(DAY, visitor=0xB), order("o1", DAY, visitor=0xB)])
    return history_of(site.stores.objects, site.clock, NEXT, hits, [log])


def test_visitors_that_follow_from_visits_have_no_file(site):
    log = published(site)
    assert "visitors" not in log.keys
    found = {row["visitor_id"]: row for row in site.rows(log, "visitors") if row["visits"] == 1}
    assert found[0xA]["first_visit_start"] == found[0xA]["last_visit_start"]
    assert len(site.rows(log, "visitors")) == len(site.rows(log, "visits"))


def test_files_of_before_say_the_same(site):
    log = published(site)
    old = as_before(site, log)
    objects = site.stores.objects
    assert read_visitors(objects, old.all_keys).equals(read_visitors(objects, log.all_keys))
    for name in ("visits", "actions", "conversions", "visitors"):
        wanted = site.sessions.read(log, name).column_names
        (whole,) = read_table(objects, old, name, wanted)
        assert whole.select(wanted).to_pylist() == site.rows(log, name)
    assert history(site, old).visitors.equals(history(site, log).visitors)
    assert history(site, log).visitors.num_rows == 2
    assert history(site, old).orders == history(site, log).orders == {"o1"}


def test_a_log_that_says_the_same_in_other_files_touches_nobody(site):
    log = published(site)
    later = replace(log, day=NEXT)
    assert touched_by(site.stores.objects, as_before(site, log).all_keys, log.all_keys, [later]) == []
    assert touched_by(site.stores.objects, {}, log.all_keys, [later]) == [later]


def test_what_does_not_follow_from_its_visit_stays(site):
    log = published(site)
    logs = {name: site.sessions.read(log, name) for name in ("visits", "actions", "conversions", "items", "visitors")}
    without = {**logs, "visits": logs["visits"].slice(0, 0)}
    files = files_of(without)
    assert "visits" not in files
    for name, content in files.items():
        site.stores.objects.put(f"log/{name}/other.parquet", content)
    other = DayLog(SITE, FIRST, "other", {name: f"log/{name}/other.parquet" for name in files}, {})
    for name in ("actions", "conversions", "visitors"):
        assert site.sessions.read(other, name).to_pylist() == logs[name].to_pylist()
