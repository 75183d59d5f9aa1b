"""PrivacyManager: what is anonymised, who is not tracked, and how long data are kept."""

from tidemark.plugin import Plugin
from tidemark.plugins.privacy_manager.methods import METHODS

PLUGIN = Plugin(name="PrivacyManager", functions=METHODS)
