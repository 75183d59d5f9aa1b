"""An instance on embedded stores for tests of erasure: traffic through collect and ingest, reports, and a grep of all stores."""

from __future__ import annotations

import io
import json
import struct
from contextlib import suppress
from urllib.parse import urlencode

import pyarrow as pa

from tidemark.bootstrap import Instance
from tidemark.clock import SettableClock
from tidemark.config import Config
from tidemark.model.access import Identity
from tidemark.model.site import Site
from tidemark.parquet_files import read_file
from tidemark.stores.embedded.instance import open_stores
from tidemark.tracking.request import Request

TOKEN = "0123456789abcdef0123456789abcdef"
NOON = 1_795_003_200  # 2026-11-18 12:00:00 UTC
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
SUPERUSER = Identity("admin", is_superuser=True)
REPORTS = (
    "VisitsSummary.get",
    "Actions.getPageUrls",
    "UserId.getUsers",
    "Goals.get",
    "VisitFrequency.get",
    "Referrers.getReferrerType",
)


class TrackedInstance:
    """One instance with two sites; `track` sends a hit as an importer does, `settle` stores and archives all."""

    def __init__(self, folder, instance_of=Instance):
        self.stores = open_stores(folder)
        self.clock = SettableClock(NOON)
        self.instance = instance_of(Config(snapshot_age_seconds=0), self.clock, self.stores)
        registry = self.instance.registry()
        if not registry.sites():
            registry.create_superuser("admin", TOKEN)
            registry.set_settings({"PrivacyManager.ipAnonymizerEnabled": False})
            for name in ("Shop", "Blog"):
                registry.add_site(Site(0, name, f"https://{name.lower()}.example.org", NOON - 86_400 * 9))

    def track(self, *, at=0, address="203.0.113.7", **params):
        """Send one hit that happened so many seconds after noon."""
        moment = {"cdt": NOON + at, "cip": address, "token_auth": TOKEN}
        query = urlencode({"idsite": 1, "rec": 1, "send_image": 0, **moment, **params})
        request = Request("GET", "/matomo.php", query, {"user-agent": AGENT}, b"", "198.51.100.1")
        assert self.instance.collector().collect(request).status < 500

    def queued(self):
        """The messages that wait, which then wait no longer."""
        messages = self.stores.hits.receive(1000, 60)
        self.stores.hits.delete([one.receipt for one in messages])
        return messages

    def ingest(self, messages=None):
        """Store what waits, or (again) some messages; what became of them."""
        return self.instance.ingest().run(self.queued() if messages is None else messages)

    def settle(self):
        """Store and archive everything."""
        self.ingest()
        self.instance.archive_all()

    def reports(self, **params):
        """What reports of all sites and periods say, as JSON values."""
        api = self.instance.reporter()
        found = {}
        for method in REPORTS:
            for idsite in (1, 2):
                for period in ("day", "week", "month"):
                    asked = {"idSite": idsite, "period": period, "date": "2026-11-18", "format": "json", **params}
                    form = urlencode({"module": "API", "method": method, "token_auth": TOKEN, **asked})
                    found[method, idsite, period] = json.loads(_ask(api, form))
        return found

    def call(self, method, **params):
        """The answer of an API method for the superuser."""
        return json.loads(self.text(method, **params))

    def text(self, method, **params):
        """The same as text."""
        form = urlencode({"module": "API", "format": "json", "method": method, "token_auth": TOKEN, **params})
        return _ask(self.instance.reporter(), form).decode()

    def close(self):
        self.stores.close()


def _ask(api, form):
    from tidemark.reporting.request import ApiRequest

    return api.handle(ApiRequest(form=form)).body


def traces(stores, *, texts=(), visitor_ids=()):
    """Where in objects and items one of the texts or visitor ids stands, in whatever spelling."""
    needles = [text.encode() for text in texts]
    for number in visitor_ids:
        needles += [
            f"{number:016x}".encode(),
            str(number).encode(),
            struct.pack("<Q", number),
            struct.pack(">Q", number),
        ]
    found = []
    found += [
        info.key
        for info in stores.objects.listing("")
        if any(needle in content for content in _contents(stores, info.key) for needle in needles)
    ]
    for name in ("archive_numeric", "archive_state", "registry"):
        found += [
            f"{name}: {item['pk']} {item['sk']}"
            for item in _items(getattr(stores, name))
            if any(needle in repr(item).encode() for needle in needles)
        ]
    return found


def _contents(stores, key):
    data = stores.objects.get(key).data
    yield data
    if key.endswith(".parquet"):
        yield repr(read_file(io.BytesIO(data)).to_pylist()).encode()
    elif key.startswith("archive_blob/"):
        yield _frames(data)


def _frames(data):
    """All that can be decompressed of a blob, whose frames stand one after the other."""
    read = b""
    with suppress(OSError), pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
        while part := stream.read(1 << 16):
            read += part
    assert read, "a blob that cannot be read cannot be searched"
    return read


def _items(table):
    """Every item of an embedded table."""
    database = table._database
    for pk, sk in database.read(f"SELECT pk, sk FROM {table._name}"):
        item = table.get(pk, sk)
        if item is not None:
            yield item
