"""Search engines as referrers. Source: Matomo 5.2, tracking behaviour, section 10, rule 5; public search engine list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemark.tracking.search_keywords import find_engine


@pytest.mark.parametrize(
    ("referrer", "expected"),
    [
        ("http://www.google.com/search?q=Tide+Table", ("Google", "tide table")),
        ("http://www.google.co.uk/search?hl=en&q=tide", ("Google", "tide")),
        ("http://www.google.com/search?q=", ("Google", "")),
        ("http://www.google.com/url?sa=t&q=", ("Google", "")),
        ("http://www.google.com", ("Google", "")),
        ("http://www.google.com/#q=tide", ("Google", "tide")),
        ("http://www.google.com/partners.html", None),
        ("http://www.google.com/search?tbm=isch&q=tide", ("Google Images", "tide")),
        ("http://www.google.com/search?tbm=vid&q=tide", ("Google Video", "tide")),
        ("http://www.google.com/search?tbm=shop&q=tide", ("Google Shopping", "tide")),
        ("http://www.google.com/search?as_q=a&as_oq=b+c&as_epq=d+e&as_eq=f", ("Google", 'a b or c "d e" -f')),
        ("http://images.google.de/imgres?imgurl=x&prev=/images%3Fq%3Dtide%26hl%3Dde", ("Google Images", "tide")),
        ("http://example.org/?cx=partner-pub-1&q=tide", ("Google Custom Search", "tide")),
        ("http://example.org/results?cx=x", None),
        ("http://www.bing.com/images/search?q=tide", ("Bing Images", "tide")),
        ("http://de.search.yahoo.com/search?p=tide", ("Yahoo!", "tide")),
        ("http://xy.images.search.yahoo.com/?p=tide", ("Yahoo! Images", "tide")),
        ("http://www.1.cz/s/tide-table/", None),
        ("http://1.cz/s/tide", ("1.cz", "tide")),
        ("http://duckduckgo.com/post.html", ("DuckDuckGo", "")),
        ("http://www.baidu.com/s?wd=%B3%B1", ("Baidu", "潮")),
        ("http://go.mail.ru/search?q=%EC%EE%F0%E5", ("Mailru", "море")),
        ("http://www.1.cz/", None),
        ("http://blog.example.net/?q=tide", None),
        ("", None),
        ("nonsense", None),
    ],
)
def test_engine_and_keyword_are_found_when_it_is_a_search(referrer, expected):
    assert find_engine(referrer) == expected


@given(st.text(max_size=40))
def test_nothing_raises_when_anything_follows_an_engines_host(rest):
    for host in ("http://www.google.com", "http://www.baidu.com", "http://images.google.com/imgres", "http://1.cz"):
        find_engine(host + rest)
