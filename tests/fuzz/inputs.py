"""Requests to the tracking endpoint, half sensible, half broken; the same for the same seed."""

from __future__ import annotations

import json
import random  # noqa: TID251 - seeded, so that a run can be repeated
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from tests.support.tracking import NOW, TOKEN
from tidemark.tracking.request import Request

PAGES: Final = (
    "https://shop.example.org/",
    "http://www.shop.example.org/a/b.html?q=needle&x[]=1&x[]=2&gclid=3#part",
    "https://shop.example.org/p;jsessionid=1?utm_campaign=Spring&utm_term=shoes",
    "https://shop.example.org/?mtm_campaign=a&mtm_kwd=b&ignore_referrer=1",
    "https://SHOP.example.org:8443/%E4%BD%A0%20?s=%FC&search_count=4",
    "https://user:pass@shop.example.org/#?q=in+fragment&pk_campaign=f",
    "https://m\u00fcnchen.example/\u00e4?k=\u20ac",
    "http://intranet/x",
    "app://screen/home",
    "/relative?q=x",
)
URLS: Final = (
    *PAGES,
    "//no-scheme.example/x",
    "javascript:alert(1)",
    "http://",
    "http://[::1]:80/",
    "http://[::1",
    "http://a:b@c:99999/",
    "https://www.google.com/search?q=tide+tables&as_q=x",
    "https://l.facebook.com/?h=1",
    "https://chatgpt.com/",
    "https://googleads.g.doubleclick.net/pagead/ads?url=http%3A%2F%2Fx.example%2F&ad_type=text",
    "https://buy-cheap-online.info/spam",
    "https://r.example/?" + "&".join(f"p{number}={number}" for number in range(40)),
    "https://long.example/" + "x" * 5000,
)
ODD: Final = (
    *("", "0", "1", "-1", "00", "1.5", "1,5", "1e3", "1e309", "NaN", "inf", "999999999999999999999", "0x10", "\u0663"),
    *(" ", "\0", "\n", "a\0b", "\ud800", "\U0001f30a", "\u202e", "&amp;&#0;&#x110000;&quot;&nosuch;", "%", "%zz", "+"),
    *("null", "true", "[]", "{}", '[["s"]]', '{"a":', "[" * 60, '{"1":["n","v"],"x":1,"2":[1,[2]]}', "x" * 1500),
    *("undefined", "<script>", "';--", "__TOKEN_AUTH__", TOKEN, "2026-11-18 10:00:00", "1794990000", "today"),
)
HEXADECIMAL: Final = ("0123456789abcdef", "ABCDEF0123456789aaaa", "short", "zzzzzzzzzzzzzzzz", "0" * 16, "f" * 16)
FLAGS: Final = ("0", "1", "2", "-1", "x")
NUMBERS: Final = ("0", "7", "12.345", "-3", "1e6", "16777216", "99999999999", "9,99")
ITEMS: Final = (
    '[["sku","name","category",9.99,2]]',
    '[["a","b",["c1","c2","c3","c4","c5","c6"],"1,5","x"],[""],[null],["a"],{"0":"k"}]',
    '{"0":["a"],"1":5}',
    '["a",1,null]',
    "[[[[[]]]]]",
    '[["' + "s" * 2000 + '","n","c",1e308,1e308]]',
)
HINTS: Final = (
    "{}",
    '{"brands":[{"brand":"Chromium","version":"130"}],"mobile":true,"platform":"Android","model":"Pixel 8"}',
    '{"fullVersionList":"x","platform":["Linux"],"formFactors":["Mobile"]}',
    "[1]",
)
TIMES: Final = (str(NOW - 60), str(NOW - 90_000), str(NOW + 10), "2026-11-18 10:00:00", "2026-02-30", "1", "x", "-5")
ADDRESSES: Final = (
    "192.0.2.1",
    "::ffff:198.51.100.7",
    "2001:db8::1",
    "66.249.80.1",
    "256.1.1.1",
    "",
    "1.2.3.4, 5.6.7.8",
)
AGENTS: Final = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.0; +https://openai.com/gptbot)",
    "curl/8.0",
    "",
    "\u0001\u00ff\ud83d",
    "x" * 4000,
)
LANGUAGES: Final = ("de-DE,de;q=0.9,en;q=0.8", "", "zh-Hant-TW", "*;q=0.1", "x" * 300, "\u00e9,fr")
VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    "idsite": (*["1"] * 20, *["2"] * 5, *["3"] * 5, "1.0", "4", "-1", "x"),
    "rec": (*["1"] * 20, "0", "2"),
    **dict.fromkeys(("url", "urlref", "_ref", "link", "download"), URLS),
    **dict.fromkeys(("action_name", "search", "search_cat", "e_c", "e_a", "e_n", "c_n", "c_p", "c_t", "c_i"), ODD),
    **dict.fromkeys(("_rcn", "_rck", "utm_campaign", "mtm_kwd", "pk_campaign"), ("spring", "%20", "Caf\u00e9", "")),
    **dict.fromkeys(("_pks", "_pkn", "_pkc", "data", "cra", "dimension1", "dimension2", "dimension999"), ODD),
    **dict.fromkeys(("_id", "cid", "pv_id"), HEXADECIMAL),
    **dict.fromkeys(("ca", "ping", "new_visit", "bots", "dp", "debug", "queuedtracking", "send_image"), FLAGS),
    **dict.fromkeys(("fla", "java", "qt", "realp", "pdf", "wma", "ag", "cookie", "dir", "gears", "consent"), FLAGS),
    **dict.fromkeys(("pf_net", "pf_srv", "pf_tfr", "pf_dm1", "pf_dm2", "pf_onl", "gt_ms", "bw_bytes"), NUMBERS),
    **dict.fromkeys(("revenue", "ec_st", "ec_tx", "ec_sh", "ec_dt", "e_v", "_pkp", "search_count"), NUMBERS),
    **dict.fromkeys(
        ("h", "m", "s", "r", "rand", "apiv", "_idts", "_idvc", "_viewts", "_ects", "_idn", "_refts"), NUMBERS
    ),
    **dict.fromkeys(
        ("cvar", "_cvar"), ('{"1":["name","value"],"5":["_pkp","3"]}', '{"9":[]}', "[1]", '{"2":["_pkp",1]}')
    ),
    **dict.fromkeys(("cdt", "cdo"), TIMES),
    **dict.fromkeys(("country", "region", "city"), ("de", "BE", "Berlin", "x" * 300)),
    **dict.fromkeys(("lat", "long"), ("52.5", "-200", "x")),
    **dict.fromkeys(("ma_id", "ma_ti", "ma_st", "ma_le"), NUMBERS),
    "uid": ("jane@example.org", "x" * 300, "\u00e9", ""),
    "idgoal": ("0", "1", "2", "5", "-1", "x"),
    "ec_id": ("A1", "A2", "A3", "B" * 200, ""),
    "ec_items": ITEMS,
    "res": ("1920x1080", "x", "1x1", "9" * 50),
    "ua": AGENTS,
    "uadata": HINTS,
    "lang": LANGUAGES,
    "cip": ADDRESSES,
    "cs": ("utf-8", "iso-8859-1", "nonsense", "utf-16"),
    "token_auth": (TOKEN, TOKEN, "0" * 32, ""),
    "tracker_install_check": ("1", ""),
}
"""Every parameter that is declared, with values that mean something to it."""

