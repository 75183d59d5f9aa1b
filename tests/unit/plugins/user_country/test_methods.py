import pytest

from tests.support.api_calls import NOW, Caller
from tidemark.model.errors import BadParameter
from tidemark.plugins.user_country.methods import PROVIDERS, set_location_provider


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_is_chosen(provider):
    call = Caller()
    call(set_location_provider, providerId=provider)
    assert call.settings.text("usercountry.location_provider") == provider


def test_an_unknown_provider_is_refused():
    call = Caller()
    with pytest.raises(BadParameter, match="crystal_ball"):
        call(set_location_provider, providerId="crystal_ball")
    assert not call.settings.is_given("usercountry.location_provider")


def test_the_first_choice_of_a_database_tells_since_when_regions_have_iso_codes():
    call = Caller()
    call(set_location_provider, providerId="default")
    assert call.settings.number("usercountry.switchtoisoregions") == 0
    call(set_location_provider, providerId="geoip2php")
    call.now += 100
    call(set_location_provider, providerId="geoip2server")
    assert call.settings.number("usercountry.switchtoisoregions") == NOW
