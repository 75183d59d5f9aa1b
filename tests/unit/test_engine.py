"""The engine runs under fixed rules."""

import duckdb
import pyarrow as pa
import pytest

from tidemark.config import ConfigError
from tidemark.engine import EngineLimits, connect, connect_shared


def setting(connection, name):
    return connection.execute(f"SELECT current_setting('{name}')").fetchall()[0][0]


def test_connect_limits_memory_and_threads():
    with connect(EngineLimits("256MB", 1)) as connection:
        assert setting(connection, "memory_limit") == "244.1 MiB"
        assert setting(connection, "threads") == 1


def test_connect_works_in_utc_and_without_the_network():
    with connect() as connection:
        assert setting(connection, "TimeZone") == "UTC"
        assert setting(connection, "autoinstall_known_extensions") is False
        assert setting(connection, "autoload_known_extensions") is False


def test_connect_does_not_see_python_variables():
    hidden = [1]
    with connect() as connection, pytest.raises(duckdb.CatalogException):
        connection.execute("SELECT * FROM hidden")
    assert hidden


def test_connect_locks_its_configuration():
    with connect() as connection, pytest.raises(duckdb.InvalidInputException):
        connection.execute("SET threads = 8")


@pytest.mark.parametrize(("variable", "value"), [("TIDEMARK_ENGINE_MEMORY", "much"), ("TIDEMARK_ENGINE_THREADS", "-1")])
def test_limits_name_the_variable_when_it_is_wrong(variable, value):
    with pytest.raises(ConfigError, match=variable):
        EngineLimits.from_environment({variable: value})


def test_limits_come_from_the_environment():
    environment = {"TIDEMARK_ENGINE_MEMORY": "3GB", "TIDEMARK_ENGINE_THREADS": "2"}
    assert EngineLimits.from_environment(environment) == EngineLimits("3GB", 2)


def test_shared_connections_keep_the_rules_and_what_is_registered_to_themselves():
    with connect_shared() as one, connect_shared() as other:
        assert (setting(one, "TimeZone"), setting(one, "autoload_known_extensions")) == ("UTC", False)
        assert setting(one, "enable_external_file_cache") is False
        one.register("given", pa.table({"a": [1]}))
        one.execute("CREATE TEMP TABLE made AS FROM given")
        for name in ("given", "made"):
            with pytest.raises(duckdb.CatalogException):
                other.execute(f"FROM {name}")
        with pytest.raises(duckdb.InvalidInputException):
            other.execute("SET threads = 8")
    with connect_shared() as later:
        assert later.execute("SELECT 1").fetchone() == (1,)


def test_shared_connections_have_the_limits_of_the_environment(monkeypatch):
    monkeypatch.setenv("TIDEMARK_ENGINE_MEMORY", "123MiB")
    with connect_shared() as connection:
        assert setting(connection, "memory_limit") == "123.0 MiB"
