"""Calls API methods of a plugin over a registry in memory, as a caller with the rights that a test gives."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.support.memory_stores import MemoryObjects, MemoryTable
from tidemark.clock import SettableClock
from tidemark.definitions.texts import translated
from tidemark.mail.nowhere import NoMailer
from tidemark.model.access import Identity
from tidemark.model.audit import AuditLog
from tidemark.model.calls import Calls
from tidemark.model.errors import UnknownSite
from tidemark.model.login_attempts import LoginAttempts
from tidemark.model.mail import Mailer
from tidemark.model.registry import Registry
from tidemark.model.sign_in import SecondFactors
from tidemark.plugin import Plugins
from tidemark.registry.attempts import StoredAttempts
from tidemark.registry.audit import StoredAuditLog
from tidemark.registry.second_factors import StoredSecondFactors
from tidemark.registry.table_registry import TableRegistry

NOW = 1_800_000_000  # 2027-01-15 08:00:00 UTC
SUPERUSER = Identity("admin", is_superuser=True)


def memory_registry():
    return TableRegistry(
        MemoryTable(), MemoryObjects(), SettableClock(NOW), new_salt=lambda: "salt", wait=lambda _seconds: None
    )


class FromElsewhere:
    """Calls that come from an address in the documentation."""

    client_ip = "203.0.113.9"


DEFAULT_SERVICES = {
    LoginAttempts: lambda: StoredAttempts(MemoryTable(), lambda: "salt", lambda: NOW),
    SecondFactors: lambda: StoredSecondFactors(MemoryTable(), lambda: "salt", lambda: NOW),
    Mailer: NoMailer,
    Calls: FromElsewhere,
    Plugins: lambda: Plugins(()),
    AuditLog: lambda: StoredAuditLog(MemoryTable(), lambda: NOW),
}


@dataclass
class Caller:
    """A Context for direct calls; `params` are those of the call at hand."""

    registry: TableRegistry = field(default_factory=memory_registry)
    identity: Identity = SUPERUSER
    params: dict = field(default_factory=dict)
    now: float = NOW
    services: dict = field(default_factory=dict)
    language: str = "en"

    def __call__(self, function, **params):
        self.params = params
        return function(self, **params)

    def as_user(self, login, **roles):
        """The same instance, asked by somebody else."""
        return Caller(
            self.registry, Identity(login, roles=roles.get("roles", {})), now=self.now, services=self.services
        )

    @property
    def settings(self):
        return self.registry.settings()

    def site(self, idsite):
        site = self.registry.site(idsite)
        if site is None:
            raise UnknownSite(idsite)
        return site

    def service(self, kind):
        if kind is Registry:
            return self.registry
        if kind not in self.services and kind in DEFAULT_SERVICES:
            self.services[kind] = DEFAULT_SERVICES[kind]()
        return self.services[kind]

    def translate(self, key, *_values):
        return translated(key, self.language)