USUAL: Final = (
    "idsite",
    "rec",
    "url",
    "action_name",
    "_id",
    "r",
    "h",
    "m",
    "s",
    "res",
    "cookie",
    "pdf",
    "urlref",
    "pv_id",
)
NAMES: Final = tuple(VALUES)
ODD_NAMES: Final = (
    "",
    "a[]",
    "a[b][c]",
    "url[]",
    "idsite[]",
    "[x",
    "a.b",
    "\u00e9",
    "x" * 500,
    "&",
    "=",
    "rec[1]",
    "%00",
)
HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "accept-language": LANGUAGES,
    "content-type": (
        "application/x-www-form-urlencoded; charset=UTF-8",
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "",
    ),
    "cookie": ("_pk_uid=0123456789abcdef", "matomo_ignore=1", "a=b; _pk_uid=%%; c", "\u00ff", ";" * 50),
    "referer": URLS,
    "origin": ("https://shop.example.org", "null", "x"),
    "dnt": FLAGS,
    "x-purpose": ("preview", "instant", "x"),
    "via": ("1.1 chrome-compression-proxy", ""),
    "x-forwarded-for": ADDRESSES,
    "cloudfront-viewer-country": ("DE", "", "xxxx"),
    "cloudfront-viewer-city": ("K%C3%B6ln", "%"),
    "cloudfront-viewer-latitude": ("50.9", "x"),
    "sec-ch-ua-platform": ('"Linux"', "\u00ff"),
}


