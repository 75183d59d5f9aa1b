"""The API methods that read and change custom dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from tidemark.model.access import Role
from tidemark.model.custom_dimension import ACTION_SCOPE, SCOPES, SLOTS_PER_SCOPE, CustomDimension
from tidemark.model.errors import ApiError, NoAccess
from tidemark.model.registry import NoSlotLeftError, NotRegisteredError, Registry
from tidemark.plugin import Access, Context, method
from tidemark.plugins.custom_dimensions.configuration import (
    EXTRACTION_SOURCES,
    checked_extractions,
    checked_name,
    checked_scope,
    checked_switch,
)

DimensionAnswer = dict[str, Any]

_SCOPE_LABELS: Final = {"visit": "Visit", "action": "Action"}


def dimension_answer(dimension: CustomDimension) -> DimensionAnswer:
    """All attributes of the dimension by Matomo's names; its numbers are texts, as Matomo has them."""
    return {
        "idcustomdimension": str(dimension.idcustomdimension),
        "idsite": str(dimension.idsite),
        "name": dimension.name,
        "index": str(dimension.index),
        "scope": dimension.scope,
        "active": dimension.active,
        "extractions": [{"dimension": one.dimension, "pattern": one.pattern} for one in dimension.extractions],
        "case_sensitive": dimension.case_sensitive,
    }


def _check_view(context: Context, idsite: int) -> None:
    """Raises: NoAccess. A site that does not exist is no error here: it has no dimensions."""
    if not context.identity.may(Role.VIEW, idsite):
        raise NoAccess.to_site(Role.VIEW.id, [idsite])


def _of_site(context: Context, asked: str | int) -> Sequence[CustomDimension]:
    """The dimensions of the site that was asked for; none of what is not one site. Raises: NoAccess."""
    idsite = str(asked)
    if not idsite.isdecimal():
        return ()
    _check_view(context, int(idsite))
    return context.service(Registry).custom_dimensions(int(idsite))


@method("CustomDimensions.getConfiguredCustomDimensions")
def get_configured_custom_dimensions(context: Context, idSite: str | int) -> list[DimensionAnswer]:
    """The site's dimensions; none for a site that there is not, nor for all sites together."""
    return [dimension_answer(one) for one in _of_site(context, idSite)]


@method("CustomDimensions.getConfiguredCustomDimensionsHavingScope")
def get_configured_custom_dimensions_having_scope(
    context: Context, idSite: str | int, scope: str
) -> list[DimensionAnswer]:
    """The site's dimensions of a scope."""
    return [dimension_answer(one) for one in _of_site(context, idSite) if one.scope == scope]


@method("CustomDimensions.getAvailableScopes")
def get_available_scopes(context: Context, idSite: str | int) -> list[dict[str, Any]]:
    """For each scope how many dimensions there are and can be."""
    dimensions = _of_site(context, idSite)
    used = {scope: sum(one.scope == scope for one in dimensions) for scope in SCOPES}
    return [
        {
            "value": scope,
            "name": _SCOPE_LABELS[scope],
            "numSlotsAvailable": SLOTS_PER_SCOPE,
            "numSlotsUsed": used[scope],
            "numSlotsLeft": SLOTS_PER_SCOPE - used[scope],
            "supportsExtractions": scope == ACTION_SCOPE,
        }
        for scope in SCOPES
    ]


@method("CustomDimensions.getAvailableExtractionDimensions", Access.SOME_WRITE)
def get_available_extraction_dimensions(_context: Context) -> list[dict[str, str]]:
    """What values can be extracted from."""
    return [{"value": source, "name": label} for source, label in EXTRACTION_SOURCES.items()]


@method("CustomDimensions.configureNewCustomDimension", Access.WRITE, raw_strings=True)
def configure_new_custom_dimension(
    context: Context,
    idSite: int,
    name: str,
    scope: str,
    active: Any,
    extractions: Any = None,
    caseSensitive: Any = True,
) -> int:
    """Number of the new dimension, which can be switched off but never deleted."""
    dimension = CustomDimension(
        idsite=context.site(idSite).idsite,
        idcustomdimension=0,
        name=checked_name(name),
        index=0,
        scope=checked_scope(scope),
        active=checked_switch("active", active),
        extractions=checked_extractions(scope, extractions),
        case_sensitive=checked_switch("caseSensitive", caseSensitive),
    )
    try:
        return context.service(Registry).add_custom_dimension(dimension).idcustomdimension
    except NoSlotLeftError as error:
        raise ApiError(f"Site {idSite} uses all its custom dimensions of scope '{scope}' already.") from error


@method("CustomDimensions.configureExistingCustomDimension", Access.WRITE, raw_strings=True)
def configure_existing_custom_dimension(
    context: Context,
    idDimension: int,
    idSite: int,
    name: str,
    active: Any,
    extractions: Any = None,
    caseSensitive: Any = None,
) -> None:
    """Replace all but the scope of a dimension; case sensitivity stays where it is not given."""
    name, is_active = checked_name(name), checked_switch("active", active)

    def change(dimension: CustomDimension) -> CustomDimension:
        sensitive = (
            dimension.case_sensitive if caseSensitive is None else checked_switch("caseSensitive", caseSensitive)
        )
        parts = checked_extractions(dimension.scope, extractions)
        return replace(dimension, name=name, active=is_active, extractions=parts, case_sensitive=sensitive)

    try:
        context.service(Registry).change_custom_dimension(idSite, idDimension, change)
    except NotRegisteredError as error:
        raise ApiError(f"Dimension {idDimension} for website {idSite} does not exist.") from error


METHODS = (
    get_configured_custom_dimensions,
    get_configured_custom_dimensions_having_scope,
    get_available_scopes,
    get_available_extraction_dimensions,
    configure_new_custom_dimension,
    configure_existing_custom_dimension,
)
