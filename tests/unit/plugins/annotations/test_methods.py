import pytest

from tests.support.api_calls import Caller
from tidemark.model.access import ANONYMOUS, Role
from tidemark.model.errors import ApiError, BadDate, BadPeriod, MissingParameter, UnknownSite
from tidemark.plugins.annotations import methods
from tidemark.plugins.sites_manager.changes import add_site


@pytest.fixture
def call():
    call = Caller()
    call(add_site, siteName="Shop")
    call(add_site, siteName="Blog")
    call(methods.add, idSite=1, date="2024-02-20", note="Second", starred=False)
    call(methods.add, idSite=1, date="2024-02-01", note="Campaign & start", starred=True)
    return call


def test_a_note_has_matomos_attributes(call):
    assert call(methods.get, idSite=1, idNote=1) == {
        "date": "2024-02-01",
        "note": "Campaign & start",
        "starred": True,
        "user": "admin",
        "idNote": 1,
        "canEditOrDelete": True,
    }


def test_a_word_is_a_date_and_a_long_note_is_cut(call):
    added = call(methods.add, idSite=2, date="yesterday", note="n" * 300)
    assert (added["date"], len(added["note"]), added["note"][-1]) == ("2027-01-14", 255, "…")


def test_only_what_is_given_is_changed(call):
    changed = call(methods.save, idSite=1, idNote=0, note="Changed")
    assert (changed["date"], changed["note"], changed["starred"]) == ("2024-02-20", "Changed", False)
    changed = call(methods.save, idSite=1, idNote=0, date="2024-03-01", starred=True)
    assert (changed["date"], changed["note"], changed["starred"]) == ("2024-03-01", "Changed", True)


def test_notes_are_dropped_and_numbers_go_on(call):
    call(methods.delete, idSite=1, idNote=0)
    assert call(methods.add, idSite=1, date="2024-02-02", note="Third")["idNote"] == 2
    call(methods.delete_all, idSite=1)
    assert call(methods.get_all, idSite="1") == {}


@pytest.mark.parametrize(
    ("function", "params", "error"),
    [
        (methods.add, {"idSite": 9, "date": "2024-01-01", "note": "n"}, UnknownSite),
        (methods.add, {"idSite": 1, "date": "someday", "note": "n"}, BadDate),
        (methods.save, {"idSite": 1, "idNote": 0, "date": "someday"}, BadDate),
        (methods.save, {"idSite": 1, "idNote": 9, "note": "n"}, ApiError),
        (methods.get, {"idSite": 1, "idNote": 9}, ApiError),
        (methods.delete, {"idSite": 9, "idNote": 0}, UnknownSite),
        (methods.delete_all, {"idSite": 9}, UnknownSite),
        (methods.get_all, {"idSite": "1", "date": "someday"}, BadDate),
        (
            methods.get_annotation_count_for_dates,
            {"idSite": "1", "date": "2024-01-01", "period": "eon", "lastN": 3},
            BadPeriod,
        ),
        (methods.get_annotation_count_for_dates, {"idSite": "1", "date": "", "period": "day"}, MissingParameter),
    ],
)
def test_what_makes_no_sense_is_refused(call, function, params, error):
    with pytest.raises(error):
        call(function, **params)


def test_viewers_change_their_own_notes_and_writers_all(call):
    viewer, writer = call.as_user("eve", roles={1: Role.VIEW}), call.as_user("bob", roles={1: Role.WRITE})
    own = viewer(methods.add, idSite=1, date="2024-01-01", note="mine")
    assert viewer(methods.save, idSite=1, idNote=own["idNote"], note="still mine")["canEditOrDelete"]
    with pytest.raises(ApiError, match="may change it"):
        viewer(methods.delete, idSite=1, idNote=0)
    writer(methods.delete, idSite=1, idNote=own["idNote"])


def test_anonymous_callers_read_notes_but_not_who_wrote_them(call):
    nobody = call.as_user(ANONYMOUS, roles={1: Role.VIEW})
    note = nobody(methods.get, idSite=1, idNote=0)
    assert "user" not in note
    assert note["canEditOrDelete"] is False
    with pytest.raises(ApiError):
        nobody(methods.add, idSite=1, date="2024-01-01", note="n")


def test_notes_come_by_site_in_order_of_their_days(call):
    call(methods.add, idSite=2, date="2024-01-01", note="other")
    found = call(methods.get_all, idSite="all")
    assert {site: [note["idNote"] for note in notes] for site, notes in found.items()} == {1: [1, 0], 2: [0]}


@pytest.mark.parametrize(
    ("params", "notes"),
    [
        ({"date": "2024-02-01", "period": "year"}, [1, 0]),
        ({"date": "2024-02-01", "period": "day"}, [1]),
        ({"date": "2024-02-03", "period": "day", "lastN": 3}, [1]),
        ({"date": "2024-02-04", "period": "day", "lastN": 3}, []),
        ({"date": "2024-02-01,2024-02-20", "period": "range"}, [1, 0]),
        ({"date": "2024-02-02,2024-02-20", "period": "day"}, [0]),
        ({"date": "2024-03-15", "period": "month", "lastN": 2}, [1, 0]),
    ],
)
def test_notes_can_be_narrowed_to_a_period(call, params, notes):
    assert [note["idNote"] for note in call(methods.get_all, idSite="1", **params).get(1, [])] == notes


def test_notes_are_counted_by_period(call):
    counted = call(methods.get_annotation_count_for_dates, idSite="1", date="2024-02-01", period="day", lastN=3)
    assert counted == {
        1: [
            ["2024-01-30", {"count": 0, "starred": 0}],
            ["2024-01-31", {"count": 0, "starred": 0}],
            ["2024-02-01", {"count": 1, "starred": 1}],
        ]
    }


def test_a_lone_notes_text_comes_along_if_asked_for(call):
    counted = call(
        methods.get_annotation_count_for_dates,
        idSite="1",
        date="2024-02-01,2024-03-31",
        period="month",
        getAnnotationText=True,
    )
    assert counted[1] == [["2024-02-01", {"count": 2, "starred": 1}], ["2024-03-01", {"count": 0, "starred": 0}]]
    week = call(
        methods.get_annotation_count_for_dates, idSite="1", date="2024-02-20", period="week", getAnnotationText=True
    )
    assert week[1] == [["2024-02-19", {"count": 1, "starred": 0, "note": "Second"}]]