@lru_cache(maxsize=4096)
def _encoded(text: str) -> str:
    return quote(text, safe="[]", errors="surrogatepass")


METHODS: Final = ("GET", "GET", "GET", "POST", "POST", "HEAD", "OPTIONS", "PUT")


class Inputs:
    """An endless sequence of requests."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def __iter__(self) -> Iterator[Request]:
        while True:
            yield self._request()

    def _request(self) -> Request:
        chance = self._random.random
        query, body, method = "", b"", self._one(METHODS)
        if chance() < 0.15:
            method, body = "POST", self._bulk()
        elif method == "POST":
            query = self._query() if chance() < 0.6 else ""
            body = self._form() if chance() < 0.7 else b""
        else:
            query = self._query()
        if chance() < 0.15:
            query = self._broken(query)
        if chance() < 0.1:
            body = self._broken_bytes(body)
        address = "192.0.2.1" if chance() < 0.5 else self._one(ADDRESSES)
        return Request(method, "/matomo.php", query, self._headers(), body, address)

    def _one(self, choices: Any) -> Any:
        return choices[int(self._random.random() * len(choices))]

    def _params(self) -> dict[str, str]:
        names = list(USUAL) if self._random.random() < 0.7 else ["idsite", "rec"]
        names += [self._one(NAMES) for _ in range(int(self._random.random() ** 3 * 12))]
        params = {name: self._value(name) for name in names}
        if self._random.random() < 0.05:
            params[self._one(ODD_NAMES)] = self._one(ODD)
        return params

    def _value(self, name: str) -> str:
        oddness = 0.01 if name in ("idsite", "rec") else 0.07
        value: str = self._one(ODD if self._random.random() < oddness else VALUES[name])
        return value

    def _query(self) -> str:
        return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in self._params().items())

    def _form(self) -> bytes:
        if self._random.random() < 0.1:
            parts = "".join(
                f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                for name, value in self._params().items()
            )
            return f"{parts}--x--\r\n".encode("utf-8", "surrogatepass")
        return self._query().encode()

    def _bulk(self) -> bytes:
        entries: list[Any] = []
        for _ in range(int(self._random.random() ** 4 * 30)):
            kind = self._random.random()
            if kind < 0.5:
                entries.append("?" + self._query())
            elif kind < 0.6:
                entries.append("https://stats.example.org/matomo.php?" + self._query())
            elif kind < 0.95:
                entries.append({name: self._scalar(value) for name, value in self._params().items()})
            else:
                entries.append(self._one((None, 5, [], {}, "no query", [[1]], {"idsite": {"a": 1}}, True)))
        document: dict[str, Any] = {"requests": entries}
        if self._random.random() < 0.5:
            document["token_auth"] = self._one((TOKEN, "x", 5, None))
        if self._random.random() < 0.3:
            document["send_image"] = self._one((0, "0", 1, False, None))
        return json.dumps(document).encode()

    def _scalar(self, value: str) -> Any:
        if self._random.random() < 0.9:
            return value
        return self._one((5, 1.5, True, None, [value], {"0": value}, -1, 1e300))

    def _broken(self, query: str) -> str:
        """A query with characters changed, taken out or doubled."""
        letters = list(query)
        for _ in range(1 + int(self._random.random() * 4)):
            if not letters:
                break
            place = int(self._random.random() * len(letters))
            letters[place] = self._one(
                ("%", "&", "=", "", "\0", "\xff", "[", "]", "+", ";", "\ud83d", letters[place] * 3)
            )
        return "".join(letters)

    def _broken_bytes(self, body: bytes) -> bytes:
        data = bytearray(body)
        for _ in range(1 + int(self._random.random() * 4)):
            if not data:
                break
            place = int(self._random.random() * len(data))
            data[place] = int(self._random.random() * 256)
        return bytes(data)

    def _headers(self) -> dict[str, str]:
        headers = {"user-agent": self._one(AGENTS)}
        for name, values in HEADERS.items():
            if self._random.random() < 0.2:
                headers[name] = self._one(values)
        return headers
