from ipaddress import ip_address

import pytest

from tidemark.model.ip_range import parse_ip_range


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1.2.3.4", "1.2.3.4", "1.2.3.4"),
        (" 1.2.3.4 ", "1.2.3.4", "1.2.3.4"),
        ("1.2.3.*", "1.2.3.0", "1.2.3.255"),
        ("1.2.*.*", "1.2.0.0", "1.2.255.255"),
        ("*.*.*.*", "0.0.0.0", "255.255.255.255"),
        ("1.2.3.4/24", "1.2.3.0", "1.2.3.255"),
        ("1.2.3.4:80", "1.2.3.4", "1.2.3.4"),
        ("::1", "::1", "::1"),
        ("[::1]:80", "::1", "::1"),
        ("2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
    ],
)
def test_a_range_is_read(text, first, last):
    found = parse_ip_range(text)
    assert (str(found.first), str(found.last)) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "1.2.3", "1.2.3.256", "1.*.3.4", "*.2.3.4", "1.2.*", "1.2.3.4/33", "a.b.c.d", "*", "1.2.3.4/x"]
)
def test_what_is_no_range_is_none(text):
    assert parse_ip_range(text) is None


def test_an_address_is_inside_or_not():
    assert ip_address("1.2.3.9") in parse_ip_range("1.2.3.*")
    assert ip_address("1.2.4.0") not in parse_ip_range("1.2.3.*")
    assert ip_address("::1") not in parse_ip_range("*.*.*.*")
