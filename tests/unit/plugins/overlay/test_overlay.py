from tests.support.api_calls import Caller
from tidemark.model.errors import ApiError
from tidemark.model.page_urls import PageUrls
from tidemark.plugins.overlay.methods import get_excluded_query_parameters, get_following_pages, get_translations

STEPS = {
    "followingPages": [{"label": "a.org/y", "referrals": 3}],
    "followingSiteSearches": [{"label": "hat", "referrals": 9}],
    "outlinks": [{"label": "http://o.example/", "referrals": 2}],
    "downloads": [{"label": "http://a.org/f.zip", "referrals": 1}],
}


class Cleaner:
    def cleaned(self, _idsite, url):
        return url.partition("?")[0]


class OverlayCaller(Caller):
    answer = STEPS

    def call(self, method, **params):
        self.asked = (method, params)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def caller():
    return OverlayCaller(services={PageUrls: Cleaner()})


def test_links_out_of_a_page_are_told_without_searches():
    asked = caller()
    found = get_following_pages(asked, "http://a.org/x?sid=1", 1, "day", "2026-03-05")
    assert [row.columns for row in found] == [*STEPS["followingPages"], *STEPS["outlinks"], *STEPS["downloads"]]
    method, params = asked.asked
    assert method == "Transitions.getTransitionsForAction"
    assert (params["actionName"], params["parts"]) == ("http://a.org/x", "followingActions")
    assert params["limitBeforeGrouping"] == 300


def test_a_page_that_nobody_saw_has_no_links():
    asked = caller()
    asked.answer = ApiError("NoDataForAction")
    assert not len(get_following_pages(asked, "http://a.org/x", 1, "day", "2026-03-05"))


def test_the_layer_gets_texts_and_excluded_parameters():
    asked = caller()
    asked.answer = ["sid"]
    assert get_translations(asked, 1)["link"] == "Link"
    assert get_excluded_query_parameters(asked, 1) == ["sid"]
