"""Money that dealers transfer by themselves: taken from the bank's statements, matched to what it
is for, and what fits nothing settled by a person.

What comes to a seller pays what is owed on terms: it is matched by what the transfer says (numbers
of invoices or orders, else the buyer's code), else by an amount that pays exactly one choice of the
payer's open invoices. What comes to a lender is a deposit that the dealer pays in itself
(`paying_in`): it is matched by the loan's number, else by the sum that exactly one loan waits for,
and from an account of that dealer alone; whose else it is a person says. What a bank takes
back again is withdrawn (`recalling`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction

from heliu.capital.bank import incoming as arrivals
from heliu.capital.bank import queries as bank
from heliu.capital.bank.models import AccountKind, BankAccount, Incoming, IncomingStatus
from heliu.capital.lending import queries as loans
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.capital.terms import policies
from heliu.capital.terms.models import Invoice, Payment, Terms
from heliu.capital.terms.operations.common import locked_terms
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.parties import queries as parties
from heliu.trade import paying_in, recalling, receivables, steps, wake

log = structlog.get_logger()
SYSTEM = Actor.system()
NUMBER = re.compile(r"\b(?:IV|SO)-\d{4}-\d+\b")
LOAN = re.compile(r"\bLN-\d{4}-\d+\b")
WORD = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class Match:
    """Whose money it is, and which invoices it names, if it names any."""

    buyer: UUID
    named: Sequence[UUID] = ()


def take_in(*, at: datetime) -> int:
    """Fetch what came to sellers that grant terms since it was fetched last, and settle what it
    fits; returns how much was new. Again, it changes nothing."""
    sellers = Terms.objects.order_by().values("seller").distinct()
    accounts = BankAccount.objects.filter(org__in=sellers, kind=AccountKind.CURRENT)
    return sum(_read(one, at=at) for one in accounts.order_by("number")) + take_in_deposits(at=at)


def take_in_deposits(*, at: datetime, awaited_only: bool = False) -> int:
    """The same for lenders to which dealers pay deposits in themselves, or only for those that
    await one now; what waited for its loan to be signed, or to be called off, is tried again."""
    lenders = loans.paid_in_lenders(awaited_only=awaited_only)
    accounts = BankAccount.objects.filter(org__in=list(lenders), kind=AccountKind.NOSTRO)
    new = sum(_read(one, at=at, since=day_of(lenders[one.org])) for one in accounts)
    waiting = Incoming.objects.filter(account__in=accounts, status=IncomingStatus.SUSPENSE)
    for pk in waiting.order_by("booked_on", "pk").values_list("pk", flat=True):
        with transaction.atomic():
            one = Incoming.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
            if one is not None and one.status == IncomingStatus.SUSPENSE:
                _placed(one, at=at)
    return new


def _read(account: BankAccount, *, at: datetime, since: date | None = None) -> int:
    """Fetch what came to an account, and place it; returns how much was new."""
    new = 0
    for day in arrivals.days_to_fetch(account, at=at, since=since):
        with transaction.atomic():
            came = arrivals.fetch(account, day, at=at)
            if came is None:
                break  # its days come in their order
            new += len(came.new)
            for one in came.gone:
                recalling.taken_back(one, at=at)
            again = [arrivals.restore(one, amount) for one, amount in came.again]
            for one in (*came.new, *again):
                if one.status == IncomingStatus.SUSPENSE and not _placed(one, at=at):
                    _tell_unplaced(one, at=at)
    return new


def match(came: Incoming) -> Match | None:
    """What the money is for, if that is plain."""
    return _by_numbers(came) or _by_code(came) or _by_amount(came)


def settle(
    incoming_id: UUID,
    *,
    buyer: UUID,
    actor: Actor,
    named: Sequence[UUID] = (),
    at: datetime,
) -> Payment:
    """A person of the seller says whose money it is: it settles what is named, then the oldest,
    then what was written off."""
    came = _to_settle(incoming_id, actor)
    parties.require_acquainted(buyer=buyer, seller=came.org)
    with widened([came.org, buyer]):
        return _pay(came, Match(buyer, named), actor=actor, at=at)


def name_loan(incoming_id: UUID, *, loan: str, actor: Actor) -> Loan:
    """A person of the lender says for which loan (its number) the money is, whoever paid it. The
    worker goes on: it is a deposit, or money that goes back to the dealer of that loan."""
    came = _to_settle(incoming_id, actor, permission="override")
    found = loans.visible_to(actor).filter(number=loan.strip(), lender=came.org).first()
    if found is None or paying_in.is_to_come(found):
        raise Invalid("loan-unfit", "No signed loan of yours has this number.", field="loan")
    arrivals.said_for(came, found.number, actor=actor)
    wake.read_deposits_soon()
    return found


def set_aside(incoming_id: UUID, *, note: str, actor: Actor, at: datetime) -> Incoming:
    """A person of the house whose account it came to says what else it is for."""
    came = _to_settle(incoming_id, actor, permission="sell" if actor.may("sell") else "override")
    if not note.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="note")
    return arrivals.settle(came, by_person=True, note=note, actor=actor, at=at)


def _placed(came: Incoming, *, at: datetime) -> bool:
    """Place it; what cannot be, whatever the reason, waits for a person and stops nothing behind
    it."""
    try:
        with transaction.atomic():
            return _place(came, at=at)
    except (Refused, DatabaseError) as error:
        log.warning("not placed", incoming=str(came.pk), why=type(error).__name__)
        came.refresh_from_db()
        return False


def _place(came: Incoming, *, at: datetime) -> bool:
    """Let it pay what it is plainly for; False where that is not plain."""
    if came.account.kind == AccountKind.NOSTRO:
        if loan := match_deposit(came):
            paying_in.came(steps.locked(loan.deal), came, at=at)
            arrivals.settle(came, by_person=bool(came.note), note=loan.number, actor=SYSTEM, at=at)
        return loan is not None
    if found := match(came):
        _pay(came, found, actor=SYSTEM, at=at)
    return found is not None


def match_deposit(came: Incoming) -> Loan | None:
    """The loan whose deposit it is, or that it names; None while that is not plain, or the loan may
    still be signed."""
    if came.note:
        return Loan.objects.filter(lender=came.org, number=came.note).first()
    if came.payer is None:
        return None
    mine = Loan.objects.filter(lender=came.org, borrower=came.payer)
    numbers = LOAN.findall(came.reference)
    found = list(mine.filter(number__in=numbers)) if numbers else []
    if not numbers:
        awaited = mine.filter(status=LoanStatus.AWAIT_DEPOSIT, deposit_until__isnull=False)
        found = [loan for loan in awaited if loan.deposit_missing == came.amount]
    return found[0] if len(found) == 1 and not paying_in.is_to_come(found[0]) else None


def _tell_unplaced(came: Incoming, *, at: datetime) -> None:
    is_lender = came.account.kind == AccountKind.NOSTRO
    recalling.tell_house(came, "money-unplaced" if is_lender else "money-in-suspense", at=at)


def _pay(came: Incoming, found: Match, *, actor: Actor, at: datetime) -> Payment:
    receivables.lock_deals(came.org, found.buyer)
    before = Payment.objects.filter(
        seller=came.org, key__startswith=receivables.key_of(came.id)
    ).count()
    payment = receivables.paid(
        locked_terms(came.org, found.buyer, at=at),
        amount=came.amount,
        value_day=came.booked_on,
        reference=came.reference,
        key=f"{receivables.key_of(came.id)}{before}",
        named=found.named,
        actor=actor,
        at=at,
    ).payment
    arrivals.settle(came, by_person=not actor.is_system, note=payment.number, actor=actor, at=at)
    return payment


def _by_numbers(came: Incoming) -> Match | None:
    """Open invoices whose number, or whose order's, stands on the transfer; of one buyer."""
    numbers = NUMBER.findall(came.reference)
    if not numbers:
        return None
    mine = Invoice.objects.filter(seller=came.org, settled_on=None)
    found = [*mine.filter(number__in=numbers), *mine.filter(order_number__in=numbers)]
    buyers = {one.buyer for one in found}
    return Match(buyers.pop(), [one.id for one in found]) if len(buyers) == 1 else None


