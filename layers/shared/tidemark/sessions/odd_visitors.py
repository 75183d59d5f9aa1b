"""Which visitors need the sequential recogniser: the entangled, those whom a rare rule may cut, those with late hits.

An ordinary visitor has either an id whose fingerprints nobody shares, or a fingerprint that nobody with an id has:
then the visitor's hits are exactly the rows of one key; and they were received in the order of their times. Source: Matomo 5.2, tracking behaviour, sections 5 and 10.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from tidemark.columns import given
from tidemark.model.hit import ReferrerType
from tidemark.sessions.hits import Hits, single
from tidemark.sessions.rules import Rules
from tidemark.sessions.vectors import Runs, changes, count_in, is_one_of, last_before, positions, runs_of, shifted


def odd_visitors(hits: Hits, rules: Rules) -> pa.BooleanArray:
    """Of each hit: whether its visitor needs the sequential recogniser."""
    keys = runs_of(pc.or_(changes(hits.has_id), changes(hits.key)))
    flags = (_bring_referrers(hits, keys, rules), _late(hits, keys), _cut_at_once(hits, keys, rules))
    odd = [_entangled(hits, rules), *map(keys.spread, flags)]
    user_id = hits.column("user_id")
    if user_id.null_count < len(user_id):
        cuts = pc.or_(pc.invert(hits.has_id.take(keys.first)), rules.cuts_on_user)
        odd.append(keys.spread(pc.and_(cuts, _several(_codes(user_id), given(user_id), keys))))
    if rules.max_actions:
        sizes = pc.add(pc.subtract(keys.last, keys.first), 1)
        odd.append(keys.spread(pc.greater_equal(sizes, rules.max_actions)))
    # an odd visitor's fingerprint may be shared by hits without an id: all of an entangled group is odd already,
    # and a visitor who is odd for another reason shares no fingerprint with anyone
    found = odd[0]
    for other in odd[1:]:
        found = pc.or_(found, other)
    return found


def _late(hits: Hits, keys: Runs) -> pa.BooleanArray:
    """Of each key: whether a hit was received before one with an earlier time."""
    steps_back = pc.fill_null(pc.less(hits.sequence, shifted(hits.sequence)), False)
    return pc.greater(count_in(pc.and_(steps_back, pc.invert(changes(keys.number))), keys), 0)


def _cut_at_once(hits: Hits, keys: Runs, rules: Rules) -> pa.BooleanArray:
    """Of each key: whether a visit is forced in the second of another one's last action: then the older is found."""
    is_forced = pc.or_(pc.fill_null(hits.column("wants_new_visit"), False), rules.cuts_always)
    same = pc.fill_null(pc.equal(hits.time, shifted(hits.time)), False)
    at_once = pc.and_(pc.and_(same, pc.invert(changes(keys.number))), pc.and_(is_forced, hits.has_id))
    return pc.greater(count_in(at_once, keys), 0)


def _entangled(hits: Hits, rules: Rules) -> pa.BooleanArray:
    """Of each hit: whether its visitor shares a fingerprint with hits of another key, and one of them looks at it."""
    is_user = given(hits.column("user_id"))
    if rules.trusts_ids:
        looks = pc.invert(hits.has_id)
    else:
        forced = pc.and_(pc.fill_null(hits.column("is_id_forced"), False), pc.invert(is_user))
        looks = pc.invert(pc.and_(hits.has_id, forced))
    keys = {"key": hits.key, "has_id": hits.has_id.cast(pa.uint8())}
    flags = {"looks": looks.cast(pa.uint8()), "is_user": is_user.cast(pa.uint8())}
    groups = _grouped({"fingerprint": hits.fingerprint, **keys, **flags}, ("fingerprint",))
    is_shared = pc.and_(_has_several_keys(groups), pc.equal(groups["looks_max"], 1))
    shared = single(groups["fingerprint"].filter(is_shared))
    if not len(shared):
        return pa.repeat(pa.scalar(False), len(hits))
    # users with ids of their own look at the fingerprint, but find nobody else there
    of_users = single(groups["fingerprint"].filter(pc.and_(is_shared, pc.equal(groups["is_user_min"], 1))))
    shared = shared.filter(pc.invert(pc.is_in(shared, value_set=_of_single_users(hits, of_users))))
    at_shared = pc.is_in(hits.fingerprint, value_set=shared)
    ids = hits.key.filter(pc.and_(at_shared, hits.has_id)).unique()
    return pc.or_(at_shared, pc.and_(hits.has_id, pc.is_in(hits.key, value_set=ids)))


def _of_single_users(hits: Hits, fingerprints: pa.UInt64Array) -> pa.UInt64Array:
    """Those of the fingerprints, all of whose hits have user ids, on which each user has one key only."""
    if not len(fingerprints):
        return fingerprints
    rows = positions(pc.is_in(hits.fingerprint, value_set=fingerprints))
    columns = {
        "fingerprint": hits.fingerprint.take(rows),
        "user": hits.column("user_id").indices.take(rows),
        "key": hits.key.take(rows),
        "has_id": hits.has_id.take(rows).cast(pa.uint8()),
    }
    groups = _grouped(columns, ("fingerprint", "user"))
    torn = single(groups["fingerprint"].filter(_has_several_keys(groups)))
    return fingerprints.filter(pc.invert(pc.is_in(fingerprints, value_set=torn)))


def _grouped(columns: dict[str, pa.Array], by: tuple[str, ...]) -> pa.Table:
    """Smallest and largest of each other column, as <name>_min and <name>_max."""
    others = [name for name in columns if name not in by]
    wanted = [(name, kind) for name in others for kind in ("min", "max")]
    return pa.table(columns).group_by(list(by), use_threads=False).aggregate(wanted)


def _has_several_keys(groups: pa.Table) -> pa.ChunkedArray:
    return pc.or_(
        pc.not_equal(groups["key_min"], groups["key_max"]), pc.not_equal(groups["has_id_min"], groups["has_id_max"])
    )


def _bring_referrers(hits: Hits, keys: Runs, rules: Rules) -> pa.BooleanArray:
    """Of each key: whether its hits come from several referrers, one of which can cut a visit."""
    kind = pc.fill_null(hits.column("referer_type"), int(ReferrerType.DIRECT))
    cutting = [ReferrerType.CAMPAIGN] * rules.cuts_on_campaign + [ReferrerType.WEBSITE] * rules.cuts_on_website
    can_cut = pc.greater(count_in(is_one_of(kind, cutting), keys), 0)
    if not pc.any(can_cut).as_py():
        return can_cut
    is_given = pc.greater(kind, 0) if rules.cuts_on_website else pc.not_equal(kind, int(ReferrerType.DIRECT))
    differs = _several(kind.cast(pa.int64()), is_given, keys)
    for name in ("referer_name", "referer_keyword"):
        differs = pc.or_(differs, _several(_codes(hits.column(name)), is_given, keys))
    return pc.and_(can_cut, differs)


def _several(codes: pa.Int64Array, flags: pa.BooleanArray, runs: Runs) -> pa.BooleanArray:
    """Of each run: whether its flagged rows have several codes."""
    before = last_before(flags, runs)
    differs = pc.fill_null(pc.not_equal(codes, codes.take(before)), False)
    return pc.greater(count_in(pc.and_(flags, differs), runs), 0)


def _codes(texts: pa.DictionaryArray) -> pa.Int64Array:
    """A number for each different text in lower case; -1 for none."""
    lower = pc.utf8_lower(texts.dictionary).dictionary_encode()
    return pc.fill_null(lower.indices.take(texts.indices).cast(pa.int64()), -1)
