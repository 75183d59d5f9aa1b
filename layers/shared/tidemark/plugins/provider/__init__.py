"""Visits by the network that visitors come from, as far as the location database names it. Source: Matomo 5.2, records."""

from __future__ import annotations

from tidemark.plugin import VISIT_RATES, Dimension, Plugin, Report, Scope, Segment, col, record, segment_value

UNKNOWN = "Unknown"

NETWORK = Dimension("location_network", Scope.VISIT, lambda hit: hit.location.network)
PROVIDERS = record("Provider_hostnameExt", col("location_network"), missing_label=UNKNOWN)

PLUGIN = Plugin(
    name="Provider",
    dimensions=(NETWORK,),
    segments=(
        Segment(
            "provider",
            "Provider",
            "Visitor location",
            col("location_network"),
            accepted_values="comcast.net, proxad.net, etc.",
            is_listed=False,
        ),
    ),
    records=(PROVIDERS,),
    reports=(
        Report(
            "Provider.getProvider",
            "Provider",
            "Visitors",
            "Locations",
            record=PROVIDERS,
            dimension="Provider",
            dimension_id="Provider.Provider",
            segment="provider",
            on_request=VISIT_RATES,
            filters=(segment_value(),),
            order=50,
            is_listed=False,
            documentation="Which networks visitors came from.",
        ),
    ),
)
