"""SIGKILL at any moment: every acknowledged hit is in the report afterwards, once."""

from __future__ import annotations

import http.client
import random  # noqa: TID251 - seeded
import signal
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import pytest

from tests.support.instance import TOKEN, Instance, serving

KILLS = 20
CLIENTS = 3
SEED = 20261121
PAGE = "https://shop.example.org"
USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@dataclass(slots=True)
class Load:
    """Clients that send hits to one instance until it is gone, and remember which were acknowledged."""

    instance: Instance
    round_number: int
    acknowledged: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)

    def run(self, seconds: float) -> None:
        threads = [threading.Thread(target=self._send_hits, args=(number,)) for number in range(CLIENTS)]
        threads.append(threading.Thread(target=self._ask_for_reports))
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        self.instance.stop(signal.SIGKILL)
        for thread in threads:
            thread.join(30)

    def _send_hits(self, client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(self.instance.url).port, timeout=30)
        for number in range(2000):
            # Three levels, so that no table of pages is longer than the reports keep.
            path = f"/{self.round_number}-{client}/{number // 50}/{number}"
            self.sent.add(path)
            query = urlencode({"idsite": 1, "rec": 1, "send_image": 0, "url": PAGE + path, "_id": f"{client:016x}"})
            try:
                connection.request("GET", f"/matomo.php?{query}", headers={"User-Agent": USER_AGENT})
                response = connection.getresponse()
                response.read()
            except (OSError, http.client.HTTPException):
                return
            if response.status == 204:
                self.acknowledged.add(path)
            time.sleep(0.005)

    def _ask_for_reports(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(self.instance.url).port, timeout=30)
        query = urlencode(
            {
                "module": "API",
                "method": "VisitsSummary.get",
                "idSite": 1,
                "period": "day",
                "date": "today",
                "format": "json",
                "token_auth": TOKEN,
            }
        )
        try:
            while True:
                connection.request("GET", f"/index.php?{query}")
                connection.getresponse().read()
                time.sleep(0.3)
        except (OSError, http.client.HTTPException):
            return


def reported_pages(instance: Instance) -> dict[str, int]:
    """How often each page was seen, by path, over both days that the test may run on."""
    pages: dict[str, int] = {}
    for date in ("yesterday", "today"):
        rows = instance.api("Actions.getPageUrls", idSite=1, period="day", date=date, flat=1, filter_limit=-1)
        for row in rows:
            path = "/" + row["label"].strip("/")
            pages[path] = pages.get(path, 0) + row["nb_hits"]
    return pages


@pytest.mark.slow
def test_hits_when_the_process_is_killed_again_and_again(tmp_path):
    pick = random.Random(SEED)
    arguments = ("--data", str(tmp_path / "data"))
    acknowledged: set[str] = set()
    sent: set[str] = set()
    for number in range(KILLS):
        with serving(*arguments) as instance:
            if number == 0:
                assert instance.add_site() == 1
            load = Load(instance, number)
            load.run(pick.uniform(0.1, 1.9))
            acknowledged |= load.acknowledged
            sent |= load.sent
    with serving(*arguments) as instance:
        assert instance.drain()["dead_letters"] == 0
        pages = reported_pages(instance)
    assert len(acknowledged) > KILLS * 10
    assert acknowledged - set(pages) == set()
    assert {path: hits for path, hits in pages.items() if hits != 1} == {}
    assert set(pages) <= sent
