"""The story of an order being placed: prices, goods and credit in one transaction.

`preview` shows what would happen and changes nothing; `place` does it. Both ask the same rooms the
same questions, so that what was shown is what is done, or is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from time import perf_counter_ns
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from heliu.capital.books import operations as books
from heliu.capital.books import queries as accounts
from heliu.capital.books.journals import orders as journals
from heliu.capital.credit import operations as credit
from heliu.capital.credit import queries as credit_queries
from heliu.capital.credit.models import CreditAssessment
from heliu.capital.credit.models import Outcome as Decision
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.capital.lending.policies.offering import Terms
from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering import queries as orders
from heliu.commerce.ordering.models import Order, PayBy
from heliu.commerce.ordering.parts import Part
from heliu.commerce.ordering.policies import CheckedLine, PastedLine, check_lines
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.pricing.queries import Price
from heliu.commerce.quotes import operations as quotes
from heliu.commerce.quotes.operations import Taken
from heliu.commerce.spending import operations as spending
from heliu.commerce.spending import queries as budgets
from heliu.commerce.spending.queries import Warned
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import in_any_case, widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.goods.models import Sku
from heliu.kernel.money import CURRENCY, Money
from heliu.kernel.parties import queries as parties
from heliu.logistics.stock import queries as stock_queries
from heliu.logistics.warehousing.queries import supervised_for
from heliu.trade import back_orders, behalf, controls, deals
from heliu.trade import spending as charging
from heliu.trade.accepted import Accepted, Good
from heliu.trade.comparison import Comparison, best_first, compare
from heliu.trade.deciding import decide, refuse_bad
from heliu.trade.earning import Earned, earns
from heliu.trade.finance_offer import FinanceOffer, offers_for
from heliu.trade.models import Deal, Step
from heliu.trade.order_pad import rule_of
from heliu.trade.paperwork import order_of
from heliu.trade.placing import Query, facts, facts_query, post_query, refusal
from heliu.trade.steps import locked, remember
from heliu.trade.steps import parties as parties_of
from heliu.trade.ways import CLOSED, Way, ways_to_pay
from heliu.trade.wishes import Ask, Wish

SYSTEM = Actor.system()


@dataclass(frozen=True)
class Preview:
    """An order as it would be placed. `total` (minor units) is that of the lines that are good,
    `offers` are the lenders', the best first, `comparison` has them beside the other ways to pay,
    `least` is what the seller wants of one order at least, `earned` what the lines earn as one
    order; `total` is after that. `warned` are budgets that warn and would be passed by it.
    """

    lines: list[CheckedLine[Sku]]
    total: int
    ways: list[Way]
    offers: list[FinanceOffer]
    comparison: Comparison
    least: int = 0
    earned: tuple[Earned, ...] = ()
    warned: Sequence[Warned] = ()
    currency: str = CURRENCY

    @property
    def offer(self) -> FinanceOffer | None:
        """The best of the offers."""
        return self.offers[0] if self.offers else None

    @property
    def missing(self) -> int:
        """How much is missing to what the seller wants of one order, in minor units."""
        return max(self.least - self.total, 0)

    @property
    def problems(self) -> list[CheckedLine[Sku]]:
        """The lines that cannot be ordered as they are."""
        return [line for line in self.lines if line.problem]


class Picked(NamedTuple):
    """Which offer was picked; what is not named is the best."""

    programme: UUID | None
    deposit_ratio: Decimal | None
    days: int | None


@dataclass(frozen=True)
class Placed:
    """What was placed; `loan` is there when it is financed."""

    order: Order
    deal: Deal
    loan: Loan | None


def preview(
    *,
    actor: Actor,
    seller: UUID,
    lines: Sequence[tuple[UUID, int]],
    at: datetime,
    warehouse: UUID | None = None,
    days: int | None = None,
    cost_centre: UUID | None = None,
    quote: UUID | None = None,
) -> Preview:
    """What an order of these (SKU, quantity) would cost, line by line, and how it could be paid;
    offers are compared for a term of `days` where it is on offer. `cost_centre` would bear it; not
    named, that of whoever orders. With a `quote` its prices are paid."""
    actor.require("order")
    buyer = actor.own_org
    relationship = parties.active_relationship(buyer=buyer, seller=seller)
    taken = _taken(quote, actor, seller, lines, at)
    checked, prices = _check(buyer, seller, lines, at, taken.prices if taken else None)
    earned = () if taken else earns(buyer, seller, checked, prices, at)
    total = sum(line.amount or 0 for line in checked) - sum(one.off for one in earned)
    with widened([buyer, seller]):
        # What banks offer a customer is not shown to whoever orders in its name.
        is_ours = relationship.currency == CURRENCY
        found = _offers(buyer, seller, total, at) if is_ours and not actor.behalf else []
        offers = best_first(found, days)
    ways = ways_to_pay(
        total,
        terms_left=accounts.terms_left(seller=seller, buyer=buyer, at=at),
        terms_stop=relationship.terms_stop,
        offers=offers,
        has_house=_supervised(actor, warehouse) is not None,
        currency=relationship.currency,
    )
    rate = credit_queries.own_money(actor)
    return Preview(
        checked, total, ways, offers, compare(total, ways, offers, rate=rate, days=days),
        relationship.least_order, earned,
        _warned(actor, cost_centre, total, at) if is_ours else (),
        relationship.currency,
    )  # fmt: skip


def _warned(actor: Actor, centre: UUID | None, total: int, at: datetime) -> Sequence[Warned]:
    """Budgets that warn and would be passed. Whoever orders in a customer's name learns that they
    would be, and how they stand only where they are about itself."""
    with behalf.ordering_for(actor):
        found = budgets.warned(
            buyer=actor.own_org, person=actor.user_id, centre=centre, total=total, on=day_of(at)
        )
    if actor.behalf is None:
        return found
    return [one if one.is_own else one._replace(amount=None, taken=None) for one in found]


def place(
    *,
    actor: Actor,
    seller: UUID,
    lines: Sequence[tuple[UUID, int]],
    pay_by: str,
    at: datetime,
    warehouse: UUID | None = None,
    programme: UUID | None = None,
    deposit_ratio: Decimal | None = None,
    days: int | None = None,
    remark: str = "",
    external_id: str = "",
    cost_centre: UUID | None = None,
    asked: UUID | None = None,
    kept: Mapping[UUID, int] | None = None,
    wanted_on: date | None = None,
    line_days: Mapping[UUID, date] | None = None,
    line_parts: Mapping[UUID, Sequence[Part]] | None = None,
    address: UUID | None = None,
    quote: UUID | None = None,
    currency: str = "",
) -> Placed:
    """Place an order: goods are reserved, and on terms or with finance the credit is held, or
    nothing happens at all.

    Financed goods go to a supervised warehouse (`warehouse`, or the first one known), others to
    the buyer: to the `address` of its book that is named, else to its default. `programme` is the
    offer that was picked; without one the best is taken. The goods are wished for `wanted_on`, some
    lines for days of their own (`line_days`) or in parts by day (`line_parts`). With a `quote` it
    is of exactly what the seller offered, at its prices; the quote is ordered by it. `currency` is
    what whoever orders takes it to cost; not said, that in which the two trade. A financed order
    waits for the signature (`signing.sign`), or for a person at the bank where the rules do
    not decide. Raises `Refused` for the first line that is not good, `NotFound` for goods or a
    seller that are not there for the buyer, `Short` when somebody was quicker, `LimitShort`, or
    what closes the way to pay.
    """
    behalf.refuse_finance(actor, pay_by)
    taken = _taken(quote, actor, seller, lines, at)
    good = _judged(
        actor=actor, seller=seller, lines=lines, pay_by=pay_by, remark=remark,
        external_id=external_id, cost_centre=cost_centre, asked=asked, kept=kept, taken=taken,
        wanted_on=wanted_on, line_days=line_days, line_parts=line_parts, address=address,
        currency=currency, at=at,
    )  # fmt: skip
    with widened([good.ask.buyer, seller]):
        if pay_by == PayBy.FINANCE:
            wish = Picked(programme, deposit_ratio, days)
            placed = _place_financed(good, _house(actor, warehouse), wish, at)
        else:
            placed = _write(good.accepted(at, warehouse=good.ask.buyer), at)
            behalf.placed(placed.order, deals.link(placed.deal), actor, at=at)
        if taken:
            quotes.ordered(taken.quote, placed.order.id, placed.order.number, actor=actor, at=at)
        return placed


def judged(
    *,
    actor: Actor,
    seller: UUID,
    lines: Sequence[tuple[UUID, int]],
    pay_by: str,
    at: datetime,
    remark: str = "",
    external_id: str = "",
    cost_centre: UUID | None = None,
    asked: UUID | None = None,
    kept: Mapping[UUID, int] | None = None,
    wanted_on: date | None = None,
    line_days: Mapping[UUID, date] | None = None,
    line_parts: Mapping[UUID, Sequence[Part]] | None = None,
    address: UUID | None = None,
    quote: UUID | None = None,
    currency: str = "",
) -> Good:
    """An order that is good as things stand; nothing is written. Raises as `place` does."""
    return _judged(
        actor=actor, seller=seller, lines=lines, pay_by=pay_by, remark=remark,
        external_id=external_id, cost_centre=cost_centre, asked=asked, kept=kept,
        taken=_taken(quote, actor, seller, lines, at), wanted_on=wanted_on, line_days=line_days,
        line_parts=line_parts, address=address, currency=currency, at=at,
    )  # fmt: skip


def _judged(
    *,
    actor: Actor,
    seller: UUID,
    lines: Sequence[tuple[UUID, int]],
    taken: Taken | None,
    line_days: Mapping[UUID, date] | None,
    line_parts: Mapping[UUID, Sequence[Part]] | None,
    at: datetime,
    **said: Any,
) -> Good:
    wish = Wish(
        seller, _wanted(lines), quoted=taken.prices if taken else None, days=line_days,
        parts=line_parts, **said,
    )  # fmt: skip
    ask = Ask(actor, wish)
    (known,) = facts([wish], _row(facts_query([ask], at)))
    (good,) = decide([ask], [known])
    if isinstance(good, Refused):
        if good.code == "price-missing":  # perhaps of packs: that is said in its own words
            refuse_bad(_check(ask.buyer, seller, lines, at)[0])
        raise good
    return good


def confirm(order_id: UUID, *, actor: Actor, at: datetime) -> Order:
    """The seller accepts an order; one paid by transfer when the money has arrived. Who else of the
    seller must agree is asked before (`trade/confirming.py`).

    Financed orders confirm themselves when the bank has paid.
    """
    actor.require("sell")
    deal = deals.of_order(actor, order_id)
    with widened(parties_of(deal)):
        deal = locked(deal.id)
        order = order_of(deal)
        refuse_other_side(order, actor)
        if order.pay_by == PayBy.FINANCE:
            raise Refused(
                "confirms-itself",
                "A financed order is confirmed when the bank has paid.",
            )
        ordering.confirm(order, actor=actor, at=at)
        charging.confirmed(order.pk, at=at)
        if order.pay_by == PayBy.TRANSFER:
            books.post(
                journals.order_paid(
                    seller=order.seller,
                    buyer=order.buyer,
                    order=order.id,
                    amount=order.total - orders.struck(order.id),
                ),
                kind="order_paid",
                key=f"order_paid:{order.id}",
                subject=order.id,
                effective=day_of(at),
                currency=order.currency,
                at=at,
            )
        remember(deal, Step.CONFIRMED, actor=actor, at=at)
    return order


def refuse_other_side(order: Order, actor: Actor) -> None:
    """Only the seller says yes to an order."""
    if not actor.is_system and order.seller not in actor.orgs:
        raise NotFound()


def _place_financed(good: Good, house: UUID, wish: Picked, at: datetime) -> Placed:
    """Assess, then hold the limit at the quote, or lay the request before a person.

    A no is refused, and its decision kept all the same: whoever is told no may ask why. The limit
    and the lender's quotas are held before the goods, which are locked last.
    """
    began = perf_counter_ns()
    ask = good.ask
    offer = _picked(_offers(ask.buyer, ask.wish.seller, good.total, at), wish)
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
        loan = _loan(accepted, offer, assessment, terms, at)
        placed = _write(accepted, at)
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


def _loan(
    accepted: Accepted,
    offer: FinanceOffer,
    assessment: CreditAssessment,
    terms: Terms,
    at: datetime,
) -> Loan:
    """The quote with its held limit where the rules approve, else the request to a person."""
    order = accepted.draft
    loan_for = partial(
        lending.refer if assessment.decision == Decision.REFER else lending.quote,
        deal=accepted.deal_id,
        order_id=order.id,
        order_total=order.total,
        borrower=order.buyer,
        seller=order.seller,
        lender=offer.lender,
        programme=offer.programme,
        terms=terms,
        assessment=assessment,
        actor=accepted.good.ask.actor,
        at=at,
    )
    if assessment.decision == Decision.REFER:
        return loan_for(facility=offer.facility)
    return loan_for(facility=offer.facility or credit.grant(assessment, actor=SYSTEM, at=at))


def _remember(
    deal: Deal, assessment: CreditAssessment, loan: Loan, *, actor: Actor, at: datetime
) -> None:
    """Write down how the deal came by its loan, and tell the bank where a person decides."""
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
    if loan.status == LoanStatus.REFERRED:
        remember(deal, Step.REFERRED, actor=SYSTEM, at=at, loan=loan.number)
        _tell_bank(deal, loan, at=at)
    else:
        remember(deal, Step.QUOTED, actor=actor, at=at, loan=loan.number)


def _write(accepted: Accepted, at: datetime) -> Placed:
    """The order, its deal and what it holds; goods are locked last."""
    if centre := accepted.good.ask.wish.cost_centre:
        spending.name_centre(accepted.draft.id, centre, org=accepted.draft.buyer)
    refused = refusal([accepted], _row(post_query([accepted], at)))
    if refused:
        raise refused
    ordering.keep_parts(accepted.draft)
    return Placed(accepted.draft.order(), accepted.deal(), None)


def _taken(
    quote: UUID | None, actor: Actor, seller: UUID, lines: Sequence[tuple[UUID, int]], at: datetime
) -> Taken | None:
    """The seller's offer that is ordered, locked, if it is one. Raises as `quotes.take` does."""
    if quote is None:
        return None
    return quotes.take(quote, actor=actor, seller=seller, wanted=_wanted(lines), at=at)


