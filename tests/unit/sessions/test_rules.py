"""Settings and sites as rules."""

from dataclasses import replace

import pytest

from tidemark.model.custom_dimension import CustomDimension
from tidemark.model.settings import Settings
from tidemark.model.site import INTRANET, Site
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.model.tracked_site import site_document
from tidemark.plugin.dimension import Dimension, Scope
from tidemark.sessions.rules import Rules, own_columns, rules_of


def tracked(site=None, dimensions=()):
    one = site or Site(7, "site", "http://example.org", 0)
    return TrackerSnapshot(1, "salt", documents={7: site_document(one, (), dimensions)}).site(7)


def rules(given=None, **site):
    return rules_of(tracked(replace(Site(7, "site", "http://example.org", 0), **site)), Settings(given or {}), ())


def test_rules_are_matomos_by_default():
    assert rules() == Rules(7)


SETTINGS = {
    "visit_standard_length": ({"Tracker.visit_standard_length": "600"}, {"visit_length": 600, "look_back": 600}),
    "window_look_back_for_visitor": ({"Tracker.window_look_back_for_visitor": 86400}, {"look_back": 86400}),
    "a shorter look-back": ({"Tracker.window_look_back_for_visitor": 5}, {"look_back": 1800}),
    "default_time_one_page_visit": ({"Tracker.default_time_one_page_visit": 10}, {"one_page_time": 10}),
    "create_new_visit_after_x_actions": ({"Tracker.create_new_visit_after_x_actions": 5}, {"max_actions": 5}),
    "create_new_visit_after_midnight": ({"Tracker.create_new_visit_after_midnight": 0}, {"cuts_at_midnight": False}),
    "create_new_visit_when_campaign_changes": (
        {"Tracker.create_new_visit_when_campaign_changes": 0},
        {"cuts_on_campaign": False},
    ),
    "create_new_visit_when_website_referrer_changes": (
        {"Tracker.create_new_visit_when_website_referrer_changes": "1"},
        {"cuts_on_website": True},
    ),
    "enable_userid_overwrites_visitorid": ({"Tracker.enable_userid_overwrites_visitorid": 0}, {"cuts_on_user": True}),
    "trust_visitors_cookies": ({"Tracker.trust_visitors_cookies": 1}, {"trusts_ids": True}),
    "tracker_always_new_visitor": ({"Debug.tracker_always_new_visitor": 1}, {"cuts_always": True}),
    "nonsense": ({"Tracker.visit_standard_length": "long"}, {}),
}


@pytest.mark.parametrize(("given", "expected"), SETTINGS.values(), ids=SETTINGS)
def test_rules_follow_the_settings(given, expected):
    assert rules(given) == replace(Rules(7), **expected)


def test_intranet_sites_trust_ids():
    assert rules(type=INTRANET).trusts_ids


def test_rules_know_which_dimensions_are_of_visit_scope():
    dimensions = [CustomDimension(7, 1, "a", 1, "visit"), CustomDimension(7, 2, "b", 1, "action")]
    assert rules_of(tracked(dimensions=dimensions), Settings(), ()).visit_dimensions == {"1"}


def test_digest_tells_rules_apart_but_not_by_dimensions():
    assert rules().digest() != rules({"Tracker.visit_standard_length": 600}).digest()
    assert rules().digest() == replace(rules(), visit_dimensions=frozenset("1")).digest()


def test_own_columns_leaves_out_names_that_are_taken():
    dimensions = [
        Dimension(name, Scope.VISIT, lambda _: None) for name in ("url", "shade", "shade", "visit_total_time")
    ]
    assert [one.column for one in own_columns(dimensions)] == ["shade"]
