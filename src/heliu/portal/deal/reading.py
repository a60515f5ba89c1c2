"""One deal with all its documents that the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from heliu.capital.lending import queries as lending
from heliu.capital.lending.policies.debt import Owed
from heliu.capital.terms import queries as invoices
from heliu.commerce.ordering import queries as ordering
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.events.queries import visible_to as facts_visible_to
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.warehousing import queries as warehousing
from heliu.portal.deal.sides import Side, side_of
from heliu.portal.deal.states import State, next_step, state_of
from heliu.portal.pools import brought
from heliu.portal.pools.brought import Brought
from heliu.portal.ui import formats
from heliu.trade import deals
from heliu.trade.open_account import OpenAccount, account_of

PLACED = "commerce.order-placed"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the deal page is filled from; documents the side may not see are None or absent.

    `margin` is what the lender keeps of the dealer's, with what it has borne, in minor units;
    `brought` is what the dealer of an order brings for its loan.
    """

    side: Side
    deal: Any
    order: Any
    loan: Any
    pledge: Any
    releases: list[Any]
    receipts: list[Any]
    facts: list[Any]
    owed: Owed | None
    margin: int
    account: OpenAccount | None
    state: State
    next_step: str
    brought: list[Brought]


def read(actor: Actor, ref: str, at: datetime) -> Reading:
    """The deal of a number or id. Raises `NotFound` for one that is not the actor's to see."""
    deal = deal_of(actor, ref)
    order = (
        ordering.visible_to(actor).filter(pk=deal.order_id).prefetch_related("lines__sku").first()
    )
    if order is not None:
        formats.write_in(order.currency)
    loan = lending.of_deal(deal.pk, actor)
    pledge = (
        pledges.visible_to(actor)
        .filter(deal=deal.pk)
        .select_related("cover")
        .prefetch_related("lines__sku")
        .first()
    )
    side = side_of(deal, actor)
    return Reading(
        side=side,
        deal=deal,
        order=order,
        loan=loan,
        pledge=pledge,
        releases=_releases(actor, deal) if deal.pledge_id else [],
        receipts=(
            list(warehousing.receipts_visible_to(actor).filter(pledge=pledge.pk)) if pledge else []
        ),
        facts=_facts(actor, deal, loan),
        owed=lending.owed(loan, day_of(at)) if loan is not None else None,
        margin=lending.margin_on(loan, day_of(at)) if loan is not None else 0,
        account=_account(actor, deal, order),
        state=state_of(deal, order, loan, pledge),
        next_step=next_step(side, deal, order, loan, pledge),
        brought=brought.rows(deal) if loan is not None and not deal.is_stock else [],
    )


def deal_of(actor: Actor, ref: str) -> Any:
    """The deal of a number or id alone, or `NotFound`."""
    return deals.get(actor, UUID(ref) if _is_id(ref) else ref)


def _releases(actor: Actor, deal: Any) -> list[Any]:
    """Who took over goods sees their release without seeing the pledge."""
    found = pledges.releases_visible_to(actor).filter(deal=deal.pk)
    return list(found.prefetch_related("lines__sku"))


def _facts(actor: Actor, deal: Any, loan: Any) -> list[Any]:
    """What happened: facts of the deal, of its order, and the credit decision behind its loan."""
    also = [deal.order_id, *([loan.assessment_id] if loan is not None else [])]
    found = facts_visible_to(actor).filter(Q(deal=deal.pk) | Q(subject__in=also))
    # Order and credit are of one moment; the story begins with the order.
    return sorted(found, key=lambda fact: (fact.at, fact.name != PLACED, fact.number))


def _account(actor: Actor, deal: Any, order: Any) -> OpenAccount | None:
    """What stands between buyer and seller; None where a bank stands between them."""
    if order is None or deal.lender is not None:
        return None
    steps = deals.steps_of(deal, actor)
    return account_of(steps, invoices.of_order(order.pk))


def _is_id(ref: str) -> bool:
    try:
        UUID(ref)
    except ValueError:
        return False
    return True
