"""Tables of dimensions of actions. Source: Matomo 5.2, plugins/CustomDimensions/RecordBuilders."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from tests.support.archives import archives_of
from tidemark.model.custom_dimension import ACTION_SCOPE, CustomDimension
from tidemark.model.hit import ActionType
from tidemark.model.period import Period, PeriodKind
from tidemark.plugin import Plugin
from tidemark.plugins.custom_dimensions.records import records_of

DAY = date(2024, 3, 5)
COLOUR = CustomDimension(1, 1, "Colour", 1, ACTION_SCOPE)
SITE = SimpleNamespace(custom_dimensions=(COLOUR,))
PLUGIN = Plugin("Colours", records=records_of(SITE))


def action(url, **columns):
    return {
        "idvisit": 1,
        "visitor_id": 1,
        "action_type": ActionType.PAGE,
        "url": url,
        "custom_dimensions": '{"1":"red"}',
        **columns,
    }


def rows_of(days, kind=PeriodKind.DAY):
    with archives_of(PLUGIN) as bench:
        for number, actions in enumerate(days):
            tables = {"visits": [{"idvisit": 1, "visitor_id": 1}], "actions": actions}
            bench.logs.set_day(1, DAY + timedelta(days=number), tables)
        return bench.room.reader.table(
            1, Period.containing(kind, DAY), "CustomDimensions_Dimension1", expanded=True
        ).rows


@pytest.mark.parametrize("column", ["min_time_server", "max_time_server"])
def test_smallest_and_largest_times_of_pages_are_added_up(column):
    day = [action("a.org/x", time_server=200), action("a.org/x", time_server=200), action("a.org/y", time_server=300)]
    (red,) = rows_of([day])
    assert red.columns[column] == 0.5
    assert {row.label: row.columns[column] for row in red.subtable} == {"a.org/x": 0.2, "a.org/y": 0.3}
    (week,) = rows_of([day, day], PeriodKind.WEEK)
    assert week.columns[column] == 1.0


def test_values_of_events_stand_as_times_of_generation():
    event = action("a.org/x", action_type=ActionType.EVENT, event_value=4.5)
    (red,) = rows_of([[action("a.org/x"), event]])
    names = ("sum_time_generation", "nb_hits_with_time_generation", "min_time_generation", "max_time_generation")
    assert [red.columns[name] for name in names] == [0.0045, 1, 0.0045, 0.0045]
