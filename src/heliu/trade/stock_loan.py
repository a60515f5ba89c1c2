"""The story of a loan against stock, from the question to the close, top to bottom.

    ask             a dealer names goods it has bought, an amount and a term; the lender's rules and
                    its margin rules say how much, the limit is held, the goods are set aside
    sign            (financed_order) the agreement is signed, the register is searched
    send            (lodging) the goods leave for the supervised warehouse
    goods_received  the keeper counts: what is good is pledged, the lender's claim is filed
    go_on           counted, registered, clear and worth enough: the loan is paid out
    paid_out        the borrower has the money; from now on the pool is watched (`pool_marks`)
    repaid          (financed_order) paying lowers the floor; `taking_out` lets goods out above it
    call_off        before it is paid out the borrower may leave it be: its goods come back
    close           (financed_order) nothing is owed, all goods are out

It is a configuration of what the pledged order is made of: one loan, one pledge, one waterfall, one
bank. Calls for cash or goods are told in `margin_calls`, enforcing and selling where every loan's
are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from functools import partial
from time import perf_counter_ns
from uuid import UUID

from heliu.capital.bank import queries as payments
from heliu.capital.bank.models import PaymentInstruction, Purpose
from heliu.capital.credit import operations as credit
from heliu.capital.credit import queries as programmes
from heliu.capital.credit.models import Programme
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.capital.lending.policies.offering import Terms, quote_terms
from heliu.capital.valuation import policies as valuation
from heliu.capital.valuation import queries as prices
from heliu.capital.valuation.policies import Lying, Rules, Valued
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import in_any_case, widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.kernel.money import Money
from heliu.kernel.numbering import next_number
from heliu.kernel.parties import queries as known_parties
from heliu.kernel.parties.models import RelationshipStatus
from heliu.logistics.pledges.models import IN_FORCE
from heliu.logistics.stock import queries as stock
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing.operations import Received
from heliu.logistics.warehousing.policies import Count
from heliu.logistics.warehousing.queries import supervised_for
from heliu.trade import (
    lodging,
    margin_calls,
    pool_marks,
    registration,
    releasing,
    taking_out,
)
from heliu.trade.finance_offer import FinanceOffer, offers_for
from heliu.trade.financed_order import closing, instructing
from heliu.trade.financing import begin_loan, remember_loan
from heliu.trade.lodging import Goods, of_borrower
from heliu.trade.models import Deal, LodgingKind, MarkCause, Pool, Step
from heliu.trade.paperwork import has_all_goods, loan_of, pledge_of
from heliu.trade.side_exits import stop
from heliu.trade.steps import is_done, locked, parties, remember
from heliu.trade.wake import wake

SYSTEM = Actor.system()


@dataclass(frozen=True)
class Wish:
    """What a borrower asks for: a programme, goods out of its own house, fen, days, and the keeper
    it brings them to (None: the first one it knows)."""

    programme: UUID
    goods: Goods
    amount: int
    days: int
    keeper: UUID | None = None


@dataclass(frozen=True)
class Preview:
    """What goods would count for today, and the most that is lent against them, in fen."""

    rules: Rules
    valued: Valued
    most: int


def offered(actor: Actor) -> list[Programme]:
    """The live programmes under which goods of the actor's sellers are lent against."""
    mine = known_parties.relationships_visible_to(actor).filter(
        buyer=actor.own_org, status=RelationshipStatus.ACTIVE
    )
    sellers = list(mine.values_list("seller", flat=True))
    with widened([actor.own_org, *sellers]):
        return programmes.stock_programmes(sellers)


def preview(programme: Programme, goods: Goods, *, buyer: UUID, at: datetime) -> Preview:
    """What goods would count for if they lay with the keeper today. Raises `Invalid` as
    `lodging.costs_of` does."""
    rules = valuation.read(valuation.said(programme.margin_rules))
    costs = lodging.costs_of(buyer, programme.seller, goods, rules=programme.margin_rules)
    families = dict(Sku.objects.filter(pk__in=goods).values_list("pk", "family"))
    lines = [
        Lying(sku, families[sku], quantity, costs[sku][0], day_of(at))
        for sku, quantity in goods.items()
    ]
    priced = prices.prices_for(goods, programme.lender, at)
    counted = valuation.valued(lines, priced, rules, day_of(at))
    return Preview(rules, counted, valuation.lends(counted.value, rules))


def preview_for(actor: Actor, programme: UUID, goods: Goods, *, at: datetime) -> Preview:
    """The same under one of the programmes that are offered to the actor; `NotFound` otherwise."""
    found = _programme(programme, actor)
    with widened([found.lender]):
        return preview(found, goods, buyer=actor.own_org, at=at)


