import orjson
import pytest

from tidemark.model.custom_dimension import CustomDimension, Extraction
from tidemark.model.goal import Goal
from tidemark.model.settings import Settings
from tidemark.model.site import INTRANET, KeepFragment, Site
from tidemark.model.snapshot import Grant, TrackerSnapshot, hash_token
from tidemark.model.tracked_site import site_document

SITE = Site(
    3,
    "Shop",
    "http://a.example",
    1_700_000_000,
    timezone="Europe/Berlin",
    ecommerce=True,
    excluded_ips=("1.2.3.*",),
    excluded_parameters=("secret",),
    excluded_user_agents=("own",),
    type=INTRANET,
    alias_urls=("http://b.example",),
)
GOALS = (
    Goal(3, 1, "Gone", "url", "x", "contains", deleted=True),
    Goal(3, 2, "Paid", "url", "/t", "exact", revenue=2.0),
)
DIMENSIONS = (CustomDimension(3, 1, "Author", 1, "action", extractions=(Extraction("urlparam", "by"),)),)
SALT = "pepper"


def snapshot(settings=None, site=SITE):
    given = Settings(settings or {})
    grants = {
        hash_token("root", SALT): Grant(is_superuser=True),
        hash_token("writer", SALT): Grant(writable=frozenset({3}), expires_at=200),
    }
    made = TrackerSnapshot(7, SALT, given, grants, {site.idsite: site_document(site, GOALS, DIMENSIONS)})
    return TrackerSnapshot.from_json(made.to_json())


def test_a_site_comes_back_as_it_was_written():
    tracked = snapshot().site(3)
    assert tracked.site == SITE
    assert tracked.goals == (GOALS[1],)
    assert tracked.custom_dimensions == DIMENSIONS
    assert (tracked.idsite, tracked.timezone, tracked.urls) == (
        3,
        "Europe/Berlin",
        ("http://a.example", "http://b.example"),
    )


def test_there_is_no_unknown_site():
    assert snapshot().site(4) is None


def test_sites_come_in_order():
    documents = {number: site_document(Site(number, "x", "http://x", 0), (), ()) for number in (12, 2, 5)}
    assert [site.idsite for site in TrackerSnapshot(1, SALT, documents=documents).sites()] == [2, 5, 12]


def test_the_same_snapshot_is_the_same_bytes():
    made = snapshot()
    assert TrackerSnapshot.from_json(made.to_json()).to_json() == made.to_json()


def test_what_is_default_is_not_written():
    assert orjson.loads(orjson.dumps(site_document(Site(1, "n", "http://x", 5), (), ()))) == {
        "name": "n",
        "main_url": "http://x",
        "ts_created": 5,
    }


@pytest.mark.parametrize(
    ("token", "idsite", "now", "may"),
    [
        ("root", 3, 0, True),
        ("root", 99, 0, True),
        ("writer", 3, 199, True),
        ("writer", 3, 200, False),
        ("writer", 4, 0, False),
        ("nobody", 3, 0, False),
        ("", 3, 0, False),
    ],
)
def test_who_may_write(token, idsite, now, may):
    assert snapshot().may_write(token, idsite, now) is may


def test_tokens_are_not_in_the_document():
    assert b"writer" not in snapshot().to_json()


def test_global_lists_are_merged_with_the_sites():
    tracked = snapshot(
        {
            "SitesManager_ExcludedIpsGlobal": "9.9.9.9,1.2.3.*",
            "SitesManager_ExcludedQueryParameters": "sid",
            "SitesManager_ExcludedUserAgentsGlobal": "bot",
            "SitesManager_ExcludedReferrersGlobal": "spam.example",
        }
    ).site(3)
    assert tracked.excluded_ips == ("1.2.3.*", "9.9.9.9")
    assert tracked.excluded_parameters == ("secret", "sid")
    assert tracked.excluded_user_agents == ("bot", "own")
    assert tracked.excluded_referrers == ("spam.example",)


def test_search_parameters_are_the_sites_or_else_the_global_ones():
    own = Site(3, "n", "http://x", 0, sitesearch_keyword_parameters=("suche",))
    given = {"SitesManager_SearchKeywordParameters": "gkwd", "SitesManager_SearchCategoryParameters": "gcat"}
    assert snapshot(given, own).site(3).sitesearch_keyword_parameters == ("suche",)
    assert snapshot(given, own).site(3).sitesearch_category_parameters == ("gcat",)
    assert snapshot(site=Site(3, "n", "http://x", 0)).site(3).sitesearch_keyword_parameters[:2] == ("q", "query")


@pytest.mark.parametrize(
    ("of_site", "everywhere", "keeps"),
    [
        (KeepFragment.DEFAULT, "1", True),
        (KeepFragment.DEFAULT, "0", False),
        (KeepFragment.YES, "0", True),
        (KeepFragment.NO, "1", False),
    ],
)
def test_fragments_are_kept_as_the_site_or_else_the_instance_says(of_site, everywhere, keeps):
    site = Site(3, "n", "http://x", 0, keep_url_fragment=of_site)
    assert snapshot({"SitesManager_KeepURLFragmentsGlobal": everywhere}, site).site(3).keep_url_fragment is keeps


def test_a_token_hash_depends_on_the_salt():
    assert hash_token("t", "a") != hash_token("t", "b")
    assert len(hash_token("t", "a")) == 64
