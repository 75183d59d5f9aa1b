import io
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from PIL import Image

from tests.support.reporting import DEMO, NUMBERS, Directory, TableArchives, ask, folders
from tidemark.clock import SettableClock
from tidemark.model.registry import Registry
from tidemark.plugin import Plugins
from tidemark.plugins.api import PLUGIN as API_PLUGIN
from tidemark.plugins.image_graph import PLUGIN
from tidemark.plugins.image_graph.chart import Chart, Kind, Look, Series, number_text, ticks
from tidemark.plugins.image_graph.drawing import draw
from tidemark.reporting.service import Api

NOW = 1_268_000_000
PAGES = {"apiModule": "Demo", "apiAction": "getPages", "period": "day", "date": "2010-03-06"}
VISITS = {"apiModule": "Demo", "apiAction": "get", "period": "day", "date": "2010-03-04,2010-03-06"}


def answer(**params):
    registry = SimpleNamespace(goals=lambda _site: [], custom_dimensions=lambda _site: [], user=lambda _login: None)
    plugins, archives = Plugins((DEMO, API_PLUGIN, PLUGIN)), TableArchives(folders(), NUMBERS)
    api = Api(plugins, archives, Directory(), SettableClock(NOW), {Registry: registry})
    return ask(api, urlencode({"module": "API", "method": "ImageGraph.get", "idSite": 1, **params}))


def picture(**params):
    found = answer(**params)
    assert (found.status, found.headers["content-type"]) == (200, "image/png"), found.body[:200]
    return Image.open(io.BytesIO(found.body)).convert("RGB")


def colours(image):
    return {"#{:02x}{:02x}{:02x}".format(*colour) for _, colour in image.getcolors(1_000_000)}


@pytest.mark.parametrize(
    ("params", "size"),
    [
        (PAGES, (800, 290)),
        (VISITS, (1044, 290)),
        ({**PAGES, "graphType": "pie"}, (400, 240)),
        ({**PAGES, "graphType": "3dPie", "width": 300, "height": 200}, (300, 200)),
        ({**PAGES, "graphType": "verticalBar", "format": "json"}, (1044, 290)),
        ({**PAGES, "graphType": "evolution", "date": "2010-03-04,2010-03-06", "labels": "docs,blog"}, (1044, 290)),
        ({**PAGES, "date": "2009-03-06"}, (800, 290)),
    ],
)
def test_a_report_is_drawn_in_every_way(params, size):
    assert picture(**params).size == size


def test_colours_are_those_asked_for():
    found = colours(
        picture(
            **PAGES, columns="nb_visits,nb_hits", colors="#FF0000,00aa00", backgroundColor="000010", textColor="ffffff"
        )
    )
    assert {"#ff0000", "#00aa00", "#000010", "#ffffff"} <= found


def test_the_same_numbers_give_the_same_picture():
    assert answer(**VISITS).body == answer(**VISITS).body
    assert answer(**VISITS).body != answer(**VISITS, columns="nb_actions").body


def test_without_legend_there_is_more_room():
    assert answer(**VISITS).body != answer(**VISITS, showLegend=0).body


@pytest.mark.parametrize(
    "params",
    [
        {"graphType": "cake"},
        {"width": 9},
        {"height": 9000},
        {"colors": "red"},
        {"outputType": 1},
        {"apiAction": "nothing"},
        {"date": "someday"},
    ],
)
def test_what_cannot_be_drawn_is_refused(params):
    found = answer(**{**PAGES, **params})
    assert found.headers["content-type"] == "text/xml; charset=utf-8"
    assert b"<error" in found.body


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], [0, 1]),
        ([0, 0], [0, 1]),
        ([7, 3], [0, 2, 4, 6, 8]),
        ([100], [0, 25, 50, 75, 100]),
        ([0.4], [0, 0.1, 0.2, 0.3, 0.4]),
        ([-5, 5], [-5, -2.5, 0, 2.5, 5]),
    ],
)
def test_numbers_at_the_axis_are_round(values, expected):
    assert ticks(values) == pytest.approx(expected)


def test_large_and_small_numbers_are_readable():
    assert [number_text(value) for value in (1_200, 0.25, 3.0)] == ["1,200", "0.25", "3"]


def test_letters_of_other_alphabets_are_drawn():
    """Two letters that a font lacks look the same: as boxes."""
    look = Look(300, 120, 12, 12, ("#3366cc",), "#222222", "#ffffff", "#cccccc", has_legend=False)

    def drawn(label):
        return draw(Chart(Kind.VERTICAL, (label, "a"), (Series("x", (1.0, 2.0)),)), look)

    assert len({drawn(label) for label in ("Ж", "Ω", "ქ", "Ł")}) == 4
    assert drawn("Ж") == drawn("Ж")
