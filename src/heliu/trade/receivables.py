"""What a buyer owes a seller on terms, over all orders.

    receive        the seller writes down a payment; it settles what is named, then the oldest,
                   then what was written off
    take_back      ... by mistake
    credit_note    a part of an invoice is owed no more
    dispute        the buyer says that it does not owe a part
    let_pass       orders pass although something is late; where the house wants it, two persons
    write_off      the seller gives up what an order still owes; so too

Every deed locks the deals it may settle something of, then the terms of the pair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from heliu.capital.bank import incoming as arrivals
from heliu.capital.bank import queries as bank
from heliu.capital.bank.models import Incoming
from heliu.capital.terms import queries
from heliu.capital.terms.models import Allocation, Invoice, Payment, Terms
from heliu.capital.terms.operations import granting, invoices, payments, stopping
from heliu.capital.terms.operations.common import locked_terms
from heliu.capital.terms.operations.granting import Wanted
from heliu.capital.terms.operations.payments import Paid
from heliu.information.credit_file import operations as credit_file
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals import queries as agreements
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Act
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.notices import Parameter, tell
from heliu.kernel.money import Money
from heliu.kernel.parties import queries as parties
from heliu.trade import deals, vat
from heliu.trade.asking import ask, ask_others
from heliu.trade.models import Deal, Step
from heliu.trade.paperwork import order_of
from heliu.trade.steps import locked, remember, remember_all

SYSTEM = Actor.system()
LET_PASS = Act("terms-pass", agreed_by=("terms",))
WRITE_OFF = Act("terms-write-off", agreed_by=("terms",))
PASSES = timedelta(days=7)  # so long orders pass once a person has let them


def set_terms(buyer: UUID, wanted: Wanted, *, actor: Actor, at: datetime) -> Terms:
    """What the seller at whose desk the actor sits grants a buyer it trades with."""
    seller = actor.own_org
    parties.active_relationship(buyer=buyer, seller=seller)
    with widened([seller, buyer]):
        return granting.set_terms(seller=seller, buyer=buyer, wanted=wanted, actor=actor, at=at)


def receive(
    buyer: UUID,
    *,
    actor: Actor,
    amount: int,
    value_day: date,
    reference: str,
    key: str,
    named: Sequence[UUID] = (),
    at: datetime,
) -> Payment:
    """The seller writes down what a buyer paid: it settles the invoices that are named, then the
    oldest, then what was written off; what is over is the buyer's credit. `key` makes a repeated
    call harmless."""
    actor.require("sell")
    seller = actor.own_org
    with _opened(seller, buyer):
        _known(actor, seller, buyer)
        lock_deals(seller, buyer)
        return paid(
            locked_terms(seller, buyer, at=at), amount=amount, value_day=value_day,
            reference=reference, key=_by_hand(key), named=named, actor=actor, at=at,
        ).payment  # fmt: skip


def paid(
    of: Terms,
    *,
    amount: int,
    value_day: date,
    reference: str,
    key: str,
    named: Sequence[UUID] = (),
    actor: Actor,
    at: datetime,
) -> Paid:
    """A payment under locked terms, remembered in each deal it settles something of, told to the
    buyer and noted in its credit file."""
    done = payments.pay(
        of, amount=amount, value_day=value_day, reference=reference, key=key, named=named,
        actor=actor, at=at,
    )  # fmt: skip
    if done.is_new:
        touched = _remember(done.allocations, Step.TERMS_PAID, key, reference, actor=actor, at=at)
        _note_experience(done.settled, at=at)
        _tell_paid(of, done.payment, touched, at=at)
    return done


def use_credit(of: Terms, *, at: datetime) -> None:
    """What the buyer has paid too much settles what is open now."""
    used = payments.use_credit(of, at=at)
    for payment in {one.payment for one in used}:
        some = [one for one in used if one.payment == payment]
        key = f"{payment.id}:{some[0].pk}"
        _remember(some, Step.TERMS_PAID, key, payment.reference, actor=SYSTEM, at=at)
    _note_experience([one.invoice for one in used if one.invoice.is_paid_up], at=at)


def lock_deals(seller: UUID, buyer: UUID) -> None:
    """Deals are locked before the terms; one that comes meanwhile is younger than what is paid."""
    unpaid = Q(settled_on=None) | Q(written_off__gt=0)
    open_ones = Invoice.objects.filter(unpaid, seller=seller, buyer=buyer)
    list(Deal.objects.select_for_update().filter(pk__in=open_ones.values("deal")).order_by("pk"))


def take_back(payment_ref: UUID | str, *, actor: Actor, at: datetime) -> Payment:
    """A payment that was written down by mistake counts no more; what it settled is owed again."""
    actor.require("sell")
    payment = queries.payment(actor, payment_ref)
    require_seller(actor, payment.seller)
    with _opened(payment.seller, payment.buyer):
        pks = payment.allocations.values("invoice__deal")
        list(Deal.objects.select_for_update().filter(pk__in=pks).order_by("pk"))
        undone = payments.take_back(payment, actor=actor, at=at)
        if undone:
            _remember(undone, Step.TERMS_TAKEN_BACK, str(payment.id), "", actor=actor, at=at)
        _reopen(payment)
        use_credit(locked_terms(payment.seller, payment.buyer, at=at), at=at)
        tell(
            payment.buyer,
            "terms-payment-taken-back",
            {"amount": Money(payment.amount), "number": payment.number, **_seller(payment.seller)},
            link=owed_to(payment.seller),
            at=at,
        )
    return payment


def credit_note(
    invoice_ref: UUID | str, *, actor: Actor, amount: int, reason: str, key: str, at: datetime
) -> Invoice:
    """The seller gives up a part of an invoice that is open: a price cut, a claim it accepts."""
    actor.require("terms")
    invoice = queries.get(actor, invoice_ref)
    require_seller(actor, invoice.seller)
    if not reason.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="reason")
    with _opened(invoice.seller, invoice.buyer):
        deal = locked(invoice.deal)
        words = reason.strip()[:200]
        if not remember(
            deal, Step.TERMS_CREDITED, key=key, actor=actor, at=at, amount=amount, reason=words,
            invoice=invoice.number,
        ):  # fmt: skip
            return invoice
        invoices.credit(
            invoice, amount, key=key, kind="terms_credited", reason=words, actor=actor, at=at
        )
        if invoice.is_for_goods:
            vat.red_due(deal, UUID(invoice.shipment), at=at)
        tell(
            invoice.buyer,
            "credit-note",
            {"amount": Money(amount), "invoice": invoice.number, **_seller(invoice.seller)},
            link=owed_to(invoice.seller),
            at=at,
        )
    return invoice


def dispute(
    invoice_ref: UUID | str, *, actor: Actor, amount: int, reason: str, at: datetime
) -> Invoice:
    """The buyer says that it does not owe a part, and why; 0 takes it back. Nobody is reminded of
    it until the two agree. The seller may end it too."""
    invoice = queries.get(actor, invoice_ref)
    is_buyer = invoice.buyer in actor.orgs
    actor.require("order" if is_buyer else "terms")
    if not is_buyer and amount:
        raise Forbidden("not-your-debt", "Only the buyer disputes an invoice.")
    with _opened(invoice.seller, invoice.buyer):
        locked(invoice.deal)
        invoices.dispute(invoice, amount, reason=reason, actor=actor, at=at)
        if not amount:
            use_credit(locked_terms(invoice.seller, invoice.buyer, at=at), at=at)
        else:
            tell(
                invoice.seller,
                "invoice-disputed",
                {
                    "amount": Money(amount),
                    "invoice": invoice.number,
                    "buyer": parties.names([invoice.buyer])[invoice.buyer],
                },
                link=owed_by(invoice.buyer),
                at=at,
            )
    return invoice


def stop_orders(buyer: UUID, *, actor: Actor, at: datetime) -> Terms:
    """The seller stops a buyer's orders on terms, whatever is owed."""
    return _about_terms(buyer, stopping.stop_by_hand, actor=actor, at=at)


