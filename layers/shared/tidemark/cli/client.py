"""A small client of a running instance: tracking, reporting and the local URLs."""

from __future__ import annotations

import http
import http.client
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

DEMO_SITE: Final = "https://shop.example.org"
USER_AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


class ClientError(Exception):
    """The instance does not answer, or answers with an error."""


class UnavailableError(ClientError):
    """The instance does not answer now, or is too busy; it may be asked again."""


class RefusedError(ClientError):
    """The instance answers, but not what was asked."""


class Client:
    """Talks to one instance over a connection that is kept."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=120)
        self._url = url
        self._token = token

    def track(self, params: Mapping[str, Any], user_agent: str = USER_AGENT) -> None:
        """Send one hit."""
        query = urlencode({"rec": 1, "send_image": 0, **params})
        self._send("GET", f"/matomo.php?{query}", headers={"User-Agent": user_agent})

    def track_bulk(self, requests: Sequence[Mapping[str, Any]]) -> None:
        """Send hits that may say when and where they happened."""
        answer = self.bulk([{"rec": 1, **one} for one in requests])
        if answer.get("invalid"):
            raise ClientError(f"{answer['invalid']} hits of {len(requests)} were refused")

    def bulk(self, requests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The answer to a bulk request: how many hits were accepted, which were refused."""
        document = json.dumps({"token_auth": self._token, "requests": list(requests)})
        answer: dict[str, Any] = json.loads(self._send("POST", "/matomo.php", document, "application/json"))
        return answer

    def ask(self, method: str, **params: Any) -> Any:
        """The answer of an API method."""
        form = urlencode({"module": "API", "method": method, "format": "json", "token_auth": self._token, **params})
        answer = json.loads(self._send("POST", "/index.php", form, "application/x-www-form-urlencoded"))
        if isinstance(answer, dict) and answer.get("result") == "error":
            raise ClientError(f"{method}: {answer.get('message')}")
        return answer

    def drain(self) -> None:
        """Wait until all hits are stored; only an instance on this machine does that."""
        self._send("POST", "/_local/drain")

    def drain_if_local(self) -> None:
        """The same; nothing with an instance elsewhere."""
        try:
            self.drain()
        except RefusedError:
            return

    def _send(
        self, method: str, path: str, body: str = "", content_type: str = "", headers: Mapping[str, str] | None = None
    ) -> bytes:
        sent = {**(headers or {}), **({"Content-Type": content_type} if content_type else {})}
        try:
            self._connection.request(method, path, body.encode() or None, sent)
            response = self._connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise UnavailableError(f"{self._url} does not answer: {error}") from error
        if response.status >= 500 or response.status == http.HTTPStatus.TOO_MANY_REQUESTS:
            raise UnavailableError(f"{path.partition('?')[0]} answered {response.status}")
        if response.status >= 300 and not data.startswith((b'{"status"', b'{"result":"error"')):
            raise RefusedError(f"{path.partition('?')[0]} answered {response.status}")
        return data


def hit_and_report(client: Client, title: str) -> dict[str, Any]:
    """Send one page view to the first site, made if there is none; what was sent, and what today's reports say then."""
    sites = client.ask("SitesManager.getAllSites")
    rows = list(sites.values()) if isinstance(sites, dict) else sites
    if rows:
        idsite, main_url = rows[0]["idsite"], rows[0]["main_url"]
    else:
        main_url = DEMO_SITE
        idsite = client.ask("SitesManager.addSite", siteName="Demo", **{"urls[0]": main_url})["value"]
    url = f"{main_url}/hello"
    client.track({"idsite": idsite, "url": url, "action_name": title, "rand": time.time_ns()})
    client.drain()
    today = {"idSite": idsite, "period": "day", "date": "today"}
    summary = client.ask("VisitsSummary.get", **today)
    titles = {row["label"]: row["nb_hits"] for row in client.ask("Actions.getPageTitles", filter_limit=10, **today)}
    facts = {"idsite": idsite, "url": url, "visits": summary["nb_visits"], "actions": summary["nb_actions"]}
    return {**facts, "titles": titles}
