"""Whole documents of small tables in every format."""

from datetime import date

import pytest

from tidemark.model.errors import ApiError
from tidemark.model.period import Period
from tidemark.model.table import DataTable, Row, SimpleTable, TableMap
from tidemark.model.time_zone import time_zone
from tidemark.reporting.formats.base import FormatOptions
from tidemark.reporting.formats.registry import FORMATS, format_named

XML = '<?xml version="1.0" encoding="utf-8" ?>\n'
BELOW = DataTable([Row({"label": "s", "nb_visits": 1})])
TABLE = DataTable(
    [
        Row(
            {"label": "a &amp; <b>", "nb_visits": 3, "rate": 0.5, "goals": {"idgoal=1": {"revenue": 2.0}}},
            {"url": "http://x/?a=1&b=2", "label": "hidden"},
            7,
            BELOW,
        ),
        Row({"label": "", "nb_visits": None, "rate": False}),
    ]
)
EMPTY = DataTable()
ONE = SimpleTable.of({"nb_visits": 5})
TWO = SimpleTable.of({"nb_visits": 5, "bounce_rate": "50%"})
BY_DATE = TableMap(
    "date", {"2010-03-05": ONE, "2010-03-06": SimpleTable.of({"nb_visits": 0}), "2010-03-07": SimpleTable()}
)
BY_SITE = TableMap("idSite", {"1": TableMap("date", {"2010": TWO, "2011": SimpleTable()})})
TABLES_BY_DATE = TableMap("date", {"2010": DataTable([Row({"label": "x", "n": 1})]), "2011": DataTable()})


def render(name, value, **options):
    return FORMATS[name].value(value, FormatOptions(**options)).body.decode()


def xml(value, **options):
    text = render("xml", value, **options)
    assert text.startswith(XML)
    return text.removeprefix(XML)


def test_xml_table():
    assert xml(TABLE) == (
        "<result>\n\t<row>\n\t\t<label>a &amp; &lt;b&gt;</label>\n\t\t<nb_visits>3</nb_visits>\n\t\t<rate>0.5</rate>\n"
        "\t\t<goals>\n\t\t\t<row idgoal='1'>\n\t\t\t\t<revenue>2</revenue>\n\t\t\t</row>\n\t\t</goals>\n"
        "\t\t<url>http://x/?a=1&amp;b=2</url>\n\t\t<idsubdatatable>7</idsubdatatable>\n\t</row>\n"
        "\t<row>\n\t\t<label />\n\t\t<nb_visits />\n\t\t<rate>0</rate>\n\t</row>\n</result>"
    )


def test_xml_subtables_and_hidden_ids():
    text = xml(TABLE, with_subtables=True, hide_subtable_ids=True)
    assert "idsubdatatable" not in text
    assert (
        "\t\t<subtable>\n\t\t\t<row>\n\t\t\t\t<label>s</label>\n\t\t\t\t<nb_visits>1</nb_visits>\n\t\t\t</row>\n\t\t</subtable>\n"
        in text
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (EMPTY, "<result />"),
        (SimpleTable(), "<result />"),
        (ONE, "<result>5</result>"),
        (SimpleTable.of({"n": 0}), "<result>0</result>"),
        (SimpleTable.of({"n": ""}), "<result />"),
        (TWO, "<result>\n\t<nb_visits>5</nb_visits>\n\t<bounce_rate>50%</bounce_rate>\n</result>"),
        (5, "<result>5</result>"),
        (True, "<result>1</result>"),
        (False, "<result>0</result>"),
        ("a<b", "<result>a&lt;b</result>"),
        ("", "<result />"),
        ([], "<result />"),
        (["a", 1], "<result>\n\t<row>a</row>\n\t<row>1</row>\n</result>"),
        ({"a": 1, "b": ""}, "<result>\n\t<row>\n\t\t<a>1</a>\n\t\t<b />\n\t</row>\n</result>"),
        ({"a": 1}, "<result>\n\t<a>1</a>\n</result>"),
        ({"a": [1], "b": {}}, "<result>\n\t<a>\n\t\t<row>1</row>\n\t</a>\n\t<b>\n\t</b>\n</result>"),
        ({"3": {"x": 1}}, '<result>\n\t<row key="3">\n\t\t<x>1</x>\n\t</row>\n</result>'),
        ([{"x": None}], "<result>\n\t<row>\n\t\t<x />\n\t</row>\n</result>"),
        ({"t": EMPTY, "u": 1}, "<result>\n\t<row>\n\t\t<t />\n\t\t<u>1</u>\n\t</row>\n</result>"),
        (DataTable([Row({"bad name": 1})]), '<result>\n\t<row>\n\t\t<col name="bad name">1</col>\n\t</row>\n</result>'),
        (
            DataTable([Row({"1x": 1, "y": 2})]),
            '<result>\n\t<row>\n\t\t<col name="1x">1</col>\n\t\t<col name="y">2</col>\n\t</row>\n</result>',
        ),
    ],
)
def test_xml_values(value, expected):
    if isinstance(value, dict) and "t" in value:
        expected = "<result>\n\t<t />\n\t<u>1</u>\n</result>"
    assert xml(value) == expected


