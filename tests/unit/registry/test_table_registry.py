from dataclasses import replace

import pytest

from tests.support.memory_stores import MemoryObjects, MemoryTable
from tidemark.clock import SettableClock
from tidemark.model.access import Role
from tidemark.model.annotation import Annotation
from tidemark.model.custom_dimension import CustomDimension, Extraction
from tidemark.model.goal import Goal
from tidemark.model.registry import AlreadyRegisteredError, NoSlotLeftError, NotRegisteredError
from tidemark.model.saved_segment import SavedSegment
from tidemark.model.site import Site
from tidemark.model.snapshot import SNAPSHOT_KEY, TrackerSnapshot
from tidemark.model.user import User
from tidemark.registry.storage import Storage
from tidemark.registry.table_registry import TableRegistry
from tidemark.stores.ports import UnavailableError

TOKEN = "0123456789abcdef0123456789abcdef"
SITE = Site(0, "Shop & Blog", "http://example.org", 1_700_000_000)
GOAL = Goal(1, 0, "Paid", "url", "/thanks", "contains", revenue=2.5)
DIMENSION = CustomDimension(1, 0, "Author", 0, "action", extractions=(Extraction("urlparam", "by"),))


@pytest.fixture
def table():
    return MemoryTable()


@pytest.fixture
def objects():
    return MemoryObjects()


@pytest.fixture
def clock():
    return SettableClock(1_800_000_000)


@pytest.fixture
def registry(table, objects, clock):
    return started(table, objects, clock)


def started(table, objects, clock=None):
    return TableRegistry(
        table, objects, clock or SettableClock(1_800_000_000), new_salt=lambda: "salt", wait=lambda _: None
    )


def tracker(objects):
    return TrackerSnapshot.from_json(objects.get(SNAPSHOT_KEY).data)


# ---- sites


def test_site_numbers_count_from_one_and_are_never_reused(registry):
    assert [registry.add_site(SITE).idsite for _ in range(2)] == [1, 2]
    registry.delete_site(2)
    assert registry.add_site(SITE).idsite == 3
    assert [site.idsite for site in registry.sites()] == [1, 3]


def test_a_site_survives_a_restart(registry, table, objects):
    site = registry.add_site(replace(SITE, excluded_ips=("1.2.3.4",), alias_urls=("http://b",), ecommerce=True))
    again = started(table, objects)
    assert again.site(1) == site
    assert again.site(2) is None


def test_changing_a_site_keeps_its_number(registry):
    registry.add_site(SITE)
    changed = registry.change_site(1, lambda site: replace(site, name="New", idsite=77))
    assert (changed.idsite, changed.name) == (1, "New")


def test_deleting_a_site_takes_its_goals_dimensions_and_notes_along(registry, table):
    registry.add_site(SITE)
    registry.add_goal(GOAL)
    registry.add_custom_dimension(DIMENSION)
    registry.add_annotation(Annotation(1, 0, "2026-01-01", "n", "u"))
    registry.delete_site(1)
    assert registry.goals(1) == ()
    assert {pk for pk, _ in table.items} == {"instance", "user", "past"}


@pytest.mark.parametrize(
    "act",
    [
        lambda registry: registry.change_site(9, lambda site: site),
        lambda registry: registry.delete_site(9),
        lambda registry: registry.add_goal(replace(GOAL, idsite=9)),
        lambda registry: registry.change_goal(9, 1, lambda goal: goal),
        lambda registry: registry.add_custom_dimension(replace(DIMENSION, idsite=9)),
        lambda registry: registry.change_custom_dimension(9, 1, lambda dimension: dimension),
        lambda registry: registry.change_user("who", lambda user: user),
        lambda registry: registry.delete_user("who"),
        lambda registry: registry.set_password("who", "secret"),
        lambda registry: registry.add_token("who", TOKEN, "x"),
        lambda registry: registry.change_segment(9, lambda segment: segment),
        lambda registry: registry.change_annotation(Annotation(9, 0, "2026-01-01", "n", "u")),
    ],
)
def test_what_is_not_there_cannot_be_changed(registry, table, act):
    registry.create_superuser("admin", TOKEN)
    before = table.items.copy()
    with pytest.raises(NotRegisteredError):
        act(registry)
    assert table.items == before


# ---- goals and dimensions


