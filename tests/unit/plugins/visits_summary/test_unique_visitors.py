"""For which periods VisitsSummary counts unique visitors."""

from datetime import date
from types import SimpleNamespace

import pytest

from tidemark.model.period import Period, PeriodKind
from tidemark.model.settings import Settings
from tidemark.model.table import DataTable, Row
from tidemark.plugins.visits_summary.reports import hide_uniques

DAY = date(2010, 3, 6)


@pytest.mark.parametrize(
    ("asked", "period", "has_uniques"),
    [
        ("day", Period.day(DAY), True),
        ("month", Period.containing(PeriodKind.MONTH, DAY), True),
        ("range", Period.day(DAY), False),
        ("range", Period.range(date(2010, 3, 1), DAY), False),
    ],
)
def test_ranges_count_no_unique_visitors_even_those_of_one_day(asked, period, has_uniques):
    table = DataTable([Row({"nb_visits": 2, "nb_uniq_visitors": 1, "nb_users": 0})])
    call = SimpleNamespace(params={"period": asked}, settings=Settings())
    hide_uniques(table, SimpleNamespace(call=call, period=period))
    assert list(table.rows[0].columns) == ["nb_visits", *(("nb_uniq_visitors", "nb_users") if has_uniques else ())]
