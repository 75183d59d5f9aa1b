from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tidemark.clock import SettableClock
from tidemark.stores.embedded.instance import open_stores

NOW = 1_800_000_000.0


def files_below(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


def test_everything_is_there_when_opened_again(tmp_path):
    stores = open_stores(tmp_path)
    stores.hits.send(b"1")
    stores.objects.put("a/b", b"2")
    stores.registry.put({"pk": "p", "sk": "s", "n": 3})
    stores.close()
    stores = open_stores(tmp_path)
    assert [message.body for message in stores.hits.receive(10, 30)] == [b"1"]
    assert stores.objects.get("a/b").data == b"2"
    assert stores.registry.get("p", "s")["n"] == 3
    stores.close()


def test_two_open_the_same_directory(tmp_path):
    first, second = open_stores(tmp_path), open_stores(tmp_path)
    first.hits.send(b"x")
    first.objects.put("key", b"x")
    first.registry.put({"pk": "p", "sk": "s"})
    assert [message.body for message in second.hits.receive(1, 30, wait_seconds=1)] == [b"x"]
    assert second.objects.get("key").data == b"x"
    assert second.registry.get("p", "s") is not None
    first.close()
    second.close()


def test_temporary_directory_goes_when_closed():
    stores = open_stores(ephemeral=True)
    stores.objects.put("key", b"x")
    with stores.objects.local_files(["key"]) as (path,):
        pass
    stores.close()
    assert not Path(path).exists()


def test_lasting_stores_need_a_directory_and_are_never_reset(tmp_path):
    with pytest.raises(ValueError, match="directory"):
        open_stores()
    stores = open_stores(tmp_path)
    stores.hits.send(b"x")
    with pytest.raises(ValueError, match="ephemeral"):
        stores.reset()
    assert stores.hits.depth().visible == 1
    stores.close()


def test_reset_leaves_nothing_when_there_was_much(tmp_path):
    stores = open_stores(tmp_path, ephemeral=True)
    stores.hits.send_batch([b"x" * 500] * 5000)
    stores.registry.write_batch(puts=[{"pk": "p", "sk": f"{number}"} for number in range(2000)])
    for number in range(500):
        stores.objects.put(f"hits/site={number % 20}/{number}.parquet", b"x")
    stores.reset()
    assert stores.hits.depth().total == 0
    assert list(stores.registry.query("p")) == []
    assert files_below(tmp_path / "objects") == []
    stores.close()


def test_replaced_files_go_after_their_readers(tmp_path):
    clock = SettableClock(NOW)
    stores = open_stores(tmp_path, clock=clock)
    stores.objects.put("a", b"first")
    with stores.objects.local_files(["a"]) as (path,):
        clock.set(NOW + 1)
        stores.objects.put("a", b"second")
        clock.set(NOW + 10_000)
        stores.objects.put("a", b"third")
        assert Path(path).read_bytes() == b"first"
    stores.objects.delete(["none"])
    assert sorted(file.read_bytes() for file in files_below(tmp_path / "objects")) == [b"second", b"third"]
    clock.set(NOW + 20_000)
    stores.close()
    open_stores(tmp_path, clock=clock).close()
    assert [file.read_bytes() for file in files_below(tmp_path / "objects")] == [b"third"]


def test_refused_write_leaves_no_file(tmp_path):
    stores = open_stores(tmp_path)
    stores.objects.put("a", b"x", if_absent=True)
    for condition in ({"if_absent": True}, {"if_match": "other"}):
        with pytest.raises(Exception, match="object"):
            stores.objects.put("a", b"y", **condition)
    assert len(files_below(tmp_path / "objects")) == 1
    stores.close()


def test_files_can_be_found_by_their_keys(tmp_path):
    stores = open_stores(tmp_path)
    stores.objects.put("hits/site=1/date=2026-11-21/hour=12/abc.parquet", b"x")
    assert len(list(tmp_path.glob("objects/hits/site=1/date=2026-11-21/*/*.parquet"))) == 1
    stores.close()


def test_expired_items_go_when_the_table_is_written_to(tmp_path):
    clock = SettableClock(NOW)
    stores = open_stores(tmp_path, clock=clock)
    stores.registry.put({"pk": "p", "sk": "old", "ttl": NOW + 10})
    stores.registry.put({"pk": "p", "sk": "new", "ttl": NOW + 1000})
    stores.registry.put({"pk": "p", "sk": "none", "ttl": "not a time"})
    stores.close()
    clock.set(NOW + 11)
    stores = open_stores(tmp_path, clock=clock)
    assert stores.registry.get("p", "old") is not None
    stores.registry.put({"pk": "p", "sk": "other"})
    assert [item["sk"] for item in stores.registry.query("p")] == ["new", "none", "other"]
    stores.close()


def test_receipt_is_stale_when_the_message_was_delivered_anew(tmp_path):
    clock = SettableClock(NOW)
    stores = open_stores(tmp_path, clock=clock)
    stores.hits.send(b"x")
    (first,) = stores.hits.receive(1, 10)
    clock.set(NOW + 10)
    (second,) = stores.hits.receive(1, 10)
    stores.hits.delete([first.receipt, "", "nonsense", "1.x"])
    stores.hits.change_visibility([first.receipt], 0)
    assert stores.hits.depth().in_flight == 1
    clock.set(NOW + 20)
    stores.hits.change_visibility([second.receipt], 100)
    assert stores.hits.depth().visible == 1
    stores.hits.delete([second.receipt])
    assert stores.hits.depth().total == 0
    stores.close()


def test_no_message_is_given_to_two_when_both_receive_at_once():
    stores = open_stores(ephemeral=True)
    stores.hits.send_batch([b"%d" % number for number in range(40)])
    with ThreadPoolExecutor(4) as pool:
        parts = pool.map(lambda _: [message.body for message in stores.hits.receive(10, 600)], range(4))
        received = [body for part in parts for body in part]
    assert len(received) == len(set(received)) == 40
    stores.close()