def test_xml_maps():
    assert xml(BY_DATE) == (
        '<results>\n\t<result date="2010-03-05">5</result>\n\t<result date="2010-03-06" />\n'
        '\t<result date="2010-03-07" />\n</results>'
    )
    assert xml(BY_SITE) == (
        '<results>\n\t<result idSite="1">\n\t\t<result date="2010">\n\t\t\t<nb_visits>5</nb_visits>\n'
        '\t\t\t<bounce_rate>50%</bounce_rate>\n\t\t</result>\n\t\t<result date="2011" />\n\t</result>\n</results>'
    )
    assert xml(TABLES_BY_DATE) == (
        '<results>\n\t<result date="2010">\n\t\t<row>\n\t\t\t<label>x</label>\n\t\t\t<n>1</n>\n\t\t</row>\n\t</result>\n'
        '\t<result date="2011" />\n</results>'
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (EMPTY, "[]"),
        (SimpleTable(), "[]"),
        (ONE, '{"value":5}'),
        (TWO, '{"nb_visits":5,"bounce_rate":"50%"}'),
        (BY_DATE, '{"2010-03-05":5,"2010-03-06":0,"2010-03-07":[]}'),
        (BY_SITE, '{"1":{"2010":{"nb_visits":5,"bounce_rate":"50%"},"2011":[]}}'),
        (TABLES_BY_DATE, '{"2010":[{"label":"x","n":1}],"2011":[]}'),
        (2.0, '{"value":2}'),
        (True, '{"value":true}'),
        (None, '{"value":null}'),
        ({"a": 1}, '{"a":1}'),
        ({}, "[]"),
        ({"0": "x", "1": "y"}, '["x","y"]'),
        ({"1": "x"}, '{"1":"x"}'),
        ([1, "é/&lt;"], '[1,"\\u00e9\\/<"]'),
        (["\U0001f600"], '["\\ud83d\\ude00"]'),
        ({"t": ONE, "u": EMPTY}, '{"t":{"value":5},"u":[]}'),
        (["\ud800x", 2**70, float("inf")], '["x",1.1805916207174113e+21,null]'),
    ],
)
def test_json_values(value, expected):
    assert render("json", value) == expected


def test_json_table():
    assert render("json", TABLE, with_subtables=True) == (
        '[{"label":"a & <b>","nb_visits":3,"rate":0.5,"goals":{"idgoal=1":{"revenue":2}},"url":"http:\\/\\/x\\/?a=1&b=2",'
        '"idsubdatatable":7,"subtable":[{"label":"s","nb_visits":1}]},{"label":"","nb_visits":null,"rate":false}]'
    )


def test_jsonp_calls_the_function():
    document = FORMATS["json"].value(1, FormatOptions(callback="a.b_1"))
    assert document.body == b'a.b_1({"value":1})'
    assert document.content_type == "application/javascript; charset=utf-8"


def test_csv_table_flattens_and_leaves_out_subtables():
    assert render("csv", TABLE, convert_to_unicode=False) == (
        "label,nb_visits,rate,goals_idgoal=1_revenue,metadata_url,metadata_label\n"
        "a & <b>,3,0.5,2,http://x/?a=1&b=2,hidden\n,,0,,,"
    )


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('say "x"', '"say ""x"""'),
        ("a;b", '"a;b"'),
        ("a,b", '"a,b"'),
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("%=x", "'%=x"),
        ("-5", "-5"),
        ("+3%", "+3%"),
        ("\0=x", "'\0=x"),
        ("a\tb", "a b"),
        ("&lt;", "<"),
    ],
)
def test_csv_cells(text, cell):
    table = DataTable([Row({"label": text, "n": 1})])
    assert render("csv", table, convert_to_unicode=False) == f"label,n\n{cell},1"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (EMPTY, "No data available"),
        (ONE, "value\n5"),
        (TWO, "nb_visits,bounce_rate\n5,50%"),
        (BY_DATE, "date,value\n2010-03-05,5\n2010-03-06,0"),
        (BY_SITE, "idSite,date,nb_visits,bounce_rate\n1,2010,5,50%"),
        (TABLES_BY_DATE, "date,label,n\n2010,x,1"),
        ({"a": 1, "b": "x"}, "a,b\n1,x"),
        ([{"a": 1}, {"a": 2, "b": 3}], "a,b\n1,\n2,3"),
        (["x", "y"], "x\ny"),
        (7, "value\n7"),
    ],
)
def test_csv_values(value, expected):
    assert render("csv", value, convert_to_unicode=False) == expected