def _by_code(came: Incoming) -> Match | None:
    """The buyer whose code stands on the transfer, as its statement of account asks for."""
    buyers = Terms.objects.filter(seller=came.org).values_list("buyer", flat=True)
    words = {word.lower() for word in WORD.findall(came.reference)}
    found = parties.with_codes(words, among=buyers)
    return Match(found[0]) if len(found) == 1 else None


def _by_amount(came: Incoming) -> Match | None:
    """The payer's open invoices that the amount pays exactly, if it can be read in one way only."""
    if came.payer is None:
        return None
    open_ones = list(
        Invoice.objects.filter(seller=came.org, buyer=came.payer, settled_on=None).order_by(
            "due_on", "issued_on", "number"
        )
    )
    places = policies.fits(came.amount, [_to_pay(one, came) for one in open_ones])
    return Match(came.payer, [open_ones[place].id for place in places]) if places else None


def _to_pay(invoice: Invoice, came: Incoming) -> int:
    """What settles an invoice on the day the money came."""
    is_early = invoice.discount_until and came.booked_on <= invoice.discount_until
    off = policies.discount_of(invoice.left, invoice.discount) if is_early else 0
    return invoice.left - off


def _to_settle(incoming_id: UUID, actor: Actor, permission: str = "sell") -> Incoming:
    actor.require(permission)
    found = bank.incoming_visible_to(actor).select_for_update().filter(pk=incoming_id).first()
    if found is None:
        raise NotFound()
    if found.status != IncomingStatus.SUSPENSE:
        raise Refused("not-in-suspense", "This is settled already.")
    return found
