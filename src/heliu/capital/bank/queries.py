"""Reading accounts, payments, notices and comparisons with the bank."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from heliu.capital.bank import freezing
from heliu.capital.bank.models import (
    AccountKind,
    BankAccount,
    BankNotice,
    Earmark,
    Incoming,
    IncomingRead,
    IncomingStatus,
    InstructionStatus,
    NoticeStatus,
    PaymentInstruction,
    Purpose,
    Statement,
    StatementLine,
    Verdict,
)
from heliu.capital.books.chart import Code
from heliu.capital.books.queries import totals
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import ZONE
from heliu.kernel.errors import NotFound

FLAGGED = (NoticeStatus.UNMATCHED, NoticeStatus.CONFLICT)


def visible_to(actor: Actor) -> QuerySet[PaymentInstruction]:
    """The payments the actor's organisations pay, receive or finance."""
    if actor.is_system:
        return PaymentInstruction.objects.all()
    mine = actor.orgs
    return PaymentInstruction.objects.filter(
        Q(payer__in=mine) | Q(payee__in=mine) | Q(lender__in=mine)
    )


def get(actor: Actor, wanted: UUID | str) -> PaymentInstruction:
    """A payment by id or number, or `NotFound`."""
    by = {"pk": wanted} if isinstance(wanted, UUID) else {"number": wanted}
    found = visible_to(actor).filter(**by).first()
    if found is None:
        raise NotFound()
    return found


def of_deal(actor: Actor, deal: UUID) -> QuerySet[PaymentInstruction]:
    """The payments of one deal in the order they were written."""
    return visible_to(actor).filter(deal=deal).order_by("created_at", "number")


