import pytest

from tests.support.api_calls import Caller
from tidemark.archiving.housekeeping.raw_data import days_kept
from tidemark.model.errors import ApiError, BadParameter, UnknownSite
from tidemark.plugins.privacy_manager import methods, present
from tidemark.plugins.sites_manager.changes import add_site

IP = {"anonymizeIPEnable": "1", "maskLength": 2, "useAnonymizedIpForVisitEnrichment": False}


@pytest.fixture
def call():
    return Caller()


def setting(call, name):
    return call.settings.value(f"PrivacyManager.{name}")


def test_addresses_are_anonymised_as_asked(call):
    asked = {"anonymizeIPEnable": "0", "maskLength": 3, "useAnonymizedIpForVisitEnrichment": True}
    assert call(methods.set_anonymize_ip_settings, **asked) is True
    assert setting(call, "ipAnonymizerEnabled") is False
    assert setting(call, "ipAddressMaskLength") == 3
    assert setting(call, "useAnonymizedIpForVisitEnrichment") is True


def test_what_is_not_given_stays_but_for_the_referrer(call):
    call(
        methods.set_anonymize_ip_settings,
        **IP,
        anonymizeUserId=True,
        anonymizeOrderId=True,
        forceCookielessTracking=True,
        anonymizeReferrer="exclude_path",
    )
    call(methods.set_anonymize_ip_settings, **{**IP, "anonymizeIPEnable": "as before"})
    for name in ("ipAnonymizerEnabled", "anonymizeUserId", "anonymizeOrderId", "forceCookielessTracking"):
        assert setting(call, name) is True
    assert setting(call, "anonymizeReferrer") == ""


def test_an_unknown_level_of_referrers_means_none(call):
    call(methods.set_anonymize_ip_settings, **IP, anonymizeReferrer="everything")
    assert setting(call, "anonymizeReferrer") == ""


@pytest.mark.parametrize("length", [-1, 5])
def test_no_more_bytes_than_an_address_has_are_masked(call, length):
    with pytest.raises(BadParameter):
        call(methods.set_anonymize_ip_settings, **{**IP, "maskLength": length})


def test_do_not_track_is_honoured_or_not(call):
    assert call(methods.activate_do_not_track) is True
    assert setting(call, "doNotTrackEnabled") is True
    assert call(methods.deactivate_do_not_track) is True
    assert setting(call, "doNotTrackEnabled") is False


def test_retention_is_set_within_its_limits(call):
    assert call(methods.set_schedule_report_deletion_settings, deleteLowestInterval=30) is True
    assert call(methods.set_delete_logs_settings, enableDeleteLogs=True, deleteLogsOlderThan=0) is True
    assert call(methods.set_delete_reports_settings, enableDeleteReports=True, deleteReportsOlderThan=1, keepYear=True)
    given = call.settings.given
    assert given["Deletelogs.delete_logs_schedule_lowest_interval"] == 30
    assert (given["Deletelogs.delete_logs_enable"], given["Deletelogs.delete_logs_older_than"]) == (True, 1)
    assert (given["Deletereports.delete_reports_enable"], given["Deletereports.delete_reports_older_than"]) == (True, 2)
    assert given["Deletereports.delete_reports_keep_year_reports"] is True
    assert given["Deletereports.delete_reports_keep_month_reports"] is False


def test_retention_is_confirmed_by_who_has_a_password(call):
    call.registry.create_superuser("admin", "t" * 32, password="correct horse")
    with pytest.raises(ApiError):
        call(methods.set_delete_logs_settings, passwordConfirmation="wrong")
    assert call(methods.set_delete_logs_settings, passwordConfirmation="correct horse") is True


def test_columns_that_can_be_blanked_are_listed_in_order(call):
    for function, zero in (
        (
            methods.get_available_visit_columns_to_anonymize,
            {"visit_exit_idaction_url", "visit_total_interactions", "visitor_count_visits"},
        ),
        (methods.get_available_link_visit_action_columns_to_anonymize, {"idaction_url_ref"}),
    ):
        listed = call(function)
        names = [column["column_name"] for column in listed]
        assert names == sorted(names)
        assert {column["column_name"] for column in listed if column["default_value"] == 0} == zero


def test_what_holds_is_told_by_the_names_that_set_it(call):
    wanted = {
        **IP,
        "anonymizeIPEnable": "0",
        "maskLength": 3,
        "anonymizeUserId": True,
        "anonymizeReferrer": "exclude_all",
    }
    call(methods.set_anonymize_ip_settings, **wanted)
    told = call(present.get_anonymize_ip_settings)
    assert {name: told[name] for name in wanted} == {**wanted, "anonymizeIPEnable": False}
    assert call(present.is_do_not_track_active) is False
    call(methods.activate_do_not_track)
    assert call(present.is_do_not_track_active) is True


def test_retention_that_holds_is_told_by_the_names_that_set_it(call):
    logs = {"enableDeleteLogs": True, "deleteLogsOlderThan": 90}
    reports = {"enableDeleteReports": True, "deleteReportsOlderThan": 6, "keepBasic": False, "keepWeek": True}
    call(methods.set_delete_logs_settings, **logs)
    call(methods.set_delete_reports_settings, **reports)
    call(methods.set_schedule_report_deletion_settings, deleteLowestInterval=30)
    told = call(present.get_delete_reports_settings)
    assert call(present.get_delete_logs_settings) == logs
    assert {name: told[name] for name in reports} == reports
    assert call(present.get_schedule_report_deletion_settings) == {"deleteLowestInterval": 30}
    call(methods.set_delete_reports_settings, **told)
    assert call(present.get_delete_reports_settings) == told


def test_a_site_keeps_its_data_for_a_time_of_its_own(call):
    idsite = call(add_site, siteName="Shop")
    call(methods.set_delete_logs_settings, enableDeleteLogs=True, deleteLogsOlderThan=180)
    call(methods.set_delete_logs_settings, enableDeleteLogs=True, deleteLogsOlderThan=30, onlySite=idsite)
    call(methods.set_delete_reports_settings, enableDeleteReports=True, deleteReportsOlderThan=9, onlySite=idsite)
    assert days_kept(call.settings, idsite) == 30
    assert days_kept(call.settings, idsite + 1) == 180
    assert call(present.get_delete_logs_settings)["deleteLogsOlderThan"] == 180
    assert call(present.get_delete_logs_settings, onlySite=idsite)["deleteLogsOlderThan"] == 30
    assert call(present.get_delete_reports_settings, onlySite=idsite)["deleteReportsOlderThan"] == 9
    assert call(present.get_delete_reports_settings)["enableDeleteReports"] is False
    call(methods.reset_site_retention, idSite=idsite)
    assert days_kept(call.settings, idsite) == 180
    assert call(present.get_delete_reports_settings, onlySite=idsite)["enableDeleteReports"] is False


def test_a_site_that_there_is_not_has_no_retention(call):
    with pytest.raises(UnknownSite):
        call(methods.set_delete_logs_settings, enableDeleteLogs=True, onlySite=7)
