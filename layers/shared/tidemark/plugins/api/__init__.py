"""API: the methods about the API itself, and those that answer with other methods' answers."""

from tidemark.plugin import Plugin, Widget
from tidemark.plugins.api.bulk import get_bulk_request
from tidemark.plugins.api.glossary import get_glossary_metrics, get_glossary_reports
from tidemark.plugins.api.main_metrics import MAIN_METRICS, get_main_metrics
from tidemark.plugins.api.metadata import get_metadata, get_report_metadata
from tidemark.plugins.api.processed_report import get_processed_report
from tidemark.plugins.api.row_evolution import get_row_evolution
from tidemark.plugins.api.segments import get_segments_metadata
from tidemark.plugins.api.suggestions import get_suggested_values_for_segment
from tidemark.plugins.api.version import (
    get_available_measurable_types,
    get_ip_from_header,
    get_matomo_version,
    get_php_version,
    get_piwik_version,
    get_settings,
    is_plugin_activated,
)
from tidemark.plugins.api.widgets import (
    get_pages_comparisons_disabled_for,
    get_report_pages_metadata,
    get_widget_metadata,
)

PLUGIN = Plugin(
    name="API",
    reports=(MAIN_METRICS,),
    pages=(Widget("CoreVisualizations.singleMetricView", "KPI Metric", "KPI Metric", parameters={"column": ""}),),
    functions=(
        get_matomo_version,
        get_piwik_version,
        get_php_version,
        get_available_measurable_types,
        get_ip_from_header,
        get_settings,
        is_plugin_activated,
        get_main_metrics,
        get_bulk_request,
        get_metadata,
        get_report_metadata,
        get_segments_metadata,
        get_suggested_values_for_segment,
        get_widget_metadata,
        get_report_pages_metadata,
        get_pages_comparisons_disabled_for,
        get_glossary_reports,
        get_glossary_metrics,
        get_processed_report,
        get_row_evolution,
    ),
)
