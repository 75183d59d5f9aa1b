"""What happens to a method's answer before it is rendered."""

import pytest

from tidemark.model.table import DataTable, Row
from tidemark.plugin import ProcessedMetric, Report
from tidemark.reporting.parameters import Parameters
from tidemark.reporting.pipeline import Pipeline


def not_asked(params):
    raise AssertionError(params)


def test_a_flat_row_names_its_dimension_with_the_parameters_that_stand_in_it():
    report = Report("Demo.getPart", "Parts", "Visitors", dimension="Part", dimension_id="Demo.Part{idDimension}")
    params = Parameters({"flat": "1", "idDimension": "3"})
    pipeline = Pipeline("Demo.getPart", params, report, lambda method, params: DataTable(), not_asked, not_asked)
    answer = pipeline.process(DataTable([Row({"label": "a", "nb_visits": 1})]))
    assert answer.rows[0].metadata == {"Demo_Part3": "a"}


@pytest.mark.parametrize(
    ("parameters", "computed"), [({"label": "b"}, [2]), ({}, [1, 2]), ({"label": "b", "filter_column": "n"}, [1, 2])]
)
def test_only_the_row_asked_for_gets_its_metrics_when_nothing_else_looks_at_them(parameters, computed):
    seen = []

    def twice(columns):
        seen.append(columns["n"])
        return columns["n"] * 2

    report = Report("Demo.get", "Demo", "Visitors", dimension="Part", processed=(ProcessedMetric("m", "", (), twice),))
    params = Parameters(parameters)
    pipeline = Pipeline("Demo.get", params, report, lambda method, params: DataTable(), not_asked, not_asked)
    answer = pipeline.process(DataTable.from_records([{"label": "a", "n": 1}, {"label": "b", "n": 2}]))
    assert seen == computed
    assert answer.row_by_label("b").columns == {"label": "b", "n": 2, "m": 4}
