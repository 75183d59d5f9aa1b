"""A synthetic day of hits: the same numbers give the same rows.

Visits begin at all hours with a peak in the afternoon; four in ten are bounces, pages follow Zipf's law, one visitor in
ten sends no id, and three in a hundred share a fingerprint with somebody. A place has its country, region, city and
coordinates, as databases of addresses tell them; browsers' plugins are there or not; what happens on a page has the id of
its page view.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyarrow as pa

from tidemark.columns import arrow_schema
from tidemark.engine import connect
from tidemark.plugin.dimension import Dimension
from tidemark.sessions.hits import hit_columns

DAY_START: Final = 1_767_571_200  # 2026-01-05 00:00 UTC

# A number from 0 to 1 for every row `i`, another one for every salt.
_UNIFORM: Final = "(hash({i} * 1000 + {salt}) / 18446744073709551616.0::DOUBLE)"

_VALUES: Final[dict[str, tuple[str, ...]]] = {
    "config_browser_name": ("CH", "CM", "MF", "SF", "FF", "PS", "OP", "SB", "IE", "BR"),
    "config_browser_engine": ("Blink", "WebKit", "Gecko", "Trident"),
    "config_os": ("WIN", "AND", "IOS", "MAC", "LIN", "COS"),
    "config_device_brand": ("", "Apple", "Samsung", "Xiaomi", "Huawei", "Google", "OnePlus"),
    "location_country": ("us", "de", "fr", "gb", "in", "br", "jp", "es", "it", "nl", "pl", "xx"),
    "location_browser_lang": ("en-us", "de-de", "fr-fr", "en-gb", "pt-br", "ja-jp", "es-es"),
    "config_resolution": ("1920x1080", "390x844", "1366x768", "412x915", "1536x864", "2560x1440"),
}


def uniform(i: str, salt: int) -> str:
    """SQL of a number from 0 to 1."""
    return _UNIFORM.format(i=i, salt=salt)


def zipf(i: str, salt: int, count: int) -> str:
    """SQL of a number from 0 to count - 1, whose frequency falls with its size."""
    return f"least({count} - 1, floor(exp({uniform(i, salt)} * ln({count} + 1)))::BIGINT - 1)"


def synthetic_hits(
    hits: int = 1_000_000,
    visits: int = 200_000,
    urls: int = 20_000,
    *,
    start: int = DAY_START,
    dimensions: Sequence[Dimension] = (),
    first_visit: int = 0,
) -> pa.Table:
    """The hits of the day that begins at `start` (UTC), in order of reception, as ingest stores them.

    Visits are numbered from `first_visit` on: those of other numbers have other visitors.
    """
    columns = hit_columns(tuple(dimensions))
    with connect() as engine:
        engine.execute(_visits(visits, hits / visits, start, first_visit))
        engine.execute(_hits(hits, urls, start))
        made = {**_CORE, **{one.column: _dimension(one) for one in dimensions}}
        selected = ", ".join(f'{made.get(column.name, "NULL")} AS "{column.name}"' for column in columns)
        table = engine.sql(f"SELECT {selected} FROM hit ORDER BY sequence").to_arrow_table()
    return table.cast(arrow_schema(columns))


def _visits(visits: int, mean_hits: float, start: int, first: int) -> str:
    # visitors who come twice do so four hours later; 18 hours are left for the start of a visit
    longer = (mean_hits - 0.4) / 0.6 - 1.5
    return f"""
        CREATE TEMP TABLE visit AS
        SELECT v, v // 4 * 3 + least(v % 4, 2) AS visitor,
            {start} + (v % 4 == 3)::INT * 14400
                + floor(64800 * sqrt({uniform("v // 4 * 3 + least(v % 4, 2)", 1)}))::BIGINT AS begins,
            CASE WHEN {uniform("v", 2)} < 0.4 THEN 1
                ELSE 2 + least(300, floor(-ln(1 - {uniform("v", 3)}) * {longer}))::BIGINT END AS size
        FROM range({first}, {first + visits}) t(v)
    """


def _hits(hits: int, urls: int, start: int) -> str:
    return f"""
        CREATE TEMP TABLE hit AS
        WITH each AS (
            SELECT v, visitor, begins, unnest(range(size)) AS n, v * 400 + unnest(range(size)) AS i FROM visit
        ), timed AS (
            SELECT *, least(begins + n * 40 + floor(30 * {uniform("i", 4)})::BIGINT, {start} + 86399) AS moment
            FROM each ORDER BY i LIMIT {hits}
        )
        SELECT *, moment * 1000000 + floor(1000 * {uniform("i", 10)})::BIGINT * 1000 AS micros,
            coalesce(max(i) FILTER ({uniform("i", 5)} < 0.85) OVER (PARTITION BY v ORDER BY n), v * 400) AS view, {uniform("i", 5)} AS kind, {uniform("v", 6)} AS source,
            {zipf("i", 7, urls)} AS page, {uniform("i", 8)} AS luck, {uniform("visitor", 9)} AS person
        FROM timed
    """


_PLACES: Final = 5000
_AT: Final = zipf("visitor", 11, _PLACES)
_COUNTRIES: Final = _VALUES["location_country"]
_PLACE: Final[dict[str, str]] = {
    "location_country": f"{list(_COUNTRIES)}[1 + {_AT} % {len(_COUNTRIES)}]",
    "location_region": f"printf('%02d', {_AT} // {len(_COUNTRIES)} % 30)",
    "location_city": f"printf('City %d', {_AT})",
    "location_latitude": f"round(180 * {uniform(_AT, 12)} - 90, 3)",
    "location_longitude": f"round(360 * {uniform(_AT, 13)} - 180, 3)",
    "location_network": f"printf('Network %d', {zipf('visitor', 14, 3000)})",
}
"""What a database of addresses tells of one: places, and networks, are as frequent as Zipf's law says."""
_PLUGINS: Final[dict[str, float]] = {
    "config_cookie": 0.97,
    "config_pdf": 0.7,
    **dict.fromkeys(
        (
            "config_flash",
            "config_java",
            "config_quicktime",
            "config_realplayer",
            "config_windowsmedia",
            "config_silverlight",
        ),
        0.01,
    ),
}
"""How many browsers have them today."""
_PAGE = "kind < 0.85"
_PROCESS: Final = f"""printf('%d %d', floor(4 * {uniform("i", 15)})::BIGINT,
    (moment + 1800 * floor(4 * {uniform("i", 15)})::BIGINT) // 7200)"""
