"""Social networks and AI assistants by the hosts that visitors come from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from tidemark.definitions.files import read_json

_STARTS: Final = re.compile(r"(?:^|[./])(?=[^./]*[./]|[^./]*$)")


@dataclass(frozen=True, slots=True)
class HostIndex:
    """Names by host, found anywhere in a URL at the border of a label or path segment; the first in the list wins."""

    names: Mapping[str, str]
    by_label: Mapping[str, Sequence[tuple[int, str]]]

    @classmethod
    def of(cls, entries: Sequence[Mapping[str, object]]) -> HostIndex:
        """The index of a definition file's entries."""
        names: dict[str, str] = {}
        by_label: dict[str, list[tuple[int, str]]] = {}
        for entry in entries:
            hosts = entry["hosts"]
            for host in hosts if isinstance(hosts, list) else ():
                by_label.setdefault(host.partition(".")[0], []).append((len(names), host))
                names[host] = str(entry["name"])
        return cls(names, by_label)

    def find(self, url: str) -> str | None:
        """The name whose host stands in the URL."""
        best: tuple[int, str] | None = None
        for match in _STARTS.finditer(url):
            start = match.end()
            label = url[start:].split(".", 1)[0] if "." in url[start:] else url[start:]
            for candidate in self.by_label.get(label, ()):
                if (best is None or candidate < best) and _stands_at(url, candidate[1], start):
                    best = candidate
        return self.names[best[1]] if best else None


def _stands_at(url: str, host: str, start: int) -> bool:
    end = start + len(host)
    return url.startswith(host, start) and (end == len(url) or url[end] in "./")


@cache
def _social_networks() -> HostIndex:
    return HostIndex.of(read_json("social_networks.json"))


@cache
def _ai_assistants() -> HostIndex:
    return HostIndex.of(read_json("ai_assistants.json"))


@lru_cache(maxsize=8192)
def social_network_of(url: str) -> str | None:
    """The social network that a referrer's URL belongs to."""
    return _social_networks().find(url)


@lru_cache(maxsize=8192)
def ai_assistant_of(url: str) -> str | None:
    """The AI assistant that a referrer's URL belongs to."""
    return _ai_assistants().find(url)


@cache
def main_host_of_network(name: str) -> str | None:
    """The first host of a social network, None if the name is unknown."""
    return next((host for host, found in _social_networks().names.items() if found == name), None)
