from __future__ import annotations

from tidemark.stores.aws.names import Names, physical_name


def test_names_come_from_the_environment():
    environment = {f"TIDEMARK_{field.upper()}": field for field in Names._fields}
    names = Names.from_environment(environment)
    assert names == Names._fields


def test_missing_name_says_what_is_missing():
    names = Names.from_environment({"TIDEMARK_BUCKET": "b"})
    assert physical_name(names, "bucket") == "b"
    assert physical_name(names, "registry_table") == "TIDEMARK_REGISTRY_TABLE-is-not-set"
