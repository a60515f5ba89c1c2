"""The demonstration's seats: one log-in per desk, open to everybody with one click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from heliu.kernel.access.desks import desks_of
from heliu.kernel.access.door import acting_for, widened
from heliu.kernel.access.queries import demo_people
from heliu.kernel.parties.queries import names
from heliu.portal import desks
from heliu.portal.shell.records import House
from heliu.portal.shell.titles import title_words


@dataclass(frozen=True, slots=True)
class Seat:
    """A person of the demonstration at a desk."""

    user_id: UUID
    email: str
    person: str
    title: str
    org: UUID
    kind: str
    desk: str
    house: str

    @property
    def value(self) -> str:
        """What the desk switch posts for it."""
        return f"{self.org}/{self.kind}/{self.user_id}"


def demo_seats() -> list[Seat]:
    """All seats, desk by desk. Only the demonstration asks: it shows its houses to everybody."""
    found = [
        (person, desk, kind)
        for person in demo_people()
        for desk in desks_of(person.pk)
        for kind in desks.kinds_at(desk.org)
    ]
    houses = _houses([desk.org for _person, desk, _kind in found])
    order = [kind.key for kind in (*desks.KINDS, desks.VISITOR)]
    seats = [
        Seat(
            person.pk,
            person.username,
            str(person),
            title_words(desk.title),
            desk.org,
            kind.key,
            kind.label,
            houses[desk.org].short if desk.org in houses else desk.title,
        )
        for person, desk, kind in found
    ]
    return sorted(seats, key=lambda seat: order.index(seat.kind))


def _houses(orgs: Sequence[UUID]) -> Mapping[UUID, House]:
    """The houses by id: through the open door, or through one of our own before signing in."""
    with widened(orgs) if connection.in_atomic_block else acting_for(orgs):
        return names(orgs)
