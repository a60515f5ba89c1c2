"""Who acts: a person at a desk of an organisation, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from heliu.kernel.errors import Forbidden


@dataclass(frozen=True)
class Actor:
    """Whoever an operation is done for.

    `org` is the organisation of the desk, `orgs` it and all below it in its tree; what the actor
    sees are the rows of `orgs`. The system (worker) has no organisation and may do everything.
    """

    user_id: UUID | None
    name: str
    org: UUID | None
    orgs: tuple[UUID, ...]
    permissions: frozenset[str]
    party_roles: frozenset[str] = frozenset()
    is_system: bool = False

    @classmethod
    def system(cls) -> Actor:
        """The platform's own hand: jobs, bank notices, close of day."""
        return cls(None, "Heliu", None, (), frozenset(), is_system=True)

    def may(self, permission: str) -> bool:
        """Whether this is allowed to the actor."""
        return self.is_system or permission in self.permissions

    def require(self, permission: str) -> None:
        """Refuse (403) what is not allowed."""
        if not self.may(permission):
            raise Forbidden(
                "not-permitted",
                "Your roles do not allow this (%(permission)s).",
                permission=permission,
            )

    @property
    def own_org(self) -> UUID:
        """The organisation of the desk; the system has none and may not ask."""
        if self.org is None:
            raise Forbidden("no-desk", "This needs somebody at a desk.")
        return self.org
