"""When reports of custom dimensions tell of users. Source: Matomo 5.2, plugins/CustomDimensions."""

from types import SimpleNamespace

import pytest

from tidemark.model.table import DataTable, Row, SimpleTable
from tidemark.plugins.custom_dimensions.reports import hide_users


@pytest.mark.parametrize(
    ("row", "around", "shown"), [({"nb_users": 0}, 0, False), ({"nb_users": 1}, 0, True), ({"nb_users": 0}, 2, True)]
)
def test_users_are_told_of_where_the_site_has_some_in_that_month(row, around, shown):
    asked = []

    def processed(method, params):
        asked.append((method, params["period"], params["segment"]))
        return SimpleTable([Row({"nb_users": around})])

    call = SimpleNamespace(
        params={"period": "week", "date": "2024-05-06", "segment": "actions>1"},
        service=lambda _kind: SimpleNamespace(processed=processed),
    )
    table = DataTable([Row({"label": "a", **row})])
    hide_users(table, SimpleNamespace(call=call, idsite=1, period="week"))
    assert ("nb_users" in table.rows[0].columns) is shown
    assert asked in ([], [("VisitsSummary.get", "month", "")])
