"""Visits by the colour scheme that a page sends as `theme=dark` or `theme=light`."""

from tidemark.plugin import Dimension, Plugin, Report, Scope, Segment, col, record, segment_by_label

SCHEME = Dimension("color_scheme", Scope.VISIT, lambda hit: hit.params.get("theme"))
SCHEMES = record("ColorScheme_schemes", col("color_scheme"), missing_label="unknown")

PLUGIN = Plugin(
    name="ColorScheme",
    dimensions=(SCHEME,),
    segments=(Segment("colorScheme", "Color scheme", "Visitors", col("color_scheme")),),
    records=(SCHEMES,),
    reports=(
        Report(
            "ColorScheme.getSchemes",
            "Color schemes",
            "Visitors",
            "Software",
            record=SCHEMES,
            dimension="Color scheme",
            filters=(segment_by_label("colorScheme"),),
        ),
    ),
)