def test_goal_numbers_count_within_the_site_and_are_never_reused(registry):
    registry.add_site(SITE)
    registry.add_site(SITE)
    assert registry.add_goal(GOAL).idgoal == 1
    assert registry.add_goal(GOAL).idgoal == 2
    assert registry.add_goal(replace(GOAL, idsite=2)).idgoal == 1
    registry.change_goal(1, 2, lambda goal: replace(goal, deleted=True))
    assert registry.add_goal(GOAL).idgoal == 3
    assert [goal.idgoal for goal in registry.goals(1)] == [1, 3]


def test_a_deleted_goal_stays_deleted(registry):
    registry.add_site(SITE)
    registry.add_goal(GOAL)
    registry.change_goal(1, 1, lambda goal: replace(goal, deleted=True))
    with pytest.raises(NotRegisteredError):
        registry.change_goal(1, 1, lambda goal: replace(goal, deleted=False))


def test_goals_survive_a_restart(registry, table, objects):
    registry.add_site(SITE)
    goal = registry.add_goal(GOAL)
    assert started(table, objects).goals(1) == (goal,)


def test_dimensions_take_the_next_number_and_a_slot_of_their_scope(registry, table, objects):
    registry.add_site(SITE)
    taken = [registry.add_custom_dimension(replace(DIMENSION, scope=scope)) for scope in ("visit", "action", "visit")]
    assert [(one.idcustomdimension, one.index) for one in taken] == [(1, 1), (2, 1), (3, 2)]
    assert started(table, objects).custom_dimensions(1) == tuple(taken)


def test_a_sixth_dimension_of_a_scope_is_refused(registry):
    registry.add_site(SITE)
    for _ in range(5):
        registry.add_custom_dimension(DIMENSION)
    with pytest.raises(NoSlotLeftError):
        registry.add_custom_dimension(DIMENSION)
    assert registry.add_custom_dimension(replace(DIMENSION, scope="visit")).index == 1


def test_changing_a_dimension_keeps_its_slot(registry):
    registry.add_site(SITE)
    registry.add_custom_dimension(DIMENSION)
    changed = registry.change_custom_dimension(1, 1, lambda dimension: replace(dimension, name="Writer", active=False))
    assert (changed.name, changed.active, changed.index) == ("Writer", False, 1)


# ---- users and tokens


def test_the_superusers_token_opens_everything(registry):
    registry.create_superuser("admin", TOKEN)
    identity = registry.authenticate(TOKEN)
    assert (identity.login, identity.is_superuser) == ("admin", True)


def test_tokens_are_stored_as_keyed_hashes_only(registry, table, objects):
    registry.create_superuser("admin", TOKEN)
    assert TOKEN not in repr(table.items)
    assert TOKEN.encode() not in objects.get(SNAPSHOT_KEY).data


def test_creating_the_same_superuser_again_changes_nothing(registry, table):
    registry.create_superuser("admin", TOKEN)
    writes = table.writes
    registry.create_superuser("admin", TOKEN)
    assert table.writes == writes


def test_another_command_line_token_takes_the_first_ones_place(registry):
    registry.create_superuser("admin", TOKEN)
    registry.add_token("admin", "own", "mine")
    registry.create_superuser("admin", "f" * 32)
    assert registry.authenticate(TOKEN) is None
    assert registry.authenticate("own").login == "admin"
    assert registry.authenticate("f" * 32).login == "admin"


@pytest.mark.parametrize("token", ["", "anonymous"])
def test_without_a_token_one_is_anonymous(registry, token):
    assert registry.authenticate(token).is_anonymous


def test_an_unknown_token_is_nobodys(registry):
    registry.create_superuser("admin", TOKEN)
    assert registry.authenticate("f" * 32) is None


def test_a_token_ends_with_its_time(registry, clock):
    registry.add_user(User("eve"))
    registry.add_token("eve", "short", "x", expires_at=1_800_000_100)
    assert registry.authenticate("short").login == "eve"
    clock.set(1_800_000_100)
    assert registry.authenticate("short") is None


def test_a_deleted_user_who_comes_back_has_neither_tokens_nor_roles(registry):
    registry.add_site(SITE)
    registry.add_user(User("eve", roles={1: Role.ADMIN}))
    registry.add_token("eve", "old", "x")
    registry.delete_user("eve")
    registry.add_user(User("eve"))
    assert registry.authenticate("old") is None
    assert registry.user("eve").roles == {}


def test_roles_on_deleted_sites_mean_nothing(registry):
    registry.add_site(SITE)
    registry.add_user(User("eve", roles={1: Role.ADMIN, 2: Role.ADMIN}))
    registry.add_token("eve", "t", "x")
    registry.delete_site(1)
    assert registry.authenticate("t").roles == {}


