"""Every parameter of the tracking API: where it is stored, what uses it, and which test shows it.

docs/tracking.md has this as a table, written by `make docs`. Source: Matomo 5.2, tracking parameters.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Declared(NamedTuple):
    """A parameter, cookie or header. `stored` are columns of the hit log; `test` is file.function in tests/unit/tracking."""

    name: str
    stored: tuple[str, ...]
    used_by: str
    test: str


_IGNORED: Final = "nothing; taken and ignored"
_KEPT: Final = ("raw",)
_CLIENTS: Final = "test_clients.test_a_hit_is_recorded_whatever_else_clients_send"
_FLAGS: Final = "test_visitor.test_the_fingerprint_differs_when_the_client_or_its_day_does"
_VISITOR: Final = "test_visitor.test_the_first_id_in_order_of_precedence_is_taken_when_several_are_given"
_PLACE: Final = "test_location.test_the_request_says_where_when_a_token_allows_it"
_ACTION: Final = "test_page_actions.test_actions_fill_their_columns_when_recorded"
_INSTALL_CHECK: Final = "test_install_checks.test_the_nonce_is_seen_and_no_visit_recorded_whatever_else_excludes_it"
_VITALS: Final = "test_plugin_columns.test_vitals_are_kept_when_they_are_plausible_numbers"
_ORDER: Final = "test_ecommerce.test_an_order_has_all_amounts_when_recorded"
_PRODUCT: Final = "test_ecommerce.test_a_product_is_viewed_when_a_page_says_so"
_ATTRIBUTED: Final = "test_goals.test_conversions_are_attributed_by_the_clients_cookie_when_it_names_someone"
_COOKIE: Final = "test_collect.test_cookies_become_what_they_mean_when_sent"
_EXCLUDED: Final = "test_exclusions.test_hits_are_dropped_under_their_reason_when_excluded"
_BULK: Final = "test_bulk.test_token_and_wish_for_an_answer_are_of_the_outer_object_when_given"
_LOCAL_TIME: Final = "test_plugin_columns.test_columns_of_plugins_hold_what_clients_send"
_TIMES: Final = ("time_network", "time_server", "time_transfer")
_DOM_TIMES: Final = ("time_dom_processing", "time_dom_completion", "time_on_load")
_PLACES: Final = ("location_country", "location_region", "location_city", "location_latitude", "location_longitude")
_DEVICE: Final = (
    "config_browser_name",
    "config_browser_version",
    "config_browser_engine",
    "config_client_type",
    "config_os",
    "config_os_version",
    "config_device_type",
    "config_device_brand",
    "config_device_model",
)
_REFERRER: Final = ("referer_type", "referer_name", "referer_keyword", "referer_url")

PARAMETERS: Final[tuple[Declared, ...]] = (
    # the request
    Declared(
        "idsite",
        ("idsite",),
        "check at the door, site's rules",
        "test_checks.test_hits_are_refused_with_their_reason_when_wrong",
    ),
    Declared("rec", (), "exclusion of hits without it", _EXCLUDED),
    *(Declared(name, (), _IGNORED, _CLIENTS) for name in ("apiv", "rand", "r")),
    Declared(
        "url",
        ("url", "url_prefix"),
        "page URLs, goals, site search, campaigns",
        "test_urls.test_page_urls_are_cleaned_when_stored",
    ),
    Declared(
        "urlref", _REFERRER, "referrers, spam filter", "test_referrers.test_the_referrer_is_resolved_when_a_visit_lands"
    ),
    Declared("action_name", ("title",), "page titles, goals, custom dimensions", _ACTION),
    Declared(
        "cs",
        _KEPT,
        "decoding of site searches in URLs",
        "test_site_search.test_a_search_is_found_in_parameters_or_url_when_there_is_one",
    ),
    Declared(
        "send_image", (), "answer: image or 204", "test_collect.test_an_image_is_answered_unless_it_is_not_wanted"
    ),
    Declared("ping", ("is_ping",), "sessions: prolongs a visit", "test_visitor.test_flags_are_numbers_when_given"),
    Declared(
        "ca",
        (),
        "check that the action is known",
        "test_page_actions.test_custom_and_blank_actions_are_refused_when_nobody_knows_them",
    ),
    Declared("bots", (), "records bots as visits", _EXCLUDED),
    Declared("dp", _KEPT, "nothing: providers are never looked up by DNS", _CLIENTS),
    Declared(
        "debug",
        (),
        "answer: what collect understood, for those who may",
        "test_clients.test_debug_output_is_for_those_who_may_see_it",
    ),
    Declared("queuedtracking", (), "nothing: every hit is queued", _CLIENTS),
    Declared(
        "new_visit", ("wants_new_visit",), "sessions: starts a visit", "test_visitor.test_flags_are_numbers_when_given"
    ),
    # the visitor
    Declared("_id", ("visitor_id",), "sessions: recognition", _VISITOR),
    Declared("cid", ("visitor_id", "is_id_forced"), "sessions: recognition by id alone", _VISITOR),
    Declared("uid", ("user_id", "visitor_id"), "sessions: recognition; users", _VISITOR),
    *(
        Declared(name, _KEPT, "nothing: sessions compute it", _CLIENTS)
        for name in ("_idts", "_idvc", "_viewts", "_ects")
    ),
    Declared("_idn", (), _IGNORED, _CLIENTS),
    # attribution
    Declared("_ref", ("attribution",), "attribution of conversions", _ATTRIBUTED),
    Declared("_refts", _KEPT, _IGNORED, _CLIENTS),
    Declared("_rcn", ("attribution",), "attribution of conversions", _ATTRIBUTED),
    Declared("_rck", ("attribution",), "attribution of conversions", _ATTRIBUTED),
    Declared(
        "<campaign parameters>",
        _REFERRER,
        "campaigns",
        "test_referrers.test_campaigns_win_over_referrers_when_there_is_one",
    ),
    # the device
    Declared("res", ("config_resolution",), "resolutions", _LOCAL_TIME),
    *(Declared(name, ("visitor_localtime",), "local times of visits", _LOCAL_TIME) for name in ("h", "m", "s")),
    Declared("fla", ("config_flash", "fingerprint"), "browser plugins, recognition", _FLAGS),
    Declared("java", ("config_java", "fingerprint"), "browser plugins, recognition", _FLAGS),
    Declared("qt", ("config_quicktime", "fingerprint"), "browser plugins, recognition", _FLAGS),
    Declared("realp", ("config_realplayer", "fingerprint"), "browser plugins, recognition", _FLAGS),
    Declared("pdf", ("config_pdf", "fingerprint"), "browser plugins, recognition", _FLAGS),
    Declared("wma", ("config_windowsmedia", "fingerprint"), "browser plugins, recognition", _FLAGS),
    Declared("ag", ("config_silverlight", "fingerprint"), "browser plugins, recognition", _FLAGS),
    Declared("cookie", ("config_cookie", "fingerprint"), "browser plugins, recognition", _FLAGS),
    *(Declared(name, _KEPT, _IGNORED, _CLIENTS) for name in ("dir", "gears")),
    Declared(
        "ua",
        (*_DEVICE, "fingerprint"),
        "devices, bots, excluded user agents",
        "test_detection.test_a_client_is_known_when_its_user_agent_is",
    ),
    Declared("uadata", _DEVICE, "devices", "test_client_hints.test_hints_are_of_the_parameter_or_else_of_the_headers"),
    Declared(
        "lang",
        ("location_browser_lang", "fingerprint"),
        "languages, country where nothing else tells",
        "test_plugin_columns.test_columns_of_plugins_hold_what_clients_send",
    ),
    # what needs a token
    Declared("token_auth", (), "rights; never stored", "test_door.test_the_token_is_taken_out_when_a_hit_is_queued"),
    Declared(
        "cip",
        ("location_ip", "fingerprint"),
        "address instead of the sender's",
        "test_exclusions.test_the_address_of_the_request_counts_when_a_token_lets_it_name_one",
    ),
    Declared("cdt", ("server_time",), "time of the hit", "test_timestamps.test_times_are_utc_when_no_zone_is_given"),
    Declared(
        "cdo",
        ("server_time",),
        "time of the hit",
        "test_timestamps.test_custom_time_is_ignored_when_in_the_future_or_unreadable",
    ),
    *(
        Declared(name, (column,), "places", _PLACE)
        for name, column in zip(("country", "region", "city", "lat", "long"), _PLACES, strict=True)
    ),
    # the site's own
    Declared(
        "dimension[0-999]",
        ("custom_dimensions",),
        "custom dimensions",
        "test_custom_values.test_values_come_by_the_number_of_the_dimension_when_sent",
    ),
    Declared(
        "_cvar",
        ("custom_variables_visit",),
        "custom variables",
        "test_custom_values.test_variables_come_by_slot_when_well_formed",
    ),
    Declared(
        "cvar",
        ("custom_variables_page",),
        "custom variables, product views of old clients",
        "test_custom_values.test_variables_come_by_slot_when_well_formed",
    ),
    Declared("data", _KEPT, "plugins, if they like", _CLIENTS),
    # actions
    Declared("link", ("url",), "outlinks, goals", _ACTION),
    Declared("download", ("url",), "downloads, goals", _ACTION),
    Declared("search", ("search_keyword",), "site search", _ACTION),
    Declared("search_cat", ("search_category",), "site search", _ACTION),
    Declared("search_count", ("search_count",), "site search", _ACTION),
    Declared("pv_id", ("idpageview",), "late page performance", _ACTION),
    Declared("e_c", ("event_category",), "events, goals", _ACTION),
    Declared("e_a", ("event_action",), "events, goals", _ACTION),
    Declared("e_n", ("event_name",), "events, goals", _ACTION),
    Declared("e_v", ("event_value",), "events, revenue of goals", _ACTION),
    Declared("c_n", ("content_name",), "contents", _ACTION),
    Declared("c_p", ("content_piece",), "contents", _ACTION),
    Declared("c_t", ("content_target",), "contents", _ACTION),
    Declared("c_i", ("content_interaction",), "contents", _ACTION),
    # performance
    *(
        Declared(name, (column,), "page performance", _ACTION)
        for name, column in zip(
            ("pf_net", "pf_srv", "pf_tfr", "pf_dm1", "pf_dm2", "pf_onl"), (*_TIMES, *_DOM_TIMES), strict=True
        )
    ),
    *(
        Declared(f"wv_{vital}", (f"web_vital_{vital}", "web_vital_device"), "web vitals", _VITALS)
        for vital in ("lcp", "inp", "cls", "fcp", "ttfb")
    ),
    Declared("gt_ms", _KEPT, _IGNORED, _CLIENTS),
    Declared("bw_bytes", ("bandwidth",), "bandwidth", _ACTION),
    # conversions
    Declared(
        "idgoal",
        ("goals", "ecommerce"),
        "goals, orders, carts",
        "test_goals.test_a_named_goal_converts_alone_when_its_pattern_does_not_match",
    ),
    Declared(
        "revenue",
        ("revenue", "goals"),
        "goals, orders, carts",
        "test_goals.test_revenue_is_the_events_or_the_requests_or_the_goals_own",
    ),
    Declared(
        "ec_id",
        ("order_id",),
        "orders; unique for ever",
        "test_orders.test_a_repeated_order_is_answered_400_whatever_the_day",
    ),
    Declared("ec_items", ("items",), "items of orders and carts", "test_ecommerce.test_items_are_cleaned_when_read"),
    Declared("ec_st", ("revenue_subtotal",), "orders", _ORDER),
    Declared("ec_tx", ("revenue_tax",), "orders", _ORDER),
    Declared("ec_sh", ("revenue_shipping",), "orders", _ORDER),
    Declared("ec_dt", ("revenue_discount",), "orders", _ORDER),
    Declared("_pks", ("product_sku",), "product views", _PRODUCT),
    Declared("_pkn", ("product_name",), "product views", _PRODUCT),
    Declared("_pkc", ("product_categories",), "product views", _PRODUCT),
    Declared("_pkp", ("product_price",), "product views", _PRODUCT),
    # bulk
    Declared("requests", (), "hits of a bulk", "test_bulk.test_requests_are_strings_or_objects_when_read"),
    Declared("send_image (bulk)", (), "answer: JSON or 204", _BULK),
    Declared("token_auth (bulk)", (), "rights of all hits", _BULK),
    # cookies, headers, marks in URLs
    Declared("cookie _pk_uid", ("visitor_id",), "recognition, where third-party cookies are used", _COOKIE),
    Declared("cookie matomo_ignore", (), "opt-out", _COOKIE),
    Declared(
        "cookie mtm_consent / mtm_cookie_consent / mtm_consent_removed",
        (),
        "nothing: it is the client that asks for consent",
        _COOKIE,
    ),
    Declared(
        "ignore_referrer / ignore_referer",
        (),
        "direct entry",
        "test_referrers.test_campaigns_win_over_referrers_when_there_is_one",
    ),
    Declared(
        "header DNT / X-Do-Not-Track",
        (),
        "exclusion, where it is honoured",
        "test_exclusions.test_do_not_track_is_honoured_when_the_instance_does",
    ),
    Declared("header X-Purpose preview|instant, X-Moz prefetch", (), "exclusion", _EXCLUDED),
    Declared(
        "header Sec-CH-UA*",
        _DEVICE,
        "devices",
        "test_client_hints.test_hints_are_of_the_parameter_or_else_of_the_headers",
    ),
    Declared("header Via: chrome-compression-proxy", (), "lets Google's addresses pass", _EXCLUDED),
    # premium plugins of Matomo
    *(
        Declared(name, _KEPT, "nothing: a premium plugin's", _CLIENTS)
        for name in (
            *(
                "ma_id",
                "ma_ti",
                "ma_re",
                "ma_mt",
                "ma_pn",
                "ma_st",
                "ma_le",
                "ma_ps",
                "ma_ttp",
                "ma_w",
                "ma_h",
                "ma_fs",
            ),
            *("ma_se", "cra", "cra_st", "cra_ct", "cra_tp", "cra_ru", "cra_rl", "cra_rc"),
        )
    ),
    Declared("e_c=abtesting", ("event_category", "event_action", "event_name"), "events: a premium plugin's", _ACTION),
    Declared("e_cvar", _KEPT, _IGNORED, _CLIENTS),
    Declared("pk_vid", (), "nothing: taken out of URLs", "test_urls.test_page_urls_are_cleaned_when_stored"),
    # beyond Matomo's list
    Declared("consent", _KEPT, "nothing: it is the client that asks for consent", _CLIENTS),
    Declared("tracker_install_check", (), "exclusion; install checks: its nonce counts as seen", _INSTALL_CHECK),
)
"""In the order of Matomo's own list, and what clients send beyond it."""
