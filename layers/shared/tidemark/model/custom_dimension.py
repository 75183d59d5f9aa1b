"""A custom dimension of a site: a column that the site's owner named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

VISIT_SCOPE: Final = "visit"
ACTION_SCOPE: Final = "action"
SCOPES: Final = (VISIT_SCOPE, ACTION_SCOPE)
SLOTS_PER_SCOPE: Final = 5


@dataclass(frozen=True, slots=True)
class Extraction:
    """Where the value is found when the request does not bring it.

    `dimension` is url (regular expression on the URL), urlparam (name of a parameter) or action_name (regular expression
    on the title).
    """

    dimension: str
    pattern: str


@dataclass(frozen=True, slots=True)
class CustomDimension:
    """One custom dimension, with Matomo's attribute names.

    `idcustomdimension` counts from 1 within the site (request parameter `dimension<id>`); `index` counts from 1 within site
    and scope (column `custom_dimension_<index>`).

    Source: Matomo 5.2, tracking behaviour, section 13.
    """

    idsite: int
    idcustomdimension: int
    name: str
    index: int
    scope: str
    active: bool = True
    extractions: tuple[Extraction, ...] = ()
    case_sensitive: bool = True
