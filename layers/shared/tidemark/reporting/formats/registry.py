"""All formats by the name that clients ask for."""

from __future__ import annotations

from tidemark.model.errors import UnknownFormat
from tidemark.reporting.formats.base import Format
from tidemark.reporting.formats.csv import Csv
from tidemark.reporting.formats.html import Html
from tidemark.reporting.formats.json import Json
from tidemark.reporting.formats.original import Console, Original
from tidemark.reporting.formats.rss import Rss
from tidemark.reporting.formats.xml import Xml

DEFAULT_FORMAT = "xml"
FORMATS: dict[str, Format] = {
    "console": Console(),
    "csv": Csv(),
    "html": Html(),
    "json": Json(),
    "original": Original(),
    "rss": Rss(),
    "tsv": Csv("\t", "\t"),
    "xml": Xml(),
}


def format_named(name: str) -> Format:
    """The format of that name, upper and lower case alike.

    Raises:
        UnknownFormat: when there is none.

    """
    known = FORMATS.get(name.lower())
    if known is None:
        raise UnknownFormat(name, tuple(FORMATS))
    return known