def ask(wish: Wish, *, actor: Actor, at: datetime) -> Deal:
    """Ask for a loan against goods that lie in the actor's own house.

    A no is refused, and its decision kept all the same. Raises `Refused` (above-lendable,
    finance-declined, limit-short …), `Invalid` for goods that do not count.
    """
    actor.require("order")
    began, buyer = perf_counter_ns(), actor.own_org
    programme = _programme(wish.programme, actor)
    keeper = _keeper(wish.keeper, actor)
    with widened([programme.lender]):
        seen = preview(programme, wish.goods, buyer=buyer, at=at)
        _require_lying(wish.goods, buyer, at)
        _require_enough(wish.amount, seen)
        offer = _offer(programme, buyer, wish.amount, seen.rules, at)
        assess = partial(
            credit.assess,
            offer.file.features,
            borrower=buyer,
            lender=offer.lender,
            programme=programme,
            wanted=_as_order(wish.amount, seen.rules),
            quota=offer.quota,
            rules=offer.version,
            actor=SYSTEM,
            at=at,
            began_ns=began,
        )
    if offer.is_declined:
        in_any_case(widened([offer.lender])(assess))
        raise Refused(
            "finance-declined",
            "The bank's rules say no to lending to you.",
            help="The reasons stand with your credit.",
        )
    with widened([offer.lender, keeper]):
        terms = _terms(programme, wish, offer, at)
        deal = Deal.objects.create(
            id=new_id(), number=next_number("DL", at), order_id=new_id(), is_stock=True,
            buyer=buyer, seller=programme.seller, lender=offer.lender, custodian=keeper,
            opened_at=at, moved_at=at,
        )  # fmt: skip
        loan = begin_loan(
            offer, assess(), terms, deal=deal.id, order=deal.order_id, total=terms.order_total,
            borrower=deal.buyer, seller=deal.seller, actor=actor, at=at,
        )  # fmt: skip
        Pool.objects.create(id=deal.order_id, deal=deal, buyer=buyer, lender=offer.lender)
        brought = lodging.set_aside(
            deal, wish.goods, loan=loan, kind=LodgingKind.OFFER, actor=actor, at=at
        )
        remember(
            deal, Step.STOCK_OFFERED, actor=actor, at=at,
            lodging=brought.number, value=seen.valued.value, most=seen.most,
        )  # fmt: skip
        _remember(deal, loan, actor=actor, at=at)
    return deal


def goods_received(
    deal: Deal, shipment: Shipment, counts: Sequence[Count], *, actor: Actor, at: datetime
) -> Received:
    """Goods of the locked deal's pool were counted in: they are pledged and valued; goods brought
    in place of others let those out; and the loan may be ready to be paid out."""
    pool_marks.mark([deal], MarkCause.PRICED, at=at)
    before = Pool.objects.get(deal=deal).value
    received, brought = lodging.counted(deal, shipment, counts, actor=actor, at=at)
    is_swap = brought.kind == LodgingKind.SWAP
    if not (is_swap and taking_out.swap(deal, brought, before=before, at=at)):
        pool_marks.mark([deal], MarkCause.BROUGHT, at=at)
    go_on(deal, at=at)
    releasing.release(deal, key=shipment.number, at=at)  # repaid while they were on the way
    closing.close_if_done(deal, at=at)
    wake(deal.id)
    return received


def go_on(deal: Deal, *, at: datetime) -> None:
    """Pay out as soon as the goods are counted and pledged, the claim on them is entered, nobody
    else has one, and what may be lent against them reaches for the loan."""
    loan, pledge = loan_of(deal), pledge_of(deal)
    if loan.status != LoanStatus.AWAIT_GOODS or pledge is None or pledge.status not in IN_FORCE:
        return
    if not is_done(deal, Step.REGISTERED):
        return
    registration.search_anew(deal, loan, at=at)
    if not registration.is_clear(deal):
        return
    pool_marks.mark([deal], MarkCause.PRICED, at=at)
    pool = Pool.objects.get(deal=deal)
    if pool.value < pool.floor:
        tell(
            deal.buyer, "stock-too-little",
            {"number": deal.number, "amount": Money(pool.floor - pool.value)},
            link=margin_calls.link(deal), at=at,
        )  # fmt: skip
        return
    lending.disbursing(loan, at=at)
    instructing.pay(deal, Purpose.PAY_OUT, loan.lender, loan.borrower, loan.principal, at=at)
    wake(deal.id)


