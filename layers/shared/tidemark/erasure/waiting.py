"""Erased subjects in messages that wait: spilled ones, and those that ingest could not take (dead letters).

Messages of the first formats, and those that nobody can read, stay: they age out, and ingest drops what is erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tidemark.model.erasure import Tombstone, Tombstones
from tidemark.stores.ports import NotFoundError, Objects, Queue
from tidemark.tracking.erased import is_erased, is_failure_erased
from tidemark.tracking.message import Envelope, decode, encode, encode_hit
from tidemark.tracking.spill import SPILL_PREFIX

LETTERS_AT_ONCE: Final = 100
LETTERS_SECONDS: Final = 300
"""So long others do not see the letters that are looked through."""


def erase_spilled(objects: Objects, tombstone: Tombstone, salt: str) -> int:
    """Take the subjects' hits out of messages that wait for the queue; how many messages had some."""
    tombstones, count = Tombstones((tombstone,), salt), 0
    for info in objects.listing(SPILL_PREFIX):
        try:
            left = _left_of(objects.get(info.key).data, tombstones)
        except NotFoundError:
            continue
        if left is None:
            continue
        count += 1
        for number, message in enumerate(left):
            objects.put(f"{info.key.removesuffix('.json')}-{number}.json", message)
        objects.delete([info.key])
    return count


def erase_dead(letters: Queue, tombstone: Tombstone, salt: str) -> int:
    """Take the subjects' hits out of dead letters; how many had some. What is left of one is sent before it is deleted.

    Each letter is looked at once: those that are hidden no longer by the end come again.
    """
    tombstones, count, seen = Tombstones((tombstone,), salt), 0, set[str]()
    untouched: list[str] = []
    while fresh := [one for one in letters.receive(LETTERS_AT_ONCE, LETTERS_SECONDS) if one.id not in seen]:
        for letter in fresh:
            seen.add(letter.id)
            left = _left_of(letter.body, tombstones)
            if left is None:
                untouched.append(letter.receipt)
                continue
            count += 1
            letters.send_batch(left)
            letters.delete([letter.receipt])
    letters.change_visibility(untouched, 0)
    return count


def _left_of(body: bytes, tombstones: Tombstones) -> Sequence[bytes] | None:
    """The messages that are left of one; None if nothing of it goes."""
    try:
        envelope = decode(body)
    except ValueError:
        return None
    left = _without(envelope, tombstones)
    if left is envelope or not envelope.is_private:
        return None
    return list(encode(left, [encode_hit(hit) for hit in left.hits]))


def _without(envelope: Envelope, tombstones: Tombstones) -> Envelope:
    hits = [hit for hit in envelope.hits if not is_erased(tombstones, envelope, hit, envelope.received)]
    failures = [one for one in envelope.failures if not is_failure_erased(tombstones, envelope, one)]
    if len(hits) == len(envelope.hits) and len(failures) == len(envelope.failures):
        return envelope
    return envelope._replace(hits=hits, failures=failures)
