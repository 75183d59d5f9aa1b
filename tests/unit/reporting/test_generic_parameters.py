"""Every generic parameter of the API: where it is handled, or why clients do not notice it."""

import csv
import importlib
import json
from pathlib import Path

import pytest

from tests.support.reporting import ask, folders, make_api

ROOT = Path(__file__).parents[3]
TESTED = ROOT / "docs" / "generate" / "parameter_tests.csv"
ROWS = Path(__file__).parents[4] / "shared" / "spec" / "api-generic-params.csv"
R, F = "tidemark.reporting.", "tidemark.reporting.filters."
UI = "only of rendered widgets: no API answer differs"
ARCHIVER = "says that the archiver calls: archives are made by schedules, and reading never differs"
HANDLED = {
    "module": R + "request:parse_query",
    "method": R + "dispatch:check_name",
    "token_auth": R + "authentication:identify",
    "idSite": R + "access:select_sites",
    "period": "tidemark.model.period_query:read_period_kind",
    "date": "tidemark.model.period_query:select_periods",
    "segment": R + "dispatch:read_segment",
    "language": R + "dispatch:Dispatcher.language_of",
    "columns": R + "dispatch:_number_report",
    "idSubtable": R + "dispatch:_report_table",
    "idGoal": "tidemark.plugins.goals.columns:goal_number",
    "idDimension": R + "pipeline:Pipeline._named",
    "urls[]": "tidemark.plugins.api.bulk:get_bulk_request",
    "serialize": R + "formats.original:Original",
    "callback / jsoncallback": R + "formats.json:is_callback",
    "trigger=archivephp": ARCHIVER,
    "skipArchiveSegmentToday": ARCHIVER,
    "fetch_archive_state": "adds what no format shows",
    "disable_root_datatable_post_processor": R + "service:Api._answer",
    "filter_show_goal_columns_process_goals": R + "goal_columns:add_goal_columns",
    "processing order": R + "pipeline:Pipeline.process",
    "disable_generic_filters": R + "pipeline:Pipeline._computed",
    "disable_queued_filters": R + "pipeline:Pipeline._finished",
    "filter_column": F + "generic:_pattern",
    "filter_pattern": F + "pattern:keep_matching",
    "filter_column_recursive": F + "generic:_pattern_recursive",
    "filter_pattern_recursive": F + "pattern:keep_matching_recursive",
    "filter_excludelowpop": F + "cutting:exclude_low_population",
    "filter_excludelowpop_value": F + "generic:_low_population",
    "filter_sort_column": F + "generic:_sort",
    "filter_sort_order": F + "sorting:sort_table",
    "filter_truncate": F + "cutting:truncate",
    "filter_offset": F + "cutting:limit",
    "filter_limit": R + "dispatch:with_client_defaults",
    "keep_summary_row": F + "cutting:limit",
    "filter_add_columns_when_show_all_columns": R + "metrics:add_show_all_metrics",
    "filter_update_columns_when_show_all_goals": R + "goal_columns:add_goal_columns",
    "expanded": R + "dispatch:loads_expanded",
    "depth": R + "tables:record_table",
    "flat": F + "flatten:flatten",
    "include_aggregate_rows": F + "flat_labels:Flattening",
    "show_dimensions": UI,
    "label": F + "labels:keep_labels",
    "labelSeries": F + "labels:_of_series",
    "labelFilterAddLabelIndex": F + "labels:LabelSearch",
    "showColumns": F + "columns:show_columns",
    "hideColumns": F + "columns:hide_columns",
    "hideColumnsRecursively": R + "pipeline:Pipeline._hides_recursively",
    "showRawMetrics": R + "pipeline:Pipeline._choose_columns",
    "totals": F + "totals:add_totals",
    "keep_totals_row": UI,
    "pivotBy": R + "pivoting:Pivoting",
    "pivotByColumn": F + "pivot:pivot",
    "pivotByColumnLimit": R + "pivoting:COLUMN_LIMIT",
    "hideIdSubDatable": R + "options:full_options",
    "translateColumnNames": R + "options:full_options",
    "convertToUnicode": R + "formats.csv:Csv",
    "format_metrics": R + "formatting:format_tables",
    "compare": R + "comparison:is_compared",
    "comparePeriods[] / compareDates[]": R + "comparison:Comparison",
    "compareSegments[]": R + "comparison:Comparison",
    "invert_compare_change_compute": F + "compared_rows:add_changes",
    "comparisonIdSubtables": R + "comparison:Comparison._subtable",
    "result": F + "compared_rows:add_series",
    "format": R + "formats.registry:format_named",
    "header": R + "formats.base:Document",
    "DataTable": R + "formats.plain:plain_table",
    "empty value": R + "formats.xml:xml_text",
    "Simple table": R + "formats.plain:plain_table",
    "Map": R + "formats.plain:plain_table",
    "array": R + "formats.json:json_value",
    "values": R + "formats.xml:xml_text",
    "success / error": R + "formats.json:Json.error",
    "body": R + "formats.csv:Csv",
    "differences": R + "formats.registry:format_named",
    "-": R + "formats.original:Original",
    "status": "tidemark.model.errors:NoAccess",
    "message": "tidemark.model.errors:ApiError",
    "parameter conversion": R + "signature:bind",
    "row metadata": R + "formats.plain:plain_row",
    "API.get": "tidemark.plugins.api.main_metrics:get_main_metrics",
    "API.getReportMetadata": "tidemark.plugins.api.metadata:get_report_metadata",
    "category names": "tidemark.plugins.api.metadata:describe",
    "API.getProcessedReport": "tidemark.plugins.api.processed_report:get_processed_report",
    "API.getRowEvolution": "tidemark.plugins.api.row_evolution:get_row_evolution",
    "API.getSegmentsMetadata": "tidemark.plugins.api.segments:get_segments_metadata",
    "API.getSuggestedValuesForSegment": "tidemark.plugins.api.suggestions:get_suggested_values_for_segment",
    "API.getWidgetMetadata": "tidemark.plugins.api.widgets:get_widget_metadata",
    "API.getReportPagesMetadata": "tidemark.plugins.api.widgets:get_report_pages_metadata",
    "API.getBulkRequest": "tidemark.plugins.api.bulk:get_bulk_request",
    "X-Matomo-Total-Results": R + "service:TOTAL_RESULTS",
    "Access-Control-Allow-Origin": R + "service:cors_headers",
    "login_allowlist_ip": R + "authentication:check_address",
    "Map keys": "tidemark.model.period:Period.key",
    "idsubdatatable": R + "formats.plain:SUBTABLE_ID",
    "no data": R + "tables:number_table",
    "Cache-Control": R + "service:NO_STORE",
    "force_api_session": R + "service:Api._caller",
    "viewDataTable": UI,
    "ImageGraph.get graphType": "tidemark.plugins.image_graph.methods:get_graph",
    "Live.getLastVisitsDetails": "tidemark.plugins.live",
}
"""Name of a row -> the place in the code, or the reason why there is none."""