def test_a_login_is_given_once(registry):
    registry.add_user(User("eve"))
    with pytest.raises(AlreadyRegisteredError):
        registry.add_user(User("eve"))


def test_users_survive_a_restart(registry, table, objects):
    registry.add_site(SITE)
    user = registry.add_user(
        User("eve", "e@example.org", roles={1: Role.WRITE}, preferences={"defaultReport": "1"}, language="de")
    )
    assert started(table, objects).user("eve") == user
    assert [one.login for one in registry.users()] == ["anonymous", "eve"]


def test_passwords_are_checked_and_not_stored(registry, table):
    registry.add_user(User("eve"), "correct horse")
    assert registry.password_matches("eve", "correct horse")
    assert not registry.password_matches("eve", "wrong")
    assert not registry.password_matches("nobody", "correct horse")
    assert not registry.password_matches("anonymous", "")
    assert "correct horse" not in repr(table.items)
    registry.set_password("eve", "staple")
    assert registry.password_matches("eve", "staple")


# ---- settings, segments, notes


def test_settings_are_set_and_taken_back(registry, table, objects):
    registry.set_settings({"Tracker.visit_standard_length": 60, "SitesManager_DefaultTimezone": "Europe/Berlin"})
    registry.set_settings({"SitesManager_DefaultTimezone": None})
    assert started(table, objects).settings().given == {"Tracker.visit_standard_length": 60}


def test_setting_what_is_set_already_writes_nothing(registry, table):
    registry.set_settings({"Tracker.visit_standard_length": 60})
    writes = table.writes
    registry.set_settings({"Tracker.visit_standard_length": 60})
    assert table.writes == writes


def test_segments_keep_their_numbers(registry, table, objects):
    first = registry.add_segment(SavedSegment(0, "DE", "countryCode==de", "admin"))
    registry.change_segment(first.idsegment, lambda segment: replace(segment, deleted=True))
    assert registry.add_segment(SavedSegment(0, "AT", "countryCode==at", "admin")).idsegment == 2
    assert [(one.idsegment, one.deleted) for one in started(table, objects).segments()] == [(1, True), (2, False)]


def test_notes_count_from_zero_within_the_site(registry):
    notes = [registry.add_annotation(Annotation(site, 9, "2026-01-01", "n", "u")) for site in (1, 1, 2)]
    assert [note.id_note for note in notes] == [0, 1, 0]
    registry.change_annotation(replace(notes[1], note="changed"))
    registry.delete_annotations(1, [0])
    assert [(note.id_note, note.note) for note in registry.annotations(1)] == [(1, "changed")]


# ---- versions, races and crashes


def test_each_change_reaches_the_snapshot_at_once(registry, objects):
    registry.add_site(SITE)
    first = tracker(objects)
    registry.set_settings({"SitesManager_ExcludedIpsGlobal": "9.9.9.9"})
    second = tracker(objects)
    assert first.site(1).excluded_ips == ()
    assert second.site(1).excluded_ips == ("9.9.9.9",)
    assert second.version > first.version


def test_only_those_who_may_write_are_in_the_snapshot(registry, objects):
    registry.add_site(SITE)
    registry.create_superuser("admin", TOKEN)
    registry.add_user(User("viewer", roles={1: Role.VIEW}))
    registry.add_token("viewer", "v", "x")
    registry.add_user(User("writer", roles={1: Role.WRITE}))
    registry.add_token("writer", "w", "x", expires_at=1_900_000_000)
    made = tracker(objects)
    assert len(made.grants) == 2
    assert made.may_write(TOKEN, 1, 0)
    assert made.may_write("w", 1, 0)
    assert not made.may_write("w", 1, 1_900_000_000)


def test_two_registries_on_one_table_lose_nothing(table, objects):
    one, two = started(table, objects), started(table, objects)
    numbers = [registry.add_site(SITE).idsite for _ in range(5) for registry in (one, two)]
    assert numbers == list(range(1, 11))
    assert len(one.sites()) == len(two.sites()) == len(list(tracker(objects).sites())) == 10


def test_whoever_loses_a_race_repeats_the_change_on_the_new_state(table, objects, monkeypatch):
    registry, rival = started(table, objects), started(table, objects)
    commit = Storage.commit
    raced = []

    def commit_after_rival(storage, before, after):
        if not raced:
            raced.append(True)
            rival.add_site(replace(SITE, name="rival"))
        return commit(storage, before, after)

    monkeypatch.setattr(Storage, "commit", commit_after_rival)
    assert registry.add_site(SITE).idsite == 2
    assert [site.name for site in registry.sites()] == ["rival", "Shop & Blog"]