def ask_let_pass(buyer: UUID, *, actor: Actor, reason: str, at: datetime) -> Approval | None:
    """The seller lets a buyer's orders on terms pass for a week although something is late; where
    that is the rule it asks the others of its house, and returns the question."""
    actor.require("terms")
    _require_reason(reason)
    seller = actor.own_org
    found = _terms(actor, seller, buyer)
    late = queries.standing(actor, seller=seller, buyer=buyer, on=day_of(at)).late
    if approvals.is_needed(LET_PASS, org=seller, amount=late):
        name = parties.names([buyer])[buyer].code
        return ask(
            LET_PASS,
            subject=found.id,
            name=name[:20],
            link=owed_by(buyer),
            org=seller,
            amount=late,
            reason=reason,
            actor=actor,
            at=at,
        )
    _about_terms(buyer, let_pass, actor=actor, at=at)
    return None


def let_pass(found: Terms, *, actor: Actor, at: datetime) -> None:
    """Agreed: orders pass for a week, whatever is late."""
    stopping.let_pass(found, until=day_of(at) + PASSES, actor=actor, at=at)
    tell(
        found.buyer,
        "terms-pass",
        {"until": (day_of(at) + PASSES).isoformat(), **_seller(found.seller)},
        link=owed_to(found.seller),
        at=at,
    )


