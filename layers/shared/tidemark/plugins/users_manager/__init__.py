"""UsersManager: users, what they may do on which site, and their tokens."""

from tidemark.plugin import Plugin
from tidemark.plugins.users_manager import (
    attempts,
    audit,
    capabilities,
    changes,
    invitations,
    preferences,
    reading,
    rights,
    roles_of_users,
    second_factors,
    tokens,
)

PLUGIN = Plugin(
    name="UsersManager",
    functions=(
        *reading.METHODS,
        *roles_of_users.METHODS,
        *changes.METHODS,
        *invitations.METHODS,
        *rights.METHODS,
        *capabilities.METHODS,
        *tokens.METHODS,
        *preferences.METHODS,
        *attempts.METHODS,
        *audit.METHODS,
        *second_factors.METHODS,
    ),
)
