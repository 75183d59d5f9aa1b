"""Fetching the location databases."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile

import pytest

from tidemark.cli.location_database import COUNTRY_PACKAGE, FetchError, Package, unpack


def archive_of(files):
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return written.getvalue()


def package_of(archive):
    digest = base64.b64encode(hashlib.sha512(archive).digest()).decode()
    return Package("@scope/places", "1.0", digest, (("package/places.mmdb", "countries.mmdb"),))


def test_only_the_named_files_are_kept_when_the_archive_is_the_pinned_one(tmp_path):
    archive = archive_of({"package/places.mmdb": b"places", "package/README.md": b"read me", "../evil": b"x"})
    assert unpack(archive, package_of(archive), tmp_path / "new") == [tmp_path / "new" / "countries.mmdb"]
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "new").iterdir()] == [("countries.mmdb", b"places")]


def test_an_archive_is_refused_when_it_is_not_the_pinned_one(tmp_path):
    with pytest.raises(FetchError, match="pinned"):
        unpack(b"something else", package_of(b"the archive"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_archive_is_where_the_registry_keeps_it():
    assert COUNTRY_PACKAGE.url.startswith(
        "https://registry.npmjs.org/@ip-location-db/geo-whois-asn-country-mmdb/-/geo-"
    )
