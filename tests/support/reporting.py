"""An API over tables given in the test: sites 1 and 2, a superuser, a viewer of site 1, one small plugin."""

from tidemark.clock import SettableClock
from tidemark.model.access import ANONYMOUS, Identity, Role
from tidemark.model.errors import ApiError
from tidemark.model.registry import Registry
from tidemark.model.settings import Settings
from tidemark.model.site import Site
from tidemark.model.table import DataTable, Row
from tidemark.plugin import (
    ACTIONS_PER_VISIT,
    AVG_TIME_ON_SITE,
    BOUNCE_RATE,
    Access,
    Context,
    Metric,
    Plugin,
    Plugins,
    Report,
    RowSearch,
    col,
    everywhere,
    metadata_from_label,
    method,
    record,
)
from tidemark.plugins.api import PLUGIN as API_PLUGIN
from tidemark.reporting.request import ApiRequest
from tidemark.reporting.service import Api

SUPERUSER = "a" * 32
VIEWER = "b" * 32
NOW = 1_268_000_000  # 2010-03-07 22:13:20 UTC
SITES = {
    1: Site(1, "Shop & Blog", "http://example.org", 1_200_000_000, currency="EUR"),
    2: Site(2, "Second", "http://example.com", 1_200_000_000, timezone="Pacific/Auckland"),
}
PAGES = record("Demo_pages", (col("folder"), col("page")))


class Directory:
    """The registry's part that the API sees."""

    def __init__(self, given=None):
        self.given = Settings(given or {})

    def authenticate(self, token):
        return {
            "": Identity(ANONYMOUS),
            ANONYMOUS: Identity(ANONYMOUS),
            SUPERUSER: Identity("admin", is_superuser=True),
            VIEWER: Identity("eve", roles={1: Role.VIEW}),
        }.get(token)

    def settings(self):
        return self.given

    def sites(self):
        return list(SITES.values())

    def site(self, idsite):
        return SITES.get(idsite)

    def user(self, login):
        return None

    def goals(self, idsite):
        return []

    def custom_dimensions(self, idsite):
        return []


class TableArchives:
    """Archives out of dicts: tables by (record, site, period key, subtable), numbers by (site, period key)."""

    def __init__(self, tables=None, numbers=None):
        self.tables = tables or {}
        self.stored = numbers or {}
        self.segments = []

    def table(self, idsite, period, record, segment="", *, idsubtable=None, expanded=False, depth=None):
        self.segments.append(segment)
        table = self.tables.get((record, idsite, period.key, idsubtable), DataTable()).copy()
        if expanded:
            for row in table:
                if row.subtable_id is not None:
                    row.subtable = self.table(
                        idsite, period, record, segment, idsubtable=row.subtable_id, expanded=True
                    )
        return table

    def numbers(self, idsites, periods, names, segment=""):
        self.segments.append(segment)
        return {
            (site, period): {name: value for name, value in self.stored[site, period.key].items() if name in names}
            for site in idsites
            for period in periods
            if (site, period.key) in self.stored
        }

    def archived_at(self, idsite, period, segment=""):
        return None


def folders():
    """Two folders, a page beside them, and others; the first folder has two pages."""
    root = DataTable(
        [
            Row({"label": "docs", "nb_visits": 5, "nb_hits": 9, "sum_visit_length": 20}, subtable_id=1),
            Row({"label": "/index", "nb_visits": 7, "nb_hits": 7, "sum_visit_length": 7}, {"url": "http://e.org/"}),
            Row({"label": "blog", "nb_visits": 5, "nb_hits": 5, "sum_visit_length": 0}, subtable_id=2),
        ],
        Row({"label": -1, "nb_visits": 2, "nb_hits": 2, "sum_visit_length": 4}),
    )
    docs = DataTable(
        [
            Row({"label": "/b", "nb_visits": 3, "nb_hits": 3, "sum_visit_length": 10}, {"url": "http://e.org/docs/b"}),
            Row({"label": "/a", "nb_visits": 4, "nb_hits": 6, "sum_visit_length": 10}, {"url": "http://e.org/docs/a"}),
        ]
    )
    blog = DataTable([Row({"label": "/x<y>", "nb_visits": 5, "nb_hits": 5, "sum_visit_length": 0})])
    key = ("Demo_pages", 1, "2010-03-06")
    return {(*key, None): root, (*key, 1): docs, (*key, 2): blog}


