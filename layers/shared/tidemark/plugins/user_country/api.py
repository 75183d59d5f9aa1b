"""Methods about countries."""

from __future__ import annotations

from tidemark.definitions.countries import continents
from tidemark.definitions.names import country_names
from tidemark.plugin import Context, method


@method("UserCountry.getCountryCodeMapping")
def get_country_code_mapping(_ctx: Context) -> dict[str, str]:
    """Names of all countries by their codes."""
    known = country_names()
    return {code: known[code] for code in continents() if code in known}