def test_endless_races_end_in_an_error(table, objects, monkeypatch):
    registry, commit = started(table, objects), Storage.commit

    def commit_after_rival(storage, before, after):
        table.items["instance", "state"]["version"] += 1
        return commit(storage, before, after)

    monkeypatch.setattr(Storage, "commit", commit_after_rival)
    with pytest.raises(UnavailableError):
        registry.add_site(SITE)


class DiesError(Exception):
    """The process is gone."""


@pytest.mark.parametrize(
    "look",
    [
        lambda registry: registry.heal(),
        lambda registry: registry.authenticate(""),
        lambda registry: registry.add_site(SITE),
    ],
)
def test_a_crash_between_change_and_snapshot_is_healed_by_whoever_looks_next(table, objects, monkeypatch, look):
    registry = started(table, objects)
    registry.create_superuser("admin", TOKEN)

    def die(*_args):
        raise DiesError

    with monkeypatch.context() as patched:
        patched.setattr(Storage, "publish", die)
        with pytest.raises(DiesError):
            registry.add_site(SITE)
    assert tracker(objects).site(1) is None
    look(started(table, objects))
    assert tracker(objects).site(1).site.name == "Shop & Blog"


def test_a_snapshot_that_could_not_be_written_is_healed_later(table, objects, monkeypatch):
    registry = started(table, objects)
    registry.create_superuser("admin", TOKEN)

    def refuse(*_args, **_options):
        raise UnavailableError("down")

    with monkeypatch.context() as patched:
        patched.setattr(objects, "put", refuse)
        assert registry.add_site(SITE).idsite == 1
    assert tracker(objects).site(1) is None
    registry.heal()
    assert tracker(objects).site(1) is not None


def test_an_old_snapshot_never_replaces_a_newer_one(table, objects):
    slow, quick = started(table, objects), started(table, objects)
    old = slow.refresh()
    slow.add_site(SITE)
    quick.add_site(SITE)
    newest = tracker(objects).version
    Storage(table, objects, lambda: old).publish(old)
    assert tracker(objects).version == newest


def test_reads_within_the_allowed_age_do_not_ask_the_table(table, objects, clock):
    writer = started(table, objects)
    reader = TableRegistry(table, objects, clock, max_age_seconds=1000)
    assert reader.sites() == ()
    writer.add_site(SITE)
    assert reader.sites() == ()
    reader.authenticate("")
    assert len(reader.sites()) == 1


def test_two_processes_that_start_together_agree_on_one_instance(table, objects):
    one = TableRegistry(table, objects, SettableClock(0), new_salt=lambda: "a")
    two = TableRegistry(table, objects, SettableClock(0), new_salt=lambda: "b")
    assert [registry.add_site(SITE).idsite for registry in (one, two)] == [1, 2]
    assert one.refresh().salt == two.refresh().salt == tracker(objects).salt == "a"


def test_an_instance_that_was_never_set_up_is_empty_and_reading_it_writes_nothing(table, objects):
    registry = started(table, objects)
    registry.heal()
    assert (registry.sites(), registry.users(), registry.snapshot().version) == ((), (), 0)
    assert registry.authenticate("").is_anonymous
    assert registry.authenticate(TOKEN) is None
    assert (table.writes, objects.stored) == (0, {})


def test_the_snapshot_is_made_once_per_version(registry):
    registry.add_site(SITE)
    made = registry.snapshot()
    assert registry.snapshot() is made
    registry.add_site(SITE)
    assert registry.snapshot() is not made


def test_reset_keeps_superusers_and_salt_only(registry, table, objects):
    registry.create_superuser("admin", TOKEN)
    registry.add_user(User("eve"))
    registry.add_site(SITE)
    before = tracker(objects)

    def wipe():
        table.items.clear()
        objects.stored.clear()

    registry.reset({"Tracker.trust_visitors_cookies": 1}, wipe)
    after = tracker(objects)
    assert registry.sites() == ()
    assert registry.add_site(SITE).idsite == 1
    assert [user.login for user in registry.users()] == ["admin", "anonymous"]
    assert registry.settings().given == {"Tracker.trust_visitors_cookies": 1}
    assert registry.authenticate(TOKEN).is_superuser
    assert after.version > before.version
    assert after.salt == before.salt
    assert after.may_write(TOKEN, 1, 0)
    assert started(table, objects).settings().flag("Tracker.trust_visitors_cookies")
