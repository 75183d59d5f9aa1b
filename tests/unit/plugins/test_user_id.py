from datetime import date

from tests.support.archives import archives_of
from tidemark.model.period import Period
from tidemark.plugins.user_id import PLUGIN

DAY = date(2024, 3, 5)


def test_a_user_of_two_browsers_is_one_user_and_two_visitors():
    visits = [
        {"idvisit": 1, "visitor_id": 10, "user_id": "ada"},
        {"idvisit": 2, "visitor_id": 11, "user_id": "ada"},
        {"idvisit": 3, "visitor_id": 11, "user_id": ""},
    ]
    with archives_of(PLUGIN) as bench:
        bench.logs.set_day(1, DAY, {"visits": visits})
        (row,) = bench.room.reader.table(1, Period.day(DAY), "UserId_users").rows
    assert (row.label, row.columns["nb_visits"]) == ("ada", 2)
    assert (row.columns["nb_uniq_visitors"], row.columns["nb_users"]) == (2, 1)
    assert row.metadata["idvisitor"] == f"{10:016x}"
