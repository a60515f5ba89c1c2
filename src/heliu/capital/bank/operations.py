"""Telling the bank what to do and believing what it says: every write of the bank link."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q

from heliu.capital.bank import freezing
from heliu.capital.bank.models import (
    AccountKind,
    BankAccount,
    BankNotice,
    Earmark,
    InstructionStatus,
    NoticeStatus,
    PaymentInstruction,
    Purpose,
)
from heliu.capital.bank.notices import Notice, read, written
from heliu.capital.bank.policies import End, judge, leaves_supervised, route
from heliu.capital.bank.port import BankTimeout, Order, Outcome, current_bank, is_signed, sign
from heliu.capital.bank.reconciliation import reconcile as reconcile
from heliu.capital.bank.reconciliation import reconcile_day as reconcile_day
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Refused
from heliu.kernel.money import Money
from heliu.kernel.numbering import next_number

Handler = Callable[[PaymentInstruction, Notice], None]

log = logging.getLogger(__name__)

OPEN = (InstructionStatus.CREATED, InstructionStatus.SENT, InstructionStatus.UNKNOWN)
# After so long without a notice the bank is asked.
SILENCE = timedelta(minutes=10)
KEEP = """select bank_keep_notice(n.id, n.raw, n.signature, n.instruction, n.outcome, n.reason,
    n.amount, n.booked_at, %s)
  from unnest(%s::text[], %s::bytea[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::bigint[],
              %s::timestamptz[])
       with ordinality n (id, raw, signature, instruction, outcome, reason, amount, booked_at, nr)
 order by n.nr"""


def register_account(
    *, org: UUID, bank: UUID, kind: str, number: str, opening: int, actor: Actor, at: datetime
) -> BankAccount:
    """Enter an account an organisation has at a bank; `opening` is what is on it now."""
    actor.require("operate")
    return BankAccount.objects.create(
        org=org, bank=bank, kind=kind, number=number, opening=opening, entered_at=at
    )


def open_supervised(*, dealer: UUID, lender: UUID, actor: Actor, at: datetime) -> BankAccount:
    """The dealer's supervised account at the lender; opened at the bank the first time."""
    found = BankAccount.objects.filter(org=dealer, bank=lender, kind=AccountKind.SUPERVISED).first()
    if found is not None:
        return found
    number = current_bank().open_supervised(dealer=dealer, lender=lender, at=at)
    return register_account(
        org=dealer,
        bank=lender,
        kind=AccountKind.SUPERVISED,
        number=number,
        opening=0,
        actor=actor,
        at=at,
    )


def earmark(
    *,
    deal: UUID,
    order: UUID,
    dealer: UUID,
    seller: UUID,
    lender: UUID,
    amount: int,
    at: datetime,
) -> Earmark:
    """Name, once and for all, where the money of a deal may go from the supervised account."""
    ends = {
        "account": End(dealer, AccountKind.SUPERVISED),
        "payee_account": End(seller, AccountKind.CURRENT),
        "lender_account": End(lender, AccountKind.NOSTRO),
        "dealer_account": End(dealer, AccountKind.CURRENT),
    }
    found = _accounts(list(ends.values()), lender=lender)
    return Earmark.objects.create(
        deal=deal,
        order=order,
        dealer=dealer,
        seller=seller,
        lender=lender,
        amount=amount,
        made_at=at,
        **{name: found[end] for name, end in ends.items()},
    )


def instruct(
    *,
    deal: UUID,
    purpose: str,
    payer: UUID,
    payee: UUID,
    lender: UUID,
    amount: int,
    key: str,
    actor: Actor,
    at: datetime,
) -> PaymentInstruction:
    """Write down what the bank shall do; `send` hands it over after this is committed.

    The same deal, purpose and key give the instruction that was written first. Money leaves a
    supervised account only as its earmark says; raises `Refused` (earmark-missing, earmark-short,
    account-missing).
    """
    known = PaymentInstruction.objects.filter(deal=deal, purpose=purpose, key=key).first()
    if known is not None:
        return _same(known, amount)
    source, target = (
        _earmarked(deal, purpose, amount)
        if leaves_supervised(purpose, payer=payer, lender=lender)
        else _routed(purpose, payer=payer, payee=payee, lender=lender)
    )
    return PaymentInstruction.objects.create(
        number=next_number("PY", at),
        deal=deal,
        purpose=purpose,
        key=key,
        payer=payer,
        payee=payee,
        lender=lender,
        from_account=source,
        to_account=target,
        from_number=source.number,
        to_number=target.number,
        amount=amount,
        created_by_name=actor.name,
        created_at=at,
    )


def send(instruction: PaymentInstruction, *, at: datetime) -> PaymentInstruction:
    """Hand an instruction over to the bank; without an answer its outcome is unknown.

    For the worker. Sending one twice is harmless: the bank knows its id. A notice may be quicker
    than this answer, so an instruction answered meanwhile stays as it is.
    """
    order = Order(
        id=instruction.pk,
        purpose=instruction.purpose,
        from_number=instruction.from_number,
        to_number=instruction.to_number,
        amount=instruction.amount,
        deal=instruction.deal,
        currency=instruction.currency,
        number=instruction.number,
    )
    try:
        reference = current_bank().submit(order, at).reference
        status = InstructionStatus.SENT
    except BankTimeout:
        reference, status = "", InstructionStatus.UNKNOWN
    changed = PaymentInstruction.objects.filter(pk=instruction.pk, status__in=OPEN).update(
        status=status, bank_reference=reference, sent_at=at, attempts=F("attempts") + 1
    )
    if changed:
        instruction.status, instruction.bank_reference, instruction.sent_at = status, reference, at
        instruction.attempts += 1
    else:
        instruction.refresh_from_db()
    return instruction


def send_written(*, at: datetime) -> int:
    """Hand over every instruction that was written and not yet sent, but for those that wait for a
    frozen account; returns how many."""
    written = PaymentInstruction.objects.filter(status=InstructionStatus.CREATED)
    free = written.exclude(pk__in=freezing.waiting(written).values("pk"))
    due = free.order_by("created_at").values_list("pk", flat=True)[:500]
    return sum(_send_once(pk, at) for pk in due)


def query_unknown(*, at: datetime, silence: timedelta = SILENCE) -> int:
    """Ask the bank for every outcome that is unknown or overdue; returns how many were asked.

    An answer is kept like a notice and applied by `apply_notices`. What the bank never saw is
    handed over again, under the same id.
    """
    due = PaymentInstruction.objects.filter(
        Q(status=InstructionStatus.UNKNOWN)
        | Q(status=InstructionStatus.SENT, sent_at__lte=at - silence)
    )
    asked = list(due.order_by("created_at")[:500])
    for instruction in asked:
        with transaction.atomic():
            _query(instruction, at)
    return len(asked)


@dataclass(frozen=True)
class Kept:
    """A notice that is kept; `is_new` is False when the bank said it before."""

    id: str
    is_new: bool


class Signed(NamedTuple):
    """A notice as it came: its bytes, and the signature over them."""

    raw: bytes
    signature: str


def store_notice(raw: bytes, signature: str, at: datetime) -> Kept:
    """Keep what the bank sent, as it came; a notice id seen before changes nothing.

    Raises `Forbidden` (bad-signature) when it is not signed by the bank, `Invalid`
    (notice-unreadable) when it is signed but makes no sense.
    """
    (kept,) = store_notices([Signed(raw, signature)], at)
    if isinstance(kept, Refused):
        raise kept
    return kept


def store_notices(came: Sequence[Signed], at: datetime) -> list[Kept | Refused]:
    """Keep what the bank sent, all in one statement; each that is no notice is refused by itself,
    as `store_notice` would."""
    answers: list[Kept | Refused] = []
    good: list[tuple[Notice, Signed]] = []
    for signed in came:
        try:
            notice = _believed(signed)
        except Refused as refusal:
            answers.append(refusal)
            continue
        answers.append(Kept(notice.id, is_new=False))
        good.append((notice, signed))
    kept = iter(_keep(good, at))
    return [one if isinstance(one, Refused) else next(kept) for one in answers]


def collect(at: datetime) -> int:
    """Fetch the notices that wait at the bank and keep them; returns how many. For the worker.

    A bank that cannot be reached is asked again the next time.
    """
    with transaction.atomic():
        try:
            fetched = current_bank().notices(at)
        except BankTimeout as silence:
            log.warning("no notices fetched: %s", silence)
            return 0
        for notice in fetched:
            store_notice(notice.raw, notice.signature, at)
    return len(fetched)


def apply_notices(at: datetime, handler: Handler) -> int:
    """Apply every notice that waits, each in its own transaction; returns how many were applied.

    `handler` is called exactly once for each answered instruction, in the transaction that makes
    it answered. When it fails, that notice waits with its trouble for the next time and the
    others go on.
    """
    # Those without trouble first, so that stuck ones hold nobody up.
    waiting = BankNotice.objects.filter(status=NoticeStatus.WAITING).order_by("trouble", "number")
    applied = 0
    for number in list(waiting.values_list("number", flat=True)[:500]):
        try:
            with transaction.atomic():
                applied += _apply(number, at, handler)
        except Exception as error:
            # Whatever one notice meets must not stop the others.
            log.exception("notice %s could not be applied", number)
            BankNotice.objects.filter(pk=number).update(trouble=str(error)[:200])
    return applied


def _apply(number: int, at: datetime, handler: Handler) -> bool:
    kept = (
        BankNotice.objects.select_for_update(skip_locked=True)
        .filter(pk=number, status=NoticeStatus.WAITING)
        .first()
    )
    if kept is None:
        return False
    raw = bytes(kept.raw)
    notice = read(raw)
    instruction = (
        PaymentInstruction.objects.select_for_update().filter(pk=notice.instruction).first()
    )
    if not is_signed(raw, kept.signature):
        verdict = NoticeStatus.CONFLICT
    elif instruction is None:
        verdict = NoticeStatus.UNMATCHED
    else:
        verdict = judge(instruction.status, instruction.amount, notice)
    kept.status, kept.applied_at, kept.trouble = verdict, at, ""
    kept.save(update_fields=["status", "applied_at", "trouble"])
    if instruction is None or verdict != NoticeStatus.APPLIED:
        return False
    _answer(instruction, notice, at)
    handler(instruction, notice)
    return True


def _answer(instruction: PaymentInstruction, notice: Notice, at: datetime) -> None:
    is_booked = notice.outcome == InstructionStatus.BOOKED
    instruction.status = notice.outcome
    instruction.reason = notice.reason
    instruction.answered_at = at
    instruction.booked_on = day_of(notice.booked_at) if is_booked else None
    instruction.save(update_fields=["status", "reason", "answered_at", "booked_on"])


def _believed(signed: Signed) -> Notice:
    if not is_signed(signed.raw, signed.signature):
        raise Forbidden("bad-signature", "This notice does not bear the bank's signature.")
    return read(signed.raw)


def _keep(notices: Sequence[tuple[Notice, Signed]], at: datetime) -> list[Kept]:
    if not notices:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP,
            [
                at,
                [notice.id for notice, _ in notices],
                [signed.raw for _, signed in notices],
                [signed.signature for _, signed in notices],
                [notice.instruction for notice, _ in notices],
                [notice.outcome for notice, _ in notices],
                [notice.reason for notice, _ in notices],
                [notice.amount for notice, _ in notices],
                [notice.booked_at for notice, _ in notices],
            ],
        )
        found = cursor.fetchall()
    return [Kept(notice.id, is_new) for (notice, _), (is_new,) in zip(notices, found, strict=True)]