NUMBERS = {
    (1, "2010-03-06"): {"nb_visits": 2, "nb_actions": 8, "bounce_count": 1, "sum_visit_length": 1622},
    (1, "2010-03-05"): {"nb_visits": 11, "nb_actions": 43, "bounce_count": 3, "sum_visit_length": 7208},
    (2, "2010-03-06"): {"nb_visits": 1, "nb_actions": 1, "bounce_count": 1},
}


@method("Demo.echo", Access.SOME_VIEW)
def echo(
    _context: Context,
    text: str,
    number: int = 5,
    flag: bool = False,
    words: list[str] | None = None,
    ids: list[int] | None = None,
    extra: dict[str, str] | None = None,
) -> dict:
    return {"text": text, "number": number, "flag": flag, "words": words, "ids": ids, "extra": extra}


@method("Demo.raw", raw_strings=True)
def raw(_context: Context, text: str = "") -> str:
    return text


@method("Demo.records")
def records(_context: Context) -> dict:
    return {str(number): {"name": f"n{number}", "size": number} for number in (3, 5, 8)}


@method("Demo.nothing", Access.WRITE)
def nothing(_context: Context, idSite: int) -> None:
    assert idSite


@method("Demo.refuse")
def refuse(_context: Context) -> None:
    raise ApiError('no "such" <thing>')


@method("Demo.superuserOnly", Access.SUPERUSER)
def superuser_only(_context: Context) -> int:
    return 1


@method("Demo.nested")
def nested(_context: Context) -> dict:
    return {"list": [1, 2], "map": {"a": 1}, "none": None, "yes": True, "no": False, "text": "<&>\u00e9/"}


DEMO = Plugin(
    "Demo",
    metrics=(Metric("nb_visits", "Visits"), Metric("nb_hits", "Pageviews")),
    reports=(
        Report(
            "Demo.getPages",
            "Pages",
            "Actions",
            record=PAGES,
            dimension="Page URL",
            dimension_id="Demo.PageUrl",
            segment="pageUrl",
            processed=(AVG_TIME_ON_SITE,),
            filters=(everywhere(metadata_from_label("segmentValue")),),
            load_subtables="Demo.getPages",
            flat_separator="/",
        ),
        Report(
            "Demo.getPage",
            "Page",
            "Actions",
            record=PAGES,
            search=RowSearch("pageUrl", lambda value, _context: tuple(value.split(">"))),
        ),
        Report(
            "Demo.get",
            "Overview",
            "Visitors",
            numbers={name: name for name in ("nb_visits", "nb_actions", "bounce_count", "sum_visit_length")},
            metrics=("nb_visits", "nb_actions"),
            processed=(BOUNCE_RATE, ACTIONS_PER_VISIT, AVG_TIME_ON_SITE),
        ),
        Report("Demo.getVisits", "Visits", "Visitors", numbers={"nb_visits": "nb_visits"}, is_listed=False),
    ),
    functions=(echo, raw, records, nothing, refuse, superuser_only, nested),
)


def make_api(tables=None, numbers=None, settings=None, plugins=()):
    """The API over these archives, with more plugins than the small one."""
    archives = TableArchives(folders() if tables is None else tables, NUMBERS if numbers is None else numbers)
    directory = Directory(settings)
    services = {Registry: directory}
    return Api(Plugins((DEMO, API_PLUGIN, *plugins)), archives, directory, SettableClock(NOW), services)


def ask(api, query, *, form="", headers=None, token=SUPERUSER):
    """The answer to a query string."""
    if token and "&token_auth=" not in query:
        query = f"{query}&token_auth={token}"
    return api.handle(ApiRequest(query, form, headers or {}, "http://stats.example/"))
