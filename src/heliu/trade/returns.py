"""Goods that a buyer gives back, or keeps for less: what happens to the goods and to the money.

    ask             the buyer, from an order or a case: money back, new goods, or keep for less
    agree, refuse   the seller; from an amount on the others of its house must agree
    send            the goods leave the buyer's house: title goes to the seller
    receive         the seller's warehouse counts and judges; what is accepted is credited
    replace, come   new goods for what was accepted, and their arrival
    refund          what had been paid goes back by the bank; or the seller writes it down by hand

On terms what is accepted is not owed any more; what was paid already the seller owes back. Of a
financed order the goods are pledged and the money is the lender's: what follows the seller's yes is
told in `giving_back`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID, uuid5

from django.utils.translation import gettext_noop as N_

from heliu.capital.bank import operations as bank
from heliu.capital.bank.models import AccountKind, BankAccount, PaymentInstruction, Purpose
from heliu.commerce.cases import queries as cases
from heliu.commerce.ordering import queries as orders
from heliu.commerce.ordering.models import Order, PayBy
from heliu.commerce.pricing.operations import discounts
from heliu.commerce.returns import operations, queries
from heliu.commerce.returns.models import OVER, Remedy, Return, ReturnStatus
from heliu.commerce.returns.policies import Judged
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Act
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.kernel.parties import queries as parties
from heliu.logistics.stock import operations as stock
from heliu.logistics.stock.policies import Marked
from heliu.logistics.warehousing.policies import put_away
from heliu.logistics.warehousing.queries import bin_loads, quarantine_of
from heliu.trade import deals, giving_back, open_account, spending, tracing, vat
from heliu.trade.asking import ask as ask_house
from heliu.trade.currencies import require_ours
from heliu.trade.models import Deal, Step
from heliu.trade.paperwork import order_of
from heliu.trade.steps import locked, remember
from heliu.trade.steps import parties as sides
from heliu.trade.wake import wake

SYSTEM = Actor.system()
AGREE = Act("return-agree", agreed_by=("sell", "terms", "manage"))


def ask(
    order_ref: UUID | str,
    *,
    actor: Actor,
    remedy: str,
    quantities: Mapping[int, int],
    reason: str,
    allowance: int = 0,
    case: UUID | str | None = None,
    marks: Mapping[int, Sequence[str]] | None = None,
    at: datetime,
) -> Return:
    """The buyer asks to give back so many pieces of the lines at these positions, by their serial
    numbers where the goods have such."""
    order = orders.get(actor, order_ref)
    require_ours(order, N_("Returns are in %(ours)s so far; this order is in %(currency)s."))
    of_case = cases.get(actor, case).pk if case else None
    if order.pay_by != PayBy.FINANCE:  # which pledged pieces go back the keeper's hand decides
        tracing.require_named(order, quantities, marks or {}, actor=actor)
    with widened(sides(deals.of_order(actor, order.pk))):
        deal = locked(deals.of_order(actor, order.pk).pk)
        order = orders.get(actor, order.pk)
        if order.pay_by == PayBy.FINANCE:
            _require_pledged(deal, order, remedy, quantities)
        found = operations.ask(
            order, actor=actor, deal=deal.pk, remedy=remedy, quantities=quantities,
            allowance=allowance, reason=reason, case=of_case, marks=marks, at=at,
        )  # fmt: skip
        tell(
            found.seller,
            "return-asked",
            {
                "buyer": parties.names([found.buyer])[found.buyer],
                "return": found.number,
                "number": order.number,
                "amount": Money(found.amount),
            },
            link=link(found),
            at=at,
        )
    return found


def agree(ref: UUID | str, *, actor: Actor, at: datetime, answer: str = "") -> Approval | None:
    """The seller agrees; where that is the rule it asks the others of its house, and returns the
    question. An allowance is credited at once."""
    with _opened(ref, actor) as (deal, found):
        operations.require_side(found.seller, "sell", actor)
        _must_be(found, ReturnStatus.ASKED)
        if approvals.is_needed(AGREE, org=found.seller, amount=found.amount):
            return ask_house(
                AGREE, subject=found.pk, name=found.number, link=link(found), org=found.seller,
                amount=found.amount, reason=answer or found.reason, actor=actor, at=at,
            )  # fmt: skip
        _agreed(deal, found, answer=answer, actor=actor, at=at)
    return None


def agreed(asked: Approval, *, actor: Actor, at: datetime) -> None:
    """All who must agree to a return have agreed."""
    with _opened(asked.subject, actor) as (deal, found):
        if found.status == ReturnStatus.ASKED:
            _agreed(deal, found, answer="", actor=actor, at=at)


def refuse(ref: UUID | str, *, actor: Actor, reason: str, at: datetime) -> Return:
    """The seller says no, and why."""
    with _opened(ref, actor) as (_, found):
        operations.refuse(found, actor=actor, reason=reason, at=at)
        approvals.overtaken(found.pk, at=at)
        _tell(found, found.buyer, at=at)
    return found


def withdraw(ref: UUID | str, *, actor: Actor, at: datetime) -> Return:
    """The buyer thinks better of it, before anything was sent, or the seller is paying for it."""
    with _opened(ref, actor) as (deal, found):
        if deal.loan_id:
            giving_back.require_quiet(found, deal)
            approvals.overtaken(deal.pk, act=giving_back.GIVE_BACK, at=at)
        operations.withdraw(found, actor=actor, at=at)
        approvals.overtaken(found.pk, at=at)
        _tell(found, found.seller, at=at)
    return found


def send(ref: UUID | str, *, actor: Actor, at: datetime) -> Return:
    """The goods leave the buyer's house on their way back; they are the seller's from now on."""
    with _opened(ref, actor) as (deal, found):
        if deal.loan_id:
            raise Refused(
                "return-by-the-bank",
                "%(number)s waits for the bank: the goods leave when the seller has refunded them.",
                number=found.number,
            )
        operations.sent(found, actor=actor, at=at)
        _tell(found, found.seller, at=at)
        stock.issue(
            [
                stock.Issue(line.sku_id, line.quantity, None, tuple(map(Marked, line.marks)))
                for line in found.lines.all()
            ],
            owner=found.buyer, warehouse=found.warehouse, new_owner=found.seller,
            shipment=found.pk, at=at,
        )  # fmt: skip
    return found


def receive(
    ref: UUID | str,
    judged: Sequence[Judged],
    *,
    actor: Actor,
    at: datetime,
    came: Mapping[int, tuple[tuple[Marked, ...], tuple[Marked, ...]]] | None = None,
) -> Return:
    """The seller's warehouse counts and judges what came back: good goods lie free again, damaged
    ones in quarantine, and what is accepted is credited, or to be replaced. `came` are by position
    the good and the damaged pieces, where they are told apart and differ."""
    with _opened(ref, actor) as (deal, found):
        _must_be(found, ReturnStatus.SENT)
        value = operations.judge(found, judged, actor=actor, at=at)
        is_taken = any(one.accepted for one in judged)  # goods that were free have no value
        if found.remedy == Remedy.CREDIT and is_taken:
            back: dict[UUID, int] = {}
            for line in found.lines.all():
                back[line.sku_id] = back.get(line.sku_id, 0) + line.accepted
            discounts.give_back(found.order_id, back)
        if found.remedy == Remedy.CREDIT or not is_taken:
            _credit(deal, found, value, actor=actor, at=at)
        else:
            operations.to_replace(found, actor=actor, at=at)
        _tell(found, found.buyer, at=at)
        lines = list(found.lines.all())
        bins = put_away(bin_loads(found.seller), len(lines))
        stock.receive(
            [
                stock.Arrival(
                    line.sku_id, line.good, line.damaged, line.missing,
                    f"{found.number}/{line.position}", bin, quarantine_of(found.seller),
                    *(came or {}).get(line.position, ((), ())),
                )
                for line, bin in zip(lines, bins, strict=True)
            ],
            owner=found.seller, sender=found.warehouse, warehouse=found.seller,
            shipment=found.pk, pledge=None, pledgee=None, at=at,
        )  # fmt: skip
    return found


def replace(ref: UUID | str, *, actor: Actor, at: datetime) -> Return:
    """The seller sends new goods for what was accepted."""
    with _opened(ref, actor) as (_, found):
        operations.replaced(found, actor=actor, at=at)
        _tell(found, found.buyer, at=at)
        stock.issue(
            [
                stock.Issue(line.sku_id, line.accepted, None)
                for line in found.lines.all()
                if line.accepted
            ],
            owner=found.seller, warehouse=found.seller, new_owner=found.buyer,
            shipment=_way_out(found), at=at,
        )  # fmt: skip
    return found


def come(ref: UUID | str, *, actor: Actor, at: datetime) -> Return:
    """The buyer has the new goods: over, and no money moved."""
    with _opened(ref, actor) as (_, found):
        operations.require_side(found.buyer, "order", actor)
        operations.settle(found, actor=actor, at=at)
        _tell(found, found.seller, at=at)
        lines = [line for line in found.lines.all() if line.accepted]
        bins = put_away(bin_loads(found.warehouse), len(lines))
        stock.receive(
            [
                stock.Arrival(
                    line.sku_id, line.accepted, 0, 0, f"{found.number}/{line.position}", bin, None
                )
                for line, bin in zip(lines, bins, strict=True)
            ],
            owner=found.buyer, sender=found.seller, warehouse=found.warehouse,
            shipment=_way_out(found), pledge=None, pledgee=None, at=at,
        )  # fmt: skip
    return found


def refund(ref: UUID | str, *, actor: Actor, at: datetime) -> PaymentInstruction:
    """The seller lets its bank pay back what it owes for a return. Raises `Refused`
    (account-missing) where one of the two has no account here: then it is written down by hand."""
    with _opened(ref, actor) as (deal, found):
        operations.require_side(found.seller, "sell", actor)
        owed = open_account.owed_back(deal)
        if not found.refund_by_bank and not 0 < found.refund <= owed:
            raise Refused("nothing-owed", "Nothing is owed between you on %(number)s.",
                          number=found.order_number)  # fmt: skip
        operations.by_bank(found)
        account = BankAccount.objects.filter(org=found.seller, kind=AccountKind.CURRENT).first()
        paid = bank.instruct(
            deal=deal.pk, purpose=Purpose.RETURN, payer=found.seller, payee=found.buyer,
            lender=account.bank if account else found.seller, amount=found.refund,
            key=f"{found.number}:{at.isoformat()}"[:80], actor=actor, at=at,
        )  # fmt: skip
    wake(deal.id)
    return paid


def refund_booked(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The bank paid a refund for goods given back."""
    found = _of(instruction)
    open_account.paid_back(
        deal, order_of(deal), instruction.amount, instruction.booked_on or day_of(at),
        found.number, key=str(instruction.pk), actor=SYSTEM, at=at,
    )  # fmt: skip