def _query(instruction: PaymentInstruction, at: datetime) -> None:
    try:
        answer = current_bank().status(instruction.pk)
    except BankTimeout:
        return
    if answer.outcome == Outcome.NEVER_SEEN:
        if freezing.may_go(instruction.pk):
            send(instruction, at=at)
    elif answer.outcome != Outcome.PENDING:
        notice = Notice(
            id=f"query-{instruction.pk}",
            instruction=instruction.pk,
            outcome=answer.outcome,
            amount=instruction.amount,
            booked_at=answer.booked_at or at,
            reason=answer.reason,
        )
        raw = written(notice)
        _keep([(notice, Signed(raw, sign(raw)))], at)


def _send_once(pk: UUID, at: datetime) -> bool:
    with transaction.atomic():
        instruction = (
            PaymentInstruction.objects.select_for_update(skip_locked=True)
            .filter(pk=pk, status=InstructionStatus.CREATED)
            .first()
        )
        if instruction is None or not freezing.may_go(pk):
            return False
        send(instruction, at=at)
        return True


def _same(known: PaymentInstruction, amount: int) -> PaymentInstruction:
    if known.amount != amount:
        raise Refused(
            "instruction-differs",
            "%(number)s was written with another amount.",
            field="amount",
            number=known.number,
        )
    return known


