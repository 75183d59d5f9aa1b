"""What is wrong with a deployment as the Internet sees it: `tidemark doctor --url`. Only reads; no hit is sent."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from tidemark import __version__
from tidemark.cli.findings import Finding

TIMEOUT_SECONDS: Final = 20
MOST_SKEW_SECONDS: Final = 60
_FORM: Final = "application/x-www-form-urlencoded"
_PAGE_ORIGIN: Final = "https://www.example.org"
_API: Final = "/index.php?module=API&format=json"


class UnreachableError(Exception):
    """No answer came. `mend` says what to do about it."""

    def __init__(self, told: str, mend: str) -> None:
        super().__init__(told)
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer over HTTP; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as a JSON value; None if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment by its address; with a token more can be checked."""

    url: str
    token: str = ""
    now: Callable[[], float] = field(default=time.time)

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine."""
        host = urlsplit(self.url).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    @property
    def is_encrypted(self) -> bool:
        """Whether it is asked by https."""
        return urlsplit(self.url).scheme == "https"

    def ask(self, verb: str, path: str, form: str = "", headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to one request. Raises: UnreachableError."""
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        kind = http.client.HTTPSConnection if self.is_encrypted else http.client.HTTPConnection
        connection = kind(host, parts.port, timeout=TIMEOUT_SECONDS)
        sent = {**(headers or {}), **({"Content-Type": _FORM} if form else {})}
        try:
            connection.request(verb, parts.path.rstrip("/") + path, form.encode() or None, sent)
            response = connection.getresponse()
            told = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, told, response.read())
        except socket.gaierror as error:
            mend = "check the name; a CNAME of DomainName has to lead to the CDN (docs/deploy.md)"
            raise UnreachableError(f"there is no host {host}", mend) from error
        except ssl.SSLCertVerificationError as error:
            mend = "use a certificate for this name that has not run out: DomainName and CertificateArn belong together"
            raise UnreachableError(f"the certificate does not hold: {error.verify_message}", mend) from error
        except ssl.SSLError as error:
            raise UnreachableError(f"no TLS: {error.reason}", "see that the port speaks https") from error
        except TimeoutError as error:
            mend = "see that port and firewall let it through, and that the function is not throttled"
            raise UnreachableError(f"no answer within {TIMEOUT_SECONDS} seconds", mend) from error
        except (OSError, http.client.HTTPException) as error:
            raise UnreachableError(f"no answer: {error}", "see that it runs, and that the port is right") from error
        finally:
            connection.close()

    def call(self, method: str, **params: Any) -> Answer:
        """The answer of an API method, with the token."""
        form = urlencode({"module": "API", "format": "json", "method": method, "token_auth": self.token, **params})
        return self.ask("POST", "/index.php", form)


def examine_url(deployment: Deployment) -> Iterator[Finding]:
    """The findings of all checks; without an answer to the first one there is nothing to check."""
    try:
        health = deployment.ask("GET", "/health")
    except UnreachableError as error:
        yield Finding("address", str(error), error.mend)
        return
    yield from (encryption(deployment), alive(health), version(health), clock(deployment, health))
    checks = (script, tracking, tracking_from_pages, reporting, dashboard, switches)
    for check in (*checks, *((token, bearer, failures, archive_jobs) if deployment.token else ())):
        try:
            yield check(deployment)
        except UnreachableError as error:
            yield Finding(check.__name__.replace("_", " "), str(error), error.mend)


def encryption(deployment: Deployment) -> Finding:
    """Tokens and what visitors do travel in requests."""
    if deployment.is_encrypted or deployment.is_here:
        return Finding("encryption", "https" if deployment.is_encrypted else "none, on this machine")
    return Finding("encryption", "none", "use https: browsers block plain requests from https pages, and tokens leak")


def alive(health: Answer) -> Finding:
    """The reporting function has to answer."""
    if health.status == http.HTTPStatus.OK and isinstance(health.json, dict) and health.json.get("status") == "ok":
        return Finding("health", "ok")
    mends = {
        301: "give the address that it leads to",
        302: "give the address that it leads to",
        403: "let everyone call the reporting function; with a web ACL see which rule blocks",
        404: "that is another server: give the address of the CDN, or ReportingUrl of the stack's outputs",
        502: "read the log of ReportFunction: it does not start",
        503: "read the log of ReportFunction, and see whether it is throttled",
    }
    told = f"/health answered {health.status}"
    return Finding("health", told, mends.get(health.status, "read the log of ReportFunction"))


def version(health: Answer) -> Finding:
    """Console and deployment have to be of one version to work on the same stores."""
    found = str(health.json.get("version", "")) if isinstance(health.json, dict) else ""
    if found == __version__:
        return Finding("version", found)
    mend = "upgrade the older one: `make deploy`, or the console"
    return Finding("version", f"{found or 'unknown'}; this console's is {__version__}", mend)


def clock(deployment: Deployment, health: Answer) -> Finding:
    """One-time codes and times of tracked hits go by the clock."""
    if "date" not in health.headers:
        return Finding("clock", "not told")
    try:
        skew = parsedate_to_datetime(health.headers["date"]).timestamp() - deployment.now()
    except ValueError:
        return Finding("clock", "not told")
    mend = "set the clock of the machine that is wrong (NTP)" if abs(skew) > MOST_SKEW_SECONDS else ""
    return Finding("clock", f"{skew:+.0f} s beside this machine's", mend)


def script(deployment: Deployment) -> Finding:
    """Pages load the tracker from here."""
    answer = deployment.ask("GET", "/matomo.js", headers={"Accept-Encoding": "gzip"})
    kind = answer.headers.get("content-type", "")
    told = f"{answer.status}, {kind or 'no type'}, {len(answer.body)} bytes"
    if answer.status != http.HTTPStatus.OK or "javascript" not in kind:
        return Finding(
            "tracker script", told, "let the CDN send /matomo.js to CollectFunction (infrastructure/cdn.yaml)"
        )
    return Finding("tracker script", told)


