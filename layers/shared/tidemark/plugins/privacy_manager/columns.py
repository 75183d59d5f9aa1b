"""Columns of raw data that can be blanked, by Matomo's names, and what stands there afterwards (None: nothing).

Source: Matomo 5.2, database tables log_visit and log_link_visit_action.
"""

from __future__ import annotations

from typing import Final

_CUSTOM: Final = (
    *(f"custom_dimension_{index}" for index in range(1, 6)),
    *(f"custom_var_{part}{index}" for part in "kv" for index in range(1, 6)),
)
_BLANK_IN_VISITS: Final = """
    config_browser_engine config_browser_name config_browser_version config_client_type config_cookie
    config_device_brand config_device_model config_device_type config_flash config_java config_os config_os_version
    config_pdf config_quicktime config_realplayer config_resolution config_silverlight config_windowsmedia
    last_idlink_va location_browser_lang location_city location_country location_latitude location_longitude
    location_region profilable referer_keyword referer_name referer_type referer_url user_id visit_entry_idaction_name
    visit_entry_idaction_url visit_exit_idaction_name visit_goal_buyer visit_goal_converted visit_total_actions
    visit_total_events visit_total_searches visitor_localtime visitor_returning visitor_seconds_since_first
    visitor_seconds_since_last visitor_seconds_since_order
"""
_BLANK_IN_ACTIONS: Final = """
    custom_float idaction_content_interaction idaction_content_name idaction_content_piece idaction_content_target
    idaction_event_action idaction_event_category idaction_name idaction_name_ref idaction_product_cat
    idaction_product_cat2 idaction_product_cat3 idaction_product_cat4 idaction_product_cat5 idaction_product_name
    idaction_product_sku idaction_url idpageview pageview_position product_price search_cat search_count
    time_dom_completion time_dom_processing time_network time_on_load time_server time_spent time_spent_ref_action
    time_transfer
"""
_ZERO_IN_VISITS: Final = ("visit_exit_idaction_url", "visit_total_interactions", "visitor_count_visits")
_ZERO_IN_ACTIONS: Final = ("idaction_url_ref",)


def _columns(blank: str, zero: tuple[str, ...]) -> dict[str, int | None]:
    columns: dict[str, int | None] = dict.fromkeys((*_CUSTOM, *blank.split()))
    return dict(sorted((columns | dict.fromkeys(zero, 0)).items()))


VISIT_COLUMNS: Final = _columns(_BLANK_IN_VISITS, _ZERO_IN_VISITS)
ACTION_COLUMNS: Final = _columns(_BLANK_IN_ACTIONS, _ZERO_IN_ACTIONS)
