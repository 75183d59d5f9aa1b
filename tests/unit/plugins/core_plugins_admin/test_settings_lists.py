"""Settings of the instance and of users in one list."""

import pytest

from tests.support.api_calls import Caller
from tidemark.model.errors import ApiError, BadParameter
from tidemark.model.settings import DEFAULTS
from tidemark.model.user import User
from tidemark.plugins.core_plugins_admin.methods import (
    get_system_settings,
    get_user_settings,
    set_system_settings,
    set_user_settings,
)


@pytest.fixture
def call():
    call = Caller()
    call.registry.create_superuser("admin", "0" * 32)
    call.registry.add_user(User("anna", "anna@example.org", preferences={"defaultReport": "1"}))
    return call


def listed(call):
    return {
        f"{plugin['pluginName']}.{one['name']}": one
        for plugin in call(get_system_settings)
        for one in plugin["settings"]
    }


def test_all_settings_are_listed_and_changed(call):
    assert len(listed(call)) == len(DEFAULTS)
    assert listed(call)["SitesManager.DefaultTimezone"]["value"] == call.settings.text("SitesManager_DefaultTimezone")
    changes = {
        "General": [
            {"name": "default_invite_user_token_expiry_days", "value": "3"},
            {"name": "only_allow_secure_auth_tokens", "value": "true"},
            {"name": "trusted_hosts", "value": ["a.example", "b.example"]},
        ]
    }
    call(set_system_settings, settingValues=changes)
    call(set_system_settings, settingValues={"SitesManager": [{"name": "DefaultTimezone", "value": "Asia/Tokyo"}]})
    assert call.settings.text("SitesManager_DefaultTimezone") == "Asia/Tokyo"
    assert call.settings.number("General.default_invite_user_token_expiry_days") == 3
    assert call.settings.flag("General.only_allow_secure_auth_tokens") is True
    assert call.settings.words("General.trusted_hosts") == ("a.example", "b.example")
    found = listed(call)["General.default_invite_user_token_expiry_days"]
    assert (found["value"], found["defaultValue"], found["type"]) == (3, 7, "integer")


@pytest.mark.parametrize(
    "wrong",
    [
        {"General": [{"name": "no_such", "value": "1"}]},
        {"General": [{"name": "default_invite_user_token_expiry_days", "value": "many"}]},
        {"General": [{"name": "default_invite_user_token_expiry_days", "value": "9" * 40}]},
        {"General": [{"name": "only_allow_secure_auth_tokens", "value": "maybe"}]},
        {"General": [{"name": "trusted_hosts", "value": {"a": "b"}}]},
        {"General": [{"name": "trusted_hosts", "value": "x" * 10_001}]},
        {"General": ["trusted_hosts"]},
        {"General": "trusted_hosts"},
    ],
)
def test_nothing_is_changed_if_one_setting_is_wrong(call, wrong):
    right = {"Tracker": [{"name": "record_statistics", "value": "0"}]}
    with pytest.raises(BadParameter):
        call(set_system_settings, settingValues={**right, **wrong})
    assert call.settings.flag("Tracker.record_statistics") is True


def test_changes_of_the_instance_are_confirmed_by_who_has_a_password(call):
    call.registry.set_password("admin", "correct horse")
    changes = {"Tracker": [{"name": "record_statistics", "value": "0"}]}
    with pytest.raises(ApiError, match="confirm"):
        call(set_system_settings, settingValues=changes, passwordConfirmation="wrong")
    call(set_system_settings, settingValues=changes, passwordConfirmation="correct horse")
    assert call.settings.flag("Tracker.record_statistics") is False


def test_users_change_their_own_settings(call):
    anna = call.as_user("anna")
    changes = [{"name": "use12HourClock", "value": "1"}, {"name": "defaultReportDate", "value": "today"}]
    anna(set_user_settings, settingValues={"UsersManager": changes})
    (own,) = anna(get_user_settings)
    assert {one["name"]: one["value"] for one in own["settings"]} == {
        "use12HourClock": True,
        "defaultReport": "1",
        "defaultReportDate": "today",
    }
    with pytest.raises(BadParameter):
        anna(set_user_settings, settingValues={"UsersManager": [{"name": "roles", "value": "1"}]})
    assert call.as_user("nobody")(get_user_settings) == []
