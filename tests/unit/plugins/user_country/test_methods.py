import pytest

from tests.support.api_calls import Caller
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
