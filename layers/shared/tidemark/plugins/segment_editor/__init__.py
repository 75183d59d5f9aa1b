"""SegmentEditor: segments that users keep under a name."""

from tidemark.plugin import Plugin
from tidemark.plugins.segment_editor.methods import METHODS

PLUGIN = Plugin(name="SegmentEditor", functions=METHODS)
