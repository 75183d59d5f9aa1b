"""What was lost or spoilt comes back, to the same bytes."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from tests.support.erasure import TrackedInstance
from tidemark.cli.main import app

DAY = 86_400
REPORT = {"idSite": 1, "period": "month", "date": "2026-11-18"}


@pytest.fixture
def site(tmp_path):
    instance = TrackedInstance(tmp_path)
    instance.folder = tmp_path
    for number in range(12):
        visitor = {"cid": f"{number % 5:016x}", "url": f"https://shop.example.org/{number % 4}"}
        instance.track(at=60 * number - DAY * (number % 3), **visitor)
    instance.track(idsite=2, url="https://blog.example.org/", cid="f" * 16)
    instance.settle()
    instance.reports()  # makes the archives of segments that reports look at
    yield instance
    instance.close()


def rebuild(site, *options):
    """What an operator types; the console has the same clock here."""
    folder = str(site.folder)
    done = CliRunner().invoke(app, ["archive", "--rebuild", *options, "--data", folder], catch_exceptions=False)
    assert done.exit_code == 0, done.output


def items(site):
    """What archives say, by key: numbers, and the bytes of every table."""
    found = {}
    for idsite in (1, 2):
        for month in ("2026_01", "2026_10", "2026_11"):
            for item in site.stores.archive_numeric.query(f"{idsite}#{month}#"):
                blob = site.stores.objects.get(item["blob"]).data if item.get("blob") else b""
                found[item["pk"], item["sk"]] = (item["numbers"], item["inputs"], item["index"], blob)
    return found


def hits(site):
    return {info.key: site.stores.objects.get(info.key).data for info in site.stores.objects.listing("hits/")}


def test_lost_archive_items_are_made_again_to_the_same_bytes(site):
    before, reports = items(site), site.reports()
    assert len(before) >= 10
    for pk, sk in before:
        site.stores.archive_numeric.delete(pk, sk)
    assert items(site) == {}
    assert site.reports() == reports  # whoever asks has them made
    rebuild(site)
    site.reports()
    assert items(site) == before


def test_lost_archive_items_are_made_again_where_reports_may_not_do_it(site):
    before = items(site)
    for pk, sk in before:
        site.stores.archive_numeric.delete(pk, sk)
    rebuild(site)
    site.reports()
    assert items(site) == before


def test_hit_files_restored_from_a_backup_give_the_same_archives(site):
    before, backup = items(site), hits(site)
    site.stores.objects.delete(list(backup))
    rebuild(site)
    assert site.call("VisitsSummary.get", **REPORT).get("nb_visits", 0) == 0
    for key, data in backup.items():
        site.stores.objects.put(key, data)
    rebuild(site)
    site.reports()
    assert items(site) == before


def test_archives_that_a_bad_deployment_wrote_are_healed(site):
    before, reports = items(site), site.reports()
    for (pk, sk), (numbers, *_) in before.items():  # wrong numbers, said to be made of the right inputs
        wrong = {name: value + 1000 for name, value in numbers.items()}
        site.stores.archive_numeric.update(pk, sk, assign={"numbers": wrong})
    assert site.reports() != reports
    rebuild(site, "--force-idsites", "1")
    rebuild(site, "--force-idsites", "2")
    assert site.reports() == reports
    assert items(site) == before


def test_only_the_named_days_are_made_again(site):
    before = {key: site.stores.archive_numeric.get(*key) for key in items(site)}
    rebuild(site, "--force-idsites", "1", "--force-date-range", "2026-11-17,2026-11-17")
    changed = {sk for (pk, sk), item in before.items() if site.stores.archive_numeric.get(pk, sk) != item}
    assert {sk[:5] for sk in changed} >= {"week#", "month"}
    assert {sk.rpartition("#")[2] for sk in changed if sk.startswith("day")} == {"2026-11-17"}
