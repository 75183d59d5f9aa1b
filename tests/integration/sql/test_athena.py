"""The driver of Athena against an emulated one, which answers what it was told to answer."""

from __future__ import annotations

import json
import urllib.request

import boto3
import pytest

from tidemark.model.sql_query import SqlError, SqlLimits
from tidemark.sql.remote import typed
from tidemark.stores.aws.athena import Athena

COLUMNS = [{"Name": "url", "Type": "varchar"}, {"Name": "hits", "Type": "bigint"}]


def cells(*values):
    return {"Data": [{} if one is None else {"VarCharValue": one} for one in values]}


def will_answer(endpoint, rows):
    """Let the next query of the emulated Athena answer these rows."""
    results = {"rows": [cells("url", "hits"), *rows], "column_info": COLUMNS}
    body = json.dumps({"results": [results], "region": "us-east-1", "account_id": "123456789012"}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/static/athena/query-results", body)).read()


@pytest.fixture
def athena(moto_server):
    boto3.client("athena").create_work_group(
        Name="analysts", Configuration={"ResultConfiguration": {"OutputLocation": "s3://bucket/athena/"}}
    )
    yield Athena("analysts", "tidemark_test", typed)
    boto3.client("athena").delete_work_group(WorkGroup="analysts")


def test_rows_come_with_their_types(athena, moto_server):
    will_answer(moto_server, [cells("/a", "3"), cells(None, "1")])
    result = athena.run("SELECT url, count(*) AS hits FROM hits GROUP BY url", SqlLimits())
    assert (list(result.columns), result.rows, result.is_cut) == (["url", "hits"], [["/a", 3], [None, 1]], False)


def test_more_rows_than_allowed_are_said_to_be_cut(athena, moto_server):
    will_answer(moto_server, [cells(str(number), "1") for number in range(5)])
    result = athena.run("SELECT 1", SqlLimits(rows=3))
    assert (len(result.rows), result.is_cut) == (3, True)


def test_a_refused_query_is_an_error_in_words(moto_server):
    with pytest.raises(SqlError, match="The query failed"):
        Athena("no-such-workgroup", "tidemark_test", typed).run("SELECT 1", SqlLimits())


class Stuck:
    """A client whose queries never end, or fail."""

    def __init__(self, state):
        self.state, self.stopped = state, []

    def start_query_execution(self, **_):
        return {"QueryExecutionId": "q"}

    def get_query_execution(self, **_):
        return {"QueryExecution": {"Status": {"State": self.state, "StateChangeReason": "SYNTAX_ERROR: line 1"}}}

    def stop_query_execution(self, **given):
        self.stopped.append(given)


def test_a_query_that_takes_too_long_is_stopped(athena):
    athena._client = stuck = Stuck("RUNNING")
    with pytest.raises(SqlError, match="more than 0 seconds"):
        athena.run("SELECT 1", SqlLimits(seconds=0))
    assert stuck.stopped == [{"QueryExecutionId": "q"}]


def test_a_failed_query_says_why(athena):
    athena._client = Stuck("FAILED")
    with pytest.raises(SqlError, match="SYNTAX_ERROR"):
        athena.run("SELECT 1", SqlLimits())
