from tests.support.memory_stores import MemoryTable
from tidemark.model.erasure import ErasureState, Receipt, Subject, SubjectKind, Tombstone, Tombstones, identity_hash
from tidemark.registry.erasures import TOMBSTONE_SECONDS, ErasureList

NOW = 1_800_000_000
ANNA = Subject(SubjectKind.USER, "anna")
BEN = Subject(SubjectKind.USER, "ben")


def tombstones(**more):
    one = Tombstone(100, identities=frozenset({identity_hash(ANNA, "salt")}), **more)
    return Tombstones([one], "salt", "1")


def test_hits_of_an_identity_are_covered_up_to_the_erasure():
    assert tombstones().cover(1, 100, "x-0", [ANNA])
    assert not tombstones().cover(1, 101, "x-0", [ANNA])
    assert not tombstones().cover(1, 100, "x-0", [BEN])


def test_a_name_of_one_kind_does_not_cover_another_kind():
    assert not tombstones().cover(1, 100, "x-0", [Subject(SubjectKind.ADDRESS, "anna")])


def test_only_the_sites_of_an_erasure_are_covered():
    assert not tombstones(idsites=frozenset({2})).cover(1, 100, "x-0", [ANNA])


def test_a_hit_that_was_erased_is_covered_whenever_it_comes():
    assert tombstones(hit_ids=frozenset({"x-0"})).cover(1, 999, "x-0", [])


def listed(now):
    table = MemoryTable()
    moment = [now]
    return ErasureList(table, lambda: moment[0]), table, moment


def order(erasures, hits=()):
    receipt = Receipt("", "admin", ("user",), (1,), 0.0)
    return erasures.order(receipt, Tombstone(7, frozenset({1}), frozenset({"h"}), frozenset(hits)))


def test_tombstones_come_back_as_they_were_ordered():
    erasures, table, _ = listed(NOW)
    hits = {f"{number:024x}-0" for number in range(9000)}
    number = order(erasures, hits).id
    found = ErasureList(table, lambda: NOW).tombstone(number)
    assert found == Tombstone(7, frozenset({1}), frozenset({"h"}), frozenset(hits))
    assert len([key for key in table.items if key[0] == f"tombstone#{number}"]) == 2


def test_tombstones_end_when_no_queue_can_bring_their_hits_back():
    erasures, _, moment = listed(NOW)
    order(erasures)
    assert erasures.tombstones("salt")
    moment[0] = NOW + TOMBSTONE_SECONDS
    assert not erasures.tombstones("salt")


def test_another_version_is_told_when_something_more_is_erased():
    erasures, _, _ = listed(NOW)
    before = erasures.tombstones("salt").version
    order(erasures)
    assert erasures.tombstones("salt").version != before


def test_a_receipt_gathers_what_runs_found():
    from datetime import date

    erasures, _, _ = listed(NOW)
    number = order(erasures).id
    erasures.note_days(number, {1: [date(2026, 1, 2)]})
    erasures.note_days(number, {1: [date(2026, 1, 1)], 2: [date(2026, 1, 1)]})
    erasures.note_done(number, {"hits": 2}, ErasureState.ERASED)
    done = erasures.note_done(number, {"hits": 1}, ErasureState.SETTLED)
    assert done == erasures.receipt(number)
    assert dict(done.counts) == {"hits": 3}
    assert dict(done.days) == {1: (date(2026, 1, 1), date(2026, 1, 2)), 2: (date(2026, 1, 1),)}
