import pytest

from tests.support.api_calls import Caller
from tidemark.model.errors import ApiError, BadParameter, NoAccess, UnknownSite
from tidemark.plugins.custom_dimensions.methods import (
    configure_existing_custom_dimension,
    configure_new_custom_dimension,
    get_available_extraction_dimensions,
    get_available_scopes,
    get_configured_custom_dimensions,
    get_configured_custom_dimensions_having_scope,
)
from tidemark.plugins.sites_manager.changes import add_site

BY_AUTHOR = [{"dimension": "urlparam", "pattern": "author"}]


@pytest.fixture
def call():
    call = Caller()
    call(add_site, siteName="Shop")
    return call


def added(call, **params):
    return call(
        configure_new_custom_dimension, **{"idSite": 1, "name": "n", "scope": "action", "active": "1", **params}
    )


def test_a_dimension_has_matomos_attributes(call):
    assert added(call, name="User type", scope="visit") == 1
    assert added(call, name="Author", extractions=BY_AUTHOR, caseSensitive="0") == 2
    assert call(get_configured_custom_dimensions, idSite=1) == [
        {
            "idcustomdimension": "1",
            "idsite": "1",
            "name": "User type",
            "index": "1",
            "scope": "visit",
            "active": True,
            "extractions": [],
            "case_sensitive": True,
        },
        {
            "idcustomdimension": "2",
            "idsite": "1",
            "name": "Author",
            "index": "1",
            "scope": "action",
            "active": True,
            "extractions": BY_AUTHOR,
            "case_sensitive": False,
        },
    ]


def test_dimensions_can_be_narrowed_to_a_scope(call):
    added(call, scope="visit")
    added(call, scope="action")
    found = call(get_configured_custom_dimensions_having_scope, idSite=1, scope="action")
    assert [one["idcustomdimension"] for one in found] == ["2"]


def test_a_site_that_is_not_there_has_no_dimensions(call):
    assert call(get_configured_custom_dimensions_having_scope, idSite=99, scope="visit") == []
    assert call(get_configured_custom_dimensions, idSite="all") == []
    with pytest.raises(UnknownSite):
        added(call, idSite=99)


def test_a_site_that_one_may_not_see_shows_none(call):
    with pytest.raises(NoAccess):
        call.as_user("eve")(get_configured_custom_dimensions, idSite=1)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"name": ""}, "needs a name"),
        ({"name": "n" * 256}, "255"),
        ({"name": "a/b"}, "/"),
        ({"name": "<b>"}, "< >"),
        ({"scope": "galaxy"}, "galaxy"),
        ({"scope": ""}, "scope"),
        ({"active": "yes"}, "yes"),
        ({"caseSensitive": "2"}, "caseSensitive"),
        ({"extractions": "x"}, "list"),
        ({"extractions": ["x"]}, "consists of"),
        ({"extractions": [{"dimension": "url"}]}, "consists of"),
        ({"extractions": [{"dimension": "weather", "pattern": "(x)"}]}, "weather"),
        ({"extractions": [{"dimension": "url", "pattern": "index"}]}, "round brackets"),
        ({"extractions": [{"dimension": "url", "pattern": "(a)(b)"}]}, "round brackets"),
        ({"extractions": [{"dimension": "url", "pattern": "(("}]}, "regular expression"),
        ({"scope": "visit", "extractions": BY_AUTHOR}, "scope action"),
    ],
)
def test_what_makes_no_sense_is_refused(call, changes, part):
    with pytest.raises(BadParameter, match=part):
        added(call, **changes)
    assert call(get_configured_custom_dimensions, idSite=1) == []


@pytest.mark.parametrize("pattern", ["index_(.+).html", "(?:a|b)(c)", ""])
def test_patterns_with_one_group_or_none_at_all_are_fine(call, pattern):
    added(call, extractions=[{"dimension": "action_name", "pattern": pattern}])
    assert call(get_configured_custom_dimensions, idSite=1)[0]["extractions"][0]["pattern"] == pattern


def test_scopes_tell_how_many_slots_are_left(call):
    added(call, scope="visit")
    added(call, scope="visit", active="0")
    assert [scope["numSlotsUsed"] for scope in call(get_available_scopes, idSite="all")] == [0, 0]
    visit, action = call(get_available_scopes, idSite=1)
    assert (visit["value"], visit["numSlotsAvailable"], visit["numSlotsUsed"], visit["numSlotsLeft"]) == (
        "visit",
        5,
        2,
        3,
    )
    assert (visit["supportsExtractions"], action["supportsExtractions"]) == (False, True)


def test_when_all_slots_are_used_a_new_dimension_is_refused(call):
    for _ in range(5):
        added(call)
    with pytest.raises(ApiError, match="action"):
        added(call)


def test_values_are_extracted_from_three_sources(call):
    assert [one["value"] for one in call(get_available_extraction_dimensions)] == ["url", "urlparam", "action_name"]


def test_reconfiguring_keeps_scope_and_case(call):
    added(call, extractions=BY_AUTHOR, caseSensitive="0")
    call(configure_existing_custom_dimension, idDimension=1, idSite=1, name="Writer", active="0")
    (dimension,) = call(get_configured_custom_dimensions, idSite=1)
    assert (dimension["name"], dimension["active"], dimension["scope"]) == ("Writer", False, "action")
    assert (dimension["case_sensitive"], dimension["extractions"]) == (False, [])


def test_a_dimension_that_is_not_there_cannot_be_reconfigured(call):
    with pytest.raises(ApiError, match="Dimension 7"):
        call(configure_existing_custom_dimension, idDimension=7, idSite=1, name="n", active="1")


def test_visits_take_no_extractions_later_either(call):
    added(call, scope="visit")
    with pytest.raises(BadParameter):
        call(configure_existing_custom_dimension, idDimension=1, idSite=1, name="n", active="1", extractions=BY_AUTHOR)