def grid(
    actor: Actor,
    *,
    status: Iterable[str] = (),
    purpose: Iterable[str] = (),
    deals: Iterable[UUID] = (),
    text: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[PaymentInstruction]:
    """Payments for the bank's page, newest first; what is not given does not narrow.

    `text` is the beginning of a number; `since` and `until` are days of writing, both included.
    """
    found = visible_to(actor)
    if statuses := list(status):
        found = found.filter(status__in=statuses)
    if purposes := list(purpose):
        found = found.filter(purpose__in=purposes)
    if wanted := list(deals):
        found = found.filter(deal__in=wanted)
    if text:
        found = found.filter(number__startswith=text.upper())
    if since:
        found = found.filter(created_at__date__gte=since)
    if until:
        found = found.filter(created_at__date__lte=until)
    return found.order_by("-created_at", "-number")


def accounts_visible_to(actor: Actor) -> QuerySet[BankAccount]:
    """The accounts the actor's organisations own or keep."""
    if actor.is_system:
        return BankAccount.objects.all()
    return BankAccount.objects.filter(Q(org__in=actor.orgs) | Q(bank__in=actor.orgs))


def supervised_on(account: UUID) -> int:
    """What is set aside for deals on a supervised account and has not gone yet (minor units)."""
    marks = Earmark.objects.filter(account=account)
    return marks.aggregate(left=Sum(F("amount") - F("drawn")))["left"] or 0


@dataclass(frozen=True)
class SupervisedMoney:
    """What is set aside for one deal and what of it has gone (minor units)."""

    deal: UUID
    account: str
    amount: int
    drawn: int


def supervised_money(actor: Actor, deals: Iterable[UUID]) -> dict[UUID, SupervisedMoney]:
    """The earmarks of these deals, as far as the actor is a party."""
    found = _earmarks(actor).filter(deal__in=list(deals))
    # The seller is a party but may not see the dealer's account row: no inner join.
    numbers = dict(
        accounts_visible_to(actor)
        .filter(pk__in=[mark.account_id for mark in found])
        .values_list("pk", "number")
    )
    return {
        mark.deal: SupervisedMoney(
            mark.deal, numbers.get(mark.account_id, ""), mark.amount, mark.drawn
        )
        for mark in found
    }


def supervised_sum(actor: Actor, deals: QuerySet[Any]) -> int:
    """What lies set aside for these deals and has not left yet (fen); `deals` is asked for their
    ids within the same statement."""
    left = _earmarks(actor).filter(deal__in=deals).aggregate(sum=Sum(F("amount") - F("drawn")))
    return left["sum"] or 0


def _earmarks(actor: Actor) -> QuerySet[Earmark]:
    """The earmarks of the deals the actor is a party of."""
    if actor.is_system:
        return Earmark.objects.all()
    mine = actor.orgs
    return Earmark.objects.filter(Q(dealer__in=mine) | Q(seller__in=mine) | Q(lender__in=mine))


def flagged_notices(actor: Actor) -> QuerySet[BankNotice]:
    """Notices a person has to look at: for no instruction of ours, or contradicting one."""
    found = BankNotice.objects.filter(status__in=FLAGGED).order_by("-received_at")
    return found if actor.is_system else found.filter(lender__in=actor.orgs)


def statements(actor: Actor) -> QuerySet[Statement]:
    """The daily comparisons of the accounts the actor owns or keeps, newest first."""
    found = Statement.objects.order_by("-day", "account_id")
    if actor.is_system:
        return found
    return found.filter(Q(org__in=actor.orgs) | Q(bank__in=actor.orgs))


def differences(actor: Actor) -> QuerySet[StatementLine]:
    """The rows of the comparisons that did not match, newest day first."""
    found = StatementLine.objects.exclude(verdict=Verdict.MATCHED).select_related("statement")
    if not actor.is_system:
        found = found.filter(Q(org__in=actor.orgs) | Q(bank__in=actor.orgs))
    return found.order_by("-statement__day", "statement_id", "position")


def unanswered(org: UUID, *, until: date) -> QuerySet[PaymentInstruction]:
    """Payments of an organisation, or of its bank's deals, written by the end of a day and not
    answered; without those that no bank was asked for yet, because an account is frozen."""
    mine = Q(payer=org) | Q(payee=org) | Q(lender=org)
    ends = datetime.combine(until + timedelta(days=1), time(), ZONE)
    answered = (InstructionStatus.BOOKED, InstructionStatus.REJECTED)
    found = PaymentInstruction.objects.filter(mine, created_at__lt=ends)
    waiting = freezing.waiting(found).values("pk")
    return found.exclude(status__in=answered).exclude(pk__in=waiting)


def unmatched(org: UUID, first: date, last: date) -> QuerySet[StatementLine]:
    """Rows of the comparisons of some days that do not match, of accounts a bank keeps or owns."""
    days = {"statement__day__gte": first, "statement__day__lte": last}
    return StatementLine.objects.exclude(verdict=Verdict.MATCHED).filter(bank=org, **days)


def untied(org: UUID, first: date, last: date) -> int:
    """How many days on which accounts at a bank moved have no statement that agrees with ours."""
    moved = PaymentInstruction.objects.filter(
        lender=org, status=InstructionStatus.BOOKED, booked_on__range=(first, last)
    )
    days = {
        *moved.filter(from_account__bank=org).values_list("from_account", "booked_on"),
        *moved.filter(to_account__bank=org).values_list("to_account", "booked_on"),
    }
    kept = Statement.objects.filter(bank=org, day__range=(first, last), closing=F("shadow"))
    return len(days - set(kept.values_list("account", "day")))


def stray_notices(org: UUID, first: date, last: date) -> QuerySet[BankNotice]:
    """Notices to a bank in some days that fit no payment of ours, or contradict one."""
    begins, ends = (
        datetime.combine(day, time(), ZONE) for day in (first, last + timedelta(days=1))
    )
    said = BankNotice.objects.filter(status__in=FLAGGED, lender=org)
    return said.filter(received_at__gte=begins, received_at__lt=ends)


def shadows(accounts: Collection[BankAccount], *, until: date) -> dict[UUID, int]:
    """What we think stood on accounts at the end of a day: its opening, what was booked and what
    moved unasked, as far as it is known here."""
    found = {account.pk: account.opening for account in accounts}
    by_number = {account.number: account.pk for account in accounts}
    booked = PaymentInstruction.objects.filter(
        status=InstructionStatus.BOOKED, booked_on__lte=until
    )
    moved = Incoming.objects.filter(booked_on__lte=until).exclude(status=IncomingStatus.RECALLED)
    for account, amount in _sums(booked, "to_account", found):
        found[account] += amount
    for account, amount in _sums(booked, "from_account", found):
        found[account] -= amount
    for account, amount in _sums(moved, "account", found):
        found[account] += amount
    for number, amount in _sums(moved, "counterparty", by_number):
        found[by_number[number]] -= amount
    return found


def _sums(rows: QuerySet[Any], by: str, which: Collection[Any]) -> Iterable[tuple[Any, int]]:
    """The amounts of rows, summed for those that are asked for."""
    grouped = rows.filter(**{f"{by}__in": list(which)}).order_by().values(by)
    summed: Iterable[tuple[Any, int]] = grouped.annotate(sum=Sum("amount")).values_list(by, "sum")
    return summed


def current_number(org: UUID) -> str:
    """The number of an organisation's current account; empty when there is none. For a story."""
    found = BankAccount.objects.filter(org=org, kind=AccountKind.CURRENT)
    return found.order_by("entered_at").values_list("number", flat=True).first() or ""


def own_number(bank: UUID) -> str:
    """The number of a bank's own account, to which dealers pay in. For a story."""
    return BankAccount.objects.get(org=bank, bank=bank, kind=AccountKind.NOSTRO).number


def read_until(bank: UUID) -> date | None:
    """Up to which day the transfers to a bank's own account were read for good. For the worker."""
    own = {"account__org": bank, "account__kind": AccountKind.NOSTRO}
    return IncomingRead.objects.filter(**own).values_list("day", flat=True).first()


def incoming_visible_to(actor: Actor) -> QuerySet[Incoming]:
    """Money that came unasked to the actor's accounts, newest first."""
    found = Incoming.objects.order_by("-booked_on", "-id")
    return found if actor.is_system else found.filter(org__in=actor.orgs)


def to_settle(came: QuerySet[Incoming]) -> QuerySet[Incoming]:
    """What of it waits for a person: what is in suspense, and what the bank took back after it had
    paid something that stands."""
    missing = Q(recalled_at__isnull=False) & ~Q(status=IncomingStatus.RECALLED)
    return came.filter(Q(status=IncomingStatus.SUSPENSE) | missing)


def check() -> list[str]:
    """Where accounts, earmarks, payments and books contradict each other; for the worker."""
    return check_earmarks() + check_supervised()


def check_earmarks() -> list[str]:
    """Deals whose earmark does not say what their payments drew from it."""
    left = (
        PaymentInstruction.objects.exclude(status=InstructionStatus.REJECTED)
        .filter(from_account__kind=AccountKind.SUPERVISED)
        .values("deal")
        .annotate(sum=Sum("amount"))
    )
    drawn = {row["deal"]: row["sum"] for row in left}
    said = dict(Earmark.objects.values_list("deal", "drawn"))
    return [
        f"deal {deal}: its earmark says {said.get(deal, 0)} left, its payments {drawn.get(deal, 0)}"
        for deal in {*said, *drawn}
        if said.get(deal, 0) != drawn.get(deal, 0)
    ]


def check_supervised() -> list[str]:
    """Supervised accounts that do not hold what the dealer's book says lies there."""
    booked = PaymentInstruction.objects.filter(status=InstructionStatus.BOOKED)
    into = dict(booked.values_list("to_account").annotate(Sum("amount")))
    out = dict(booked.values_list("from_account").annotate(Sum("amount")))
    books = totals(Code.CASH_SUPERVISED)
    findings = []
    for account in BankAccount.objects.filter(kind=AccountKind.SUPERVISED):
        lies = account.opening + into.get(account.pk, 0) - out.get(account.pk, 0)
        said = books.get((account.org, account.bank), 0)
        if lies != said:
            findings.append(f"supervised account {account}: {lies} there, {said} in the books")
    return findings


def has_open(deal: UUID) -> bool:
    """Whether a payment of a deal is written or with the bank and not yet answered."""
    answered = (InstructionStatus.BOOKED, InstructionStatus.REJECTED)
    return PaymentInstruction.objects.filter(deal=deal).exclude(status__in=answered).exists()


def under_way(deal: UUID, purpose: str) -> int:
    """How much is written or with the bank for a deal under a purpose, and not yet answered."""
    answered = (InstructionStatus.BOOKED, InstructionStatus.REJECTED)
    sent = PaymentInstruction.objects.filter(deal=deal, purpose=purpose)
    return sent.exclude(status__in=answered).aggregate(sum=Sum("amount"))["sum"] or 0


def has_open_refund(deal: UUID, keys: Sequence[str] = ("",)) -> bool:
    """Whether a payment of the seller for a deal, whose key begins with one of these, is written or
    with the bank and not yet answered."""
    answered = (InstructionStatus.BOOKED, InstructionStatus.REJECTED)
    begins = Q(*(Q(key__startswith=key) for key in keys), _connector=Q.OR)
    refunds = PaymentInstruction.objects.filter(begins, deal=deal, purpose=Purpose.REFUND)
    return refunds.exclude(status__in=answered).exists()


def written(deal: UUID, purpose: str, key: str) -> PaymentInstruction | None:
    """The instruction that was written for a deal under this purpose and key, if there is one."""
    return PaymentInstruction.objects.filter(deal=deal, purpose=purpose, key=key).first()
