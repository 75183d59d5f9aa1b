"""What methods and filters of plugins may ask for while one call is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from tidemark.definitions.texts import ENGLISH, translated
from tidemark.model.access import Identity
from tidemark.model.archive import Archives
from tidemark.model.errors import NoAccess, UnknownSite
from tidemark.model.period import Period, local_date
from tidemark.model.period_query import PeriodSelection, select_periods
from tidemark.model.settings import Settings
from tidemark.model.site import Site
from tidemark.model.table import Table
from tidemark.model.time_zone import time_zone
from tidemark.plugin import Report, TableContext
from tidemark.reporting.access import SiteSelection, select_sites
from tidemark.reporting.formatting import Formatter
from tidemark.reporting.parameters import Parameters
from tidemark.reporting.tables import Query, number_table, record_table, search_row

if TYPE_CHECKING:
    from tidemark.reporting.dispatch import Dispatcher

S = TypeVar("S")

ANONYMOUS_SEGMENTS = "General.anonymous_user_enable_use_segments_API"


class Directory(Protocol):
    """The little that the reporting room needs of the registry."""

    def authenticate(self, token: str) -> Identity | None:
        """Whose token it is; the empty token is the anonymous user's."""
        ...

    def settings(self) -> Settings:
        """The instance's settings."""
        ...

    def sites(self) -> Sequence[Site]:
        """All sites in order of their numbers."""
        ...

    def site(self, idsite: int) -> Site | None:
        """The site, None if there is none."""
        ...


@dataclass(frozen=True, slots=True)
class CallContext:
    """One call: who asks, with which parameters, at which time. Implements ``tidemark.plugin.Context``."""

    dispatcher: Dispatcher
    identity: Identity
    params: Parameters
    now: float
    client_ip: str = ""
    language: str = ENGLISH
    sent_segment: str = ""
    """The segment as it stands in the query, URL-encoded."""

    @property
    def archives(self) -> Archives:
        """The archives."""
        return self.dispatcher.archives

    @property
    def settings(self) -> Settings:
        """The instance's settings."""
        return self.dispatcher.directory.settings()

    def site(self, idsite: int) -> Site:
        """A site by its number. Raises: UnknownSite."""
        found = self.dispatcher.directory.site(idsite)
        if found is None:
            raise UnknownSite(idsite)
        return found

    def translate(self, key: str, *values: object) -> str:
        """The text, which is its own key in English, in the call's language, with values in place of its % marks."""
        text = translated(key, self.language)
        return text % values if values else text

    def in_words(self, seconds: float) -> str:
        """A duration as people read it: 13 min 31s."""
        return Formatter(language=self.language).sentence(seconds)

    def service(self, kind: type[S]) -> S:
        """A service of the instance by its type, or what answers further calls of the same caller."""
        return self.dispatcher.service(kind, self)

    def call(self, method: str, **params: Any) -> Any:
        """The raw answer of another method for the same caller."""
        return self.dispatcher.raw(method, self.with_params(params))

    def with_params(self, params: Mapping[str, Any]) -> CallContext:
        """The same caller and moment with other parameters."""
        return replace(self, params=Parameters(params))

    def sites(self, value: Any) -> SiteSelection:
        """The sites that the parameter idSite names, for a caller who may see them."""
        return select_sites(value, self.identity, self.dispatcher.directory)

    def periods(self, sites: SiteSelection, period: str, date: str) -> PeriodSelection:
        """The periods that a call means, in the time zone of its first site."""
        zone = zone_of(self.site(sites.ids[0]).timezone if sites.ids else "UTC")
        enabled = self.settings.words("General.enabled_periods_API")
        return select_periods(period, date, local_date(self.now, zone), enabled)

    def query(self, id_site: Any, period: str, date: str, segment: str = "") -> Query:
        """Sites, periods and segment of a call.

        Raises:
            ApiError: unknown or hidden site, wrong period or date, or a segment where anonymous callers may use none.

        """
        if segment and self.identity.is_anonymous and not self.settings.flag(ANONYMOUS_SEGMENTS):
            raise NoAccess.anonymous()
        sites = self.sites(id_site)
        return Query(sites, self.periods(sites, str(period), str(date)), segment)

    def record_table(
        self,
        record: str,
        idSite: str | int,
        period: str,
        date: str,
        segment: str = "",
        *,
        idSubtable: int | None = None,
        expanded: bool = False,
        depth: int | None = None,
    ) -> Table:
        """A record's table of an archive; a map for several sites or dates."""
        query = self.query(idSite, period, date, segment)
        return record_table(self.archives, record, query, idsubtable=idSubtable, expanded=expanded, depth=depth)

    def number_table(
        self,
        columns: Mapping[str, str],
        idSite: str | int,
        period: str,
        date: str,
        segment: str = "",
    ) -> Table:
        """Numbers (column -> numeric record) as one row; a map for several sites or dates."""
        return number_table(self.archives, columns, self.query(idSite, period, date, segment))

    def search_table(self, report: Report, query: Query, value: str) -> Table:
        """The row of a report that a value names."""
        search, record = report.search, report.record
        if search is None or record is None:
            raise TypeError(f"{report.method} declares no search in a record")

        def path(site: int, period: Period) -> tuple[str | int, ...]:
            return search.path(value, self.table_context(report, site, period, query.segment, None))

        return search_row(self.archives, record.name, query, path)

    def table_context(
        self,
        report: Report,
        site: int,
        period: Period,
        segment: str,
        idsubtable: int | None,
        *,
        is_in_map: bool = False,
    ) -> TableContext:
        """The context of one table while the filters of a report run."""
        return TableContext(self, site, period, segment, report, idsubtable, is_in_map)


@lru_cache(maxsize=512)
def zone_of(name: str) -> tzinfo:
    """A time zone by its name; UTC where there is none of that name."""
    try:
        return time_zone(name)
    except ValueError:
        return time_zone("UTC")
