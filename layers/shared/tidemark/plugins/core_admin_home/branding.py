"""The logo of one's own that stands at the head of scheduled reports."""

from __future__ import annotations

from tidemark.model.branding import CUSTOM_LOGO, USES_CUSTOM_LOGO, read_logo
from tidemark.model.registry import Registry
from tidemark.model.settings import Value
from tidemark.plugin import Access, Context, method


@method("CoreAdminHome.setBrandingSettings", Access.SUPERUSER)
def set_branding_settings(context: Context, useCustomLogo: bool) -> bool:
    """Say whether the logo of one's own is shown. Source: Matomo 5.2, CoreAdminHome API."""
    context.service(Registry).set_settings({USES_CUSTOM_LOGO: useCustomLogo})
    return True


@method("CoreAdminHome.setCustomLogo", Access.SUPERUSER, raw_strings=True)
def set_custom_logo(context: Context, logo: str = "") -> bool:
    """Keep a PNG or JPEG of at most 12 KiB, given as data: address; without one it is forgotten. Matomo has a form for this."""
    if logo:
        read_logo(logo)
    context.service(Registry).set_settings({CUSTOM_LOGO: logo or None})
    return True


@method("CoreAdminHome.getBrandingSettings", Access.SUPERUSER)
def get_branding_settings(context: Context) -> dict[str, Value]:
    """What holds now, by the parameters of the two methods that set it."""
    return {"useCustomLogo": context.settings.flag(USES_CUSTOM_LOGO), "logo": context.settings.text(CUSTOM_LOGO)}


METHODS = (set_branding_settings, set_custom_logo, get_branding_settings)
