"""The reporting API as one object: a request over HTTP in, a response out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tidemark.clock import Clock
from tidemark.model.access import Identity
from tidemark.model.archive import Archives
from tidemark.model.errors import ApiError, InvalidToken, MissingParameter, UnknownFormat
from tidemark.model.login_attempts import LoginAttempts
from tidemark.model.media import Media
from tidemark.model.part_of_list import PartOfList
from tidemark.model.registry import Registry
from tidemark.model.sign_in import SignIns
from tidemark.model.table import DataTable, TableMap
from tidemark.plugin import Plugins, Report
from tidemark.reporting.authentication import check_address, identify, token_of
from tidemark.reporting.catalogue import Catalogue
from tidemark.reporting.context import CallContext, Directory
from tidemark.reporting.dispatch import Dispatcher, check_name, with_client_defaults
from tidemark.reporting.filters.stored_names import use_stored_names
from tidemark.reporting.formats.base import Document
from tidemark.reporting.formats.original import Console
from tidemark.reporting.formats.registry import DEFAULT_FORMAT, format_named
from tidemark.reporting.options import bare_options, full_options
from tidemark.reporting.parameters import Parameters
from tidemark.reporting.request import ApiRequest, ApiResponse, parse_query, read_parameters, sent_value
from tidemark.reporting.sign_in.callers import signed_in

TOTAL_RESULTS = "x-matomo-total-results"
"""How many entries there are, of which the answer may hold some."""
NO_STORE = "private, no-cache, no-store"
_FAILURE = "The server could not answer this request. It has been logged."


def _own_status(error: ApiError) -> int:
    """The status of Matomo's answers: 200 for most errors."""
    return error.status


