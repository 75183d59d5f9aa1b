"""Pages and widgets out of declarations: the default plugins' and those of small ones."""

from types import SimpleNamespace

import pytest

from tidemark.model.access import ANONYMOUS, Identity
from tidemark.model.custom_dimension import CustomDimension
from tidemark.model.registry import Registry
from tidemark.model.settings import Settings
from tidemark.plugin import BY_DIMENSION, Container, Page, Plugin, Plugins, Report, Widget
from tidemark.plugin.plugin import DEFAULT_PLUGINS, load_plugins
from tidemark.plugins.api.pages import PAGES
from tidemark.plugins.api.widgets import get_report_pages_metadata, get_widget_metadata

NAMES = Report("Demo.getNames", "Names", "Visitors", "Software", order=3, dimension="Name")
COLOURS = Report("Demo.getColours", "Colours", "Visitors", "Software", order=2, dimension="Colour")


def goal(number, name, *, allow_multiple=False):
    return SimpleNamespace(idgoal=number, name=name, allow_multiple=allow_multiple)


def made_context(plugins, *, goals=(), dimensions=(), settings=None, login="eve", **site):
    registry = SimpleNamespace(goals=lambda _site: list(goals), custom_dimensions=lambda _site: list(dimensions))
    services = {Registry: registry, Plugins: plugins}
    return SimpleNamespace(
        service=services.__getitem__,
        site=lambda _id: SimpleNamespace(**({"ecommerce": False, "sitesearch": True} | site)),
        settings=Settings(settings or {}),
        identity=Identity(login),
        call=lambda _method: [{"name": "Mine", "id": 4}],
        translate=lambda text, *values: text % values if values else text,
    )


def of_plugins(*plugins, **more):
    return made_context(Plugins(plugins), **more)


def default(**more):
    return made_context(load_plugins(DEFAULT_PLUGINS), **more)


def pages_of(context):
    return {page["uniqueId"]: page for page in get_report_pages_metadata(context, 1)}


def widgets_of(context):
    return {widget["uniqueId"]: widget for widget in get_widget_metadata(context, 1)}


def test_a_report_is_a_table_on_the_page_of_its_subcategory():
    context = of_plugins(Plugin("Demo", reports=(NAMES, COLOURS)))
    (page,) = get_report_pages_metadata(context, 1)
    assert page["uniqueId"] == "General_Visitors.DevicesDetection_Software"
    assert page["category"] | {"help": ""} == {
        "id": "General_Visitors",
        "name": "Visitors",
        "order": 5,
        "icon": "icon-reporting-visitors",
        "help": "",
        "widget": None,
    }
    assert (page["subcategory"]["name"], page["subcategory"]["order"]) == ("Software", 20)
    assert page["widgets"] == [
        {
            "name": name,
            "module": "Demo",
            "action": action,
            "order": order,
            "parameters": {"module": "Demo", "action": action},
            "uniqueId": f"widgetDemo{action}",
            "isWide": False,
            "viewDataTable": "table",
            "isReport": True,
        }
        for name, action, order in (("Colours", "getColours", 102), ("Names", "getNames", 103))
    ]


def test_reports_without_a_subcategory_and_subtables_are_on_no_page():
    reports = (
        Report("Demo.get", "Numbers", "Visitors"),
        Report("Demo.getBelow", "Below", "Visitors", "Software", is_subtable=True),
    )
    assert get_report_pages_metadata(of_plugins(Plugin("Demo", reports=reports)), 1) == []


def test_a_widget_stands_instead_of_its_report_and_keeps_what_it_does_not_say():
    shown = Widget("Demo.getNames", "Who", view="graphPie", is_forced=True)
    context = of_plugins(Plugin("Demo", reports=(NAMES, COLOURS), pages=(shown,)))
    by_name = {widget["name"]: widget for widget in get_widget_metadata(context, 1)}
    assert list(by_name) == ["Colours", "Who"]
    assert by_name["Who"]["order"] == 103
    assert by_name["Who"]["uniqueId"] == "widgetDemogetNamesforceView1viewDataTablegraphPie"
    assert by_name["Who"]["subcategory"]["id"] == "DevicesDetection_Software"


def test_a_widget_of_another_plugin_takes_no_report_away():
    again = Plugin("Other", pages=(Widget("Demo.getNames", page="Devices", view="cloud", is_forced=True),))
    context = of_plugins(Plugin("Demo", reports=(NAMES,)), again)
    assert {page: len(one["widgets"]) for page, one in pages_of(context).items()} == {
        "General_Visitors.DevicesDetection_Devices": 1,
        "General_Visitors.DevicesDetection_Software": 1,
    }


def test_pages_and_categories_of_a_plugin_need_no_one_else():
    parts = (
        Page("Weather", "Rain", "weather_rain", 7, "How wet it was."),
        Widget("Weather.map", "Map", "Weather", "Rain", is_wide=True),
    )
    (page,) = get_report_pages_metadata(of_plugins(Plugin("Weather", pages=parts)), 1)
    assert page["uniqueId"] == "Weather.weather_rain"
    assert page["category"]["name"] == "Weather"
    assert page["subcategory"] == {"id": "weather_rain", "name": "Rain", "order": 7, "help": "<p>How wet it was.</p>"}
    (widget,) = page["widgets"]
    assert "isReport" not in widget
    assert widget["isWide"]


