"""Draws charts with Pillow, which is loaded when the first picture is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from tidemark.definitions.font_files import SANS
from tidemark.plugins.image_graph.chart import Chart, Kind, Look, number_text, ticks

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

MARGIN: Final = 8
LONGEST_LABEL: Final = 40
LONGEST_SHORT_LABEL: Final = 14
_BAR_SHARE: Final = 0.7
_FULL_CIRCLE: Final = 360
_TOP: Final = -90
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def draw(chart: Chart, look: Look) -> bytes:
    """The chart as PNG; the same for the same chart."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 (only who draws needs it)

    image = Image.new("RGB", (look.width, look.height), look.background)
    canvas = _Canvas(ImageDraw.Draw(image), look, _has_plain_letters(chart))
    box = canvas.legend(chart)
    match chart.kind:
        case Kind.PIE | Kind.PIE_3D:
            canvas.pie(chart, box)
        case Kind.HORIZONTAL:
            canvas.horizontal_bars(chart, box)
        case Kind.VERTICAL:
            canvas.vertical_bars(chart, box)
        case Kind.EVOLUTION:
            canvas.lines(chart, box)
    stream = BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _has_plain_letters(chart: Chart) -> bool:
    """Whether the library's own font, which is clearer when small, has all letters."""
    return all(text.isascii() for text in (*chart.labels, *(series.name for series in chart.series)))


def _font(size: int, has_plain_letters: bool) -> Any:
    from PIL import ImageFont  # noqa: PLC0415

    return ImageFont.load_default(size) if has_plain_letters else ImageFont.truetype(str(SANS), size)