def _earmarked(deal: UUID, purpose: str, amount: int) -> tuple[BankAccount, BankAccount]:
    mark = (
        Earmark.objects.select_related(
            "account", "payee_account", "lender_account", "dealer_account"
        )
        .filter(deal=deal)
        .first()
    )
    if mark is None:
        raise Refused("earmark-missing", "No supervised money is set aside for this deal.")
    if mark.amount - mark.drawn < amount:
        raise Refused(
            "earmark-short",
            "The supervised money of this deal is short by %(short)s.",
            field="amount",
            short=str(Money(amount - (mark.amount - mark.drawn))),
        )
    targets = {
        Purpose.SELLER_PAYMENT: mark.payee_account,
        Purpose.LOAN_BACK: mark.lender_account,
        Purpose.DEPOSIT_BACK: mark.dealer_account,
    }
    return mark.account, targets[Purpose(purpose)]


def _routed(
    purpose: str, *, payer: UUID, payee: UUID, lender: UUID
) -> tuple[BankAccount, BankAccount]:
    source, target = route(purpose, payer=payer, payee=payee, lender=lender)
    found = _accounts([source, target], lender=lender)
    return found[source], found[target]


def _accounts(ends: list[End], *, lender: UUID) -> dict[End, BankAccount]:
    """The accounts at these ends; supervised ones are the lender's, others may be at any bank."""
    wanted = Q()
    for end in ends:
        wanted |= Q(org=end.org, kind=end.kind)
    found: dict[End, BankAccount] = {}
    for account in BankAccount.objects.filter(wanted).order_by("entered_at"):
        end = End(account.org, AccountKind(account.kind))
        if account.bank == lender or end.kind == AccountKind.CURRENT:
            found.setdefault(end, account)
    for end in ends:
        if end not in found:
            raise Refused(
                "account-missing",
                "There is no bank account of this kind: %(kind)s.",
                help="The operator can enter it.",
                kind=str(end.kind.label),
            )
    return found
