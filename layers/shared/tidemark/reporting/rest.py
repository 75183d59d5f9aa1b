"""The API by addresses: /api/v1/sites/1/reports/Actions/getPageUrls and /api/v1/methods/API/getSettings.

The methods are the same as at index.php. JSON is the default format, an error's status tells its kind, and answers
about periods that are over have an ETag.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from tidemark.model.errors import ApiError, UnknownMethod, UnknownSite
from tidemark.model.period import local_date
from tidemark.model.time_zone import time_zone
from tidemark.reporting.context import CallContext
from tidemark.reporting.description import describe_methods
from tidemark.reporting.openapi import describe_api
from tidemark.reporting.request import ApiRequest, ApiResponse, read_parameters
from tidemark.reporting.service import Api

JSON: Final = "json"
REVALIDATED: Final = "private, no-cache"
"""Answers about periods that are over may be kept, but asked about: late hits change them."""
DESCRIPTION_CACHE: Final = "public, max-age=300"
_SAFE: Final = frozenset({"GET", "HEAD"})
_NO_CALLBACK: Final = ("callback", "jsoncallback")
_STATUS: Final[tuple[tuple[type[ApiError], int], ...]] = ((UnknownMethod, 404), (UnknownSite, 404), (ApiError, 400))


class WrongVerb(ApiError):  # noqa: N818 (as its kind)
    """A method that changes something was asked for by GET."""

    status = 405


@dataclass(frozen=True)
class RestApi:
    """Answers requests that name method and site by their path."""

    api: Api

    def handle(self, request: ApiRequest, plugin: str, action: str, id_site: str | None = None) -> ApiResponse:
        """The answer of a method; `id_site` is the site of the path.

        Raises:
            Exception: only for failures of our own, which the caller logs and answers with ``failure``.

        """
        given = self._parameters(request, plugin, action, id_site)
        if request.verb in _SAFE and not self._reading.get(given["method"], True):
            error = WrongVerb(f"{given['method']} changes something: call it by POST.")
            return self.api.refusal(request, given, error)
        response, context = self.api.answer(request, given, rest_status)
        is_kept = context is not None and request.verb in _SAFE and given["method"] in self._of_periods
        if context is None or not is_kept or not is_over(context):
            return response
        return _revalidated(response, request.headers.get("if-none-match", ""))

    def failure(self, request: ApiRequest) -> ApiResponse:
        """The answer when something of our own failed: status 500, without any detail."""
        return self.api.failure(request, {"format": JSON})

    @cached_property
    def description(self) -> bytes:
        """The OpenAPI description of all methods."""
        return json.dumps(describe_api(self.api.catalogue), ensure_ascii=False).encode()

    def describe(self, request: ApiRequest) -> ApiResponse:
        """The OpenAPI description as an answer."""
        headers = {"content-type": "application/json; charset=utf-8", "cache-control": DESCRIPTION_CACHE}
        return _revalidated(
            ApiResponse(200, headers, self.description), request.headers.get("if-none-match", ""), DESCRIPTION_CACHE
        )

    @cached_property
    def _reading(self) -> Mapping[str, bool]:
        return {method.name: method.is_reading for method in describe_methods(self.api.catalogue)}

    @cached_property
    def _of_periods(self) -> frozenset[str]:
        """Methods that tell of sites in a period: reports and what is made of them."""
        described = describe_methods(self.api.catalogue)
        return frozenset(method.name for method in described if method.is_reading and method.is_of_period)

    def _parameters(self, request: ApiRequest, plugin: str, action: str, id_site: str | None) -> dict[str, Any]:
        given = {name: value for name, value in read_parameters(request).items() if name not in _NO_CALLBACK}
        of_path = {} if id_site is None else {"idSite": id_site}
        return {"format": JSON, **given, **of_path, "module": "API", "method": f"{plugin}.{action}"}


def rest_status(error: ApiError) -> int:
    """The HTTP status that tells what is wrong."""
    if error.status != ApiError.status and not isinstance(error, UnknownMethod):
        return error.status
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def is_over(context: CallContext) -> bool:
    """Whether a call tells of periods that lie wholly in the past of its sites."""
    params = context.params
    if not (params.is_given("idSite") and params.is_given("period") and params.is_given("date")):
        return False
    try:
        sites = context.sites(params.get("idSite"))
        periods = context.periods(sites, params.raw("period"), params.raw("date")).periods
    except ApiError:
        return False
    return all(
        period.last < local_date(context.now, time_zone(context.site(site).timezone))
        for site in sites.ids
        for period in periods
    )


def _revalidated(response: ApiResponse, known: str, cache_control: str = REVALIDATED) -> ApiResponse:
    """The answer with its ETag; only its headers if the client knows it already."""
    tag = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
    vary = ", ".join(filter(None, (response.headers.get("vary", ""), "Authorization", "Cookie")))
    headers = {**response.headers, "cache-control": cache_control, "etag": tag, "vary": vary}
    names = {name.strip().removeprefix("W/") for name in known.split(",")}
    if tag in names or "*" in names:
        return ApiResponse(304, headers, b"")
    return ApiResponse(response.status, headers, response.body)
