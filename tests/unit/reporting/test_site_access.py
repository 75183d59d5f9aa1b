from types import SimpleNamespace

import pytest

from tidemark.model.access import ANONYMOUS, Identity, Role
from tidemark.model.errors import MissingParameter, NoAccess, UnknownSite
from tidemark.model.site import Site
from tidemark.plugin import Access
from tidemark.reporting.access import check_access, select_sites


class Sites:
    def sites(self):
        return [Site(number, "", "", 0) for number in (1, 2, 3)]

    def site(self, idsite):
        return next((site for site in self.sites() if site.idsite == idsite), None)


KNOWN = Sites()
ROOT = Identity("root", is_superuser=True)
EVE = Identity("eve", roles={1: Role.VIEW, 3: Role.ADMIN})
NOBODY = Identity(ANONYMOUS)


@pytest.mark.parametrize(
    ("value", "identity", "ids", "is_multiple"),
    [
        ("1", EVE, (1,), False),
        (1, EVE, (1,), False),
        ("3,1,3", EVE, (3, 1), True),
        ("1,,", EVE, (1,), False),
        (["1", "3"], EVE, (1, 3), True),
        ("all", EVE, (1, 3), True),
        ("all", ROOT, (1, 2, 3), True),
    ],
)
def test_select_sites(value, identity, ids, is_multiple):
    selection = select_sites(value, identity, KNOWN)
    assert (selection.ids, selection.is_multiple) == (ids, is_multiple)


def test_all_sites_are_refused_to_who_may_see_none():
    with pytest.raises(NoAccess, match="at least one website"):
        select_sites("all", NOBODY, KNOWN)
    assert select_sites("all", ROOT, SimpleNamespace(sites=list)).ids == ()


def test_sites_one_may_not_see_are_refused_whether_they_exist_or_not():
    for value in ("2", "1,2", "99"):
        with pytest.raises(NoAccess, match="'view'") as caught:
            select_sites(value, EVE, KNOWN)
        assert caught.value.status == 401


def test_superusers_learn_that_a_site_does_not_exist():
    with pytest.raises(UnknownSite, match="'99'"):
        select_sites("99", ROOT, KNOWN)
    with pytest.raises(UnknownSite):
        select_sites("abc", ROOT, KNOWN)
    with pytest.raises(MissingParameter):
        select_sites("", ROOT, KNOWN)


@pytest.mark.parametrize(
    ("needed", "identity", "sites", "is_allowed"),
    [
        (Access.NONE, NOBODY, None, True),
        (Access.VIEW, EVE, "1", True),
        (Access.VIEW, EVE, "2", False),
        (Access.VIEW, EVE, None, True),
        (Access.VIEW, NOBODY, None, False),
        (Access.WRITE, EVE, 1, False),
        (Access.WRITE, EVE, 3, True),
        (Access.ADMIN, EVE, [1, 3], False),
        (Access.ADMIN, ROOT, [1, 3], True),
        (Access.SOME_VIEW, EVE, None, True),
        (Access.SOME_ADMIN, EVE, None, True),
        (Access.SOME_VIEW, NOBODY, None, False),
        (Access.NOT_ANONYMOUS, NOBODY, None, False),
        (Access.NOT_ANONYMOUS, EVE, None, True),
        (Access.SUPERUSER, EVE, None, False),
        (Access.SUPERUSER, ROOT, None, True),
    ],
)
def test_check_access(needed, identity, sites, is_allowed):
    if is_allowed:
        check_access(needed, identity, sites, KNOWN)
        return
    with pytest.raises(NoAccess) as caught:
        check_access(needed, identity, sites, KNOWN)
    assert caught.value.status == 401
