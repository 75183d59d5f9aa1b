"""Writes lake.yaml: the hit log and the visit log as tables of the Glue catalogue, from the columns that the code writes.

Call: python infrastructure/lake.py > infrastructure/lake.yaml (a test fails when the file is not what this gives).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

from tidemark.model.daylog import LOG_TABLES
from tidemark.model.hit import Column, ColumnType
from tidemark.plugin.dimension import Dimension
from tidemark.plugin.plugin import DEFAULT_PLUGINS
from tidemark.sessions import sessionise
from tidemark.sessions.rules import own_columns
from tidemark.stored_sql import held_columns
from tidemark.tracking import hit_log

HEAD: Final = Path(__file__).with_name("lake_head.yaml")
TYPES: Final[dict[ColumnType, str]] = {
    "string": "string",
    "int64": "bigint",
    "int32": "int",
    "uint64": "bigint",
    "uint8": "int",
    "float64": "double",
    "bool": "boolean",
    "json": "string",
    "strings": "array<string>",
}
FIRST_DAY: Final = "2020-01-01"


def default_dimensions() -> tuple[Dimension, ...]:
    """What the default plugins add to the logs."""
    plugins = [import_module(f"tidemark.plugins.{name}").PLUGIN for name in DEFAULT_PLUGINS]
    return own_columns(dimension for plugin in plugins for dimension in plugin.dimensions)


def lines() -> Iterator[str]:
    """The template, line by line."""
    yield from HEAD.read_text(encoding="utf-8").splitlines()
    dimensions = default_dimensions()
    # hits stand in folders of hours below those of dates; merged ones of many hours at once, so hours are no partitions
    yield from table("hits", "hits/site=${site}/date=${date}", hit_log.log_columns(dimensions))
    for name in LOG_TABLES:
        yield from table(name, f"log/{name}/site=${{site}}/date=${{date}}", sessionise.log_columns(name, dimensions))


def table(name: str, template: str, columns: Sequence[Column]) -> Iterator[str]:
    """A table with partition projection: nobody has to register a day. `site` has to be given in every query."""
    partitions = {"site": "int", "date": "string"}
    projected = {
        "projection.enabled": "true",
        "projection.site.type": "injected",
        "projection.date.type": "date",
        "projection.date.format": "yyyy-MM-dd",
        "projection.date.range": f"{FIRST_DAY},NOW",
    }
    root = template.partition("/site=")[0]
    yield from (
        "",
        f"  {name.capitalize()}Table:",
        "    Type: AWS::Glue::Table",
        "    Properties:",
        "      CatalogId: !Ref AWS::AccountId",
        "      DatabaseName: !Ref Database",
        "      TableInput:",
        f"        Name: {name}",
        "        TableType: EXTERNAL_TABLE",
        "        Parameters:",
        "          classification: parquet",
    )
    for key, value in projected.items():
        yield f'          {key}: "{value}"'
    path = "/".join(part.replace("${", "${!") for part in template.split("/"))
    yield f'          storage.location.template: !Sub "s3://${{Bucket}}/{path}/"'
    yield "        PartitionKeys:"
    for key, kind in partitions.items():
        yield f"          - {{Name: {key}, Type: {kind}}}"
    yield from (
        "        StorageDescriptor:",
        f'          Location: !Sub "s3://${{Bucket}}/{root}/"',
        "          InputFormat: org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "          OutputFormat: org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        "          SerdeInfo:",
        "            SerializationLibrary: org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        "          Columns:",
    )
    for column in (*columns, *held_columns(name, columns)):
        yield f"            - {{Name: {column.name}, Type: {TYPES[column.type]}}}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in lines())
