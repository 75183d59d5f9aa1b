# ruff: noqa: INP001 - a script, not a package
"""Writes docs/api.md: every method of Matomo's API, with what this product makes of it, and how to call the API.

`python docs/generate/api.py` writes the file; a test fails when it is stale.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from tidemark.plugin import load_plugins
from tidemark.plugin.plugin import DEFAULT_PLUGINS
from tidemark.reporting.catalogue import Catalogue
from tidemark.reporting.description import Description, describe_methods

HERE: Final = Path(__file__).parent
PAGE: Final = HERE.parent / "api.md"
METHODS: Final = HERE / "matomo_methods.csv"
TESTED: Final = HERE / "parameter_tests.csv"
TESTS: Final = "tests/unit"
ESCAPED_BAR: Final = "\\|"

REASONS: Final = (
    ("TagManager.*", "there is no tag manager"),
    ("DBStats.*", "there is no database whose tables could be measured; off by default in Matomo, too"),
    ("MobileMessaging.*", "no text messages are sent: alerts go by mail, SNS (which can send them) or webhook"),
    ("Marketplace.*", "plugins are Python packages; there is no marketplace"),
    ("Feedback.*", "goes to Matomo's makers"),
    ("ProfessionalServices.*", "advertises services of Matomo's makers"),
    ("Tour.*", "belongs to Matomo's own interface"),
    ("SEO.*", "asks third parties about sites; left out"),
    ("MultiSites.mockDashboardData", "answers made-up data for Matomo's own tests"),
    ("CustomJsTracker.*", "the tracker's script is never written anew"),
    ("UsersManager.newsletterSignup", "goes to Matomo's makers"),
    ("CoreAdminHome.whatIsNew*", "belongs to Matomo's own interface"),
    ("SitesManager.detectConsentManager", "asks the site's own pages; left out"),
    ("*", "not there"),
)
"""Why a method is missing: the first pattern that fits."""
NOT_CALLABLE: Final = "not callable over HTTP"
BEYOND: Final = "though not over HTTP in Matomo"
INTERNAL: Final = "for PHP code only: cannot be called over HTTP"

INTRODUCTION: Final = """\
# The reporting API

This page is written by `make docs` from the code; do not edit it.

## Three ways to call a method

| | example |
|---|---|
| as Matomo's clients do | `/index.php?module=API&method=Actions.getPageUrls&idSite=1&period=day&date=yesterday&format=json` |
| a report of a site by its address | `/api/v1/sites/1/reports/Actions/getPageUrls?period=day&date=yesterday` |
| any method by its address | `/api/v1/methods/API/getMatomoVersion` |

The methods, parameters and answers are the same. By address, JSON is the default format and the status tells what is
wrong: 400 (the call), 401 (the token or its rights), 404 (no such method or site), 405 (a method that changes something
was called by GET: send its parameters as a form by POST). An error is `{"result": "error", "message": "..."}`.
At `index.php` most errors have the status 200, as in Matomo; missing rights have 401, a method that its plugin lacks 400.

Of several sites (`idSite=1,2` or `all`) every report answers by site, but `Referrers.get`, `getReferrerType` and `getAll`, which
refuse them as Matomo does, and with them `API.get` unless its `columns` are of other reports.

The token is sent as `Authorization: Bearer ...`, or as `token_auth` in the query or the form.

`language=de` answers in German, `language=fr` in French: names of reports, categories, dimensions and metrics, labels that are the product's own
(countries, days, channels, ranges, what a site did not send), these words in visits, too, dates in words, and numbers where they are written for people (12,5 %). Without it a call has the language that its user chose, else English.

`/openapi.json` describes all addresses (OpenAPI 3.1), generated from the same code.

Answers by address about periods that are over in the site's time zone have an `ETag` and `Cache-Control: private,
no-cache`: a client may keep them and ask with `If-None-Match` whether they still hold (304), since late hits change them.
All other answers are not to be stored.
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A method of Matomo."""

    name: str
    parameters: str
    visibility: str

    @property
    def plugin(self) -> str:
        """Its plugin."""
        return self.name.partition(".")[0]


def read_known() -> list[Known]:
    """Matomo's methods, in the order of its documentation."""
    with METHODS.open(newline="", encoding="utf-8") as file:
        return [Known(row["method"], row["parameters"], row["visibility"]) for row in csv.DictReader(file)]


def reason(method: Known) -> str:
    """Why a method is missing."""
    if method.visibility == NOT_CALLABLE:
        return INTERNAL
    return next(text for pattern, text in REASONS if fnmatchcase(method.name, pattern))


def page(known: Sequence[Known], own: Iterable[Description]) -> str:
    """The whole page."""
    described = {method.name: method for method in own}
    plugins = list(dict.fromkeys(method.plugin for method in known))
    lines = [INTRODUCTION, *_parameter_table(read_tested()), "## Methods", "", *_summary(known, described, plugins)]
    for plugin in plugins:
        lines += _section(plugin, [method for method in known if method.plugin == plugin], described)
    added = sorted(described.keys() - {method.name for method in known})
    if added:
        lines += ["### Methods that Matomo does not have", "", "| method | parameters | needs |", "|---|---|---|"]
        lines += [f"| `{name}` | {_parameters(described[name])} | {described[name].access.value} |" for name in added]
        lines.append("")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Tested:
    """A generic parameter, or what holds for all answers, and a test of it: file below tests/unit, and name."""

    group: str
    parameter: str
    file: str
    test: str


def read_tested() -> list[Tested]:
    """All generic parameters with their tests, in the order of Matomo's documentation."""
    with TESTED.open(newline="", encoding="utf-8") as file:
        return [Tested(**row) for row in csv.DictReader(file)]


def _parameter_table(tested: Iterable[Tested]) -> list[str]:
    rows = [
        f"| {one.group} | `{one.parameter.replace('|', ESCAPED_BAR)}` | [{one.test}](../{TESTS}/{one.file}) |"
        for one in tested
    ]
    return [
        "## Parameters of every method",
        "",
        "What Matomo's generic parameters do, and what holds for all answers, is tested here:",
        "",
        "| group | parameter | test |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _summary(known: Sequence[Known], described: dict[str, Description], plugins: Sequence[str]) -> list[str]:
    there = sum(method.name in described for method in known)
    rows = []
    for plugin in plugins:
        own = [method.name for method in known if method.plugin == plugin]
        rows.append(f"| {plugin} | {sum(name in described for name in own)} | {len(own)} |")
    return [
        f"{there} of the {len(known)} methods of Matomo 5.2 and its bundled plugins are there.",
        "",
        "| plugin | there | in Matomo |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _section(plugin: str, methods: Sequence[Known], described: dict[str, Description]) -> list[str]:
    lines = [f"### {plugin}", "", "| method | parameters | needs | |", "|---|---|---|---|"]
    for method in methods:
        own = described.get(method.name)
        if own is None:
            lines.append(f"| `{method.name}` | | | no: {reason(method)} |")
        else:
            there = "yes" if method.visibility != NOT_CALLABLE else f"yes, {BEYOND}"
            lines.append(f"| `{method.name}` | {_parameters(own)} | {own.access.value} | {there} |")
    return [*lines, ""]


def _parameters(method: Description) -> str:
    """The names, optional ones in brackets."""
    return ", ".join(one.name if one.is_required else f"[{one.name}]" for one in method.parameters)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(read_known(), describe_methods(Catalogue.of(load_plugins(DEFAULT_PLUGINS)))), encoding="utf-8")


if __name__ == "__main__":
    main()
