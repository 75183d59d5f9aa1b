"""What of a request may go further than collect: everything that needs more is decided here, before it is queued.

Nothing is written down before it went through this door, so that neither the queue, nor spilled messages, nor dead
letters know more than what is stored in the end (ADR 0012). Addresses are masked; what depends on the full one (is it
excluded, is it a bot's, where is it, who else has it) goes along as an answer. User ids, order ids and referrers are
replaced where the settings want that. Light: on the ordinary path nothing is imported.

Source: Matomo 5.2, tracking behaviour, section 14.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from tidemark.model.settings import Settings
from tidemark.tracking.bot_ranges import GOOGLE, bot_network
from tidemark.tracking.masking import masked
from tidemark.tracking.message import Origin, RawHit
from tidemark.tracking.parameters import RawParams, integer, is_given, text
from tidemark.tracking.pseudonyms import address_pseudonym, pseudonymise

if TYPE_CHECKING:
    from tidemark.model.snapshot import TrackerSnapshot
    from tidemark.tracking.databases import Databases
    from tidemark.tracking.excuses import Excuses
    from tidemark.tracking.hidden_referrers import ReferrerDesk
    from tidemark.tracking.message import Envelope

HEADERS: Final = frozenset(
    [
        "sec-ch-ua",
        "sec-ch-ua-full-version-list",
        "sec-ch-ua-full-version",
        "sec-ch-ua-mobile",
        "sec-ch-ua-model",
        "sec-ch-ua-platform",
        "sec-ch-ua-platform-version",
        "sec-ch-ua-form-factors",
        "x-requested-with",
        "dnt",
        "x-do-not-track",
        "x-purpose",
        "x-moz",
    ]
)
"""What ingest may have to read of any request's headers."""

PLACE_HEADERS: Final = frozenset(
    [
        "cloudfront-viewer-country",
        "cloudfront-viewer-country-region",
        "cloudfront-viewer-city",
        "cloudfront-viewer-latitude",
        "cloudfront-viewer-longitude",
    ]
)
"""Where the CDN says that the full address is."""

NOT_QUEUED: Final = frozenset({"token_auth", "cip"})
_PSEUDONYMS: Final = {"uid": "PrivacyManager.anonymizeUserId", "ec_id": "PrivacyManager.anonymizeOrderId"}
_DATA_SAVER: Final = "chrome-compression-proxy"
_NOT_BY_CDN: Final = ("default", "disabled")
_NO_HEADERS: Final[Mapping[str, str]] = {}


def _network(address: str, headers: Mapping[str, str]) -> int:
    """Whose bots have the address; nobody's where Google's data saver only passes on."""
    network = bot_network(address)
    return 0 if network == GOOGLE and _DATA_SAVER in headers.get("via", "").lower() else network


def masked_bytes(settings: Settings) -> int:
    """How many bytes of addresses are not stored."""
    masks = settings.flag("PrivacyManager.ipAnonymizerEnabled")
    return settings.number("PrivacyManager.ipAddressMaskLength") if masks else 0


