"""The overview of referrers. Source: Matomo 5.2, plugins/Referrers/API."""

from types import SimpleNamespace

import pytest

from tidemark.model.errors import ApiError
from tidemark.model.table import SimpleTable, TableMap, table_leaves
from tidemark.plugins.referrers.api import get
from tidemark.plugins.referrers.reports import REPORTS

DIRECT, ENGINES = "Referrers_visitorsFromDirectEntry", "Referrers_visitorsFromSearchEngines"
SHARES = next(report for report in REPORTS if report.method == "Referrers.get").processed


def of(direct, engines):
    return SimpleTable.of({DIRECT: direct, ENGINES: engines})


def shares(table, **given):
    answer = get(SimpleNamespace(number_table=lambda *_args: table), "1", "day", "last2", **given)
    found = []
    for leaf in table_leaves(answer):
        for row in leaf:
            row.columns |= {metric.name: metric.compute(row.columns) for metric in SHARES}
        for change in leaf.queued:
            change(leaf)
        found += [dict(row.columns) for row in leaf]
    return found


def test_shares_of_one_date_are_those_of_its_visits():
    assert [row[f"{DIRECT}_percent"] for row in shares(of(1, 3))] == [0.25]


def test_shares_of_several_dates_are_those_of_all_their_visits():
    days = TableMap("date", {"2024-03-05": of(1, 3), "2024-03-06": of(4, 0)})
    assert [(row[f"{DIRECT}_percent"], row[f"{ENGINES}_percent"]) for row in shares(days)] == [(0.13, 0.38), (0.5, 0)]


def test_several_sites_are_refused():
    sites = TableMap("idSite", {"1": of(1, 3), "2": of(2, 0)})
    with pytest.raises(ApiError, match="one site only"):
        shares(sites)


def test_only_columns_asked_for_are_left():
    assert shares(of(1, 3), columns=[f"{DIRECT}_percent"]) == [{f"{DIRECT}_percent": 0.25}]