class _Canvas:
    """Draws the parts of a chart."""

    def __init__(self, pen: ImageDraw, look: Look, has_plain_letters: bool) -> None:
        self._pen = pen
        self._look = look
        self._font = _font(look.font_size, has_plain_letters)
        self._legend_font = _font(look.legend_font_size, has_plain_letters)

    def legend(self, chart: Chart) -> Box:
        """Draw the legend, slices of pies aside; the box that is left."""
        look = self._look
        top = float(MARGIN)
        if look.has_legend and chart.kind not in (Kind.PIE, Kind.PIE_3D):
            left, size = float(MARGIN), look.legend_font_size
            for index, series in enumerate(chart.series):
                self._pen.rectangle((left, top, left + size, top + size), self._colour(index))
                self._pen.text((left + size + 4, top), series.name, look.text, self._legend_font)
                left += size + 20 + self._pen.textlength(series.name, self._legend_font)
            top += size + MARGIN
        return MARGIN, top, look.width - MARGIN, look.height - MARGIN

    def lines(self, chart: Chart, box: Box) -> None:
        """Values over time, a line per series."""
        plot, scale = self._frame(chart, box)
        width = (plot[2] - plot[0]) / max(len(chart.labels) - 1, 1)
        centres = [plot[0] + index * width for index in range(len(chart.labels))]
        self._labels_below(chart, plot, centres)
        for index, series in enumerate(chart.series):
            points = [(x, scale(value)) for x, value in zip(centres, series.values, strict=True)]
            self._pen.line(points, self._colour(index), 2, "curve")
            for x, y in points:
                self._pen.ellipse((x - 2, y - 2, x + 2, y + 2), self._colour(index))

    def vertical_bars(self, chart: Chart, box: Box) -> None:
        """A group of bars per label."""
        plot, scale = self._frame(chart, box)
        step = (plot[2] - plot[0]) / max(len(chart.labels), 1)
        self._labels_below(chart, plot, [plot[0] + (index + 0.5) * step for index in range(len(chart.labels))])
        width = step * _BAR_SHARE / len(chart.series)
        for index, series in enumerate(chart.series):
            for place, value in enumerate(series.values):
                left = plot[0] + place * step + step * (1 - _BAR_SHARE) / 2 + index * width
                low, high = sorted((scale(0), scale(value)))
                self._pen.rectangle((left, low, left + max(width - 1, 1), high), self._colour(index))

    def horizontal_bars(self, chart: Chart, box: Box) -> None:
        """A row per label with a bar per series and its number behind it."""
        texts = [_short(label, LONGEST_LABEL) for label in chart.labels]
        left = box[0] + max((self._width(text) for text in texts), default=0) + MARGIN
        values = [value for series in chart.series for value in series.values]
        room = max((self._width(number_text(value)) for value in values), default=0) + MARGIN
        length = max(box[2] - left - room, 1) / max((abs(value) for value in values), default=1) if any(values) else 0
        height = (box[3] - box[1]) / max(len(texts), 1)
        thickness = height * _BAR_SHARE / len(chart.series)
        for place, text in enumerate(texts):
            top = box[1] + place * height
            self._text((box[0], top + height / 2 - self._look.font_size / 2), text)
            for index, series in enumerate(chart.series):
                start = top + height * (1 - _BAR_SHARE) / 2 + index * thickness
                end = left + abs(series.values[place]) * length
                self._pen.rectangle((left, start, end, start + max(thickness - 1, 1)), self._colour(index))
                self._text((end + 4, start), number_text(series.values[place]))

    def pie(self, chart: Chart, box: Box) -> None:
        """Shares of the first series, clockwise from the top, with their labels beside."""
        values = [max(value, 0) for value in chart.series[0].values]
        total = sum(values) or 1
        size = min(box[3] - box[1], (box[2] - box[0]) / 2)
        circle = (box[0], box[1], box[0] + size, box[1] + size)
        start = float(_TOP)
        for index, value in enumerate(values):
            end = start + value / total * _FULL_CIRCLE
            if value:
                self._pen.pieslice(circle, start, end, self._colour(index), self._look.background)
            start = end
        line = self._look.legend_font_size + 6
        for index, (label, value) in enumerate(zip(chart.labels, values, strict=True)):
            left, top = box[0] + size + 3 * MARGIN, box[1] + index * line
            self._pen.rectangle((left, top, left + line - 8, top + line - 8), self._colour(index))
            text = f"{_short(label, LONGEST_LABEL)} ({value / total:.0%})"
            self._pen.text((left + line, top - 2), text, self._look.text, self._legend_font)

    def _frame(self, chart: Chart, box: Box) -> tuple[Box, Any]:
        """Draw the grid and the numbers beside it; the box inside, and where a value stands in it."""
        marks = ticks([value for series in chart.series for value in series.values])
        texts = [number_text(mark) for mark in marks]
        left = box[0] + max(self._width(text) for text in texts) + MARGIN
        plot = (left, box[1] + self._look.font_size / 2, box[2], box[3] - self._look.font_size - MARGIN)
        height = plot[3] - plot[1]

        def scale(value: float) -> float:
            return plot[3] - (value - marks[0]) / (marks[-1] - marks[0]) * height

        for mark, text in zip(marks, texts, strict=True):
            self._pen.line((plot[0], scale(mark), plot[2], scale(mark)), self._look.grid)
            self._text((left - MARGIN / 2 - self._width(text), scale(mark) - self._look.font_size / 2 - 1), text)
        return plot, scale

    def _labels_below(self, chart: Chart, plot: Box, centres: list[float]) -> None:
        """As many labels as there is room for."""
        for index, text in self._fitting(chart, plot):
            half = self._width(text) / 2
            x = min(max(centres[index] - half, 0), self._look.width - 2 * half)
            self._text((x, plot[3] + MARGIN / 2), text)

    def _fitting(self, chart: Chart, plot: Box) -> Iterator[tuple[int, str]]:
        texts = [_short(label, LONGEST_SHORT_LABEL) for label in chart.labels]
        widest = max((self._width(text) for text in texts), default=0) + MARGIN
        room = max(int((plot[2] - plot[0]) / widest), 1) if texts else 1
        every = -(-len(texts) // room)
        return ((index, text) for index, text in enumerate(texts) if index % max(every, 1) == 0)

    def _colour(self, index: int) -> str:
        return self._look.colours[index % len(self._look.colours)]

    def _width(self, text: str) -> float:
        return float(self._pen.textlength(text, self._font))

    def _text(self, place: tuple[float, float], text: str) -> None:
        self._pen.text(place, text, self._look.text, self._font)


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