def test_csv_refuses_what_is_nested():
    with pytest.raises(ApiError, match="nested"):
        render("csv", {"a": {"b": 1}})


def test_csv_is_utf16_with_a_mark_by_default_and_a_download():
    document = FORMATS["csv"].value(TWO, FormatOptions(file_name="Export _ é.csv"))
    assert document.body == b"\xff\xfe" + "nb_visits,bounce_rate\n5,50%".encode("utf-16-le")
    assert document.content_type == "application/vnd.ms-excel"
    assert document.headers["content-disposition"] == "attachment; filename*=UTF-8''Export%20_%20%C3%A9.csv"


def test_tsv_differs_by_its_separator():
    assert render("tsv", TWO, convert_to_unicode=False) == "nb_visits\tbounce_rate\n5\t50%"


def test_csv_with_readable_names():
    names = {"nb_visits": "Visits", "revenue": "Revenue"}
    text = render(
        "csv", TABLE, convert_to_unicode=False, translates_columns=True, column_name=lambda name: names.get(name, name)
    )
    assert text.split("\n")[0] == "label,Visits,rate,Revenue (Goal idgoal=1),Metadata: url,Metadata: label"


def test_html_table():
    assert render("html", TWO, method="Demo.get") == (
        '<table id="Demo_get" border="1">\n<thead>\n\t<tr>\n\t\t<th>nb_visits</th>\n\t\t<th>bounce_rate</th>\n\t</tr>\n</thead>\n'
        "<tbody>\n\t<tr>\n\t\t<td>5</td>\n\t\t<td>50%</td>\n\t</tr>\n</tbody>\n</table>\n"
    )
    assert "<td>a &amp; &lt;b&gt;</td>" in render("html", TABLE)
    assert "<th>_date</th>" in render("html", BY_DATE)
    with pytest.raises(ApiError):
        render("html", BY_SITE)


def test_html_shows_nested_values_over_several_lines():
    goals = {"idgoal=1": {"nb_conversions": 1, "revenue": 0}}
    table = DataTable([Row({"label": "a", "goals": goals}, {"slots": [{"scope": "visit", "index": 2}], "n": None})])
    text = render("html", table)
    assert (
        "<td><pre>array (\n  'idgoal=1' =&gt; \n  array (\n    'nb_conversions' =&gt; 1.0,\n    'revenue' =&gt; 0.0,\n  ),\n)</pre></td>"
    ) in text
    assert (
        "<td>'slots' =&gt; array (\n  0 =&gt; \n  array (\n    'scope' =&gt; 'visit',\n    'index' =&gt; 2,\n  ),\n)"
        "&lt;br /&gt;'n' =&gt; </td>"
    ) in text


def test_html_counts_conversions_of_pages_in_whole_numbers():
    goals = {"idgoal=1": {"nb_conversions": 2, "revenue": 7, "nb_conversions_attrib": 2, "nb_conversions_page_uniq": 1}}
    text = render("html", DataTable([Row({"label": "a", "goals": goals})]))
    assert (
        "    'nb_conversions' =&gt; 2,\n    'revenue' =&gt; 7.0,\n    'nb_conversions_attrib' =&gt; 2.0,\n"
        "    'nb_conversions_page_uniq' =&gt; 1,\n"
    ) in text


def test_html_tells_the_stored_number_of_a_subtable_that_came_along():
    text = render("html", DataTable([Row({"label": "a"}, {"url": "x"}, 7, BELOW), Row({"label": "b"}, {}, 8)]))
    assert "<td>'idsubdatatable_in_db' =&gt; 7&lt;br /&gt;'url' =&gt; 'x'</td>\n\t\t<td>8</td>" in text
    assert "<td>-</td>\n\t\t<td>8</td>" in text


