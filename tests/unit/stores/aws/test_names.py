from __future__ import annotations

from dataclasses import fields

from tidemark.stores.aws.names import Names, physical_name


def test_names_come_from_the_environment():
    environment = {f"TIDEMARK_{field.name.upper()}": field.name for field in fields(Names)}
    names = Names.from_environment(environment)
    assert all(getattr(names, field.name) == field.name for field in fields(Names))


def test_missing_name_says_what_is_missing():
    names = Names.from_environment({"TIDEMARK_BUCKET": "b"})
    assert physical_name(names, "bucket") == "b"
    assert physical_name(names, "registry_table") == "TIDEMARK_REGISTRY_TABLE-is-not-set"