def ask_write_off(order_id: UUID, *, actor: Actor, reason: str, at: datetime) -> Approval | None:
    """The seller gives up what is open on an order; where that is the rule it asks the others of
    its house, and returns the question."""
    actor.require("terms")
    deal = deals.of_order(actor, order_id)
    require_seller(actor, deal.seller)
    _require_reason(reason)
    with _opened(deal.seller, deal.buyer):
        deal = locked(deal.id)
        left = sum(one.left for one in queries.of_order(deal.order_id))
        if not left:
            raise Refused(
                "nothing-owed",
                "Nothing is owed between you on %(number)s.",
                number=order_of(deal).number,
            )
        if approvals.is_needed(WRITE_OFF, org=deal.seller, amount=left):
            return ask_others(
                WRITE_OFF, deal, org=deal.seller, amount=left, reason=reason, actor=actor, at=at
            )
        _write_off(deal, actor=actor, at=at)
    return None


def write_off(deal: Deal, *, actor: Actor, at: datetime) -> None:
    """Agreed: what is open on the deal's order is the seller's loss. Raises `Refused` (more-owed)
    where more is open than was asked about: nobody has agreed to that."""
    asked = agreements.agreed(deal.id, WRITE_OFF.name).amount
    left = sum(one.left for one in queries.of_order(deal.order_id))
    if left > (asked or 0):
        raise Refused(
            "more-owed",
            "%(left)s is open on %(number)s by now, and you were asked about %(asked)s.",
            help="Say no, and let it be asked anew.",
            left=str(Money(left)),
            asked=str(Money(asked or 0)),
            number=order_of(deal).number,
        )
    _write_off(deal, actor=actor, at=at)


def _write_off(deal: Deal, *, actor: Actor, at: datetime) -> None:
    """It is the seller's loss, and owed as before."""
    lost = invoices.write_off(queries.of_order(deal.order_id), actor=actor, at=at)
    if lost:
        remember(deal, Step.WRITTEN_OFF, actor=actor, at=at, lost=lost)
        tell(
            deal.buyer,
            "terms-written-off",
            {"amount": Money(lost), "number": order_of(deal).number, **_seller(deal.seller)},
            link=deals.link(deal),
            at=at,
        )


def account_to_pay(seller: UUID) -> str:
    """The number of the account to which a buyer pays a seller; empty when it is not known here."""
    with widened([seller]):
        return bank.current_number(seller)


def key_of(incoming: UUID) -> str:
    """How the key of a payment begins that came by the bank."""
    return f"bank:{incoming}:"


