import pytest

from tests.support.api_calls import Caller
from tidemark.model.access import ANONYMOUS
from tidemark.model.errors import ApiError, NoAccess
from tidemark.model.user import User
from tidemark.plugins.languages_manager import methods


@pytest.fixture
def call():
    call = Caller()
    call.registry.add_user(User("eve"))
    return call


def test_english_german_and_french_are_spoken(call):
    assert call(methods.get_available_languages) == ["en", "de", "fr"]
    assert call(methods.is_language_available, languageCode="en") is True
    assert call(methods.is_language_available, languageCode="tlh") is False
    assert call(methods.get_available_language_names) == [
        {"code": "en", "name": "English", "english_name": "English"},
        {"code": "de", "name": "Deutsch", "english_name": "German"},
        {"code": "fr", "name": "Français", "english_name": "French"},
    ]
    assert call(methods.get_available_languages_info)[0]["percentage_complete"] == "100%"


def test_users_choose_their_language_and_clock(call):
    eve = call.as_user("eve")
    assert eve(methods.get_language_for_user, login="eve") == ""
    assert eve(methods.set_language_for_user, login="eve", languageCode="en") is True
    assert eve(methods.set_language_for_user, login="eve", languageCode="tlh") is False
    assert eve(methods.get_language_for_user, login="eve") == "en"
    assert eve(methods.set_12_hour_clock_for_user, login="eve", use12HourClock=True) is True
    assert call(methods.uses_12_hour_clock_for_user, login="eve") is True


def test_anonymous_users_choose_nothing(call):
    assert call(methods.get_language_for_user, login=ANONYMOUS) is False
    assert call(methods.uses_12_hour_clock_for_user, login=ANONYMOUS) is False
    assert call(methods.set_12_hour_clock_for_user, login=ANONYMOUS, use12HourClock=True) is False


@pytest.mark.parametrize("caller", ["bob", ANONYMOUS])
def test_others_choices_are_not_ones_own(call, caller):
    with pytest.raises(NoAccess):
        call.as_user(caller)(methods.get_language_for_user, login="eve")


def test_nobody_chooses_nothing(call):
    with pytest.raises(ApiError):
        call(methods.set_language_for_user, login="nobody", languageCode="en")