def tracking(deployment: Deployment) -> Finding:
    """Trackers send to /matomo.php; a request without parameters records nothing."""
    answer = deployment.ask("GET", "/matomo.php")
    told = f"{answer.status}"
    if answer.status == http.HTTPStatus.FORBIDDEN:
        mend = "the CDN does not send the secret: EdgeSecret of the stack and of the CDN have to be the same"
        return Finding("tracking", told, mend)
    if answer.status == http.HTTPStatus.SERVICE_UNAVAILABLE:
        return Finding("tracking", told, "the setting Tracker.record_statistics is off: `tidemark config reset` it")
    if answer.status >= http.HTTPStatus.BAD_REQUEST:
        return Finding("tracking", told, "read the log of CollectFunction")
    again = deployment.ask("GET", "/matomo.php").headers
    if "age" in again or "hit" in again.get("x-cache", "").lower():
        return Finding("tracking", f"{told} from a cache", "let the CDN cache nothing of /matomo.php: hits are lost")
    return Finding("tracking", told)


def tracking_from_pages(deployment: Deployment) -> Finding:
    """Browsers send hits from pages of other origins only where the answer allows it."""
    asked = {"Origin": _PAGE_ORIGIN, "Access-Control-Request-Method": "POST"}
    answer = deployment.ask("OPTIONS", "/matomo.php", headers=asked)
    allowed = answer.headers.get("access-control-allow-origin", "")
    mend = "" if allowed in {"*", _PAGE_ORIGIN} else "let the CDN pass OPTIONS and the header Origin of /matomo.php on"
    return Finding("tracking from pages", f"{answer.status}, allowed origins: {allowed or 'none'}", mend)


def reporting(deployment: Deployment) -> Finding:
    """The API answers JSON even to those who may not ask."""
    answer = deployment.ask("GET", f"{_API}&method=API.getMatomoVersion")
    if isinstance(answer.json, dict) and ("value" in answer.json or answer.json.get("result") == "error"):
        return Finding("reporting", f"{answer.status}")
    mend = (
        "let the CDN pass queries of /index.php on to ReportApi" if answer.status < 500 else "read ReportFunction's log"
    )
    return Finding("reporting", f"{answer.status}, not the API's answer", mend)


def dashboard(deployment: Deployment) -> Finding:
    """People see a page."""
    answer = deployment.ask("GET", "/")
    is_page = answer.status == http.HTTPStatus.OK and b"<html" in answer.body.lower()
    return Finding("dashboard", f"{answer.status}", "" if is_page else "let the CDN send / to ReportApi")


def switches(deployment: Deployment) -> Finding:
    """The local run has addresses for tests, which must not stand on the Internet."""
    if deployment.is_here:
        return Finding("local addresses", "on this machine")
    answer = deployment.ask("POST", "/_local/drain")
    is_open = answer.status < http.HTTPStatus.BAD_REQUEST
    mend = "do not put `tidemark serve` on the Internet: deploy it, or let a proxy refuse /_local/" if is_open else ""
    return Finding("local addresses", "open" if is_open else "closed", mend)


def token(deployment: Deployment) -> Finding:
    """Whether the token opens anything."""
    answer = deployment.call("SitesManager.getSitesWithAtLeastViewAccess")
    if isinstance(answer.json, list):
        mend = "" if answer.json else "tidemark site add NAME URL, or give the token's user access to a site"
        return Finding("token", f"{len(answer.json)} sites", mend)
    if answer.status == http.HTTPStatus.TOO_MANY_REQUESTS:
        return Finding("token", "429", "this address guessed too often: wait an hour, or Login.unblockBruteForceIPs")
    return Finding("token", _message(answer), "make another one: tidemark token add LOGIN")


def bearer(deployment: Deployment) -> Finding:
    """Tokens come in the header, where something on the way may drop them."""
    sent = {"Authorization": f"Bearer {deployment.token}"}
    answer = deployment.ask("GET", f"{_API}&method=SitesManager.getSitesWithAtLeastViewAccess", headers=sent)
    is_known = isinstance(answer.json, list)
    return Finding(
        "header Authorization",
        "passed on" if is_known else _message(answer),
        "" if is_known else "let the CDN pass the header Authorization on",
    )


def failures(deployment: Deployment) -> Finding:
    """Requests of trackers that were refused."""
    answer = deployment.call("CoreAdminHome.getTrackingFailures")
    if not isinstance(answer.json, list):
        return Finding("refused requests", "not told: the token has no admin access")
    kinds = sorted({str(one.get("solution")) for one in answer.json})
    return Finding("refused requests", f"{len(answer.json)} kinds in two days", " ".join(kinds))


def archive_jobs(deployment: Deployment) -> Finding:
    """Archives that could not be built."""
    answer = deployment.call("CoreAdminHome.getArchivingState")
    if not isinstance(answer.json, list):
        return Finding("archive jobs", "not told: the token has no admin access")
    failed = sorted({str(job.get("reason")) for job in answer.json if job.get("status") == "failed"})
    told = f"{len(answer.json)} not up to date"
    mend = "read BuildFunction's log, mend the cause, then `tidemark archive`" if failed else ""
    return Finding("archive jobs", f"{told}; failed: {', '.join(failed)}" if failed else told, mend)


def _message(answer: Answer) -> str:
    told = answer.json.get("message") if isinstance(answer.json, dict) else None
    return f"{answer.status}{f': {told}' if told else ''}"
