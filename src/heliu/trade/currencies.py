"""The currency in which two houses trade (docs/decisions/0019).

    set_currency      a seller says in what a buyer trades with it, before anything was ordered
    by_transfer       what is in another currency than ours is paid by transfer
    refused           why an order was not written, as the database said it

Everything between the two is in it; nothing is converted. Trade credit, financing, promotions,
budgets and rules by amount, VAT papers and returns are in ours so far, and refused in others.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_noop as N_

from heliu.capital.terms import queries as credit
from heliu.commerce.ordering.models import Order
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.quotes.models import Quote
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import CURRENCY, TRADED
from heliu.kernel.parties import queries as parties
from heliu.kernel.parties.models import TradingRelationship

REFUSED = ("currency-set", "currency-rules")
HELD = {  # by the database, against whoever is quicker
    "currency_before_orders": N_("You have orders in %(currency)s."),
    "currency_before_quotes": N_("There is a quote under way in %(currency)s."),
}
CATALOGUE = "/dealer/catalogue"
BOUND = "select trade_currency_refused(%s::uuid[], %s::uuid[], %s::text[])"


def set_currency(buyer: UUID, currency: str, *, actor: Actor, at: datetime) -> TradingRelationship:
    """A buyer trades in this currency with the actor's house from now on. What one order of it came
    to at least was said in the old one: the house's own word holds until another is said.

    Raises `Invalid` for one in which nobody trades, `Refused` (currency-bound) once something was
    ordered, trade credit granted, a quote asked for or a contract offered between the two.
    """
    actor.require("terms")
    if currency not in TRADED:
        raise Invalid("currency-unknown", "Nobody trades in this currency here.", field="currency")
    seller = actor.own_org
    link = parties.active_relationship(buyer=buyer, seller=seller)
    if link.currency == currency:
        return link
    granted = credit.terms_of(actor, seller=seller, buyer=buyer)
    if granted is not None and granted.ceiling:
        raise _bound(N_("You have granted trade credit in %(currency)s."), link.currency)
    if pricing.contracts_between(seller=seller, buyer=buyer, on=day_of(at)).exists():
        raise _bound(N_("There is a contract in %(currency)s."), link.currency)
    # Before all orders are locked: whoever asks in vain keeps nobody waiting.
    if Order.objects.filter(buyer=buyer, seller=seller).exists():
        raise _bound(HELD["currency_before_orders"], link.currency)
    was, link.currency = link.currency, currency
    link.least_order = parties.own_least(actor) if currency == CURRENCY else 0
    link.least_is_own = False
    try:
        with transaction.atomic():
            link.save(update_fields=["currency", "least_order", "least_is_own"])
    except IntegrityError as error:
        held = next((words for rule, words in HELD.items() if rule in str(error)), None)
        if held is None:
            raise
        raise _bound(held, was) from None
    tell(
        buyer,
        "currency-set",
        {"seller": parties.names([seller])[seller], "currency": currency},
        link=CATALOGUE,
        at=at,
    )
    return link


def _bound(message: str, currency: str) -> Refused:
    return Refused(
        "currency-bound",
        message,
        field="currency",
        help="The currency of two who trade is set before anything is agreed between them.",
        currency=currency,
    )


def by_transfer(currency: str) -> Refused:
    """What is not in our currency is paid by transfer."""
    return Refused(
        "currency-by-transfer",
        "You trade with this seller in %(currency)s: it is paid by transfer.",
        field="pay_by",
        help="Trade credit and financing are in %(ours)s so far. Pay by transfer.",
        currency=currency,
        ours=CURRENCY,
    )


def refused(state: str) -> Refused:
    """Why orders were not written, as the database said it."""
    if state == "currency-set":
        return Refused(
            "currency-set",
            "The seller has set another currency since.",
            help="Look at the prices again, and order once more.",
        )
    return Refused(
        "currency-rules",
        "Your house bounds what it spends in %(ours)s: an order in another currency cannot be held"
        " against that.",
        help="Ask your seller to trade in %(ours)s, or your house to take its rules away.",
        ours=CURRENCY,
    )


def require_ours(paper: Order | Quote, message: str) -> None:
    """Raises `Refused` where a paper is in another currency, and this is done in ours alone."""
    if paper.currency != CURRENCY:
        raise Refused("currency-ours-alone", message, currency=paper.currency, ours=CURRENCY)


def refuse_rules(buyer: UUID, currency: str) -> None:
    """Raises `Refused` where a house bounds what it spends and this is in another currency."""
    with connection.cursor() as cursor:
        cursor.execute(BOUND, [[buyer], [buyer], [currency]])
        (state,) = cursor.fetchone()
    if state:
        raise refused(state)
