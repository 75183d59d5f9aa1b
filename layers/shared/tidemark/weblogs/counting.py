"""What counts: pages, downloads, errors, and the reasons for which other lines do not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Final

from tidemark.weblogs.line import LogLine

STATIC: Final = frozenset(
    [
        "gif",
        "jpg",
        "jpeg",
        "png",
        "bmp",
        "ico",
        "svg",
        "svgz",
        "webp",
        "avif",
        "ttf",
        "otf",
        "eot",
        "woff",
        "woff2",
        "class",
        "swf",
        "css",
        "js",
        "mjs",
        "map",
        "xml",
        "webmanifest",
    ]
)
DOWNLOADS: Final = frozenset(
    [
        "7z",
        "aac",
        "apk",
        "arc",
        "arj",
        "asc",
        "asf",
        "asx",
        "avi",
        "azw3",
        "bin",
        "bz",
        "bz2",
        "csv",
        "deb",
        "dmg",
        "doc",
        "docx",
        "epub",
        "exe",
        "flv",
        "gz",
        "gzip",
        "hqx",
        "ibooks",
        "jar",
        "json",
        "mbp",
        "md5",
        "mobi",
        "mov",
        "mp2",
        "mp3",
        "mp4",
        "mpa",
        "mpd",
        "mpe",
        "mpeg",
        "mpg",
        "msi",
        "msp",
        "odb",
        "odf",
        "odg",
        "odp",
        "ods",
        "odt",
        "ogg",
        "ogv",
        "pdf",
        "phps",
        "pkg",
        "ppt",
        "pptx",
        "qt",
        "qtm",
        "ra",
        "ram",
        "rar",
        "rpm",
        "rtf",
        "sea",
        "sha",
        "sha1",
        "sha256",
        "sig",
        "sit",
        "tar",
        "tbz2",
        "tgz",
        "torrent",
        "txt",
        "wav",
        "wma",
        "wmv",
        "wpd",
        "xls",
        "xlsx",
        "xz",
        "z",
        "zip",
        "zst",
    ]
)
BOT: Final = re.compile(
    r"(?<!cu)bot\b|bot[/_-]|crawl|spider|slurp|archiver|facebookexternalhit|feedfetcher|fetcher/|monitor|pingdom"
    r"|uptime|nagios|zgrab|python-requests|curl/|wget/|libwww-perl|go-http-client|scrapy|headlesschrome|lighthouse"
    r"|validator|bingpreview|mediapartners|yandeximages|ahrefs|semrush",
    re.IGNORECASE,
)
METHODS: Final = frozenset({"GET", "HEAD", "POST", ""})


@dataclass(frozen=True, slots=True)
class Selection:
    """Which lines are wanted."""

    with_static: bool = False
    with_bots: bool = False
    with_errors: bool = False
    with_redirects: bool = False
    excluded_paths: tuple[str, ...] = ()
    """With * and ?, as in file names."""
    included_paths: tuple[str, ...] = ()
    hostnames: tuple[str, ...] = ()
    excluded_hosts: tuple[str, ...] = ()
    """Addresses of clients."""
    included_hosts: tuple[str, ...] = ()
    excluded_user_agents: tuple[str, ...] = ()
    """Parts of user agents, in any case."""
    downloads: frozenset[str] = field(default=DOWNLOADS)
    since: datetime | None = None
    until: datetime | None = None


def refusal(line: LogLine, wanted: Selection) -> str:
    """Why a line does not count; empty if it does."""
    for reason, applies in (
        ("method", line.method not in METHODS),
        ("date", _is_out_of_time(line, wanted)),
        ("hostname", bool(wanted.hostnames) and not _matches(line.host, wanted.hostnames)),
        ("client", not _is_wanted_client(line.ip, wanted)),
        ("path", not _is_wanted_path(line.path, wanted)),
        ("static file", is_static(line) and not wanted.with_static),
        ("bot", is_bot(line.user_agent) and not wanted.with_bots),
        ("user agent", any(part.lower() in line.user_agent.lower() for part in wanted.excluded_user_agents)),
        ("error", is_error(line.status) and not wanted.with_errors),
        ("redirect", is_redirect(line.status) and not wanted.with_redirects),
    ):
        if applies:
            return reason
    return ""


def is_error(status: str) -> bool:
    """Whether the server could or would not answer."""
    return status[:1] in {"4", "5"}


def is_redirect(status: str) -> bool:
    """Whether the client was sent elsewhere; 304 means that it has the page already."""
    return status[:1] == "3" and status != "304"


def is_static(line: LogLine) -> bool:
    """Whether a page's part was asked for; robots.txt is nothing that a person reads."""
    return extension(line.path) in STATIC or line.path == "/robots.txt"


def is_download(line: LogLine, wanted: Selection) -> bool:
    """Whether a file was asked for."""
    return extension(line.path) in wanted.downloads or (wanted.with_static and extension(line.path) in STATIC)


def is_bot(user_agent: str) -> bool:
    """Whether a user agent says that nobody looks."""
    return BOT.search(user_agent) is not None


def extension(path: str) -> str:
    """What stands behind the last dot of the last part, in lower case."""
    return path.rpartition("/")[2].rpartition(".")[2].lower() if "." in path.rpartition("/")[2] else ""


def _is_out_of_time(line: LogLine, wanted: Selection) -> bool:
    too_old = wanted.since is not None and line.moment < wanted.since
    return too_old or (wanted.until is not None and line.moment > wanted.until)


def _is_wanted_client(ip: str, wanted: Selection) -> bool:
    return ip not in wanted.excluded_hosts and (not wanted.included_hosts or ip in wanted.included_hosts)


def _is_wanted_path(path: str, wanted: Selection) -> bool:
    return not _matches(path, wanted.excluded_paths) and (
        not wanted.included_paths or _matches(path, wanted.included_paths)
    )


def _matches(text: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(text, pattern) for pattern in patterns)
