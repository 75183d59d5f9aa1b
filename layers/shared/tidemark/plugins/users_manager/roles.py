"""Roles as clients write them."""

from __future__ import annotations

from tidemark.model.access import Role
from tidemark.model.errors import BadParameter

NO_ACCESS = "noaccess"


def role_of(name: str) -> Role:
    """The role of a name. Raises: BadParameter."""
    try:
        return Role.of(name)
    except ValueError as error:
        names = ", ".join([NO_ACCESS, *(role.id for role in Role)])
        raise BadParameter(f"'{name}' is no kind of access: {names}.") from error
