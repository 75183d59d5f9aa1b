"""Record and report about users. Source: Matomo 5.2, records, reports."""

from __future__ import annotations

from tidemark.model.table import LABEL
from tidemark.plugin import VISIT_RATES, Limit, Record, Report, call, col, record, segment_by_label, text

USERS = record(
    "UserId_users",
    call("nullif", col("user_id"), ""),
    texts=(text("idvisitor", call("hex16", col("visitor_id"))),),
    limit=Limit("General.datatable_archiving_maximum_rows_userid_users"),
)
RECORDS: tuple[Record, ...] = (USERS,)

REPORTS: tuple[Report, ...] = (
    Report(
        "UserId.getUsers",
        "User IDs",
        "Visitors",
        "User IDs",
        record=USERS,
        dimension="UserId",
        dimension_id="UserId.UserId",
        metrics=("nb_visits", "nb_actions", "nb_visits_converted"),
        listed=(LABEL, "nb_visits", "nb_actions", "nb_visits_converted"),
        labels={LABEL: "Label"},
        on_request=VISIT_RATES,
        queued=(segment_by_label("userId"),),
        order=9,
        supports_flatten=False,
        documentation="What each signed-in user did.",
    ),
)
