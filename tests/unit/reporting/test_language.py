"""Other languages: texts of the product, names, dates; nothing that sites sent."""

import json
from dataclasses import replace
from datetime import date

import pytest

from tests.support.reporting import DEMO, NOW, NUMBERS, SUPERUSER, Directory, TableArchives, ask, folders, make_api
from tidemark.clock import SettableClock
from tidemark.definitions import names
from tidemark.definitions.texts import LANGUAGES, knows, translated, translated_name
from tidemark.model.period import Period, PeriodKind
from tidemark.model.registry import Registry
from tidemark.model.table import DataTable, Row
from tidemark.model.user import User
from tidemark.plugin import Plugin, Plugins, Report, load_plugins, relabel, widgets_of
from tidemark.plugin.plugin import DEFAULT_PLUGINS
from tidemark.plugins.api import PLUGIN as API_PLUGIN
from tidemark.plugins.tracking_filters.reasons import REASONS
from tidemark.plugins.transitions.texts import TEXTS as TRANSITIONS
from tidemark.reporting.dates import long_period, long_range, short_period
from tidemark.reporting.language import label_translation, translated_answer
from tidemark.reporting.service import Api

DAY = "idSite=1&period=day&date=2010-03-06"
OTHERS = [code for code in LANGUAGES if code != "en"]
SAME_EVERYWHERE = {"max_actions_new", "avg_order_revenue_new_visit", "avg_order_revenue_returning_visit"} | {
    "conversion_rate_new_visit",
    "conversion_rate_returning_visit",
}
"""Metrics without a name of their own."""


def own_texts():
    """Names of reports, pages, categories, dimensions, metrics and segments, and what is said about them."""
    plugins = load_plugins(DEFAULT_PLUGINS)
    for report in plugins.reports():
        yield from (report.name if report.is_listed else "", report.category, report.subcategory, report.dimension)
        yield from (text for metric in report.processed for text in (metric.label, metric.documentation))
        yield report.documentation
        yield from report.labels.values()
    yield from (reason.name for reason in REASONS.values())
    yield from TRANSITIONS.values()
    for plugin in plugins.all:
        yield from (part.name for part in plugin.pages)
        yield from (widget.name for part in plugin.pages for widget in widgets_of(part))
        yield from (text for metric in plugin.metrics for text in (metric.label, metric.documentation))
        yield from (text for segment in plugin.segments for text in (segment.name, segment.category))


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_missing(language):
    texts = {text for text in own_texts() if text} - SAME_EVERYWHERE
    assert sorted(text for text in texts if not knows(text, language)) == []


@pytest.mark.parametrize("language", OTHERS)
def test_all_countries_continents_months_and_days_have_names(language):
    found = names.names_in(language)
    assert found["countries"].keys() == names.country_names().keys()
    assert found["continents"].keys() == names.CONTINENTS.keys()
    calendar = names.calendar_in(language)
    assert [
        len(own) for own in (calendar.months, calendar.short_months, calendar.weekdays, calendar.short_weekdays)
    ] == [
        12,
        12,
        7,
        7,
    ]


@pytest.mark.parametrize(
    ("kind", "day", "long", "short"),
    [
        (PeriodKind.DAY, date(2010, 3, 6), "Samstag, 6. März 2010", "Sa., 6. März"),
        (PeriodKind.WEEK, date(2010, 3, 6), "Woche 1.–7. März 2010", "1.–7. März 2010"),
        (PeriodKind.MONTH, date(2010, 1, 6), "Januar 2010", "Jan. 2010"),
        (PeriodKind.YEAR, date(2010, 3, 6), "2010", "2010"),
    ],
)
def test_periods_are_written_as_germans_do(kind, day, long, short):
    period = Period.containing(kind, day)
    assert long_period(period, "de").replace("\u2009", " ") == long
    assert short_period(period, "de").replace("\u2009", " ") == short


