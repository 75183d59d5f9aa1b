"""Second factors: what administrators do about those of others. Source: Matomo 5.2, TwoFactorAuth API."""

from __future__ import annotations

from tidemark.model.sign_in import SecondFactors
from tidemark.plugin import Access, Context, method
from tidemark.plugins.users_manager.validation import confirm, known_user


@method("TwoFactorAuth.resetTwoFactorAuth", Access.SUPERUSER, raw_strings=True)
def reset_two_factor_auth(context: Context, userLogin: str, passwordConfirmation: str = "") -> None:
    """Let a user who lost their second factor sign in by password alone; they may enrol anew."""
    confirm(context, passwordConfirmation)
    context.service(SecondFactors).off(known_user(context, userLogin).login)


METHODS = (reset_two_factor_auth,)
