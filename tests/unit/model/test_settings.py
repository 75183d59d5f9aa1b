import pytest

from tidemark.model.settings import DEFAULTS, Settings


def test_a_setting_has_matomos_default_until_it_is_given():
    settings = Settings({"Tracker.visit_standard_length": 60})
    assert settings.number("Tracker.visit_standard_length") == 60
    assert settings.number("Tracker.window_look_back_for_visitor") == 0
    assert settings.flag("PrivacyManager.ipAnonymizerEnabled")


def test_every_default_has_the_type_that_its_reader_gives():
    for name, default in DEFAULTS.items():
        read = {bool: Settings().flag, int: Settings().number, str: Settings().text}[type(default)]
        assert read(name) == default


@pytest.mark.parametrize("off", [0, "0", "", "false", "Off", "no", False])
def test_a_switch_is_off_however_it_was_sent(off):
    assert Settings({"Tracker.enable_spam_filter": off}).flag("Tracker.enable_spam_filter") is False


@pytest.mark.parametrize("on", [1, "1", "true", True, 2])
def test_a_switch_is_on_for_anything_else(on):
    assert Settings({"Tracker.trust_visitors_cookies": on}).flag("Tracker.trust_visitors_cookies") is True


def test_numbers_come_as_text_and_nonsense_is_zero():
    settings = Settings({"Tracker.visit_standard_length": "2678400", "Tracker.page_maximum_length": "much"})
    assert settings.number("Tracker.visit_standard_length") == 2_678_400
    assert settings.number("Tracker.page_maximum_length") == 0


def test_words_are_trimmed_and_never_empty():
    assert Settings({"Tracker.campaign_var_name": " a, ,b,"}).words("Tracker.campaign_var_name") == ("a", "b")
    assert Settings().words("Tracker.exclude_requests") == ()


def test_an_undeclared_name_needs_a_default_of_the_plugins_own():
    with pytest.raises(KeyError):
        Settings().text("Weather.unit")
    assert Settings().text("Weather.unit", "celsius") == "celsius"
    assert Settings({"Weather.unit": "kelvin"}).text("Weather.unit", "celsius") == "kelvin"


def test_given_and_default_can_be_told_apart():
    settings = Settings().merged({"SitesManager_ExcludedIpsGlobal": ""})
    assert settings.is_given("SitesManager_ExcludedIpsGlobal")
    assert not settings.is_given("SitesManager_DefaultTimezone")


def test_a_switch_read_as_text_is_one_or_zero():
    assert Settings().text("Tracker.record_statistics") == "1"