def refund_refused(deal: Deal, instruction: PaymentInstruction, *, at: datetime) -> None:
    """The bank would not pay: it is owed as before, and the seller is told."""
    found = _of(instruction)
    if remember(
        deal, Step.BANK_REJECTED, key=str(instruction.pk), actor=SYSTEM, at=at,
        purpose=instruction.purpose, reason=instruction.reason, amount=instruction.amount,
    ):  # fmt: skip
        operations.bank_refused(found)
        tell(
            found.seller,
            "bank-rejected",
            {"number": found.number, "reason": instruction.reason},
            link=link(found),
            at=at,
        )


def link(found: Return) -> str:
    """Where a return is read; the same at every desk."""
    return f"/returns/{found.number}"


@contextmanager
def _opened(ref: UUID | str, actor: Actor) -> Iterator[tuple[Deal, Return]]:
    """The deal and then the return, locked, with the doors of both sides open."""
    seen = queries.get(actor, ref)
    with widened(sides(deals.of_order(actor, seen.order_id))):
        deal = locked(seen.deal)
        yield deal, Return.objects.select_for_update().get(pk=seen.pk)


def _require_pledged(deal: Deal, order: Order, remedy: str, quantities: Mapping[int, int]) -> None:
    """Of a financed order pledged goods go back against a refund to the lender, and nothing else;
    one return at a time."""
    goods: dict[UUID, int] = {}
    worth = 0
    for line in order.lines.all():
        if wanted := max(0, quantities.get(line.position, 0)):
            goods[line.sku_id] = goods.get(line.sku_id, 0) + wanted
            worth += wanted * line.unit_price
    if remedy != Remedy.CREDIT:
        raise Invalid(
            "return-credits-only",
            "Pledged goods are given back for their price alone.",
            field="remedy",
        )
    if goods and not worth:
        raise Refused(
            "return-of-nothing",
            "These goods were free: there is nothing to refund to the lender.",
            field="quantity",
        )
    giving_back.require_pledged(deal, goods)
    if Return.objects.filter(deal=deal.pk).exclude(status__in=OVER).exists():
        raise Refused(
            "return-under-way",
            "Goods of %(number)s are being given back already.",
            number=order.number,
            help="Wait until that is settled, or take it back first.",
        )


