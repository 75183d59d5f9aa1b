from types import SimpleNamespace

from tidemark.model.table import DataTable, Row
from tidemark.plugins.user_country.reports import REPORTS


def test_a_continent_has_its_columns_in_the_order_of_its_first_country():
    """Germany, which nobody converted in, is read before Poland, which more came from."""
    poland = Row({"label": "pl", "nb_visits": 9, "nb_conversions": 2, "sum_daily_nb_users": 1})
    germany = Row({"label": "de", "nb_visits": 2, "sum_daily_nb_users": 3})
    table = DataTable([poland, germany])
    report = next(report for report in REPORTS if report.method == "UserCountry.getContinent")
    for table_filter in report.filters:
        table_filter(table, SimpleNamespace(report=report))
    (row,) = table.rows
    assert list(row.columns) == ["label", "nb_visits", "sum_daily_nb_users", "nb_conversions"]
    assert row.columns == {"label": "Europe", "nb_visits": 11, "nb_conversions": 2, "sum_daily_nb_users": 4}