def paid_out(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The borrower has the money; interest runs since the bank booked it."""
    if not remember(deal, Step.PAID_OUT, actor=SYSTEM, at=at, amount=instruction.amount):
        return
    lending.paid_out(loan_of(deal), effective=instruction.booked_on or day_of(at), at=at)
    pool_marks.mark([deal], MarkCause.PAID_OUT, at=at)
    tell(
        deal.buyer, "stock-paid-out",
        {"number": deal.number, "amount": Money(instruction.amount)},
        link=margin_calls.link(deal), at=at,
    )  # fmt: skip


def call_off(deal_id: UUID, *, actor: Actor, reason: str, at: datetime) -> None:
    """The borrower leaves the loan be, before it is paid out: the limit is free, goods that were
    counted are released, others stay where they are. Refused while goods are on the way."""
    deal = of_borrower(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        loan = loan_of(deal)
        if loan.status == LoanStatus.CANCELLED:
            return
        waiting = (LoanStatus.REFERRED, LoanStatus.QUOTED, LoanStatus.AWAIT_GOODS)
        if loan.status not in waiting or payments.has_open(deal.id):
            raise Refused(
                "paid-out-already",
                "%(number)s cannot be called off any more: it is %(now)s.",
                number=deal.number,
                now=str(loan.get_status_display()),
                help="Repay it; the goods come free.",
            )
        require_none_on_the_way(deal)
        stop(deal, actor=actor, reason=reason.strip()[:300], at=at)
    wake(deal.id)


def require_none_on_the_way(deal: Deal) -> None:
    """Raises `Refused` while goods of the locked deal are on the way: of a loan that is off none
    could be counted, and nobody would see to them."""
    if not has_all_goods(deal):
        raise Refused(
            "goods-on-the-way",
            "Goods of %(number)s are on the way to the warehouse.",
            number=deal.number,
            help="Call it off when they are counted.",
        )


def _programme(programme: UUID, actor: Actor) -> Programme:
    found = next((one for one in offered(actor) if one.pk == programme), None)
    if found is None:
        raise NotFound()
    return found


def _keeper(wanted: UUID | None, actor: Actor) -> UUID:
    known = list(supervised_for(actor).values_list("org", flat=True))
    if not known or wanted not in (None, *known):
        raise Invalid(
            "no-warehouse",
            "There is no supervised warehouse for these goods",
            field="keeper",
            help="Choose one of the supervised warehouses you know.",
        )
    return wanted or known[0]


def _require_lying(goods: Goods, buyer: UUID, at: datetime) -> None:
    free = stock.lying_free(list(goods), owner=buyer, warehouse=buyer, at=at)
    for sku, quantity in goods.items():
        if quantity > free[sku]:
            raise Invalid(
                "goods-not-lying",
                "Only %(free)s of %(goods)s lie free in your own house.",
                field="goods",
                free=free[sku],
                goods=Sku.objects.get(pk=sku).display,
            )


def _require_enough(amount: int, seen: Preview) -> None:
    if amount <= 0:
        raise Invalid("amount-not-positive", "A loan is above zero.", field="amount")
    if amount > seen.most:
        raise Refused(
            "above-lendable",
            "Against these goods the bank lends %(most)s at most.",
            field="amount",
            most=str(Money(seen.most)),
            help="Ask for less, or bring more goods.",
        )


def _as_order(amount: int, rules: Rules) -> int:
    """What the loan is judged as: the order that it would finance if what the goods are worth above
    it were a deposit."""
    return int((Decimal(amount) / rules.opening_ratio).to_integral_value(ROUND_CEILING))


def _offer(
    programme: Programme, buyer: UUID, amount: int, rules: Rules, at: datetime
) -> FinanceOffer:
    """The programme's answer: the borrower judged as ever."""
    total = _as_order(amount, rules)
    (offer,) = offers_for([programme], buyer=buyer, seller=programme.seller, total=total, at=at)
    if offer.facility is not None and offer.closed == "limit-closed":
        raise Refused(
            "facility-not-active",
            "The credit limit %(number)s is not open for new loans.",
            number=offer.facility.number,
            help="Ask the bank to renew it.",
        )
    return offer


def _terms(programme: Programme, wish: Wish, offer: FinanceOffer, at: datetime) -> Terms:
    if wish.days not in programme.days_options:
        raise Invalid(
            "terms-not-offered", "This term is not on offer.", field="days",
            help="Choose one of the offers shown.",
        )  # fmt: skip
    rate = offer.decision.rate
    return quote_terms(wish.amount, Decimal(0), rate, wish.days, day_of(at), programme)


def _remember(deal: Deal, loan: Loan, *, actor: Actor, at: datetime) -> None:
    deal.loan_id = loan.id
    deal.save(update_fields=["loan_id"])
    assessment = loan.assessment
    assert assessment is not None
    remember(
        deal, Step.ASSESSED, actor=SYSTEM, at=at,
        assessment=assessment.number, decision=assessment.decision, grade=assessment.grade,
    )  # fmt: skip
    remember_loan(deal, loan, actor=actor, at=at)
