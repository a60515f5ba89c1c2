"""What a new house does first: a list that ticks itself off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from heliu.commerce.ordering import queries as ordering
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.queries import people_of
from heliu.kernel.parties import queries as parties


@dataclass(frozen=True, slots=True)
class ToDo:
    """One line of the list: what, why, where it is done; ``is_done`` is read, never ticked."""

    words: str
    why: str
    href: str
    button: str
    is_done: bool
    is_open: bool = True


def steps_of(actor: Actor, application: Any) -> list[ToDo]:
    """The list of a buyer's house, what comes first on top."""
    house = parties.visible_to(actor).get(pk=actor.own_org)
    is_in = actor.standing == "ACTIVE"
    found = [
        ToDo(
            _("Verified"),
            _("By the register of companies, or by a person."),
            "",
            "",
            is_in,
        ),
    ]
    if not actor.party_roles & {"DEALER", "BUYER"}:
        return found
    return [
        *found,
        ToDo(
            _("Where goods are delivered"),
            _("City and address for whoever brings them."),
            reverse("joining_address"),
            _("Write it down"),
            bool(house.address),
        ),
        ToDo(
            _("Who works with you"),
            _("Each with an own log-in: to buy, to pay, to own."),
            reverse("people"),
            _("Add people"),
            people_of(actor).count() > 1,
        ),
        ToDo(
            _("First order"),
            _("Search, paste a list or type codes; prices are yours."),
            reverse("dealer_pad"),
            _("Place an order"),
            ordering.visible_to(actor).filter(buyer__in=actor.orgs).exists(),
            is_open=is_in,
        ),
    ]
