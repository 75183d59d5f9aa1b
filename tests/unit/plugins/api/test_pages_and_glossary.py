import json
import sys
from types import SimpleNamespace

from tests.support.reporting import VIEWER, ask, make_api
from tidemark.plugin.plugin import load_plugins
from tidemark.plugins.api import metadata, widgets


def value(query, **params):
    return json.loads(ask(make_api(), f"module=API&format=json&{query}", **params).body)


def test_every_report_of_a_page_is_a_widget():
    widgets = value("method=API.getWidgetMetadata&idSite=1")
    assert [widget["uniqueId"] for widget in widgets] == ["widgetDemoget", "widgetDemogetPage", "widgetDemogetPages"]
    pages = widgets[2]
    assert pages["parameters"] == {"module": "Demo", "action": "getPages"}
    assert (pages["category"]["id"], pages["subcategory"]["id"], pages["viewDataTable"]) == (
        "General_Actions",
        "General_Overview",
        "table",
    )
    assert widgets[0]["viewDataTable"] == "graphEvolution"


def test_pages_hold_the_widgets_of_their_category():
    pages = value("method=API.getReportPagesMetadata&idSite=1")
    assert {page["uniqueId"]: [widget["action"] for widget in page["widgets"]] for page in pages} == {
        "General_Visitors.General_Overview": ["get"],
        "General_Actions.General_Overview": ["getPage", "getPages"],
    }
    assert [page["category"]["name"] for page in pages] == ["Visitors", "Behaviour"]


def test_every_listed_subcategory_has_the_id_that_clients_know():
    assert set(metadata.SUBCATEGORIES) == set(widgets.SUBCATEGORIES)
    listed = {report.subcategory for plugin in load_plugins().all for report in plugin.reports if report.is_listed}
    assert listed - {""} <= set(widgets.SUBCATEGORIES)
    places = [widgets.SUBCATEGORIES[name][1] for name in ("Pages", "Entry pages", "Exit pages", "Page titles")]
    assert places == sorted(places)


def test_pages_are_called_alike_in_all_languages_and_headed_in_that_of_the_call():
    pages = value("method=API.getReportPagesMetadata&idSite=1&language=fr")
    assert [(page["uniqueId"], page["category"]["name"]) for page in pages] == [
        ("General_Visitors.General_Overview", "Visiteurs"),
        ("General_Actions.General_Overview", "Comportement"),
    ]


def test_orders_are_on_their_own_page_and_not_among_the_goals():
    listed = [
        {"category": "Goals", "name": name, "module": "Goals", "action": "get"} | more
        for name, more in [
            ("Goals", {}),
            ("Goals Overview", {"parameters": {"idGoal": "0"}}),
            ("Goal Read", {"parameters": {"idGoal": "1"}}),
        ]
    ]
    goals = SimpleNamespace(goals=lambda _site: [SimpleNamespace(idgoal=1, name="Read")])
    context = SimpleNamespace(call=lambda *_args, **_how: listed, service=lambda _kind: goals)
    overview, own = widgets.get_report_pages_metadata(context, 1)
    assert overview["uniqueId"] == "Goals_Goals.General_Overview"
    assert [widget["name"] for widget in overview["widgets"]] == ["Goals"]
    assert [widget["name"] for widget in own["widgets"]] == ["Goal Read"]


def test_every_goal_has_a_page_of_its_own_by_name():
    listed = [
        {"category": "Goals", "name": f"Goal {number}", "module": "Goals", "action": "get", "parameters": parameters}
        for number, parameters in (("1", {"idGoal": "1"}), ("2", {"idGoal": "2"}))
    ]
    goals = [SimpleNamespace(idgoal=1, name="Write"), SimpleNamespace(idgoal=2, name="Read")]
    context = SimpleNamespace(
        call=lambda *_args, **_how: listed, service=lambda _kind: SimpleNamespace(goals=lambda _site: goals)
    )
    pages = widgets.get_report_pages_metadata(context, 1)
    assert [(page["uniqueId"], page["subcategory"]["name"]) for page in pages] == [
        ("Goals_Goals.2", "Read"),
        ("Goals_Goals.1", "Write"),
    ]
    assert pages[0]["subcategory"] == {"id": "2", "name": "Read", "order": 900, "help": ""}


def test_widgets_of_a_page_stand_in_the_order_of_their_reports():
    listed = [
        {"category": "Actions", "name": action, "module": "Actions", "action": action} | more
        for action, more in (("getPageUrls", {"dimension": "Page"}), ("getEntries", {"dimension": "Page"}), ("get", {}))
    ]
    (page,) = widgets.get_report_pages_metadata(SimpleNamespace(call=lambda *_args, **_how: listed), 1)
    assert [widget["action"] for widget in page["widgets"]] == ["get", "getPageUrls", "getEntries"]


def test_some_pages_are_not_compared():
    assert "General_Visitors.Live_VisitorLog" in value("method=API.getPagesComparisonsDisabledFor")


def test_the_glossary_tells_what_reports_and_metrics_mean():
    reports = value("method=API.getGlossaryReports&idSite=1")
    assert [report["name"] for report in reports] == ["Main metrics (API)"]
    metrics = {metric["id"]: metric["name"] for metric in value("method=API.getGlossaryMetrics&idSite=1")}
    assert metrics["bounce_rate"] == "Bounce Rate"


def test_the_runtime_tells_its_version_to_superusers_only():
    found = value("method=API.getPhpVersion")
    assert (found["major"], found["minor"]) == sys.version_info[:2]
    assert value("method=API.getPhpVersion", token=VIEWER)["result"] == "error"


def test_there_are_kinds_of_sites():
    assert [kind["id"] for kind in value("method=API.getAvailableMeasurableTypes")] == [
        "website",
        "intranet",
        "mobileapp",
    ]