@pytest.mark.shared
@pytest.mark.skipif(not ROWS.exists(), reason=f"the list of parameters is not there: {ROWS}")
def test_every_row_of_the_list_has_its_place():
    with ROWS.open(newline="", encoding="utf-8") as file:
        names = {row["name"] for row in csv.DictReader(file)}
    assert names - HANDLED.keys() == set()
    assert HANDLED.keys() - names == set()


def with_tests():
    with TESTED.open(newline="", encoding="utf-8") as file:
        return [(row["group"], row["parameter"], row["file"], row["test"]) for row in csv.DictReader(file)]


@pytest.mark.shared
@pytest.mark.skipif(not ROWS.exists(), reason=f"the list of parameters is not there: {ROWS}")
def test_every_row_of_the_list_has_its_test():
    with ROWS.open(newline="", encoding="utf-8") as file:
        listed = [(row["group"], row["name"]) for row in csv.DictReader(file)]
    assert [(group, parameter) for group, parameter, _, _ in with_tests()] == listed


@pytest.mark.parametrize(("file", "test"), sorted({(file, test) for _, _, file, test in with_tests()}))
def test_every_test_of_a_parameter_exists(file, test):
    assert f"def {test}(" in (ROOT / "tests" / "unit" / file).read_text("utf-8")


@pytest.mark.parametrize("place", sorted({place for place in HANDLED.values() if place.startswith("tidemark.")}))
def test_every_place_exists(place):
    module, _, path = place.partition(":")
    found = importlib.import_module(module)
    for name in filter(None, path.split(".")):
        found = getattr(found, name)


def test_the_raw_answer_is_given_when_nothing_shall_be_processed():
    query = "module=API&format=json&method=Demo.getPages&idSite=1&period=day&date=2010-03-06"
    api = make_api(folders())
    rows = json.loads(ask(api, f"{query}&disable_root_datatable_post_processor=1&filter_limit=1").body)
    assert [row["label"] for row in rows] == ["docs", "/index", "blog", -1]
    assert all("avg_time_on_site" not in row for row in rows)
