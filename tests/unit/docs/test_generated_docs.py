import csv
import importlib.util
import json
from pathlib import Path

from tidemark.plugin import Access, load_plugins
from tidemark.plugin.plugin import DEFAULT_PLUGINS
from tidemark.reporting.catalogue import Catalogue
from tidemark.reporting.description import Description, describe_methods
from tidemark.reporting.signature import Declared

GENERATORS = Path(__file__).parents[3] / "docs" / "generate"


def load(name):
    import sys

    spec = importlib.util.spec_from_file_location(f"docs_{name}", GENERATORS / f"{name}.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


api, archiving, differences = load("api"), load("archiving"), load("differences")
RESULTS = {
    "passed": 2,
    "cases": 5,
    "values": 0.9123,
    "fixtures": [
        {
            "name": "One",
            "cases": [
                {"case": "a__API.get", "method": "API.get", "passed": True, "matching": 1.0, "differences": []},
                {
                    "case": "b__API.getMetadata",
                    "method": "API.getMetadata",
                    "passed": False,
                    "matching": 0.5,
                    "differences": ["differs /x: expected 'a'", "differs /row/documentation: expected 'a', got 'b'"],
                },
                {
                    "case": "c__Live.get",
                    "method": "Live.getLastVisitsDetails",
                    "passed": False,
                    "matching": 0.25,
                    "differences": ["missing /row"],
                },
            ],
        },
        {"name": "Two", "cases": [{"case": "d", "passed": False, "matching": 0.0, "differences": []}]},
    ],
}
RULES = [
    "fixture,case,difference,kind,reason",
    "*,*,*documentation: expected*,choice,own texts",
    "Two,*,*,gap,to do",
]


def test_the_page_of_methods_is_up_to_date():
    described = describe_methods(Catalogue.of(load_plugins(DEFAULT_PLUGINS)))
    assert api.PAGE.read_text(encoding="utf-8") == api.page(api.read_known(), described), "run 'make docs'"


def test_the_page_of_archives_is_up_to_date():
    text = archiving.PAGE.read_text(encoding="utf-8")
    assert archiving.page(text) == text, "run 'make docs'"
    assert text.count("<!-- ") == 6


def test_every_missing_method_has_a_reason():
    known = api.read_known()
    assert len(known) > 400
    assert all(api.reason(method) for method in known)
    hidden = next(method for method in known if method.visibility == api.NOT_CALLABLE)
    assert api.reason(hidden) == api.INTERNAL


def test_every_report_is_there_but_those_of_databases_and_third_parties():
    described = {method.name for method in describe_methods(Catalogue.of(load_plugins(DEFAULT_PLUGINS)))}
    with api.METHODS.open(newline="", encoding="utf-8") as file:
        wanted = {row["method"] for row in csv.DictReader(file) if row["kind"] in {"report", "processing"}}
    assert len(wanted) > 140
    assert {name.partition(".")[0] for name in wanted - described} == {"DBStats", "SEO"}


def test_methods_are_listed_with_parameters_or_reason():
    known = [api.Known("Demo.get", "", "public"), api.Known("SEO.getRank", "", "public")]
    parameters = (Declared("idSite", "any"), Declared("columns", "list", None))
    own = [
        Description("Demo.get", "", parameters, Access.VIEW, "table", True),
        Description("Own.do", "", (), Access.NONE, "done", False),
    ]
    lines = api.page(known, own).splitlines()
    assert "1 of the 2 methods of Matomo 5.2 and its bundled plugins are there." in lines
    assert "| `Demo.get` | idSite, [columns] | view | yes |" in lines
    assert "| `SEO.getRank` | | | no: asks third parties about sites; left out |" in lines
    assert "| `Own.do` |  | none |" in lines


def test_failing_cases_get_the_reason_of_the_first_rule_that_fits():
    found = differences.failures(RESULTS, differences.read_rules(RULES))
    assert [(one.case, one.reasons) for one in found] == [
        ("b__API.getMetadata", (("gap", differences.UNEXPLAINED), ("choice", "own texts"))),
        ("c__Live.get", (("gap", differences.UNEXPLAINED),)),
        ("d", (("gap", "to do"),)),
    ]


def test_the_score_is_told_by_area_tracking_first():
    assert differences.score(RESULTS)[2:] == [
        "| answers to tracking requests | 1 | 0 | 0.0% |",
        "| visit logs, action by action | 1 | 0 | 25.0% |",
        "| API | 2 | 1 | 75.0% |",
    ]


def test_the_page_of_differences_counts_and_lists_them(tmp_path, capsys, monkeypatch):
    results, page, reasons = tmp_path / "results.json", tmp_path / "page.md", tmp_path / "reasons.csv"
    results.write_text(json.dumps(RESULTS))
    reasons.write_text("\n".join(RULES))
    monkeypatch.setattr(differences, "REASONS", reasons)
    assert differences.main([str(results), "--out", str(page)]) == 1
    text = page.read_text()
    assert "2 of 5 cases pass, 91.23% of all values match." in text
    assert "| One | `b__API.getMetadata` | 50.0% | gap: not explained yet; choice: own texts |" in text
    assert "no reason: One c__Live.get (25.0%)" in capsys.readouterr().err
