from types import SimpleNamespace

import pytest

from tests.support.api_calls import Caller
from tidemark.model.access import ANONYMOUS, Role
from tidemark.model.errors import ApiError, BadParameter, BadSegment, NoAccess, UnknownSite
from tidemark.plugin import Plugins
from tidemark.plugins.segment_editor import methods
from tidemark.plugins.sites_manager.changes import add_site

GERMANY = {"name": "From Germany", "definition": "countryCode==de"}


@pytest.fixture
def call():
    known = SimpleNamespace(segments=lambda: {"countryCode": None, "deviceType": None, "pageUrl": None})
    call = Caller(services={Plugins: known})
    call(add_site, siteName="Shop")
    call(add_site, siteName="Blog")
    return call


def test_a_segment_has_matomos_attributes(call):
    number = call(methods.add, **GERMANY, idSite=1)
    assert call(methods.get, idSegment=number) == {
        "idsegment": 1,
        "name": "From Germany",
        "definition": "countryCode==de",
        "hash": "8ed8a79e4fab70fb95c781aa3c6b327e",
        "login": "admin",
        "enable_all_users": 0,
        "enable_only_idsite": 1,
        "auto_archive": 0,
        "ts_created": "2027-01-15 08:00:00",
        "ts_last_edit": None,
        "deleted": 0,
    }


def test_a_changed_segment_is_another_segment(call):
    call(methods.add, **GERMANY)
    assert call(methods.update, idSegment=1, name="From Austria", definition="countryCode==at", idSite=1) is True
    segment = call(methods.get, idSegment=1)
    assert (segment["hash"], segment["enable_only_idsite"]) == ("d1ad26396ad6fe44e40c8c5c73abb82f", 1)
    assert segment["ts_last_edit"] == "2027-01-15 08:00:00"


def test_a_deleted_segment_is_gone_and_its_number_too(call):
    call(methods.add, **GERMANY)
    assert call(methods.delete, idSegment=1) is True
    assert call(methods.get_all) == []
    with pytest.raises(ApiError, match="deleted"):
        call(methods.get, idSegment=1)
    assert call(methods.add, **GERMANY) == 2


def test_there_is_no_unknown_segment(call):
    assert call(methods.get, idSegment=9) is False
    with pytest.raises(ApiError):
        call(methods.delete, idSegment=9)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"definition": "nothing==x"}, BadSegment),
        ({"definition": "countryCode"}, BadSegment),
        ({"definition": ";"}, BadSegment),
        ({"name": " "}, BadParameter),
        ({"idSite": 9}, UnknownSite),
    ],
)
def test_a_segment_that_makes_no_sense_is_refused(call, changes, error):
    with pytest.raises(error):
        call(methods.add, **{**GERMANY, **changes})
    assert call(methods.get_all) == []


def test_what_would_end_a_url_is_encoded(call):
    call(methods.add, name="n", definition="pageUrl=@a#b&c'd")
    assert call(methods.get, idSegment=1)["definition"] == "pageUrl=@a%23b%26c%27d"


def test_users_make_segments_for_sites_they_see_and_do_not_share_them(call):
    eve = call.as_user("eve", roles={1: Role.VIEW})
    assert eve(methods.add, **GERMANY, idSite=1) == 1
    with pytest.raises(ApiError):
        eve(methods.add, **GERMANY)
    with pytest.raises(ApiError):
        eve(methods.add, **GERMANY, idSite=2)
    with pytest.raises(ApiError, match="share"):
        eve(methods.add, **GERMANY, idSite=1, enabledAllUsers=True)


@pytest.mark.parametrize(
    ("level", "role", "may"),
    [
        ("view", Role.VIEW, True),
        ("write", Role.VIEW, False),
        ("admin", Role.ADMIN, True),
        ("superuser", Role.ADMIN, False),
    ],
)
def test_the_level_needed_can_be_set(call, level, role, may):
    call.registry.set_settings({"General.adding_segment_requires_access": level})
    assert call.as_user("eve", roles={1: role})(methods.is_user_can_add_new_segment, idSite=1) is may
    assert call(methods.is_user_can_add_new_segment, idSite=1) is True


def test_anonymous_callers_make_and_change_nothing(call):
    call(methods.add, **GERMANY, enabledAllUsers=True)
    nobody = call.as_user(ANONYMOUS, roles={1: Role.ADMIN})
    assert nobody(methods.is_user_can_add_new_segment, idSite=1) is False
    with pytest.raises(ApiError):
        nobody(methods.add, **GERMANY, idSite=1)
    with pytest.raises(NoAccess):
        nobody(methods.delete, idSegment=1)


def test_segments_for_all_sites_can_be_switched_off(call):
    call.registry.set_settings({"General.allow_adding_segments_for_all_websites": 0})
    with pytest.raises(ApiError):
        call(methods.add, **GERMANY)
    assert call(methods.add, **GERMANY, idSite=1) == 1


def test_segments_computed_on_demand_can_be_switched_off(call):
    call.registry.set_settings({"General.enable_create_realtime_segments": 0})
    with pytest.raises(ApiError):
        call(methods.add, **GERMANY)
    assert call(methods.add, **GERMANY, autoArchive=True) == 1


def test_others_segments_are_theirs(call):
    eve, bob = (call.as_user(login, roles={1: Role.VIEW}) for login in ("eve", "bob"))
    eve(methods.add, **GERMANY, idSite=1)
    call(methods.add, **GERMANY, enabledAllUsers=True)
    with pytest.raises(ApiError, match="another user"):
        bob(methods.get, idSegment=1)
    assert bob(methods.get, idSegment=2)["login"] == "admin"
    with pytest.raises(ApiError):
        bob(methods.update, idSegment=2, **GERMANY, idSite=1)


def test_own_segments_come_first_then_shared_ones(call):
    eve = call.as_user("eve", roles={1: Role.VIEW, 2: Role.VIEW})
    call(methods.add, name="a shared", definition="countryCode==de", enabledAllUsers=True)
    call(methods.add, name="b private", definition="countryCode==de")
    for name in ("z own", "Y own"):
        eve(methods.add, name=name, definition="countryCode==de", idSite=1)
    assert [one["name"] for one in eve(methods.get_all)] == ["Y own", "z own", "a shared"]
    assert [one["name"] for one in call(methods.get_all)] == ["a shared", "b private", "Y own", "z own"]
    assert [one["name"] for one in eve(methods.get_all, idSite=2)] == ["a shared"]
    with pytest.raises(NoAccess):
        eve(methods.get_all, idSite=3)


def test_segments_that_are_no_longer_known_are_not_offered(call):
    call(methods.add, **GERMANY)
    call.services[Plugins] = SimpleNamespace(segments=dict)
    assert call(methods.get_all) == []
