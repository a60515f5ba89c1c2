"""From whom the dealer orders: one seller at a time, remembered while signed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Concatenate
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.joining import queries as joining
from heliu.kernel.money import CURRENCY
from heliu.kernel.parties import queries as parties
from heliu.portal.shell.onboarding import steps_of
from heliu.portal.shell.pages import actor_of, show
from heliu.portal.shell.records import House
from heliu.portal.ui import formats

SESSION_SELLER = "seller"
SESSION_PAD = "pad"
HOUSE = "house"


class NoSellerYet(NotFound):
    """The dealer may order from nobody yet."""


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
    if not sellers:
        raise NoSellerYet("You have no trading relationship with this seller yet.")
    if seller is None and asked:
        raise NotFound("You have no trading relationship with this seller yet.")
    seller = seller or sellers[0]
    _keep(request, SESSION_SELLER, seller.code)
    write_in_theirs(actor_of(request), seller.pk)
    return seller


def write_in_theirs(actor: Actor, seller: UUID) -> None:
    """Amounts on this page are in the currency in which the house trades with the seller."""
    formats.write_in(parties.currencies_of(actor).get(seller, CURRENCY))


def or_waits[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page of a seller's goods; a dealer that has no seller yet reads what opens it, and what it
    can do meanwhile."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NoSellerYet:
            if request.method != "GET":
                raise
            actor = actor_of(request)
            application = joining.own(actor)
            context = {
                "standing": actor.standing,
                "application": application,
                "steps": steps_of(actor, application),
            }
            return show(request, "dealer/no_seller.html", context, here="dealer_pad")

    return answer


def is_shared(request: HttpRequest) -> bool:
    """Whether the pad in use is the house's, which all its people put together: as the address or
    the form names it, else as it was used last."""
    asked = request.POST.get("pad") or request.GET.get("pad", "")
    if asked:
        _keep(request, SESSION_PAD, asked)
    return bool(request.session.get(SESSION_PAD) == HOUSE)


def _keep(request: HttpRequest, name: str, value: str) -> None:
    """Remember what was chosen; the session is written only where it says otherwise."""
    if request.session.get(name) != value:
        request.session[name] = value