"""The process of collect that took a hit. A million hits a day are 12 a second, for some milliseconds each: one or two
processes at a time would do. There are four, each gets any visitor's hits, and lives for two hours.
"""
_CODE: Final = f"left(to_base64(unhex(md5({_PROCESS}))), 8)"
_SEQUENCE: Final = f"(micros * 4096 + (hash({_PROCESS}) % 4096)::BIGINT)"
_CORE: Final[dict[str, str]] = {
    "hit_id": f"printf('%d-%s', {_SEQUENCE}, {_CODE})",
    "server_time": "moment",
    "sequence": _SEQUENCE,
    "visitor_id": "CASE WHEN person >= 0.1 THEN hash(visitor) END",
    "is_id_forced": "false",
    "fingerprint": "hash(CASE WHEN person > 0.97 THEN visitor // 2 * 2 ELSE visitor END + 7)",
    "location_ip": "printf('%d.%d.0.0', 1 + visitor % 200, visitor // 200 % 250)",
    "wants_new_visit": "false",
    "is_ping": "false",
    "action_type": """CASE WHEN kind < 0.85 THEN 1 WHEN kind < 0.9 THEN 10 WHEN kind < 0.94 THEN 2
        WHEN kind < 0.96 THEN 3 WHEN kind < 0.99 THEN 8 ELSE 13 END""",
    "url": """CASE WHEN kind < 0.9 THEN printf('example.org/section-%d/page-%d.html', page % 50, page)
        WHEN kind < 0.94 THEN printf('https://partner-%d.example.com/offer', page % 500)
        WHEN kind < 0.96 THEN printf('https://example.org/files/%d.pdf', page % 200) END""",
    "url_prefix": "CASE WHEN kind < 0.9 THEN 2 END",
    "title": f"CASE WHEN {_PAGE} THEN printf('Page %d of section %d - Example', page, page % 50) END",
    "search_keyword": "CASE WHEN kind >= 0.96 AND kind < 0.99 THEN printf('find %d', page % 3000) END",
    "event_category": "CASE WHEN kind >= 0.85 AND kind < 0.9 THEN printf('category %d', page % 8) END",
    "event_action": "CASE WHEN kind >= 0.85 AND kind < 0.9 THEN printf('action %d', page % 30) END",
    "event_name": "CASE WHEN kind >= 0.85 AND kind < 0.9 THEN printf('name %d', page % 900) END",
    "content_name": "CASE WHEN kind >= 0.99 THEN printf('banner %d', page % 40) END",
    "content_piece": "CASE WHEN kind >= 0.99 THEN printf('piece-%d.png', page % 90) END",
    "idpageview": "left(to_base64(unhex(md5(view::VARCHAR))), 6)",
    "time_network": f"CASE WHEN {_PAGE} THEN (luck * 90)::INT END",
    "time_server": f"CASE WHEN {_PAGE} THEN (luck * 400)::INT END",
    "time_transfer": f"CASE WHEN {_PAGE} THEN (luck * 60)::INT END",
    "time_dom_processing": f"CASE WHEN {_PAGE} THEN (luck * 700)::INT END",
    "time_dom_completion": f"CASE WHEN {_PAGE} THEN (luck * 500)::INT END",
    "time_on_load": f"CASE WHEN {_PAGE} THEN (luck * 40)::INT END",
    "goals": "CASE WHEN luck < 0.03 THEN printf('[[%d,0.0,false,null]]', 1 + page % 3) END",
    "ecommerce": "CASE WHEN luck > 0.998 THEN 1 WHEN luck > 0.995 THEN 2 END",
    "order_id": "CASE WHEN luck > 0.998 THEN printf('order-%d', i) END",
    "revenue": "CASE WHEN luck > 0.995 THEN round(10 + luck * page % 200, 2) END",
    "items": """CASE WHEN luck > 0.995 THEN printf('[["sku-%d","Product %d",["Shoes"],9.5,2]]', page % 700, page % 700)
        END""",
    "conversion_url": "CASE WHEN luck < 0.03 OR luck > 0.995 THEN printf('https://example.org/page-%d.html', page) END",
    "referer_type": """CASE WHEN n > 0 OR source < 0.4 THEN 1 WHEN source < 0.7 THEN 2 WHEN source < 0.85 THEN 3
        WHEN source < 0.95 THEN 6 ELSE 7 END""",
    "referer_name": """CASE WHEN n > 0 OR source < 0.4 THEN '' WHEN source < 0.7 THEN ['Google', 'Bing', 'Yahoo!'][1 + v % 3]
        WHEN source < 0.85 THEN printf('blog-%d.example.net', v % 900)
        WHEN source < 0.95 THEN printf('campaign %d', v % 25) ELSE ['Facebook', 'X'][1 + v % 2] END""",
    "referer_keyword": """CASE WHEN n = 0 AND source >= 0.4 AND source < 0.7 THEN printf('keyword %d', page)
        WHEN n = 0 AND source >= 0.85 AND source < 0.95 THEN printf('ad %d', v % 60) END""",
    "referer_url": """CASE WHEN n > 0 OR source < 0.4 THEN '' WHEN source < 0.7 THEN 'https://www.google.com/'
        ELSE printf('https://blog-%d.example.net/post-%d', v % 900, v % 9000) END""",
}


def _dimension(dimension: Dimension) -> str:
    """SQL of a plausible value, one per visitor."""
    name = dimension.column
    salt = 100 + sum(name.encode())
    if name in _PLACE:
        return _PLACE[name]
    if dimension.told_later:  # by pings, which this day has none of
        return "NULL"
    if name in _PLUGINS:
        return f"({uniform('visitor', salt)} < {_PLUGINS[name]})::INT"
    values = _VALUES.get(name)
    if values:
        listed = ", ".join(f"'{value}'" for value in values)
        return f"[{listed}][1 + {zipf('visitor', salt, len(values))}]"
    if name == "visitor_localtime":
        return "moment % 86400"
    made = {
        "string": f"printf('{name[-12:]} %d', {zipf('visitor', salt, 40)})",
        "float64": f"round({uniform('visitor', salt)} * 100, 3)",
        "bool": f"{uniform('visitor', salt)} < 0.5",
        "json": "NULL",
        "strings": "NULL",
    }
    return made.get(dimension.type, zipf("visitor", salt, 10))
