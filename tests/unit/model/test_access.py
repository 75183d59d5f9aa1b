import pytest

from tidemark.model.access import ANONYMOUS, Identity, Role


def test_a_role_includes_the_ones_before_it():
    writer = Identity("w", roles={1: Role.WRITE})
    assert writer.may(Role.VIEW, 1)
    assert writer.may(Role.WRITE, 1)
    assert not writer.may(Role.ADMIN, 1)
    assert not writer.may(Role.VIEW, 2)


def test_superusers_may_everything():
    assert Identity("root", is_superuser=True).may(Role.ADMIN, 99)
    assert Identity("root", is_superuser=True).may_somewhere(Role.ADMIN)


def test_somewhere_means_any_site():
    assert Identity("w", roles={1: Role.VIEW, 2: Role.ADMIN}).may_somewhere(Role.ADMIN)
    assert not Identity(ANONYMOUS).may_somewhere(Role.VIEW)


def test_roles_are_known_by_name():
    assert Role.of("admin") is Role.ADMIN
    assert Role.VIEW.id == "view"
    with pytest.raises(ValueError, match="noaccess"):
        Role.of("noaccess")
