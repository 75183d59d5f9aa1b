"""What differs on the pages about devices from one table per report."""

from __future__ import annotations

from tidemark.plugin import PagePart, Widget

PAGES: tuple[PagePart, ...] = (Widget("DevicesDetection.getBrowserEngines", view="graphPie"),)
