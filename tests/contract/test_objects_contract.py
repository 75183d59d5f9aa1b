"""What every object store promises."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tidemark.stores.ports import (
    InvalidRangeError,
    InvalidValueError,
    NotFoundError,
    PreconditionFailedError,
    TooLargeError,
)

USES = ("objects",)
ODD_KEYS = [
    "plain",
    "folder/file.parquet",
    "folder/file.parquet/below",
    "hits/site=1/date=2026-11-21/hour=00/a b+c&d=e%20?#.json",
    "ünïcode/日本語/😀",
    "a//b",
    "ends/",
    "~._-!*'(),@$",
    "x" * 1024,
    "/".join(["y" * 200] * 5),
]


def test_object_comes_back_as_it_was_when_read(any_driver):
    data = bytes(range(256)) * 10
    etag = any_driver.keyed_objects.put("a/b", data)
    read = any_driver.keyed_objects.get("a/b")
    assert (read.data, read.etag) == (data, etag)


@pytest.mark.parametrize("key", ODD_KEYS)
def test_any_text_is_a_key(any_driver, key):
    any_driver.keyed_objects.put(key, b"data of " + key.encode())
    assert any_driver.keyed_objects.get(key).data == b"data of " + key.encode()
    assert [info.key for info in any_driver.stores.objects.listing("")] == [key]


@pytest.mark.parametrize(("key", "error"), [("", InvalidValueError), ("ü" * 513, TooLargeError)])
def test_key_is_refused_when_empty_or_too_long(any_driver, key, error):
    with pytest.raises(error):
        any_driver.keyed_objects.put(key, b"")
    with pytest.raises(error):
        any_driver.keyed_objects.get(key)


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview])
def test_any_bytes_are_stored(any_driver, make):
    any_driver.keyed_objects.put("key", make(b"content"))
    assert any_driver.keyed_objects.get("key").data == b"content"


def test_file_is_stored_when_its_path_is_given(any_driver, tmp_path):
    path = tmp_path / "source"
    path.write_bytes(b"0123456789" * 300_000)
    etag = any_driver.keyed_objects.put("key", path)
    assert any_driver.keyed_objects.get("key").data == path.read_bytes()
    assert any_driver.keyed_objects.put("other", path.read_bytes()) == etag


def test_empty_object_is_stored(any_driver):
    any_driver.keyed_objects.put("empty", b"")
    assert any_driver.keyed_objects.get("empty").data == b""
    assert any_driver.stores.objects.head("empty").size == 0


def test_newest_content_is_read_when_written_again(any_driver):
    first = any_driver.keyed_objects.put("key", b"one")
    second = any_driver.keyed_objects.put("key", b"two")
    assert first != second
    assert any_driver.keyed_objects.get("key").data == b"two"


def test_reading_fails_when_there_is_no_object(any_driver):
    with pytest.raises(NotFoundError):
        any_driver.keyed_objects.get("none")
    with pytest.raises(NotFoundError):
        any_driver.keyed_objects.get_if_changed("none", "etag")


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [(0, 1, b"0"), (3, 4, b"3456"), (8, 10, b"89"), (9, None, b"9"), (5, None, b"56789"), (0, None, b"0123456789")],
)
def test_part_is_read_when_a_range_is_given(any_driver, start, length, expected):
    etag = any_driver.keyed_objects.put("key", b"0123456789")
    read = any_driver.keyed_objects.get("key", start=start, length=length)
    assert (read.data, read.etag) == (expected, etag)


def test_range_is_refused_when_behind_the_end(any_driver):
    any_driver.keyed_objects.put("key", b"0123456789")
    with pytest.raises(InvalidRangeError):
        any_driver.keyed_objects.get("key", start=10)
    with pytest.raises(InvalidRangeError):
        any_driver.keyed_objects.get("key", start=11, length=1)


@pytest.mark.parametrize(("start", "length"), [(-1, None), (0, 0), (0, -1)])
def test_range_is_refused_when_it_is_none(any_driver, start, length):
    any_driver.keyed_objects.put("key", b"0123456789")
    with pytest.raises(InvalidValueError):
        any_driver.keyed_objects.get("key", start=start, length=length)


def test_unchanged_object_is_not_read_again(any_driver):
    etag = any_driver.keyed_objects.put("key", b"one")
    assert any_driver.keyed_objects.get_if_changed("key", None).data == b"one"
    assert any_driver.keyed_objects.get_if_changed("key", etag) is None
    any_driver.keyed_objects.put("key", b"two")
    assert any_driver.keyed_objects.get_if_changed("key", etag).data == b"two"


def test_first_write_wins_when_only_if_absent(any_driver):
    any_driver.keyed_objects.put("key", b"first", if_absent=True)
    with pytest.raises(PreconditionFailedError):
        any_driver.keyed_objects.put("key", b"second", if_absent=True)
    assert any_driver.keyed_objects.get("key").data == b"first"


def test_write_needs_the_present_version_when_only_if_match(any_driver):
    first = any_driver.keyed_objects.put("key", b"first")
    any_driver.keyed_objects.put("key", b"second", if_match=first)
    with pytest.raises(PreconditionFailedError):
        any_driver.keyed_objects.put("key", b"third", if_match=first)
    assert any_driver.keyed_objects.get("key").data == b"second"


def test_write_fails_when_only_if_match_and_there_is_no_object(any_driver):
    with pytest.raises(PreconditionFailedError):
        any_driver.keyed_objects.put("key", b"x", if_match="d41d8cd98f00b204e9800998ecf8427e")
    assert any_driver.stores.objects.head("key") is None


def test_object_may_be_made_again_when_deleted(objects):
    objects.put("key", b"first", if_absent=True)
    objects.delete(["key"])
    assert objects.head("key") is None
    objects.put("key", b"second", if_absent=True)
    assert objects.get("key").data == b"second"


def test_head_tells_size_version_and_time(objects):
    etag = objects.put("key", b"12345")
    info = objects.head("key")
    assert (info.key, info.size, info.etag) == ("key", 5, etag)
    assert info == next(iter(objects.listing("key")))
    assert objects.head("other") is None


def test_deleting_ignores_what_is_not_there(objects):
    objects.put("a", b"")
    objects.delete(["a", "b"])
    objects.delete([])
    assert list(objects.listing("")) == []


def test_many_are_deleted_when_given_at_once(objects):
    keys = [f"many/{number}" for number in range(30)]
    for key in keys:
        objects.put(key, b"")
    objects.delete(keys[:-1])
    assert [info.key for info in objects.listing("")] == keys[-1:]


def test_listing_is_in_order_of_utf8_bytes(objects):
    keys = ["b", "a/b", "a-b", "a0", "a", "a/", "A", "é", "\uffee", "😀", "a/b/c", "aa"]
    for key in keys:
        objects.put(key, b"")
    listed = [info.key for info in objects.listing("")]
    assert listed == sorted(keys, key=str.encode)


def test_listing_has_only_what_is_under_the_prefix(objects):
    for key in ["hits/site=1/a", "hits/site=1/b", "hits/site=10/a", "hits/site=2/a", "hit", "other"]:
        objects.put(key, b"")
    assert [info.key for info in objects.listing("hits/site=1/")] == ["hits/site=1/a", "hits/site=1/b"]
    assert [info.key for info in objects.listing("hits/site=1")] == ["hits/site=1/a", "hits/site=1/b", "hits/site=10/a"]
    assert [info.key for info in objects.listing("none")] == []


def test_listing_goes_on_when_started_after_a_key(objects):
    for key in ["p/a", "p/b", "p/c", "q/a"]:
        objects.put(key, b"")
    assert [info.key for info in objects.listing("p/", start_after="p/a")] == ["p/b", "p/c"]
    assert [info.key for info in objects.listing("p/", start_after="p/bb")] == ["p/c"]
    assert [info.key for info in objects.listing("p/", start_after="p/c")] == []


@pytest.mark.parametrize("count", [9, 10, 11, 35])
def test_listing_spans_pages(objects, count, monkeypatch):
    monkeypatch.setattr(sys.modules[type(objects).__module__], "_PAGE_OBJECTS", 5)
    keys = [f"page/{number:05}" for number in range(count)]
    for key in keys:
        objects.put(key, b"")
    assert [info.key for info in objects.listing("page/")] == keys


def test_local_files_have_the_content_in_the_order_asked_for(objects):
    keys = ["log/site=1/b.parquet", "log/site=1/a.parquet", "ünïcode 😀", "log/site=1/b.parquet/below"]
    for key in keys:
        objects.put(key, key.encode())
    with objects.local_files(keys) as paths:
        assert [Path(path).read_text() for path in paths] == keys
        assert paths[0].endswith(".parquet")
        assert "/log/site=1/" in paths[0]


def test_local_files_stay_readable_when_objects_change_meanwhile(objects):
    objects.put("a", b"old")
    objects.put("b", b"old")
    with objects.local_files(["a", "b"]) as (a, b):
        objects.put("a", b"new")
        objects.delete(["b"])
        assert Path(a).read_bytes() == b"old"
        assert Path(b).read_bytes() == b"old"


def test_local_files_fail_when_one_is_missing(objects):
    objects.put("a", b"")
    with pytest.raises(NotFoundError), objects.local_files(["a", "none"]):
        pass


def test_one_wins_when_many_create(objects):
    def create(number):
        try:
            objects.put("race", b"%d" % number, if_absent=True)
        except PreconditionFailedError:
            return None
        return number

    with ThreadPoolExecutor(8) as pool:
        winners = [number for number in pool.map(create, range(16)) if number is not None]
    assert len(winners) == 1
    assert objects.get("race").data == b"%d" % winners[0]


def test_no_increment_is_lost_when_many_compare_and_swap(objects):
    objects.put("counter", b"0")

    def increment(_):
        while True:
            current = objects.get("counter")
            try:
                objects.put("counter", b"%d" % (int(current.data) + 1), if_match=current.etag)
            except PreconditionFailedError:
                continue
            return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(increment, range(20)))
    assert objects.get("counter").data == b"20"


def test_content_is_whole_when_read_during_writes(objects):
    contents = [bytes([letter]) * 200_000 for letter in b"abcd"]
    objects.put("key", contents[0])

    def write(_):
        for content in contents:
            objects.put("key", content)

    def read(_):
        return all(objects.get("key").data in contents for _ in range(10))

    with ThreadPoolExecutor(4) as pool:
        writing = pool.map(write, range(2))
        assert all(pool.map(read, range(2)))
        list(writing)
