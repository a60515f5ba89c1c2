"""The kinds of desk and who sits where."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as N_

from heliu.kernel.access.actor import Actor
from heliu.kernel.behalf.policies import refuse_closed
from heliu.kernel.errors import Forbidden
from heliu.portal.bank.frame import words as bank_words
from heliu.portal.carrier.frame import words as carrier_words
from heliu.portal.dealer.frame import behalf_words
from heliu.portal.dealer.frame import words as dealer_words
from heliu.portal.operator.frame import words as operator_words
from heliu.portal.seller.frame import words as seller_words
from heliu.portal.shell.visitor import words as visitor_words
from heliu.portal.shell.words import DeskKind
from heliu.portal.warehouse.frame import words as warehouse_words

KINDS = (
    DeskKind("dealer", N_("Dealer"), frozenset({"DEALER", "BUYER"}), "dealer_home", dealer_words),
    DeskKind("seller", N_("Seller"), frozenset({"SELLER"}), "seller_home", seller_words),
    DeskKind(
        "warehouse", N_("Warehouse"), frozenset({"WAREHOUSE"}), "warehouse_home", warehouse_words
    ),
    DeskKind("carrier", N_("Carrier"), frozenset({"CARRIER"}), "carrier_home", carrier_words),
    DeskKind("bank", N_("Bank"), frozenset({"BANK"}), "bank_queue", bank_words),
    DeskKind(
        "operator", N_("Operator"), frozenset({"OPERATOR"}), "operator_cockpit", operator_words
    ),
)
"""In the order in which they are listed; the first that fits an organisation is its first desk."""

VISITOR = DeskKind("visitor", N_("Guest"), frozenset(), "deals", visitor_words)
"""For an organisation whose roles have no desk of their own: its deals, inbox and company."""

BEHALF = DeskKind("behalf", N_("On behalf"), frozenset(), "dealer_pad", behalf_words)
"""For whoever orders in a customer's name."""

BY_KEY = {kind.key: kind for kind in KINDS}

SESSION_KIND = "desk_kind"


def require_desk(address: str, actor: Actor) -> None:
    """Refuse (403) a desk's pages, all that stand below its word, to whoever has no such desk, and
    a customer's own affairs to whoever orders in its name."""
    refuse_closed(actor, address)
    kind = BY_KEY.get(address.split("/")[1])
    if kind and not kind.roles & actor.party_roles:
        raise Forbidden(
            "not-your-desk",
            "This page belongs to another desk (%(desk)s).",
            desk=_(kind.label),
        )


def kinds_for(party_roles: frozenset[str]) -> list[DeskKind]:
    """The desks of an organisation with these roles; never empty."""
    return [kind for kind in KINDS if kind.roles & party_roles] or [VISITOR]


def kinds_at(org: UUID) -> list[DeskKind]:
    """The desks of an organisation, asked before or outside its door."""
    with connection.cursor() as cursor:
        cursor.execute("select roles from parties_tree(%s) where id = %s", [org, org])
        found = cursor.fetchone()
    return kinds_for(frozenset(found[0])) if found else []


def kind_of(request: HttpRequest, actor: Actor) -> DeskKind:
    """The desk that is in use: as chosen, else the first of the organisation."""
    if actor.behalf:
        return BEHALF
    kinds = kinds_for(actor.party_roles)
    chosen = request.session.get(SESSION_KIND)
    return next((kind for kind in kinds if kind.key == chosen), kinds[0])
