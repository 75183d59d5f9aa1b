"""SQL over a running instance's logs: the same numbers as the reports, for superusers only, within its limits."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.support.instance import CONSOLE, serving

DAY = {"idSite": 1, "period": "day", "date": "2026-01-05"}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sql")
    with serving("--data", str(folder)) as instance:
        instance.set_now("2026-01-05T12:00:00+00:00")
        instance.add_site(timezone="Asia/Kolkata")
        instance.add_site("Other")
        token = {"token_auth": "0123456789abcdef0123456789abcdef"}
        for number in range(3):
            visitor = {"cid": f"{number:016x}", **token}
            instance.track(url="https://shop.example.org/a", action_name="A", cdt="2026-01-05 08:00:00", **visitor)
            instance.track(
                url="https://shop.example.org/b", action_name='"B"; DROP', cdt="2026-01-05 08:01:00", **visitor
            )
        instance.track(url="https://shop.example.org/night", cdt="2026-01-04 18:31:00", cid="f" * 16, **token)  # 00:01
        instance.track(url="https://shop.example.org/late", cdt="2026-01-04 18:29:00", cid="e" * 16, **token)  # 23:59
        instance.track(idsite=2, url="https://shop.example.org/", cdt="2026-01-05 08:00:00", cid="a" * 16, **token)
        instance.drain()
        yield instance


def ask(instance, sql, **params):
    return instance.api("Sql.query", sql=sql, **{**DAY, **params})


def test_hits_and_visits_are_those_of_the_site_s_local_days(site):
    summary = site.api("VisitsSummary.get", **DAY)
    visits = ask(site, "SELECT site, date, count(*) AS visits FROM visits GROUP BY ALL")
    assert visits == [{"site": 1, "date": "2026-01-05", "visits": summary["nb_visits"]}]
    assert ask(site, "SELECT count(*) AS hits FROM hits") == [{"hits": summary["nb_actions"]}]
    assert ask(site, "SELECT count(*) AS n FROM hits", date="2026-01-04,2026-01-05", period="range") == [{"n": 8}]
    assert ask(site, "SELECT site, count(*) AS n FROM hits GROUP BY site ORDER BY site", idSite="all") == [
        {"site": 1, "n": 7},
        {"site": 2, "n": 1},
    ]


def test_tables_can_be_joined_with_themselves_and_each_other(site):
    sql = """
        WITH pages AS (SELECT idvisit, url FROM actions WHERE url LIKE '%/a' OR url LIKE '%/b')
        SELECT p.url AS url, count(DISTINCT v.idvisit) AS visits
        FROM pages p JOIN visits v USING (idvisit) JOIN actions a USING (idvisit) GROUP BY ALL ORDER BY ALL
    """
    assert [row["visits"] for row in ask(site, sql)] == [3, 3]


def test_every_table_has_the_columns_that_it_is_said_to_have(site):
    said = site.api("Sql.getTables")
    for table in dict.fromkeys(row["table"] for row in said):
        columns = ", ".join(f'"{row["column"]}"' for row in said if row["table"] == table)
        assert isinstance(ask(site, f"SELECT {columns} FROM {table}"), list)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT 1 AS a, 2 AS a", "named a"),
        ("SELECT * FROM range(2000)", "more than 1000 rows"),
        ("SELECT nothing FROM hits", "nothing"),
        ("SELECT repeat('x', 100000000)", "too large"),
        ("DROP TABLE hits", "Only SELECT"),
        ("FROM read_text('/etc/passwd')", "read_text"),
    ],
)
def test_what_fails_is_said(site, sql, told):
    answer = ask(site, sql)
    assert answer["result"] == "error"
    assert told in answer["message"]


def test_cells_of_every_kind_are_answered(site):
    sql = """SELECT 1::HUGEINT AS h, 1.50::DECIMAL(9, 2) AS d, 'nan'::DOUBLE AS nan, DATE '2026-01-05' AS day, [1, 2] AS l,
             {'a': 1} AS s, 'x'::BLOB AS b, NULL AS n, INTERVAL 1 DAY AS i, true AS t"""
    [row] = ask(site, sql)
    assert [row[name] for name in ("h", "d", "nan", "day", "l", "s", "b", "n", "t")] == [
        *(1, 1.5, None, "2026-01-05", [1, 2]),
        *({"a": 1}, "78", None, True),
    ]


def test_only_superusers_may_ask(site):
    site.api("UsersManager.addUser", userLogin="owner", password="correct horse battery", email="o@example.org")
    site.api("UsersManager.setUserAccess", userLogin="owner", access="admin", idSites="1")
    for params in ({"token_auth": "anonymous"}, {"token_auth": "f" * 32}):
        assert ask(site, "SELECT 1", **params)["result"] == "error"


def test_the_console_asks_the_same(site, tmp_path_factory):
    folder = next(one for one in tmp_path_factory.getbasetemp().iterdir() if one.name.startswith("sql"))
    command = [
        CONSOLE,
        "sql",
        "SELECT count(*) AS n FROM hits",
        "--site",
        "1",
        "--date",
        "2026-01-05",
        "--data",
        str(folder),
    ]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "n\n7\n"
    answer = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True).stdout
    assert json.loads(answer) == [{"n": 7}]
    refused = subprocess.run(
        [CONSOLE, "sql", "DROP TABLE hits", "--data", str(folder)], capture_output=True, text=True, check=False
    )
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Only SELECT" in refused.stderr
