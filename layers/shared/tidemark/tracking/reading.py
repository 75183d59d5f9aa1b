"""What a tracking request says: its parameters, its headers, and who sent it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tidemark.model.settings import Settings
from tidemark.tracking.parameters import RawParams, is_given
from tidemark.tracking.query import read_query
from tidemark.tracking.request import Request

MAX_HEADER_CHARACTERS: Final = 2048


def is_bulk(body: bytes) -> bool:
    """Whether the body is a bulk, whatever its content type says."""
    return body.find(b'"requests"') > 0 or body.find(b"'requests'") > 0


def read_params(request: Request) -> RawParams:
    """The parameters of a single request: those of the query win over those of a form body.

    An image without page address is about the page that holds it: its Referer header becomes `url`.
    """
    params: RawParams = read_query(request.query)
    if request.body and request.method.upper() == "POST":
        form = _form(request.body, request.header("content-type"))
        params = {**form, **params} if params and form else params or form
    return with_page(params, request.header("referer")) if params else params


def with_page(params: RawParams, referer: str) -> RawParams:
    """The parameters, with the Referer header for the page if the request names neither page nor referrer."""
    if referer and not is_given(params, "url") and not is_given(params, "urlref"):
        return {**params, "url": printable(referer)}
    return params


def wants_no_tracking(headers: Mapping[str, str]) -> bool:
    """Whether the browser sends Do Not Track."""
    return headers.get("dnt", "").startswith("1") or headers.get("x-do-not-track", "") == "1"


def of_client(request: Request, settings: Settings) -> Request:
    """The request with its client's address, where proxies stand in between."""
    if not settings.text("General.proxy_client_headers"):
        return request
    from tidemark.tracking.addresses import client_address  # noqa: PLC0415 - only behind proxies

    return request._replace(client_ip=client_address(request, settings))


def is_preflight(request: Request) -> bool:
    """Whether a browser asks what another origin may send."""
    asks = request.header("access-control-request-method") or request.header("access-control-request-headers")
    return request.method.upper() == "OPTIONS" and bool(asks)


def header_of(request: Request, name: str) -> str:
    """A header, cut where no honest one is as long."""
    return printable(request.headers.get(name, "")[:MAX_HEADER_CHARACTERS])


def printable(value: str) -> str:
    """Text that can be written as UTF-8 (headers may hold anything)."""
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _form(body: bytes, content_type: str) -> RawParams:
    """The parameters of a form body; none of other bodies."""
    kind = content_type.lower()
    if not kind or kind.startswith("application/x-www-form-urlencoded"):
        return read_query(body)
    if kind.startswith("multipart/form-data"):
        from tidemark.tracking.multipart import parse_multipart  # noqa: PLC0415 - hardly any client sends it

        return parse_multipart(body, content_type)
    return {}