def _agreed(deal: Deal, found: Return, *, answer: str, actor: Actor, at: datetime) -> None:
    if found.remedy == Remedy.ALLOWANCE:
        _credit(deal, found, found.amount, actor=actor, at=at)
    else:
        operations.agree(found, answer=answer, actor=actor, at=at)
        if deal.loan_id:
            giving_back.asked(deal, found, at=at)
    _tell(found, found.buyer, at=at)


def _credit(deal: Deal, found: Return, value: int, *, actor: Actor, at: datetime) -> None:
    """What is accepted is not owed any more; what was paid of it the seller owes back. What the
    order took of budgets is given back too."""
    owed_back = 0
    if value:
        spending.lost(found.order_id, value, key=str(found.pk), at=at)
        owed_back = open_account.short(deal, value, key=found.number, kind="returned", at=at)
        remember(
            deal, Step.RETURNED, key=found.number, actor=actor, at=at,
            value=value, refund=owed_back, number=found.number,
        )  # fmt: skip
    operations.settle(found, credited=value, refund=owed_back, actor=actor, at=at)
    vat.returned(found.order_id, at=at)


def _of(instruction: PaymentInstruction) -> Return:
    return Return.objects.get(number=instruction.key.partition(":")[0])


def _way_out(found: Return) -> UUID:
    """What keeps the new goods on their way apart from those that came back."""
    return uuid5(found.pk, "replacement")


def _must_be(found: Return, status: ReturnStatus) -> None:
    if found.status != status:
        raise Refused(
            "return-not-so-far",
            "%(number)s is %(now)s.",
            number=found.number,
            now=found.get_status_display(),
        )


def _tell(found: Return, org: UUID, *, at: datetime) -> None:
    tell(
        org,
        "return-moved",
        {"return": found.number, "status": ReturnStatus(found.status).label},
        link=link(found),
        at=at,
    )
