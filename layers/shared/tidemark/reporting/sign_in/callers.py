"""The caller whom a session cookie speaks for."""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import Final

from tidemark.model.access import Identity
from tidemark.model.registry import Registry
from tidemark.model.sign_in import SignIns
from tidemark.reporting.request import ApiRequest
from tidemark.reporting.sign_in.cookies import CSRF_HEADER, session_secret

NEEDS_HEADER: Final = "A session changes something only with its X-CSRF-Token: reload the page and try again."


def signed_in(request: ApiRequest, sign_ins: SignIns, registry: Registry) -> Identity | None:
    """Whose session it is; without the session's header they may only read. None without a session."""
    found = sign_ins.find(session_secret(request))
    if found is None:
        return None
    identity = registry.identity(found.login)
    if hmac.compare_digest(request.headers.get(CSRF_HEADER, "").encode(), found.csrf.encode()):
        return identity
    return replace(identity, no_changes=NEEDS_HEADER)