def _row(query: Query) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(*query)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def _wanted(lines: Sequence[tuple[UUID, int]]) -> dict[UUID, int]:
    """A SKU wanted twice is one line."""
    wanted: dict[UUID, int] = {}
    for sku, quantity in lines:
        wanted[sku] = wanted.get(sku, 0) + quantity
    return wanted


def _check(
    buyer: UUID,
    seller: UUID,
    lines: Sequence[tuple[UUID, int]],
    at: datetime,
    quoted: Mapping[UUID, int] | None = None,
) -> tuple[list[CheckedLine[Sku]], dict[UUID, Price | None]]:
    """Price each line, by the seller's offer where it is one, and see whether there is enough of
    it; with the prices."""
    wanted = _wanted(lines)
    known = catalogue.offered(buyer, seller).filter(pk__in=wanted)
    skus = {sku.pk: sku for sku in known.select_related("unit")}
    if len(skus) < len(wanted):
        raise NotFound()
    prices = pricing.resolve(
        buyer=buyer,
        seller=seller,
        wanted=[(sku, max(quantity, 1)) for sku, quantity in wanted.items()],
        at=at,
        as_order=True,
    )
    if quoted:
        prices = {
            sku: price and replace(price, unit_price=quoted[sku]) for sku, price in prices.items()
        }
    free = stock_queries.available(list(wanted), owner=seller, warehouse=seller, at=at)
    rows = [
        PastedLine(row, skus[sku].code, quantity)
        for row, (sku, quantity) in enumerate(wanted.items(), start=1)
    ]
    rules = {sku.pk: rule_of(sku) for sku in skus.values()}
    by_code = {sku.code: sku for sku in skus.values()}
    return check_lines(rows, by_code, prices, free, rules=rules), prices


