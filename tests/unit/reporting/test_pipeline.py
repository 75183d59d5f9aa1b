"""What happens to a method's answer before it is rendered."""

from tidemark.model.table import DataTable, Row
from tidemark.plugin import Report
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