def test_a_container_holds_its_widgets_and_dashboards_are_offered_these_by_dimension():
    parts = Container(
        "Demo",
        (Widget("Demo.getNames", view="table"), Widget("Demo.getColours", view="table", is_offered=False)),
        "Visitors",
        "Software",
        layout=BY_DIMENSION,
    )
    context = of_plugins(Plugin("Demo", reports=(NAMES, COLOURS), pages=(parts,)))
    (page,) = get_report_pages_metadata(context, 1)
    (container,) = page["widgets"]
    assert (container["uniqueId"], container["layout"], container["isContainer"]) == ("widgetDemo", BY_DIMENSION, True)
    assert container["parameters"]["containerId"] == "Demo"
    assert [widget["name"] for widget in container["widgets"]] == ["Names", "Colours"]
    assert container["widgets"][0]["subcategory"]["id"] == "DevicesDetection_Software"
    (offered,) = get_widget_metadata(context, 1)
    assert (offered["name"], offered["subcategory"]["order"]) == ("Visitors: Names", 20)


def test_a_container_without_anything_for_a_site_is_left_out():
    assert "Goals_Ecommerce.Goals_Products" in pages_of(default(ecommerce=True))
    assert not [page for page in pages_of(default()) if page.startswith("Goals_Ecommerce")]


def test_lists_among_parameters_are_called_as_stored_dashboards_call_them():
    parts = Widget("Demo.draw", "", "Visitors", "Software", parameters={"columns": ["a", "b"], "where": "x==y"})
    (page,) = get_report_pages_metadata(of_plugins(Plugin("Demo", pages=(parts,))), 1)
    assert page["widgets"][0]["uniqueId"] == "widgetDemodrawcolumnsArraywherex3D3Dy"


def test_every_page_of_a_default_report_is_declared():
    declared = {(page.category, page.name) for page in PAGES}
    reports = [one for one in load_plugins(DEFAULT_PLUGINS).reports() if one.is_listed and one.subcategory]
    assert {(one.category, one.subcategory) for one in reports} <= declared


def test_there_are_pages_without_reports():
    found = pages_of(default(ecommerce=True))
    assert {
        "Dashboard_Dashboard.4",
        "General_Visitors.Live_VisitorLog",
        "General_Visitors.General_RealTime",
        "General_Visitors.UserCountryMap_RealTimeMap",
        "General_Actions.Transitions_Transitions",
        "Goals_Ecommerce.Goals_EcommerceLog",
        "Goals_Ecommerce.Ecommerce_Sales",
        "Goals_Goals.Goals_AddNewGoal",
    } <= found.keys()


def test_what_tells_of_single_visits_is_not_there_where_it_is_switched_off():
    found = pages_of(default(ecommerce=True, settings={"Live.disable_visitor_log": True}))
    assert "General_Visitors.Live_VisitorLog" not in found
    assert "Goals_Ecommerce.Goals_EcommerceLog" not in found
    profile = "widgetLivegetVisitorProfilePopup"
    assert profile in widgets_of(default())
    assert profile not in widgets_of(default(settings={"Live.disable_visitor_profile": True}))
    assert profile not in widgets_of(default(login=ANONYMOUS))


def test_every_goal_has_a_page_of_its_own_by_name():
    found = default(goals=[goal(1, "Write"), goal(2, "Read", allow_multiple=True)])
    pages = [page for page in get_report_pages_metadata(found, 1) if page["category"]["id"] == "Goals_Goals"]
    assert [(page["uniqueId"], page["subcategory"]["name"], page["subcategory"]["order"]) for page in pages] == [
        ("Goals_Goals.General_Overview", "Overview", 2),
        ("Goals_Goals.2", "Read", 900),
        ("Goals_Goals.1", "Write", 901),
        ("Goals_Goals.Goals_ManageGoals", "Manage Goals", 9999),
    ]
    numbers, by_visit = pages[1]["widgets"]
    assert [part["action"] for part in numbers["widgets"]] == ["getEvolutionGraph", "get", "goalConversionsOverview"]
    assert numbers["widgets"][1]["parameters"]["allow_multiple"] == 1
    assert by_visit["name"] == "Goal Read conversions by type of visit"
    assert by_visit["middlewareParameters"] == {"module": "Goals", "action": "hasConversions", "idGoal": 2}
    assert {part["parameters"]["idGoal"] for part in by_visit["widgets"]} == {2}


def test_a_goal_may_have_the_name_of_another_page():
    pages = pages_of(default(goals=[goal(1, "Overview"), goal(2, "Overview")]))
    assert {"Goals_Goals.General_Overview", "Goals_Goals.1", "Goals_Goals.2"} <= pages.keys()
    assert len(pages["Goals_Goals.1"]["widgets"]) == 2


def test_reports_with_columns_of_goals_stand_in_groups():
    shown = CustomDimension(1, 5, "Colour", 1, "visit")
    hidden = CustomDimension(1, 6, "Size", 2, "visit", active=False)
    pages = pages_of(default(goals=[goal(1, "Read")], dimensions=[shown, hidden]))
    by_visit = pages["Goals_Goals.General_Overview"]["widgets"][1]
    orders = {widget["name"]: (widget["category"]["name"], widget["order"]) for widget in by_visit["widgets"]}
    assert orders["Country"] == ("Goals by User location", 301)
    assert orders["Colour"] == ("Goals by User attribute", 403)
    assert orders["Page titles"] == ("Goals by Pages", 104)
    assert orders["Campaigns"] == ("Goals by Referrers", 5)
    assert orders["Days to Conversion"] == ("Goals engagement", 202)
    assert "Size" not in orders
    assert pages["General_Visitors.customdimension5"]["subcategory"] == {
        "id": "customdimension5",
        "name": "Colour",
        "order": 70,
        "help": "",
    }


@pytest.mark.parametrize("ask", [get_widget_metadata, get_report_pages_metadata])
def test_no_two_have_one_id(ask):
    found = ask(default(ecommerce=True, goals=[goal(1, "Read"), goal(2, "Read")]), 1)
    ids = [one["uniqueId"] for one in found]
    assert len(ids) == len(set(ids))
