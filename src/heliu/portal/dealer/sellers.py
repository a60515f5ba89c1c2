"""From whom the dealer orders: one seller at a time, remembered while signed in."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.parties import queries as parties
from heliu.portal.shell.records import House

SESSION_SELLER = "seller"
SESSION_PAD = "pad"
HOUSE = "house"


def sellers_of(actor: Actor) -> list[House]:
    """The sellers the dealer has a live relationship with, by name."""
    links = parties.relationships_visible_to(actor).filter(buyer__in=actor.orgs, status="ACTIVE")
    found = parties.names(links.values_list("seller", flat=True))
    return sorted(found.values(), key=lambda seller: seller.short)


def chosen(request: HttpRequest, sellers: Sequence[House]) -> House:
    """The seller named in the address, else the one used last, else the first.

    Raises `NotFound` when the dealer may order from nobody or not from the one named.
    """
    asked = request.POST.get("seller") or request.GET.get("seller", "")
    code = asked or request.session.get(SESSION_SELLER, "")
    seller = next((s for s in sellers if s.code == code), None)
    if not sellers or (seller is None and asked):
        raise NotFound("You have no trading relationship with this seller yet.")
    seller = seller or sellers[0]
    request.session[SESSION_SELLER] = seller.code
    return seller


def is_shared(request: HttpRequest) -> bool:
    """Whether the pad in use is the house's, which all its people put together: as the address or
    the form names it, else as it was used last."""
    asked = request.POST.get("pad") or request.GET.get("pad", "")
    if asked:
        request.session[SESSION_PAD] = asked
    return bool(request.session.get(SESSION_PAD) == HOUSE)