@pytest.mark.parametrize(
    ("kind", "day", "long", "short"),
    [
        (PeriodKind.DAY, date(2010, 3, 6), "Samedi 6 mars 2010", "Sam. 6 mars"),
        (PeriodKind.WEEK, date(2010, 3, 6), "semaine 1–7 mars 2010", "1–7 mars 2010"),
        (PeriodKind.WEEK, date(2010, 3, 3), "semaine 1–7 mars 2010", "1–7 mars 2010"),
        (PeriodKind.MONTH, date(2010, 1, 6), "janvier 2010", "janv. 2010"),
    ],
)
def test_periods_are_written_as_the_french_do(kind, day, long, short):
    period = Period.containing(kind, day)
    assert long_period(period, "fr").replace("\u2009", " ") == long
    assert short_period(period, "fr").replace("\u2009", " ") == short


def test_french_labels_keep_what_sites_sent():
    shown = [
        label_translation("UserCountry.getCountry", "fr")("Germany"),
        label_translation("UserLanguage.getLanguage", "fr")("French"),
        label_translation("Referrers.getKeywords", "fr")("Keyword not defined"),
        label_translation("Goals.getDaysToConversion", "fr")("2-3 days"),
        label_translation("Actions.getPageTitles", "fr")("Germany"),
    ]
    assert shown == ["Allemagne", "Français", "Mot clef indéfini", "2-3 jours", "Germany"]


def test_ranges_name_month_and_year_once_where_they_are_the_same():
    texts = [
        long_range(date(2010, 2, 28), date(2010, 3, 6), "de"),
        long_range(date(2009, 12, 28), date(2010, 1, 3), "de"),
    ]
    assert [text.replace("\u2009", " ") for text in texts] == [
        "28. Februar – 6. März 2010",
        "28. Dezember 2009 – 3. Januar 2010",
    ]


def test_texts_with_numbers_are_one_text():
    assert translated("Custom dimension 17", "de") == "Benutzerdefinierte Dimension 17"
    assert translated("No such text 5", "de") == "No such text 5"


@pytest.mark.parametrize(
    ("method", "label", "shown"),
    [
        ("UserCountry.getCountry", "Germany", "Deutschland"),
        ("UserCountry.getContinent", "Europe", "Europa"),
        ("UserCountry.getCity", "Unknown, Bavaria, Germany", "Unbekannt, Bavaria, Deutschland"),
        ("UserLanguage.getLanguage", "French", "Französisch"),
        ("UserLanguage.getLanguageCode", "English - United States (en-us)", "Englisch - Vereinigte Staaten (en-us)"),
        ("UserLanguage.getLanguageCode", "German (de)", "Deutsch (de)"),
        ("UserLanguage.getLanguageCode", "Unknown", "Unbekannt"),
        ("VisitTime.getByDayOfWeek", "Monday", "Montag"),
        ("Referrers.getReferrerType", "Direct Entry", "Direkter Zugriff"),
        ("Actions.getPageTitles", "Germany", "Germany"),
        ("Actions.getPageTitles", "Others", "Sonstige"),
        ("Actions.getPageTitles", " Page Name not defined", " Seitentitel nicht angegeben"),
        ("Actions.getPageTitles", "Colour not defined", "Colour not defined"),
        ("Actions.getPageTitles", "Unknown", "Unknown"),
        ("DevicesDetection.getBrowsers", "Unknown", "Unbekannt"),
        ("Referrers.getKeywords", "Keyword not defined", "Suchbegriff nicht bekannt"),
        ("VisitorInterest.getNumberOfVisitsPerPage", "1 page", "1 Seite"),
        ("VisitorInterest.getNumberOfVisitsPerPage", "21+ pages", "21+ Seiten"),
        ("VisitorInterest.getNumberOfVisitsPerVisitDuration", "0-10s", "0-10s"),
        ("Goals.getDaysToConversion", "2-3 days", "2-3 Tage"),
        ("Actions.getPageTitles", -1, -1),
    ],
)
def test_labels_of_the_product_are_translated_and_those_of_sites_are_not(method, label, shown):
    assert label_translation(method, "de")(label) == shown


def test_english_labels_are_left_alone():
    assert label_translation("UserCountry.getCountry", "en") is None
    assert translated_name("Germany", "en") == "Germany"


