"""Referrers of which only a part may be kept: collect resolves them, and only the rest is queued.

Loaded where an instance anonymises referrers (off by default).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from tidemark.definitions.spam import is_spam
from tidemark.model.hit import Referrer
from tidemark.model.site import Site
from tidemark.model.snapshot import TrackerSnapshot
from tidemark.tracking.message import Referrers, ToldReferrer
from tidemark.tracking.parameters import RawParams, integer, text
from tidemark.tracking.privacy import anonymised, anonymised_url
from tidemark.tracking.referrers import attributed, resolve
from tidemark.tracking.rules import RuleBook, SiteRules

NAMES: Final = ("urlref", "_ref")


@dataclass(frozen=True, slots=True)
class _Sent:
    """A request, as referrers are resolved by it. Satisfies Landing."""

    given: RawParams
    book: RuleBook
    rules: SiteRules

    @property
    def site(self) -> Site:
        return self.rules.tracked.site


class ReferrerDesk:
    """Resolves and anonymises by one snapshot; `option` is exclude_query, exclude_path or exclude_all."""

    def __init__(self, snapshot: TrackerSnapshot, option: str) -> None:
        self._book = RuleBook(snapshot)
        self._option = option

    def told(self, params: RawParams) -> Referrers | None:
        """What ingest is told of the referrers; None for a site that does not exist."""
        rules = self._book.rules(integer(params, "idsite"))
        if rules is None:
            return None
        sent = _Sent(params, self._book, rules)
        url = text(params, "urlref")
        page = resolve(sent, url, text(params, "url"))
        spam = self._book.policy.filters_spam and bool(url) and is_spam(url)
        cookie = attributed(sent)
        return Referrers(
            self._cells(page.referrer)._replace(is_keyword_assumed=page.is_keyword_assumed, is_spam=spam),
            None if cookie is None else self._cells(cookie),
        )

    def hidden(self, params: RawParams) -> RawParams:
        """The parameters with what is left of the referrers' URLs."""
        return {name: self._rest(value) if name in NAMES else value for name, value in params.items()}

    def _rest(self, value: Any) -> str:
        return anonymised_url(value, self._option) if isinstance(value, str) else ""

    def _cells(self, referrer: Referrer) -> ToldReferrer:
        rest = anonymised(referrer, self._option)
        return ToldReferrer(int(rest.type), rest.name, rest.keyword or "", rest.url)
