"""An order is placed with finance: the bank's offer, its decision and the loan that comes of it.

A loan against stock (`stock_loan`) begins the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from time import perf_counter_ns
from typing import NamedTuple
from uuid import UUID

from heliu.capital.credit import operations as credit
from heliu.capital.credit import queries as credit_queries
from heliu.capital.credit.models import CreditAssessment
from heliu.capital.credit.models import Outcome as Decision
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.capital.lending.policies.offering import Terms
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import in_any_case, widened
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.kernel.parties import queries as parties
from heliu.logistics.warehousing.queries import supervised_for
from heliu.trade import back_orders, controls, deals
from heliu.trade.accepted import Good
from heliu.trade.comparison import best_first
from heliu.trade.finance_offer import FinanceOffer, offers_for
from heliu.trade.models import Deal, Step
from heliu.trade.placed import Placed, write_order
from heliu.trade.steps import remember
from heliu.trade.ways import CLOSED

SYSTEM = Actor.system()


class Picked(NamedTuple):
    """Which offer was picked; what is not named is the best."""

    programme: UUID | None
    deposit_ratio: Decimal | None
    days: int | None


def offers_to(buyer: UUID, seller: UUID, total: int, at: datetime) -> list[FinanceOffer]:
    """The offers of the banks that finance the seller's goods, asked with the banks' eyes. What one
    of them sees, decides and grants is in its own rows alone."""
    programmes = credit_queries.programmes_for(seller)
    if not programmes or total <= 0:
        return []
    with widened(one.lender for one in programmes):
        return offers_for(programmes, buyer=buyer, seller=seller, total=total, at=at)


def supervised_house(actor: Actor, wanted: UUID | None) -> UUID | None:
    """The supervised warehouse that was asked for, or the first the buyer knows."""
    known = supervised_for(actor).values_list("org", flat=True)
    return (wanted if wanted in known else None) if wanted else next(iter(known), None)


def house_for(actor: Actor, wanted: UUID | None) -> UUID:
    """As `supervised_house`. Raises `Invalid` where the buyer knows none."""
    house = supervised_house(actor, wanted)
    if house is None:
        raise Invalid(
            "no-warehouse", CLOSED["no-warehouse"], field="warehouse",
            help="Choose one of the supervised warehouses you know.",
        )  # fmt: skip
    return house


def place_financed(good: Good, house: UUID, wish: Picked, at: datetime) -> Placed:
    """Assess, then hold the limit at the quote, or lay the request before a person.

    A no is refused, and its decision kept all the same: whoever is told no may ask why. The limit
    and the lender's quotas are held before the goods, which are locked last.
    """
    began = perf_counter_ns()
    ask = good.ask
    offer = _picked(offers_to(ask.buyer, ask.wish.seller, good.total, at), wish)
    seen = controls.look(buyer=ask.buyer, seller=ask.wish.seller, price=good.total, at=at)
    assess = partial(
        credit.assess,
        offer.file.features,
        borrower=ask.buyer,
        lender=offer.lender,
        programme=offer.programme,
        wanted=good.total,
        quota=offer.quota,
        findings=sorted({one.code for one in seen}),
        rules=offer.version,
        actor=SYSTEM,
        at=at,
        began_ns=began,
    )
    if offer.is_declined:
        in_any_case(widened([offer.lender])(assess))
        raise Refused(
            "finance-declined",
            "The bank's rules say no to financing this order.",
            help="Pay by transfer; the reasons stand at the checkout.",
        )
    with widened([offer.lender, house]):
        assessment = assess()
        terms = offer.terms(wish.deposit_ratio, wish.days)
        accepted = good.accepted(at, warehouse=house, lender=offer.lender)
        order = accepted.draft
        loan = begin_loan(
            offer, assessment, terms, deal=accepted.deal_id, order=order.id, total=order.total,
            borrower=order.buyer, seller=order.seller, actor=ask.actor, at=at,
        )  # fmt: skip
        placed = write_order(accepted, at)
        if back_orders.waits(placed.order):
            raise Refused(
                "finance-needs-goods",
                "No bank pays for goods that are still to come.",
                help="Order what is there, or pay on terms or by transfer.",
            )
        _remember(placed.deal, assessment, loan, actor=ask.actor, at=at)
        controls.keep(placed.deal, seen, at=at)
    return Placed(placed.order, placed.deal, loan)


def _picked(offers: Sequence[FinanceOffer], wish: Picked) -> FinanceOffer:
    """The offer of the programme that was picked, or the best; refused when it is gone by now."""
    if not offers:
        raise Refused("no-programme", CLOSED["no-programme"])
    if wish.programme is None:
        order = best_first(offers, wish.days)
        has = (one for one in order if one.find(wish.deposit_ratio, wish.days))
        return next(has, order[0])
    for offer in offers:
        if offer.programme.pk == wish.programme:
            return offer
    raise Refused(
        "offer-gone",
        "This offer is no longer there.",
        field="programme",
        help="Choose one of the offers shown now.",
    )


def begin_loan(
    offer: FinanceOffer,
    assessment: CreditAssessment,
    terms: Terms,
    *,
    deal: UUID,
    order: UUID,
    total: int,
    borrower: UUID,
    seller: UUID,
    actor: Actor,
    at: datetime,
) -> Loan:
    """The quote with its held limit where the rules approve, else the request to a person."""
    is_referred = assessment.decision == Decision.REFER
    loan_for = partial(
        lending.refer if is_referred else lending.quote,
        deal=deal,
        order_id=order,
        order_total=total,
        borrower=borrower,
        seller=seller,
        lender=offer.lender,
        programme=offer.programme,
        terms=terms,
        assessment=assessment,
        actor=actor,
        at=at,
    )
    if is_referred:
        return loan_for(facility=offer.facility)
    return loan_for(facility=offer.facility or credit.grant(assessment, actor=SYSTEM, at=at))


def remember_loan(deal: Deal, loan: Loan, *, actor: Actor, at: datetime) -> None:
    """Write down that the limit is held, or that a person decides; then the bank is told."""
    if loan.status != LoanStatus.REFERRED:
        remember(deal, Step.QUOTED, actor=actor, at=at, loan=loan.number)
        return
    remember(deal, Step.REFERRED, actor=SYSTEM, at=at, loan=loan.number)
    borrower = parties.names([loan.borrower])[loan.borrower]
    tell(
        loan.lender,
        "loan-waits",
        {"borrower": borrower, "amount": Money(loan.principal)},
        link=deals.link(deal),
        at=at,
    )


def _remember(
    deal: Deal, assessment: CreditAssessment, loan: Loan, *, actor: Actor, at: datetime
) -> None:
    """Write down how the deal came by its loan."""
    deal.loan_id = loan.id
    deal.save(update_fields=["loan_id"])
    remember(
        deal,
        Step.ASSESSED,
        actor=SYSTEM,
        at=at,
        assessment=assessment.number,
        decision=assessment.decision,
        grade=assessment.grade,
        milliseconds=str(assessment.milliseconds),
    )
    remember_loan(deal, loan, actor=actor, at=at)
