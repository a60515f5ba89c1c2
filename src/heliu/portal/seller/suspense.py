"""Money that came and fits no invoice: a person says whose it is, or what else it is for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from heliu.capital.bank import queries as bank
from heliu.capital.terms import queries
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound
from heliu.kernel.parties.queries import names
from heliu.portal.seller.dealers import dealers_of
from heliu.portal.shell import sheets
from heliu.portal.shell.pages import actor_of, desk_page, now, say, show
from heliu.portal.shell.suspense import let_go, listed, said_of
from heliu.portal.ui.parts import Amount, Ask, Sheet, Will
from heliu.trade import incoming

CHOICES = 200
ASIDE = "aside"


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """What lies in suspense, the oldest first; then what was settled last."""
    context = listed(
        request,
        "CURRENT",
        settle="seller_suspense_settle",
        may_settle=actor_of(request).may("sell"),
    )
    return show(request, "seller/suspense.html", context, here="seller_suspense")


@require_http_methods(["GET", "POST"])
@desk_page
def settle(request: HttpRequest, row: UUID) -> HttpResponse:
    """The sheet on which money in suspense finds its dealer."""
    actor, at = actor_of(request), now(request)
    actor.require("sell")
    came = bank.incoming_visible_to(actor).filter(pk=row).first()
    if came is None:
        raise NotFound()
    home = reverse("seller_suspense")
    if came.is_missing:
        return let_go(request, came, home, here="seller_suspense")

    def do() -> str:
        buyer, note = request.POST.get("buyer", ""), request.POST.get("note", "")
        if buyer == ASIDE:
            incoming.set_aside(row, note=note, actor=actor, at=at)
            say(request, _("It is set aside."))
            return home
        incoming.settle(row, buyer=_buyer(actor, buyer), actor=actor, at=at)
        say(request, _("It is settled."))
        return reverse("seller_receivable", args=[buyer])

    sheet = Sheet(
        heading=_("Settle money in suspense"),
        crumbs=((_("Suspense"), home),),
        rows=(Amount(_("Amount"), came.amount, is_total=True),),
        about=said_of(came),
        asks=(
            Ask(
                "buyer",
                _("Whose money it is"),
                str(came.payer or ""),
                "choice",
                options=_choices(actor, at),
            ),
            Ask("note", _("What else it is for"), is_needed=False),
        ),
        will=(
            Will(
                _(
                    "It settles the oldest invoices of the dealer, then what was written off;"
                    " what is over is its credit"
                )
            ),
            Will(_("What is for something else is only set aside here")),
        ),
        button=_("Settle"),
    )
    return sheets.answer(request, sheet, do, here="seller_suspense")


def _choices(actor: Actor, at: Any) -> tuple[tuple[str, str], ...]:
    """Dealers with terms, those that owe most first; and something else."""
    owing = queries.standings(actor, on=day_of(at), seller=actor.own_org, most=CHOICES)
    granted = queries.terms_visible_to(actor).filter(seller=actor.own_org)
    order = dict.fromkeys(
        [*(one.buyer for one in owing), *granted.values_list("buyer", flat=True)[:CHOICES]]
    )
    houses = names(order)
    return (
        *((str(pk), houses[pk].display) for pk in order if pk in houses),
        (ASIDE, _("Nobody's: it is for something else")),
    )


def _buyer(actor: Actor, typed: str) -> UUID:
    found = dealers_of(actor).filter(pk=typed).first() if _is_id(typed) else None
    if found is None:
        raise NotFound()
    return UUID(typed)


def _is_id(typed: str) -> bool:
    try:
        UUID(typed)
    except ValueError:
        return False
    return True
