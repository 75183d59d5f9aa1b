import pytest

from tests.support.api_calls import Caller
from tidemark.model.errors import UnknownSite
from tidemark.model.site import MOBILE_APP
from tidemark.plugins.sites_manager.changes import add_site
from tidemark.plugins.sites_manager.settings import get_messages_to_warn_on_site_removal, get_site_settings


def test_settings_of_a_site_have_values_and_defaults():
    call = Caller()
    call(add_site, siteName="Shop", urls=["https://shop.example.org"], ecommerce=1)
    (group,) = call(get_site_settings, idSite=1)
    assert group["pluginName"] == "WebsiteMeasurable"
    values = {one["name"]: one["value"] for one in group["settings"]}
    assert (values["urls"], values["ecommerce"], values["sitesearch"]) == (["https://shop.example.org"], 1, 1)
    assert call(get_messages_to_warn_on_site_removal, idSite=1) == []


def test_an_app_has_no_settings_about_fragments():
    call = Caller()
    call(add_site, siteName="App", type=MOBILE_APP)
    (group,) = call(get_site_settings, idSite=1)
    assert group["pluginName"] == "MobileAppMeasurable"
    assert "keep_url_fragment" not in {one["name"] for one in group["settings"]}


def test_there_are_no_settings_of_an_unknown_site():
    with pytest.raises(UnknownSite):
        Caller()(get_site_settings, idSite=9)