def test_html_of_several_dates_has_metadata_behind_the_columns_of_the_first_if_the_last_has_some():
    plain, named = Row({"label": "a"}), Row({"label": "b", "more": 1}, {"url": "x"})
    first = TableMap("date", {"1": DataTable([named.copy()]), "2": DataTable([plain.copy()]), "3": DataTable()})
    assert "_metadata" not in render("html", first)
    last = TableMap("date", {"1": DataTable([plain.copy()]), "2": DataTable([named.copy()])})
    text = render("html", last)
    heads = [line.strip() for line in text.split("\n") if "<th>" in line]
    assert heads == ["<th>_date</th>", "<th>label</th>", "<th>_metadata</th>", "<th>more</th>"]


@pytest.mark.parametrize(("zone", "linked"), [("UTC-3", "2010-03-05"), ("Asia/Tokyo", "2010-03-04")])
def test_rss_links_to_the_date_in_utc_when_the_period_begins_for_the_site(zone, linked):
    table = SimpleTable.of({"nb_visits": 1})
    table.metadata["period"] = Period.day(date(2010, 3, 5))
    text = render("rss", TableMap("date", {"2010-03-05": table}), zone=lambda _table: time_zone(zone))
    assert f"&amp;date={linked}</link>" in text
    assert "<pubDate>Fri, 05 Mar 2010 00:00:00 +0000</pubDate>" in text


def test_rss_has_an_item_per_date_newest_first():
    tables = {}
    for day in (date(2010, 3, 5), date(2010, 3, 6)):
        table = SimpleTable.of({"nb_visits": day.day})
        table.metadata["period"] = Period.day(day)
        tables[day.isoformat()] = table
    text = render("rss", TableMap("date", tables), link="http://s/?idSite=1", site_name=lambda _table: "Shop &amp; Co")
    assert text.index("on 2010-03-06") < text.index("on 2010-03-05")
    assert "<pubDate>Sat, 06 Mar 2010 00:00:00 +0000</pubDate>" in text
    assert "<link>http://s/?idSite=1&amp;date=2010-03-06</link>" in text
    assert "<title>Shop &amp; Co on 2010-03-06</title>" in text
    assert "&lt;td&gt;6&lt;/td&gt;" in text
    for value in (TWO, BY_SITE, TABLE, [1]):
        with pytest.raises(ApiError, match="RSS"):
            render("rss", value)


def test_original_serialises():
    assert render("original", {"a": [1, 2.5, True, None, "é"]}, serialize=True) == (
        'a:1:{s:1:"a";a:5:{i:0;i:1;i:1;d:2.5;i:2;b:1;i:3;N;i:4;s:2:"é";}}'
    )
    assert render("original", "text") == "text"
    assert render("original", TWO, serialize=True) == 'a:2:{s:9:"nb_visits";i:5;s:11:"bounce_rate";s:3:"50%";}'
    assert render("console", TWO).startswith("- {")


@pytest.mark.parametrize(
    ("name", "success", "error", "kind"),
    [
        (
            "xml",
            XML + '<result>\n\t<success message="ok" />\n</result>',
            XML + '<result>\n\t<error message="a &quot;b&quot; &lt;c&gt;\n&amp;" />\n</result>',
            "text/xml; charset=utf-8",
        ),
        (
            "json",
            '{"result":"success","message":"ok"}',
            '{"result":"error","message":"a &quot;b&quot; &lt;c&gt; &amp;"}',
            "application/json; charset=utf-8",
        ),
        ("csv", "message\nok", "Error: a &quot;b&quot; &lt;c&gt;\n&amp;", "text/html; charset=utf-8"),
        ("tsv", "message\tok", "Error: a &quot;b&quot; &lt;c&gt;\n&amp;", "text/html; charset=utf-8"),
        ("html", "<!-- Success: ok -->", "a &quot;b&quot; &lt;c&gt;<br />\n&amp;", "text/plain; charset=utf-8"),
        ("rss", "Success:ok", "Error: a &quot;b&quot; &lt;c&gt;\n&amp;", "text/plain; charset=utf-8"),
        ("console", "Success:ok", 'Error: a "b" <c>\n&', "text/plain; charset=utf-8"),
    ],
)
def test_success_and_error_documents(name, success, error, kind):
    assert FORMATS[name].success(FormatOptions()).body.decode() == success
    document = FORMATS[name].error('a "b" <c>\n&', FormatOptions())
    assert document.body.decode() == error
    assert document.content_type == kind


def test_formats_are_found_in_any_case_and_others_named():
    assert format_named("XML") is FORMATS["xml"]
    with pytest.raises(ApiError, match="csv, html, json"):
        format_named("php")
