"""People at desks for tests of the faces: an organisation, a person with a role, a token."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from django.test import Client

from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.models import User
from heliu.kernel.access.operations import enrol, issue_token
from heliu.kernel.access.request import DESK
from heliu.kernel.parties.models import Organization
from heliu.kernel.parties.operations import register

_numbers = count(1)
SYSTEM = Actor.system()


@dataclass(frozen=True)
class Seated:
    """A person with one desk, and a token that stands for both."""

    user: User
    org: Organization
    token: str

    @property
    def bearer(self) -> dict[str, str]:
        """The header that a program of this person sends."""
        return {"Authorization": f"Bearer {self.token}"}

    def sit(self, client: Client) -> Client:
        """Sign this person in to the pages, at this desk."""
        client.force_login(self.user)
        session = client.session
        session[DESK] = str(self.org.pk)
        session.save()
        return client


def organization(code: str, *roles: str, **fields: str) -> Organization:
    """An organisation that plays these roles. Within `as_worker()`."""
    return register(actor=SYSTEM, code=code, roles=roles, **{"name": code.title(), **fields})


def seat(org: Organization, role: str, *, language: str = "en", is_demo: bool = False) -> Seated:
    """A person with the permissions of a role template at an organisation. Within `as_worker()`."""
    user = enrol(
        actor=SYSTEM,
        email=f"{role}-{next(_numbers)}@{org.code}.example",
        name=role.title(),
        org=org.pk,
        role=role,
        language=language,
        is_demo=is_demo,
    )
    token = issue_token(actor=SYSTEM, user=user, org=org.pk, label="test", at=clock.now())
    return Seated(user, org, token)
