from dataclasses import replace

import pytest

from tidemark.model.table import DataTable, Row, SimpleTable
from tidemark.plugin import AVG_TIME_ON_SITE, BOUNCE_RATE, ProcessedMetric
from tidemark.reporting.filters.totals import add_totals
from tidemark.reporting.formatting import Formatter, format_tables, grouped, percentage
from tidemark.reporting.metrics import add_show_all_metrics, compute_metrics

HALF = ProcessedMetric("half", "Half", ("a",), lambda row: row["a"] / 2 if "a" in row else None)


def test_compute_adds_columns_once_also_below():
    below = DataTable([Row({"label": "s", "a": 2})])
    made = DataTable(
        [Row({"label": "x", "a": 4}, subtable=below), Row({"label": "y"}), Row({"label": "z", "a": 1, "half": 9})]
    )
    compute_metrics([made], (HALF,))
    compute_metrics([made], (replace(HALF, name="again"),))
    assert [row.columns.get("half") for row in made] == [2, None, 9]
    assert below.rows[0].columns == {"label": "s", "a": 2, "half": 1}
    assert "again" not in made.rows[0].columns


def test_root_only_metrics_are_not_computed_below():
    below = DataTable([Row({"label": "s", "a": 2})])
    made = DataTable([Row({"label": "x", "a": 4}, subtable=below)])
    compute_metrics([made], (replace(HALF, root_only=True),))
    assert "half" in made.rows[0].columns
    assert "half" not in below.rows[0].columns


def test_metrics_of_tables_without_their_column_take_it_away():
    metric = replace(HALF, only_with="hits", drops=("low",))
    made = DataTable([Row({"a": 4, "hits": 0, "low": None})])
    compute_metrics([made], (metric,))
    assert made.rows[0].columns == {"a": 4}
    other = DataTable([Row({"a": 4, "hits": 1, "low": 3})])
    compute_metrics([other], (metric,))
    assert other.rows[0].columns == {"a": 4, "hits": 1, "low": 3, "half": 2}


def test_show_all_columns_announces_rates_and_drops_empty_rows():
    made = DataTable([Row({"nb_visits": 4, "nb_actions": 8, "bounce_count": 1}), Row({"nb_visits": 0})])
    add_show_all_metrics(made, drops_empty_rows=True)
    compute_metrics([made], ())
    assert [row.columns for row in made] == [
        {
            "nb_visits": 4,
            "nb_actions": 8,
            "bounce_count": 1,
            "conversion_rate": 0,
            "nb_actions_per_visit": 2,
            "avg_time_on_site": 0,
            "bounce_rate": 0.25,
        }
    ]


def test_totals_are_sums_with_their_rates():
    made = DataTable(
        [Row({"label": "x", "nb_visits": 3, "bounce_count": 1}), Row({"label": "y", "nb_visits": 1, "bounce_count": 1})]
    )
    add_totals(made, (BOUNCE_RATE,))
    assert made.totals == {"nb_visits": 4, "bounce_count": 2, "bounce_rate": 0.5}
    assert made.rows[0].columns == {"label": "x", "nb_visits": 3, "bounce_count": 1}
    simple = SimpleTable.of({"nb_visits": 1})
    add_totals(simple, (BOUNCE_RATE,))
    assert simple.totals is None


def test_only_rates_become_text_by_default():
    made = SimpleTable.of({"bounce_rate": 0.27, "avg_time_on_site": 811, "revenue": 5})
    format_tables([made], (BOUNCE_RATE, AVG_TIME_ON_SITE), "bc", Formatter("€"))
    assert made.rows[0].columns == {"bounce_rate": "27%", "avg_time_on_site": 811, "revenue": 5}


def test_all_processed_metrics_and_money_become_text_when_asked():
    made = SimpleTable.of({"bounce_rate": 0.27, "avg_time_on_site": 811, "revenue": 1250.5})
    format_tables([made], (BOUNCE_RATE, AVG_TIME_ON_SITE), "all", Formatter("€"))
    assert made.rows[0].columns == {"bounce_rate": "27%", "avg_time_on_site": "13 min 31s", "revenue": "€1,250.50"}
    untouched = SimpleTable.of({"bounce_rate": 0.27})
    format_tables([untouched], (BOUNCE_RATE,), "0", Formatter())
    assert untouched.rows[0].columns == {"bounce_rate": 0.27}


def test_tables_without_processed_metrics_stay_as_they_are():
    made = SimpleTable.of({"revenue": 1250.5})
    format_tables([made], (), "all", Formatter("€"))
    assert made.rows[0].columns == {"revenue": 1250.5}


def test_times_on_pages_are_written_as_clocks():
    made = SimpleTable.of({"avg_time_on_page": 811})
    format_tables([made], (replace(AVG_TIME_ON_SITE, name="avg_time_on_page", is_clock=True),), "1", Formatter("€"))
    assert made.rows[0].columns == {"avg_time_on_page": "00:13:31"}


def test_formatter_knows_durations_money_sizes_and_groups():
    formatter = Formatter("$")
    assert formatter.percent(12.34567) == "1,234.567%"
    assert formatter.clock(3 * 86400 + 3661) == "3 days 01:01:01"
    assert formatter.clock(1.25) == "00:00:01.25"
    assert formatter.clock(-5) == "-00:00:05"
    assert [formatter.sentence(seconds) for seconds in (0, 59, 811, 7261, 90000, 86400 * 400)] == [
        "0s",
        "59s",
        "13 min 31s",
        "2 hours 1 min",
        "1 days 1 hours",
        "1 years 34 days",
    ]
    assert [formatter.money(value) for value in (10, 10.5, -3)] == ["$10", "$10.50", "-$3"]
    assert [formatter.size(count) for count in (0, 512, 1536, 1024**2)] == ["0 M", "512 B", "1.5 K", "1 M"]
    assert grouped(1234567.5) == "1,234,567.5"


@pytest.mark.parametrize(
    ("language", "rate", "amount", "size", "words", "clock"),
    [
        ("de", "1.234,567\u00a0%", "-1.234,50\u00a0€", "1,5 K", "13 min 31,5s", "3 Tage 01:01:01"),
        ("fr", "1\u202f234,567\u00a0%", "-1\u202f234,50\u00a0€", "1,5 K", "13 min 31,5s", "3 jours 01:01:01"),
    ],
)
def test_numbers_are_written_in_the_notation_of_a_language(language, rate, amount, size, words, clock):
    formatter = Formatter("€", language)
    assert formatter.percent(12.34567) == rate
    assert formatter.money(-1234.5) == amount
    assert formatter.size(1536) == size
    assert formatter.sentence(811.5) == words
    assert formatter.clock(3 * 86400 + 3661) == clock
    assert formatter.by_name("bounce_rate", 0.125) == "12,5\u00a0%"
    assert percentage(50, language) == "50\u00a0%"


def test_durations_of_days_and_years_have_words_of_the_language():
    assert Formatter(language="de").sentence(86400 * 400) == "1 Jahre 34 Tage"
    assert Formatter(language="fr").sentence(90000) == "1 jours 1 heures"
