"""UsersManager: users, what they may do on which site, and their tokens."""

from tidemark.plugin import Plugin
from tidemark.plugins.users_manager import changes, preferences, reading, rights, tokens

PLUGIN = Plugin(
    name="UsersManager",
    functions=(*reading.METHODS, *changes.METHODS, *rights.METHODS, *tokens.METHODS, *preferences.METHODS),
)
