import pytest

from tidemark.plugins.actions.paths import link_path, page_path, title_path


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("example.org", ("/index",)),
        ("example.org/", ("/index",)),
        ("example.org/a", ("/a",)),
        ("example.org/a/", ("a", "/index")),
        ("example.org/a/b.html?x=1", ("a", "/b.html?x=1")),
        ("example.org/a#part", ("/a#part",)),
        ("https://example.org/a/b", ("a", "/b")),
        ("", ("Page URL not defined",)),
        (None, ("Page URL not defined",)),
    ],
)
def test_pages_lie_in_the_folders_of_their_url(url, path):
    assert page_path(url) == path


def test_folders_below_the_limit_stay_together():
    assert page_path("example.org/a/b/c/d", action_category_level_limit=3) == ("a", "b", "/c/d")


@pytest.mark.parametrize(
    ("title", "delimiter", "path"),
    [
        ("Home", "", (" Home",)),
        ("  Home\n", "", (" Home",)),
        ("Shop > Shoes", ">", ("Shop", " Shoes")),
        ("0", "", (" 0",)),
        ("", "", (" Page Name not defined",)),
    ],
)
def test_titles_lie_in_categories_where_a_delimiter_is_set(title, delimiter, path):
    assert title_path(title, action_title_category_delimiter=delimiter) == path


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://other.org/file.zip", ("other.org", "/file.zip")),
        ("https://other.org", ("other.org", "/")),
        ("ftp://other.org/file", ("ftp:", "other.org", "/file")),
        ("", ("Page URL not defined",)),
    ],
)
def test_links_lie_under_their_host(url, path):
    assert link_path(url) == path
