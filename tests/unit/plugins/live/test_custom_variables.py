"""Custom variables in visitors' profiles. Source: Matomo 5.2 with the plugin CustomVariables 5."""

from tidemark.plugins.live.custom_variables import profile_summary


def page(name, value):
    return {"customVariables": {"2": {"customVariablePageName2": name, "customVariablePageValue2": value}}}


def visit(*actions, **variables):
    slots = {
        str(slot): {f"customVariableName{slot}": name, f"customVariableValue{slot}": value}
        for slot, (name, value) in enumerate(variables.items(), 1)
    }
    return {"actionDetails": list(actions), "customVariables": slots}


def test_values_are_counted_by_scope_and_name():
    visits = [visit(page("Tag", "a"), page("Tag", "b"), {}), visit(page("Tag", "b"), Level="x", Type="")]
    assert profile_summary(visits, None) == {
        "customVariables": {
            "page": [{"name": "Tag", "values": [{"value": "b", "count": 2}, {"value": "a", "count": 1}]}],
            "visit": [{"name": "Level", "values": [{"value": "x", "count": 1}]}],
        }
    }


def test_profiles_without_variables_do_not_tell_of_them():
    assert profile_summary([visit(page("Tag", "0")), {}], None) == {}
