"""When reports of custom dimensions tell of users. Source: Matomo 5.2, plugins/CustomDimensions."""

from types import SimpleNamespace

import pytest

from tidemark.model.table import DataTable, Row
from tidemark.plugins.custom_dimensions.reports import hide_users


@pytest.mark.parametrize(
    ("row", "site", "shown"),
    [({"nb_users": 0}, {}, False), ({"nb_users": 1}, {}, True), ({"nb_users": 0}, {"sum_daily_nb_users": 2}, True)],
)
def test_users_are_told_of_where_the_site_has_some(row, site, shown):
    archives = SimpleNamespace(numbers=lambda idsites, periods, names: {(idsites[0], periods[0]): site})
    context = SimpleNamespace(call=SimpleNamespace(archives=archives), idsite=1, period="day")
    table = DataTable([Row({"label": "a", **row})])
    hide_users(table, context)
    assert ("nb_users" in table.rows[0].columns) is shown
