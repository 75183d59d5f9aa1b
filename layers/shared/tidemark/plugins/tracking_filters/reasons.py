"""The reasons for which hits are not recorded, in words.

Refused requests got an error as their answer; all others were answered like a success, as Matomo does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason's name, and what to do where hits are missed."""

    name: str
    advice: str = ""


REASONS: Final[dict[str, Reason]] = {
    # dropped by a rule
    "no_rec": Reason("Recording was not asked for", "Trackers send rec=1 with each hit."),
    "bot": Reason("Bot, by its user agent", "Send bots=1 to record them nevertheless."),
    "bot_address": Reason("Bot, by its address", "Send bots=1 to record them nevertheless."),
    "do_not_track": Reason("Do Not Track", "Honoured because the instance is set up so."),
    "install_check": Reason("Check of the tracking code"),
    "excluded_request": Reason("Excluded by the setting exclude_requests"),
    "opt_out_cookie": Reason("Opted out"),
    "excluded_ip": Reason("Excluded address", "See the excluded IPs of the site and of the instance."),
    "excluded_user_agent": Reason(
        "Excluded user agent", "See the excluded user agents of the site and of the instance."
    ),
    "referrer_spam": Reason("Referrer spam"),
    "unknown_url": Reason("Page of another site", "The site only takes pages under its own URLs."),
    "prefetch": Reason("Page loaded in advance"),
    # refused, or found bad later
    "unknown_site": Reason("No such site", "Check idsite in the tracking code."),
    "not_authenticated": Reason("Authentication needed", "Send a token_auth with write access to the site."),
    "unknown_goal": Reason("No such goal", "Check idgoal."),
    "bad_visitor_id": Reason("Unreadable visitor id", "cid has 16 hexadecimal characters."),
    "blank_parameter": Reason("Event or content of blanks only"),
    "negative_timing": Reason("Negative page performance time"),
    "unknown_custom_action": Reason("Custom action of an unknown kind", "ca=1 came without an action that is known."),
    "cdt_before_retention": Reason("Older than raw data is kept"),
    "duplicate_order": Reason("Repeated order", "Order ids are unique for ever."),
    "hit_too_large": Reason("Too large"),
    "unreadable_parameter": Reason("Unreadable parameters"),
    "enrichment_failed": Reason("Failed in processing", "The hit is set aside under rejected/."),
}


def reason_named(code: str) -> Reason:
    """The reason's words; its code where there are none."""
    return REASONS.get(code, Reason(code))