def _by_hand(key: str) -> str:
    """A person's key, which never looks like one of the bank's."""
    return f"hand:{key}"[:80] if key.startswith("bank:") else key


def owed_to(seller: UUID) -> str:
    """Where a buyer reads what it owes a seller."""
    return f"/dealer/owed/{seller}"


def owed_by(buyer: UUID) -> str:
    """Where a seller reads what a buyer owes."""
    return f"/seller/receivables/{buyer}"


def _opened(seller: UUID, buyer: UUID) -> AbstractContextManager[None]:
    return widened([seller, buyer])


def _reopen(payment: Payment) -> None:
    """What came by the bank for a payment that counts no more lies in suspense again."""
    room, _, rest = payment.key.partition(":")
    if room == "bank":
        arrivals.reopen(Incoming.objects.get(pk=rest.partition(":")[0]))


def _remember(
    allocations: Sequence[Allocation], step: Step, key: str, reference: str, *, actor: Actor,
    at: datetime,
) -> list[Deal]:  # fmt: skip
    """Write the step down in each deal that something was settled of, with how much."""
    sums: dict[UUID, int] = {}
    for one in allocations:
        sums[one.invoice.deal] = sums.get(one.invoice.deal, 0) + one.amount
    said = {
        deal: {
            "amount": sums[deal.pk],
            "value_day": allocations[0].value_day.isoformat(),
            "reference": reference.strip()[:80],
        }
        for deal in Deal.objects.filter(pk__in=sums).order_by("pk")
    }
    return remember_all(said, step, key=key[:80], actor=actor, at=at)


def _note_experience(settled: Sequence[Invoice], *, at: datetime) -> None:
    """How the buyer paid its invoices is read by who decides on its credit."""
    credit_file.note_payments(
        [
            credit_file.Paid(
                one.buyer, one.seller, one.order_id, one.order_number, one.due_on,
                max(day for day in _days(one)), one.paid,
            )
            for one in settled
            if one.is_for_goods and one.paid
        ],
        at=at,
    )  # fmt: skip


def _days(invoice: Invoice) -> Sequence[date]:
    return list(invoice.allocations.filter(undone_at=None).values_list("value_day", flat=True))


def _tell_paid(of: Terms, payment: Payment, touched: Sequence[Deal], *, at: datetime) -> None:
    if len(touched) == 1:
        [deal] = touched
        tell(
            of.buyer,
            "terms-paid",
            {"amount": Money(payment.amount), "number": order_of(deal).number},
            link=deals.link(deal),
            at=at,
        )
        return
    tell(
        of.buyer,
        "terms-payment",
        {"amount": Money(payment.amount), "number": payment.number, **_seller(of.seller)},
        link=owed_to(of.seller),
        at=at,
    )


def _seller(seller: UUID) -> dict[str, Parameter]:
    return {"seller": parties.names([seller])[seller]}


def _terms(actor: Actor, seller: UUID, buyer: UUID) -> Terms:
    found = queries.terms_of(actor, seller=seller, buyer=buyer)
    if found is None:
        raise NotFound()
    return found


def _known(actor: Actor, seller: UUID, buyer: UUID) -> None:
    """Only who trades with the seller, or did, may be named: what is owed is paid whatever became
    of the two."""
    if not actor.is_system:
        parties.require_acquainted(buyer=buyer, seller=seller)


def _about_terms(buyer: UUID, deed: Callable[..., None], *, actor: Actor, at: datetime) -> Terms:
    actor.require("terms")
    seller = actor.own_org
    _terms(actor, seller, buyer)
    with _opened(seller, buyer):
        found = locked_terms(seller, buyer, at=at)
        deed(found, actor=actor, at=at)
    return found


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="reason")


def require_seller(actor: Actor, seller: UUID) -> None:
    """Raise `Forbidden` where it is another seller's money."""
    if not actor.is_system and seller not in actor.orgs:
        raise Forbidden("not-your-order", "Only the seller writes down what was paid.")
