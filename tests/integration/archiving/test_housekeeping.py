"""Housekeeping: files are merged, what is too old goes, versions are swept; killed anywhere, it ends the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.support.hit_rows import NOON, hit
from tests.support.tidy_instance import HOUR, NOW, SITE, TODAY, KilledError, TidyInstance, at, days_ago
from tidemark.archiving.housekeeping.compaction import MERGED_PREFIX
from tidemark.model.period import Period, PeriodKind
from tidemark.model.saved_segment import SavedSegment
from tidemark.model.segment import segment_hash
from tidemark.parquet_files import read_file

RECENT, OLD, OLDER = days_ago(3), days_ago(40), date(2023, 7, 5)
LOGS = {"Deletelogs.delete_logs_enable": True, "Deletelogs.delete_logs_older_than": 30}
REPORTS = {"Deletereports.delete_reports_enable": True, "Deletereports.delete_reports_older_than": 2}


def view(day: date, second: int, visitor: int) -> dict:
    return hit(at(day, second) - NOON, visitor=visitor)


@pytest.fixture
def made() -> Iterator[TidyInstance]:
    instance = TidyInstance()
    yield instance
    instance.close()


def with_day(instance: TidyInstance, day: date, files: int = 6, apart: int = 10) -> None:
    """A day with a visit per file, so many seconds apart, and its archives."""
    for number in range(files):
        instance.ingest([view(day, apart * number, 100 + number)], f"batch{number}")
    instance.archive(day)


def hit_ids(instance: TidyInstance) -> list[str]:
    found: list[str] = []
    with instance.stores.objects.local_files(instance.names("hits/")) as paths:
        for path in paths:
            found += read_file(path, ["hit_id"])["hit_id"].to_pylist()
    return sorted(found)


def test_small_files_of_an_hour_become_one_and_the_day_stays_fresh(made):
    with_day(made, RECENT)
    ids, before = hit_ids(made), made.visits(RECENT)
    assert made.tidy().merged_hit_files == 6
    assert len(made.names("hits/")) == 7  # both are there: who listed the hour before goes on reading
    assert made.archiver.outdated(SITE, [Period.day(RECENT)]) == set()
    assert made.sessions.stale_days(SITE) == []
    made.wait(2 * HOUR)
    assert made.tidy().deleted_hit_files == 6
    (only,) = made.names("hits/")
    assert only.split("/")[-1].startswith(MERGED_PREFIX)
    assert hit_ids(made) == ids
    made.stores.archive_state.update(f"site#{SITE}", f"day#{RECENT}", add={"mark": 1})
    made.archive(RECENT)
    assert made.visits(RECENT) == before
    made.wait(2 * HOUR)
    assert made.tidy().merged_hit_files == 0


def test_small_files_of_several_hours_become_one_and_the_day_stays_fresh(made):
    with_day(made, RECENT, apart=4000)
    ids, before = hit_ids(made), made.visits(RECENT)
    assert made.tidy().merged_hit_files == 6
    made.wait(2 * HOUR)
    assert made.tidy().deleted_hit_files == 6
    (only,) = made.names("hits/")
    assert only.startswith(f"hits/site={SITE}/date={RECENT}/hour=12-17/{MERGED_PREFIX}")
    assert hit_ids(made) == ids
    assert made.archiver.outdated(SITE, [Period.day(RECENT)]) == set()
    made.stores.archive_state.update(f"site#{SITE}", f"day#{RECENT}", add={"mark": 1})
    made.archive(RECENT)
    assert made.visits(RECENT) == before


def test_todays_files_and_single_files_are_left_alone(made):
    with_day(made, TODAY)
    with_day(made, RECENT, files=3)
    assert made.tidy().merged_hit_files == 0


def test_a_batch_that_comes_again_after_the_merge_is_still_counted_once(made):
    with_day(made, RECENT)
    before = made.visits(RECENT)
    made.settle(2)
    made.ingest([view(RECENT, 0, 100)], "batch0")
    made.archive(RECENT)
    assert made.visits(RECENT) == before
    made.settle(2)
    assert len(made.names("hits/")) == 1


def test_a_file_that_was_written_anew_is_not_taken_for_what_was_merged(made):
    with_day(made, RECENT)
    made.tidy()
    made.ingest([view(RECENT, 0, 100), view(RECENT, 5, 999)], "batch0")
    made.settle(2)
    assert len(made.names("hits/")) == 2
    made.archive(RECENT)
    assert made.visits(RECENT)[0] == 7


def test_late_files_are_merged_with_what_was_merged_before(made):
    with_day(made, RECENT)
    made.settle(2)
    for number in range(4):
        made.ingest([view(RECENT, 1000 + number, 200 + number)], f"late{number}")
    made.settle(2)
    assert len(made.names("hits/")) == 1
    made.archive(RECENT)
    assert made.visits(RECENT)[0] == 10


def test_raw_data_go_by_age_and_archives_stay(made):
    for day in (OLD, RECENT):
        with_day(made, day)
    before = {(day, kind): made.visits(day, kind) for day in (OLD, RECENT) for kind in list(PeriodKind)[:4]}
    made.settings |= LOGS
    made.tidy()
    assert any(str(OLD) in key for key in made.names("hits/"))  # the limit moved, nothing has gone yet
    made.settle()
    assert not [key for key in made.names() if str(OLD) in key and not key.startswith("archive_blob/")]
    assert {pair: made.visits(*pair) for pair in before} == before
    assert made.sessions.stale_days(SITE) == []


def test_late_hits_of_a_day_whose_raw_data_are_gone_leave_its_archive_alone(made):
    with_day(made, OLD)
    with_day(made, RECENT)
    before = made.visits(OLD, PeriodKind.YEAR)
    made.settings |= LOGS
    made.settle()
    made.ingest([view(OLD, 7, 555)], "late")
    made.archive(OLD)
    assert made.visits(OLD)[0] == 6
    assert made.visits(OLD, PeriodKind.YEAR) == before
    made.ingest([view(RECENT, 7, 555)], "late")
    made.archive(RECENT)
    assert made.visits(OLD, PeriodKind.YEAR)[0] == 13
    made.settings["General.datatable_archiving_maximum_rows_standard"] = 3
    assert made.visits(OLD) == (6, made.visits(OLD)[1])


def test_raw_data_stay_until_their_day_is_archived(made):
    for number in range(2):
        made.ingest([view(OLD, number, number)], f"batch{number}")
    made.settings |= LOGS
    made.settle()
    assert len(made.names("hits/")) == 2
    jobs = [item["job"] for item in made.stores.archive_state.query(f"site#{SITE}", sk_prefix="job#")]
    assert [job["first"] for job in jobs] == [OLD.isoformat()]
    made.archive(OLD)
    made.settle()
    assert made.names("hits/") == []
    assert made.visits(OLD)[0] == 2


def test_what_is_set_for_a_site_counts_before_what_is_set_for_all(made):
    with_day(made, OLD)
    made.settings |= LOGS | {"Deletelogs.delete_logs_older_than.site1": 60}
    made.settle()
    assert any(str(OLD) in key for key in made.names("hits/"))
    made.settings["Deletelogs.delete_logs_older_than.site1"] = 10
    made.wait(7 * 24 * HOUR)  # not more often than the interval says
    made.settle()
    assert made.names("hits/") == []


def test_reports_go_by_age_but_for_the_kinds_and_metrics_that_are_kept(made):
    with_day(made, OLDER)
    made.settings |= LOGS | REPORTS
    made.settle()
    assert made.visits(OLDER) == (6, [])
    assert made.visits(OLDER, PeriodKind.WEEK) == (6, [])
    for kind in (PeriodKind.MONTH, PeriodKind.YEAR):
        assert made.visits(OLDER, kind)[0] == 6
        assert made.visits(OLDER, kind)[1]
    made.settings["Deletereports.delete_reports_keep_basic_metrics"] = False
    made.settle()
    assert made.visits(OLDER) == (None, [])


def test_reports_that_a_year_may_be_merged_from_stay_while_raw_data_cannot_replace_them(made):
    with_day(made, OLD)
    made.settings |= LOGS | REPORTS | {"Deletereports.delete_reports_older_than": 0}
    made.settle()
    assert made.visits(OLD)[1]


def test_reports_whose_raw_data_are_there_are_built_again_when_they_are_asked_for(made):
    with_day(made, OLDER)
    before = made.visits(OLDER)
    made.settings |= REPORTS
    made.settle()
    assert not [key for key in made.names("archive_blob/") if "/day/" in key]
    assert made.visits(OLDER) == before


def test_replaced_versions_go_when_nobody_can_read_them_any_more(made):
    with_day(made, RECENT)
    before = made.names("archive_blob/"), made.names("log/visits/")
    made.wait(60)
    made.ingest([view(RECENT, 77, 77)], "late")
    made.archive(RECENT)
    assert len(made.names("archive_blob/")) == 2 * len(before[0])
    made.tidy()
    assert len(made.names("archive_blob/")) == 2 * len(before[0])
    made.settle(5)
    assert len(made.names("archive_blob/")) == len(before[0])
    assert len(made.names("log/visits/")) == 1
    assert not set(before[0]) & set(made.names("archive_blob/"))
    assert made.visits(RECENT)[0] == 7


def test_what_a_dying_builder_left_behind_goes(made):
    with_day(made, RECENT)
    orphan = made.names("archive_blob/")[0].rpartition("/")[0] + "/0000"
    made.stores.objects.put(orphan, b"x")
    made.stores.objects.put(f"log/visits/site={SITE}/date=2024-01-01/0000.parquet", b"x")
    made.settle(5)
    assert not [key for key in made.names() if key.rpartition("/")[2].startswith("0000")]


def test_archives_of_ranges_and_of_deleted_segments_and_sites_go(made):
    with_day(made, RECENT)
    segment = "visitId>1"
    made.archive(RECENT, segment)
    made.archiver.ensure(SITE, Period.range(RECENT, TODAY))
    assert [key for key in made.names() if "/range/" in key]
    made.wait(26 * HOUR)
    made.tidy()
    assert not [key for key in made.names() if "/range/" in key]
    assert [key for key in made.names() if segment_hash(segment) in key]
    made.segments = [SavedSegment(1, "s", segment, "me", deleted=True, ts_last_edit=int(NOW))]
    made.wait(8 * 24 * HOUR)
    made.tidy()
    assert not [key for key in made.names() if segment_hash(segment) in key]
    made.sites = [type(made.sites[0])(2, "other", "http://example.net", 0)]
    made.tidy()
    assert made.names("archive_blob/")
    made.wait(8 * 24 * HOUR)
    made.tidy()
    assert made.names("archive_blob/") == []
    assert made.names("hits/")


def test_two_processes_do_not_tidy_up_at_once(made):
    with_day(made, RECENT)
    made.kill_at = 3
    with pytest.raises(KilledError):
        made.tidy()
    made.kill_at = None
    assert made.tidy().is_busy
    made.wait(HOUR)
    assert not made.tidy().is_busy


def test_chores_are_done_when_they_are_due(made):
    with_day(made, RECENT)
    assert made.tidy(everything=False).merged_hit_files == 6
    made.wait(2 * HOUR)
    assert made.tidy(everything=False).deleted_hit_files == 0
    made.wait(5 * HOUR)
    assert made.tidy(everything=False).deleted_hit_files == 6


BUSY = LOGS | REPORTS


def make_busy(folder: Path) -> None:
    """An instance that has something to do for every chore."""
    instance = TidyInstance(BUSY, folder)
    for day, apart in ((OLDER, 10), (OLD, 4000), (RECENT, 1000)):
        with_day(instance, day, files=4, apart=apart)
    instance.wait(60)
    instance.ingest([view(RECENT, 77, 77)], "late")
    for day in (OLD, RECENT):
        instance.archive(day)
    instance.close()


def seen(instance: TidyInstance) -> object:
    reports = [instance.visits(day, kind) for day in (OLDER, OLD, RECENT) for kind in list(PeriodKind)[:4]]
    return instance.names(), instance.all_items(), hit_ids(instance), reports


def tidied(folder: Path, kill_at: int | None) -> tuple[object, bool]:
    """What is there after many runs, of which one was killed at a write; and whether one was."""
    instance = TidyInstance(BUSY, folder)
    instance.wait(60)
    instance.kill_at = kill_at
    was_killed = False
    for _ in range(10):
        instance.wait(2 * HOUR)
        try:
            instance.tidy()
        except KilledError:
            was_killed, instance.kill_at = True, None
    found = seen(instance)
    instance.close()
    return found, was_killed


@pytest.mark.slow
def test_killed_at_any_write_it_ends_as_if_nothing_had_happened(tmp_path):
    make_busy(tmp_path / "busy")

    def copied(name: str) -> Path:
        return Path(shutil.copytree(tmp_path / "busy", tmp_path / name))

    expected, _ = tidied(copied("whole"), None)
    kills = 0
    while True:
        found, was_killed = tidied(copied("killed"), kills + 1)
        shutil.rmtree(tmp_path / "killed")
        if not was_killed:
            break
        kills += 1
        assert found == expected, f"killed at write {kills}"
    assert kills > 30
