"""What no column holds unchanged, kept so that nothing is lost before its feature exists; never tokens or addresses."""

from __future__ import annotations

from typing import Any, Final

import orjson

from tidemark.model.hit import ActionType
from tidemark.tracking.draft import Draft
from tidemark.tracking.message import TOKEN_NAMES
from tidemark.tracking.parameters import text

_NEVER: Final = frozenset({*TOKEN_NAMES, "cip", "lat", "long"})
_NOISE: Final = frozenset(
    ["rec", "apiv", "rand", "r", "_idn", "send_image", "debug", "queuedtracking", "cdt", "cdo", "bots", "idsite", "ca"]
)
"""Cache busters, and what is fully answered by the hit being there, at its time."""

_HELD: Final = frozenset(
    [
        *("_id", "cid", "uid", "new_visit", "ping", "idgoal", "revenue", "pv_id", "bw_bytes", "ua", "uadata", "lang"),
        *("action_name", "search", "search_cat", "search_count"),
        *("e_c", "e_a", "e_n", "e_v", "c_n", "c_p", "c_t", "c_i"),
        *("pf_net", "pf_srv", "pf_tfr", "pf_dm1", "pf_dm2", "pf_onl", "ec_id", "ec_st", "ec_tx", "ec_sh", "ec_dt"),
        *("ec_items", "_pks", "_pkn", "_pkc", "_pkp", "_cvar", "cvar", "_rcn", "_rck", "_ref"),
        *("country", "region", "city"),
    ]
)
"""Parameters that columns (the core's, or those of default plugins) hold where they mean something."""

_OF_PLUGINS: Final = {
    **dict.fromkeys(("h", "m", "s"), "visitor_localtime"),
    "res": "config_resolution",
    **dict.fromkeys(("fla", "java", "qt", "realp", "pdf", "wma", "ag", "cookie"), "config_cookie"),
    **dict.fromkeys(("wv_lcp", "wv_inp", "wv_cls", "wv_fcp", "wv_ttfb"), "web_vital_device"),
}
"""Parameters that columns of plugins hold, and by which column one sees that the plugin is there."""

_SKIPPED: Final = _NEVER | _NOISE | _HELD
_SKIPPED_WITH_PLUGINS: Final = _SKIPPED | _OF_PLUGINS.keys()
_COLUMNS_OF_PLUGINS: Final = frozenset(_OF_PLUGINS.values())
_URL_OF: Final = {ActionType.DOWNLOAD: "download", ActionType.OUTLINK: "link"}


def put_leftovers(draft: Draft) -> None:
    """The rest of the parameters, as JSON."""
    given = draft.given
    skipped = _SKIPPED_WITH_PLUGINS if draft.row.keys() >= _COLUMNS_OF_PLUGINS else _SKIPPED
    rest = {name: given[name] for name in sorted(given.keys() - skipped)}
    if "url" in draft.row and rest.get("url") == draft.url:
        rest.pop("url", None)
    if draft.action in _URL_OF:
        rest.pop(_URL_OF[draft.action], None)
    if draft.book.policy.anonymises_referrers or rest.get("urlref") in ("", draft.referrer.url):
        rest.pop("urlref", None)
    for rule in draft.rules.dimensions:
        rest.pop(f"dimension{rule.dimension.idcustomdimension}", None)
    _keep_location(draft, rest)
    if rest:
        draft.row["raw"] = orjson.dumps(rest, option=orjson.OPT_NON_STR_KEYS).decode()


def _keep_location(draft: Draft, rest: dict[str, Any]) -> None:
    """What enrichment knew and no plugin's column holds: an address is masked for ever once it is stored."""
    row = draft.row
    if "location_country" not in row:
        place = draft.location
        rest["@location"] = [place.country, place.region, place.city, place.latitude, place.longitude]
    if "location_browser_lang" not in row and draft.language:
        rest["@language"] = draft.language[:60]
    if "charset" not in rest and text(draft.given, "cs").lower() == "utf-8":
        rest.pop("cs", None)
