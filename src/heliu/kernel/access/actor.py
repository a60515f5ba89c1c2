"""Who acts: a person at a desk of an organisation, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext_noop as N_

from heliu.kernel.errors import Forbidden

ACTIVE = "ACTIVE"
# Why something is not open to a house that does not stand as all others do.
STANDING = {
    "PENDING": N_("Your company is being verified; this opens as soon as it is."),
    "DENIED": N_("Your company was not admitted."),
    "SUSPENDED": N_("Your company is suspended: it may pay and finish what was begun."),
}


class Behalf(NamedTuple):
    """Acting in a customer's name: `person`, of `house`, by a `mandate` (`kernel.behalf`)."""

    house: UUID
    person: str
    mandate: UUID


@dataclass(frozen=True)
class Actor:
    """Whoever an operation is done for.

    `org` is the organisation of the desk, `orgs` it and all below it in its tree; what the actor
    sees are the rows of `orgs`. The system (worker) has no organisation and may do everything.
    `permissions` are what the roles allow and the `standing` of the house does not forbid. With
    `behalf` it is somebody of another house, whose rows the door is opened for.
    """

    user_id: UUID | None
    name: str
    org: UUID | None
    orgs: tuple[UUID, ...]
    permissions: frozenset[str]
    party_roles: frozenset[str] = frozenset()
    is_system: bool = False
    standing: str = ACTIVE
    behalf: Behalf | None = None
    held_back: frozenset[str] = frozenset()  # until there is a second factor
    must_prove: bool = False

    @classmethod
    def system(cls) -> Actor:
        """The platform's own hand: jobs, bank notices, close of day."""
        return cls(None, "Heliu", None, (), frozenset(), is_system=True)

    def may(self, permission: str) -> bool:
        """Whether this is allowed to the actor."""
        return self.is_system or permission in self.permissions

    def require(self, permission: str) -> None:
        """Refuse (403) what is not allowed."""
        if permission in self.held_back:
            raise Forbidden(
                "second-factor",
                "Your house asks for a second factor for this.",
                help="Set one up under Sign-in and security, or sign in with the one you have.",
            )
        if not self.may(permission) and self.standing in STANDING:
            raise Forbidden(f"house-{self.standing.lower()}", STANDING[self.standing])
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

    @property
    def home(self) -> UUID:
        """The house the person belongs to: that of the desk, or the one that acts for it."""
        return self.behalf.house if self.behalf else self.own_org

    @property
    def sees(self) -> tuple[UUID, ...]:
        """The organisations whose rows the door lets through."""
        return (self.behalf.house,) if self.behalf else self.orgs

    @property
    def speaks_for(self) -> tuple[UUID, ...]:
        """Of somebody who acts in a customer's name the customer and the person, else nothing."""
        return (self.own_org, self.user_id) if self.behalf and self.user_id else ()