def _offers(buyer: UUID, seller: UUID, total: int, at: datetime) -> list[FinanceOffer]:
    """The offers of the banks that finance the seller's goods, asked with the banks' eyes. What one
    of them sees, decides and grants is in its own rows alone."""
    programmes = credit_queries.programmes_for(seller)
    if not programmes or total <= 0:
        return []
    with widened(one.lender for one in programmes):
        return offers_for(programmes, buyer=buyer, seller=seller, total=total, at=at)


def _house(actor: Actor, wanted: UUID | None) -> UUID:
    house = _supervised(actor, wanted)
    if house is None:
        raise Invalid(
            "no-warehouse", CLOSED["no-warehouse"], field="warehouse",
            help="Choose one of the supervised warehouses you know.",
        )  # fmt: skip
    return house


def _supervised(actor: Actor, wanted: UUID | None) -> UUID | None:
    """The supervised warehouse that was asked for, or the first the buyer knows."""
    known = supervised_for(actor).values_list("org", flat=True)
    return (wanted if wanted in known else None) if wanted else next(iter(known), None)


def _tell_bank(deal: Deal, loan: Loan, *, at: datetime) -> None:
    tell(
        loan.lender,
        "loan-waits",
        {
            "borrower": parties.names([loan.borrower])[loan.borrower],
            "amount": Money(loan.principal),
        },
        link=deals.link(deal),
        at=at,
    )