class Door:
    """The privacy settings of one snapshot, read once."""

    def __init__(self, snapshot: TrackerSnapshot, databases: Databases | None = None) -> None:
        """`databases`: those of the process, if they are open already."""
        settings = snapshot.settings
        self.snapshot = snapshot
        self._masked_bytes = masked_bytes(settings)
        uses_masked = settings.flag("PrivacyManager.useAnonymizedIpForVisitEnrichment")
        self._needs_full = self._masked_bytes > 0 and not uses_masked
        """Whether enrichment wants to know what a masked address does not tell."""
        provider = settings.text("usercountry.location_provider")
        self._looks_up = self._needs_full and provider.startswith("geoip2")
        self._provider = provider
        hides_place = uses_masked and self._masked_bytes > 0
        self._headers = HEADERS if hides_place or provider in _NOT_BY_CDN else HEADERS | PLACE_HEADERS
        self._excluded = settings.words("SitesManager_ExcludedIpsGlobal")
        self._excludes = bool(self._excluded) or any("excluded_ips" in one for one in snapshot.documents.values())
        self._pseudonymised = tuple(name for name, setting in _PSEUDONYMS.items() if settings.flag(setting))
        self._referrers = settings.text("PrivacyManager.anonymizeReferrer")
        self._databases = databases
        self._desk: ReferrerDesk | None = None
        self._excuses: Excuses | None = None
        self._is_plain = not (self._pseudonymised or self._referrers)

    def headers(self, headers: Mapping[str, str]) -> list[str]:
        """The names of those headers that go further."""
        return [name for name in headers if name in self._headers]

    def origin(self, address: str, headers: Mapping[str, str] = _NO_HEADERS) -> Origin:
        """Who sends from an address; `headers` are those of the address's own request."""
        network = _network(address, headers)
        place: tuple[Any, ...] = ()
        if self._looks_up and "cloudfront-viewer-country" not in headers:
            place = self._place(address)
        key = address_pseudonym(address, self.snapshot.salt) if self._needs_full else ""
        return Origin(masked(address, self._masked_bytes), key, network, place)

    def hit(
        self, place: int, params: RawParams, address: str, headers: Mapping[str, str], *, is_authenticated: bool
    ) -> RawHit:
        """One hit of a request from an address."""
        origin = None
        if "cip" in params or "token_auth" in params:
            named = text(params, "cip") if is_authenticated else ""
            if named and named != address:
                via = {"via": headers["via"]} if "via" in headers else _NO_HEADERS
                address, origin = named, self.origin(named, via)
            params = {name: value for name, value in params.items() if name not in NOT_QUEUED}
        is_excluded = self._excludes and self._is_excluded(params, address)
        if self._is_plain:
            return RawHit(place, params, is_authenticated, is_excluded, origin)
        referrers = self._desk_for_referrers().told(params) if self._referrers else None
        return RawHit(place, self.hidden(params), is_authenticated, is_excluded, origin, referrers)

    def excludes(self, params: RawParams, address: str, headers: Mapping[str, str]) -> bool:
        """Whether a refused request is one that would have been excluded, by what ingest will not see of it.

        Nobody knows that of a request which names an address without a token. Source: Matomo 5.2, tracking failures.
        """
        if is_given(params, "cip"):
            return False
        if _network(address, headers) and not integer(params, "bots"):
            return True
        has_site = integer(params, "idsite") in self.snapshot.documents
        if self._excludes and has_site and self._is_excluded(params, address):
            return True
        told = self._desk_for_referrers().told(params) if self._referrers else None
        return told is not None and told.page.is_spam

    def excuses(self, hit: RawHit, sender: Envelope) -> bool:
        """Whether a hit of wrong values is excluded anyway, which ingest then finds: nobody asked for its values."""
        if self._excuses is None:
            from tidemark.tracking.excuses import Excuses  # noqa: PLC0415 - few hits are wrong, and it loads slowly

            self._excuses = Excuses(self.snapshot)
        return self._excuses.hold(hit, sender)

    def hidden(self, params: RawParams) -> RawParams:
        """The parameters without what may not be written down, be it the hit's or that of a refused request."""
        if self._masked_bytes and "cip" in params:
            params = {**params, "cip": masked(text(params, "cip"), self._masked_bytes)}
        if self._pseudonymised:
            params = dict(params)
            pseudonymise(params, self._pseudonymised, self.snapshot.salt)
        if self._referrers:
            params = self._desk_for_referrers().hidden(params)
        return params

    def private(self, envelope: Envelope) -> Envelope:
        """A message of the time before there was a door, as it would be written today."""
        if envelope.is_private:
            return envelope
        address, headers = envelope.origin.address, envelope.headers
        return envelope._replace(
            origin=self.origin(address, headers),
            headers={name: headers[name] for name in self.headers(headers)},
            hits=[
                self.hit(hit.place, hit.params, address, headers, is_authenticated=hit.is_authenticated)
                for hit in envelope.hits
            ],
            is_private=True,
        )

    def _is_excluded(self, params: RawParams, address: str) -> bool:
        """Whether the site, or the instance, excludes the address."""
        document = self.snapshot.documents.get(integer(params, "idsite"))
        own = document.get("excluded_ips") if document else None
        from tidemark.tracking.addresses import is_in, parse_ranges  # noqa: PLC0415 - only where addresses are excluded

        return is_in(address, parse_ranges((*(own or ()), *self._excluded)))

    def _place(self, address: str) -> tuple[Any, ...]:
        """The fields of the Location that a database gives, none if it knows none."""
        from tidemark.tracking.databases import Databases, location_of  # noqa: PLC0415 - a database, and no CDN

        if self._databases is None:
            self._databases = Databases()
        paths = self.snapshot.settings.words("GeoIp2.database")
        found = location_of(address, self._provider, paths, self._databases)
        if found is None:
            return ()
        return (
            found.country,
            found.region,
            found.city,
            found.latitude,
            found.longitude,
            found.provider,
            found.network,
        )

    def _desk_for_referrers(self) -> ReferrerDesk:
        if self._desk is None:
            from tidemark.tracking.hidden_referrers import ReferrerDesk  # noqa: PLC0415 - off by default

            self._desk = ReferrerDesk(self.snapshot, self._referrers)
        return self._desk