def test_only_texts_of_metadata_are_translated():
    answer = {"name": "Visits", "metrics": {"nb_visits": "Visits"}, "website": "Visits", "rows": [{"label": "Visits"}]}
    german = {
        "name": "Besuche",
        "metrics": {"nb_visits": "Besuche"},
        "website": "Visits",
        "rows": [{"label": "Visits"}],
    }
    assert translated_answer("API.getMetadata", answer, "de") == german
    assert translated_answer("Demo.get", answer, "de") == answer


def test_visits_are_told_in_a_language_but_for_what_sites_sent():
    visit = {
        "country": "Germany",
        "location": "Passau, Germany",
        "language": "French",
        "deviceType": "Desktop",
        "deviceBrand": "Unknown",
        "referrerTypeName": "Search Engines",
        "referrerKeyword": "Keyword not defined",
        "referrerName": "Germany",
        "visitCount": 3,
        "actionDetails": [{"pageTitle": "Visits", "serverTimePretty": "Mar 6, 2010 13:22:33", "timeSpent": None}],
    }
    (german,) = translated_answer("Live.getLastVisitsDetails", [visit], "de")
    assert german == visit | {
        "country": "Deutschland",
        "location": "Passau, Deutschland",
        "language": "Französisch",
        "deviceBrand": "Unbekannt",
        "referrerTypeName": "Suchmaschinen",
        "referrerKeyword": "Suchbegriff nicht bekannt",
        "actionDetails": [{"pageTitle": "Visits", "serverTimePretty": "6. März 2010 13:22:33", "timeSpent": None}],
    }
    goals = [{"type": "goal", "title": "Goal conversion"}, {"type": "action", "title": "Goal conversion"}]
    told = translated_answer("Live.getLastVisitsDetails", [{"actionDetails": goals}], "fr")[0]["actionDetails"]
    assert [one["title"] for one in told] == ["Conversion de l'objectif", "Goal conversion"]
    table = translated_answer("Live.getLastVisitsDetails", DataTable([Row(dict(visit))]), "fr")
    assert [(row.get("country"), row.get("deviceBrand")) for row in table] == [("Allemagne", "Inconnu")]
    profile = translated_answer("Live.getVisitorProfile", {"lastVisits": DataTable([Row(dict(visit))])}, "de")
    assert [row.get("country") for row in profile["lastVisits"]] == ["Deutschland"]
    assert translated_answer("Live.getVisitorProfile", {"serverTimePretty": "13:22:33"}, "de") == {
        "serverTimePretty": "13:22:33"
    }


@pytest.fixture(scope="module")
def api():
    return make_api()


def value(api, query):
    return json.loads(ask(api, f"module=API&format=json&{query}").body)


def test_a_call_names_its_language(api):
    assert [row["label"] for row in value(api, f"method=Demo.getPages&{DAY}&filter_truncate=1&language=de")] == [
        "/index",
        "Sonstige",
    ]
    (entry,) = value(api, f"method=API.getMetadata&{DAY}&apiModule=Demo&apiAction=get&language=de")
    assert (entry["category"], entry["metrics"]["nb_visits"]) == ("Besucher", "Besuche")
    report = value(api, f"method=API.getProcessedReport&{DAY}&apiModule=Demo&apiAction=getPages&language=de")
    assert (report["prettyDate"], report["columns"]["nb_visits"]) == ("Samstag, 6. März 2010", "Besuche")


def channels():
    """A report with names of the product above names of others, which are stored as numbers."""
    numbers = {1: "Direct Entry", 2: "Search Engines", 3: "Websites"}

    def row(label, visits, subtable=None):
        return Row({"label": label, "nb_visits": visits}, subtable_id=subtable)

    key = ("Channels", 1, "2010-03-06")
    tables = {
        (*key, None): DataTable([row(1, 5), row(2, 4, 1), row(3, 3)]),
        (*key, 1): DataTable([row("Keyword not defined", 3), row("Monday", 1)]),
    }
    record = replace(DEMO.reports[0].record, name="Channels")
    report = Report(
        "Referrers.getReferrerType",
        "Channels",
        "Referrers",
        record=record,
        queued=(relabel(lambda label: numbers.get(label, label)),),
        load_subtables="Referrers.getKeywords",
    )
    below = replace(report, method="Referrers.getKeywords", queued=(), load_subtables="")
    return make_api(tables, plugins=(Plugin("Referrers", reports=(report, below)),))


