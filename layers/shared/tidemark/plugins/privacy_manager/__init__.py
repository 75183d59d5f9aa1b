"""PrivacyManager: what is anonymised, who is not tracked, how long data are kept, and what is kept of a person."""

from tidemark.plugin import Plugin
from tidemark.plugins.privacy_manager import data_subjects, methods, past_data, present

PLUGIN = Plugin(
    name="PrivacyManager", functions=(*methods.METHODS, *present.METHODS, *data_subjects.METHODS, *past_data.METHODS)
)
