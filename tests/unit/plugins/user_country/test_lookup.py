import pytest

from tests.support.api_calls import Caller
from tidemark.model.errors import BadParameter
from tidemark.model.hit import Location
from tidemark.model.location_lookup import LocationLookup
from tidemark.plugins.user_country.lookup import get_location_from_ip


class Atlas:
    """Knows one address."""

    def locate(self, address):
        known = Location("fr", "BFC", "Besançon", 47.249, 6.018, network="Example ISP")
        return known if address == "203.0.113.9" else Location()


@pytest.fixture
def call():
    return Caller(services={LocationLookup: Atlas()})


def test_an_address_is_located_as_one_row(call):
    (row,) = call(get_location_from_ip, ip="203.0.113.9")
    assert (row["continent_code"], row["country_code"], row["country_name"]) == ("EU", "FR", "France")
    assert (row["city_name"], row["lat"], row["region_code"]) == ("Besançon", 47.249, "BFC")
    assert (row["isp"], list(row)[-1]) == ("Example ISP", "ip")


def test_without_an_address_it_is_the_callers(call):
    assert call(get_location_from_ip)[0]["ip"] == "203.0.113.9"


def test_an_address_that_nobody_knows_is_nowhere(call):
    assert call(get_location_from_ip, ip="198.51.100.1") is False


@pytest.mark.parametrize("asked", [{"ip": "nonsense"}, {"provider": "crystal ball"}])
def test_nonsense_is_refused(call, asked):
    with pytest.raises(BadParameter):
        call(get_location_from_ip, **asked)