CHANNELS = f"method=Referrers.getReferrerType&{DAY}&language=de"


def test_rows_below_are_named_in_the_language_of_the_call():
    rows = value(channels(), f"{CHANNELS}&expanded=1")
    assert [row["label"] for row in rows] == ["Direkter Zugriff", "Suchmaschinen", "Websites"]
    assert [row["label"] for row in rows[1]["subtable"]] == ["Suchbegriff nicht bekannt", "Monday"]


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("label=Suchmaschinen", ["Suchmaschinen"]),
        ("label=Suchmaschinen+%3E+Suchbegriff+nicht+bekannt", ["Suchbegriff nicht bekannt"]),
        ("label=Search+Engines", []),
        ("filter_pattern=such", []),
        ("filter_pattern=such&labels_as_shown=1", ["Suchmaschinen"]),
        ("filter_sort_column=label&filter_sort_order=desc&labels_as_shown=1&filter_limit=2", ["Websites", "Suchmaschinen"]),
        ("filter_sort_column=label&filter_sort_order=asc&labels_as_shown=1&language=en", ["Direct Entry", "Search Engines", "Websites"]),
        ("disable_queued_filters=1&labels_as_shown=1&filter_pattern=such", [2]),
    ],
)  # fmt: skip
def test_rows_are_found_by_the_names_that_they_are_shown_with(query, labels):
    assert [row["label"] for row in value(channels(), f"{CHANNELS}&{query}")] == labels


def test_compared_rows_stay_those_of_their_rows():
    rows = value(
        channels(), f"{CHANNELS}&compare=1&compareSegments[]=visitCount==1&labels_as_shown=1&filter_pattern=such"
    )
    assert [(row["label"], [one["nb_visits"] for one in row["comparisons"]]) for row in rows] == [
        ("Suchmaschinen", [4, 4])
    ]


def test_flat_rows_are_named_level_by_level(api):
    rows = value(api, f"method=Demo.getPages&{DAY}&flat=1&language=de")
    assert rows[-1]["label"] == "Sonstige"
    report = folders()
    report["Demo_pages", 1, "2010-03-06", 1].summary_row = Row({"label": -1, "nb_visits": 1})
    flat = value(make_api(report), f"method=Demo.getPages&{DAY}&flat=1&language=de&filter_pattern=docs/")
    assert "docs/ - Sonstige" in [row["label"] for row in flat]


def test_what_is_said_about_metrics_is_said_in_the_language_of_the_call():
    answer = {
        "documentation": "How long visits lasted.",
        "metricsDocumentation": {"nb_visits": "Visits that began here."},
    }
    assert translated_answer("API.getMetadata", answer, "de") == {
        "documentation": "Wie lange Besuche dauerten.",
        "metricsDocumentation": {"nb_visits": "Besuche, die hier begannen."},
    }


def test_an_unknown_language_is_english(api):
    rows = value(api, f"method=Demo.getPages&{DAY}&filter_truncate=1&language=tlh")
    assert rows[-1]["label"] == "Others"


def test_comparisons_are_named_in_the_language_of_the_call(api):
    query = f"method=Demo.get&{DAY}&compare=1&comparePeriods[]=day&compareDates[]=2010-03-05&language=de"
    names_of_series = [row["compareSeriesPretty"] for row in value(api, query)["comparisons"]]
    assert names_of_series == ["(Samstag, 6. März 2010) (Alle Besuche)", "(Freitag, 5. März 2010) (Alle Besuche)"]


class People:
    def user(self, login):
        return User(login, "a@example.org", language="de") if login == "admin" else None


def test_a_user_s_language_holds_where_a_call_names_none():
    archives = TableArchives(folders(), NUMBERS)
    api = Api(Plugins((DEMO, API_PLUGIN)), archives, Directory(), SettableClock(NOW), {Registry: People()})
    query = f"module=API&format=json&method=Demo.getPages&{DAY}&filter_truncate=1"
    shown = [json.loads(ask(api, query + more, token=SUPERUSER).body)[-1]["label"] for more in ("", "&language=en")]
    assert shown == ["Sonstige", "Others"]