@dataclass(frozen=True, slots=True)
class Api:
    """Answers calls of the reporting API.

    ``services`` are objects that methods of plugins ask for by type (``context.service``).
    """

    plugins: Plugins
    archives: Archives
    directory: Directory
    clock: Clock
    services: Mapping[type, Any] = field(default_factory=dict)
    _dispatcher: Dispatcher = field(init=False)

    def __post_init__(self) -> None:
        catalogue = Catalogue.of(self.plugins)
        dispatcher = Dispatcher(catalogue, self.plugins, self.archives, self.directory, self.clock, self.services)
        object.__setattr__(self, "_dispatcher", dispatcher)

    def handle(self, request: ApiRequest) -> ApiResponse:
        """The answer in the asked format; what the client did wrong is answered as an error document.

        Raises:
            Exception: only for failures of our own, which the caller logs and answers with ``failure``.

        """
        return self.answer(request, read_parameters(request))[0]

    def answer(
        self, request: ApiRequest, given: Mapping[str, Any], status_of: Callable[[ApiError], int] = _own_status
    ) -> tuple[ApiResponse, CallContext | None]:
        """The answer to these parameters, and the call that gave it; no call for what is refused.

        Raises:
            Exception: only for failures of our own.

        """
        params = Parameters(given)
        try:
            document, context = self._answer(request, params)
        except ApiError as error:
            return self.refusal(request, given, error, status_of(error)), None
        return ApiResponse(200, self._headers(request, document), document.body), context

    def preflight(self, request: ApiRequest) -> ApiResponse:
        """What a browser is told that asks whether another origin's page may call with a token in a header.

        The header by which sessions count is not among those allowed: pages elsewhere act with tokens only.
        """
        headers = cors_headers(self.directory.settings().words("General.cors_domains"), request)
        if "access-control-allow-origin" in headers:
            headers |= {
                "access-control-allow-methods": "GET, HEAD, POST",
                "access-control-allow-headers": "authorization, content-type",
                "access-control-max-age": "86400",
            }
        return ApiResponse(204, {"cache-control": NO_STORE, **headers}, b"")

    def refusal(
        self, request: ApiRequest, given: Mapping[str, Any], error: ApiError, status: int | None = None
    ) -> ApiResponse:
        """The error document in the format that the parameters ask for."""
        document = _error_document(Parameters(given), error.message, error)
        return ApiResponse(error.status if status is None else status, self._headers(request, document), document.body)

    def failure(self, request: ApiRequest, defaults: Mapping[str, Any] | None = None) -> ApiResponse:
        """The answer when something of our own failed: status 500, without any detail."""
        document = _error_document(Parameters({**(defaults or {}), **read_parameters(request)}), _FAILURE, None)
        return ApiResponse(500, self._headers(request, document), document.body)

    @property
    def catalogue(self) -> Catalogue:
        """All methods."""
        return self._dispatcher.catalogue

    def call(self, method: str, params: Mapping[str, Any], identity: Any) -> Any:
        """The fully processed answer of a method in process, for a caller who is already known."""
        given = Parameters(params)
        language = self._dispatcher.language_of(identity, given)
        context = CallContext(self._dispatcher.for_call(), identity, given, self.clock.now(), language=language)
        return self._dispatcher.processed(method, context)

    def _answer(self, request: ApiRequest, params: Parameters) -> tuple[Document, CallContext]:
        chosen = format_named(params.raw("format", DEFAULT_FORMAT))
        check_address(self.directory.settings(), request.client_ip)
        identity = self._caller(request, params)
        method = params.raw("method")
        if not method:
            raise MissingParameter("method")
        check_name(method)
        call_params = with_client_defaults(params, self.directory.settings())
        now, language = self.clock.now(), self._dispatcher.language_of(identity, call_params)
        sent = sent_value(request.query, "segment")
        context = CallContext(
            self._dispatcher.for_call(), identity, call_params, now, request.client_ip, language, sent
        )
        is_processed = not params.flag("disable_root_datatable_post_processor")
        value = (self._dispatcher.processed if is_processed else self._dispatcher.raw)(method, context)
        if isinstance(value, Media):
            return Document(value.body, value.content_type), context
        report = self._dispatcher.catalogue.report(method, params)
        if is_processed and isinstance(value, DataTable | TableMap) and _has_stored_names(report, call_params):
            use_stored_names(value)
        options = full_options(context, report, request.base_url)
        document = chosen.success(options) if value is None else chosen.value(value, options)
        if isinstance(value, PartOfList):
            document = replace(document, headers={**document.headers, TOTAL_RESULTS: str(value.total)})
        return document, context

    def _caller(self, request: ApiRequest, params: Parameters) -> Identity:
        """Who asks; from an address that guessed too often, nobody with a token. Raises: ApiError."""
        attempts: LoginAttempts | None = self.services.get(LoginAttempts)
        token = token_of(params, request)
        if not token:
            signed = self._signed_in(request)
            if signed is not None:
                return signed
        if attempts is not None and token:
            attempts.check(request.client_ip)
        try:
            return identify(self.directory, params, request, is_in_query="token_auth" in parse_query(request.query))
        except InvalidToken:
            if attempts is not None:
                attempts.failed(request.client_ip)
            raise

    def _signed_in(self, request: ApiRequest) -> Identity | None:
        sign_ins: SignIns | None = self.services.get(SignIns)
        if sign_ins is None or "cookie" not in request.headers:
            return None
        return signed_in(request, sign_ins, self.services[Registry])

    def _headers(self, request: ApiRequest, document: Document) -> dict[str, str]:
        headers = {"content-type": document.content_type, "cache-control": NO_STORE, **document.headers}
        return headers | cors_headers(self.directory.settings().words("General.cors_domains"), request)


def _has_stored_names(report: Report | None, params: Parameters) -> bool:
    """Whether the columns of an answer have the names that queued filters would replace."""
    if report is None or report.is_named_at_once or not (report.dimension or report.search):
        return False
    return params.flag("disable_queued_filters") and not params.flag("flat")


def cors_headers(domains: tuple[str, ...], request: ApiRequest) -> dict[str, str]:
    """Headers that let pages of the allowed origins read the answer; nothing when none are configured.

    Source: Matomo 5.2, generic parameters, "Access-Control-Allow-Origin".
    """
    if not domains:
        return {}
    origin = request.headers.get("origin", "")
    headers = {"vary": "Origin"}
    if "*" in domains or (origin and origin in domains):
        headers["access-control-allow-origin"] = origin or "*"
        headers["access-control-allow-credentials"] = "true"
    return headers


def _error_document(params: Parameters, message: str, error: ApiError | None) -> Document:
    options = bare_options(params)
    if isinstance(error, UnknownFormat):
        return Console().error(message, options)
    try:
        return format_named(params.raw("format", DEFAULT_FORMAT)).error(message, options)
    except UnknownFormat:
        return Console().error(message, options)
