"""Which site an address belongs to, by the URLs that sites are registered with.

Source: Matomo 5.2, tracking behaviour, sections 4 (rule 9) and 10 (rules 2, 4 and 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tidemark.tracking.urls import UrlParts, split_url


class UrlIndex:
    """Sites by host and path. A registered host that starts with a dot stands for all its sub-domains."""

    __slots__ = ("_paths",)

    def __init__(self, urls: Mapping[int, Iterable[str]]) -> None:
        paths: dict[str, dict[str, list[int]]] = {}
        for idsite, site_urls in urls.items():
            for url in site_urls:
                parts = split_url(url)
                if parts is not None and parts.host:
                    sites = paths.setdefault(canonical_host(parts.host), {}).setdefault(canonical_path(parts), [])
                    if idsite not in sites:
                        sites.append(idsite)
        self._paths = {host: _deepest_first(found) for host, found in paths.items()}

    def sites_of(self, parts: UrlParts, also: tuple[str, int] | None = None) -> Sequence[int] | None:
        """The sites that the address belongs to, None if it is nobody's.

        `also`: a canonical host that, with all its paths, belongs to a site too.
        """
        if not parts.host:
            return None
        host, path = canonical_host(parts.host), canonical_path(parts)
        for candidate in _candidates(host):
            at_root = (also[1],) if also and also[0] == candidate else ()
            paths = self._paths.get(candidate)
            if paths is None:
                if at_root:
                    return at_root
                continue
            for prefix, sites in paths.items():
                if prefix != "/" and path.startswith(prefix):
                    return sites
            if "/" in paths or at_root:
                return (*paths.get("/", ()), *at_root)
        return None

    def path_of(self, parts: UrlParts) -> str | None:
        """The registered path (with a slash at its end) under which the address lies, on exactly this host."""
        path = canonical_path(parts)
        paths = self._paths.get(canonical_host(parts.host), {})
        return next((prefix for prefix in paths if path.startswith(prefix)), None)


def canonical_host(host: str) -> str:
    """The host in lower case, without www."""
    return host.lower().removeprefix("www.")


def canonical_path(parts: UrlParts) -> str:
    """The path in lower case, with a slash at its end."""
    path = parts.path.lower() or "/"
    return path if path.endswith("/") else path + "/"


def _candidates(host: str) -> Iterable[str]:
    """The host itself, then it and its parent domains as wildcards."""
    yield host
    yield "." + host
    while host.count(".") >= 2:
        host = host.partition(".")[2]
        yield "." + host


def _deepest_first(paths: Mapping[str, Sequence[int]]) -> dict[str, Sequence[int]]:
    """Paths with most slashes first, "/" last; of equal depth in reverse order of their texts."""
    ordered = sorted(paths.items(), key=lambda item: (item[0].count("/"), item[0]), reverse=True)
    return {path: tuple(sites) for path, sites in ordered}
