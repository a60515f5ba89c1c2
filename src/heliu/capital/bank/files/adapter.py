"""A bank that takes orders and tells what became of them by ISO 20022 files."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import partial
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.db import transaction

from heliu.capital.bank.files import pain001, reading
from heliu.capital.bank.files.folders import Folders
from heliu.capital.bank.files.messages import AccountDay, Message, Names, Party, Report
from heliu.capital.bank.models import BankAccount, PaymentInstruction
from heliu.capital.bank.notices import Notice, written
from heliu.capital.bank.port import (
    Ack,
    Bank,
    BankStatement,
    BankStatus,
    BankTimeout,
    Order,
    Outcome,
    SignedNotice,
    StatementEntry,
    sign,
)
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.parties.queries import names as names_of

log = logging.getLogger(__name__)


class FileBank:
    """Orders go out as pain.001; pain.002, camt.054 and camt.053 come in."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders

    def submit(self, order: Order, at: datetime) -> Ack:
        """Lay an order into the outbox, once per id."""
        payer, payee = _parties(order)
        content = pain001.written(order, at, payer=payer, payee=payee)
        self._folders.hand_over(order.id, f"{order.number}-{order.id.hex}.xml", content)
        return Ack(order.id.hex)

    def status(self, instruction: UUID) -> BankStatus:
        """Files cannot be asked: an order that went out is pending until one tells."""
        is_there = self._folders.was_handed_over(instruction)
        return BankStatus(Outcome.PENDING if is_there else Outcome.NEVER_SEEN)

    def notices(self, at: datetime) -> Sequence[SignedNotice]:
        """What the files in the inbox tell; they are laid aside when that is kept."""
        told: list[SignedNotice] = []
        for file in self._folders.came():
            try:
                message = reading.read(file.read_bytes())
                told += notices_of(message)
            except Invalid as refusal:
                log.error("a file of the bank was refused: %s", refusal.code)
                self._folders.refuse(file, refusal.text())
                continue
            for day in statements_of(message):
                self._folders.keep(day)
            transaction.on_commit(partial(self._folders.done, file))
        return told

    def statement(self, number: str, day: date) -> BankStatement:
        """The account's day as camt.053 told it. Raises `BankTimeout` before it has come."""
        found = self._folders.statement(number, day)
        if found is None:
            raise BankTimeout("no camt.053 of this day yet")
        return found

    def open_supervised(self, *, dealer: UUID, lender: UUID, at: datetime) -> str:
        """No message opens an account: the lender does, and it is entered before the first loan."""
        raise Refused(
            "account-by-hand",
            "This bank opens accounts by hand: enter the dealer's supervised account first.",
        )


def connect() -> Bank:
    """The bank whose files lie in HELIU_BANK_FILES."""
    return FileBank(folders())


def folders() -> Folders:
    """The folders of this installation's bank."""
    return Folders(settings.HELIU_BANK_FILES)


def notices_of(message: Message) -> list[SignedNotice]:
    """What a message reports, as notices signed by the house: its file was brought by hand or line.

    Raises `Invalid` (bank-file-unmatched) where it names neither a payment of ours nor an amount.
    """
    known = _payments(report.names for report in message.reports)
    return [_notice(report, _match(report.names, known)) for report in message.reports]


def statements_of(message: Message) -> list[BankStatement]:
    """A message's days of accounts; an entry that is of a payment of ours bears its id."""
    known = _payments(entry.names for day in message.days for entry in day.entries)
    return [_statement(day, known) for day in message.days]


type Known = dict[str, PaymentInstruction]


def _payments(names: Iterable[Names]) -> Known:
    """Our payments that are named: by the id in hex, and by the number."""
    said = list(names)
    ids = {found for one in said for found in (_id(one.instruction), _id(one.message)) if found}
    numbers = {one.end_to_end for one in said if one.end_to_end}
    ids |= {found for number in numbers if (found := _id(number))}
    payments = PaymentInstruction.objects
    return {
        **{one.number: one for one in payments.filter(number__in=numbers)},
        **{one.pk.hex: one for one in payments.filter(pk__in=ids)},
    }


def _match(names: Names, known: Known) -> PaymentInstruction | None:
    """The payment a message means: by InstrId, else by EndToEndId, else by its file of one."""
    for name in (names.instruction, names.end_to_end, names.message):
        id = _id(name)
        if found := known.get(id.hex if id else name):
            return found
    return None


def _came_back(report: Report, payment: PaymentInstruction) -> bool:
    """Whether an entry moves the money against the payment: in where it left, out where it went."""
    backwards = {payment.from_number: True, payment.to_number: False}
    return backwards.get(report.account) is report.is_credit


def _notice(report: Report, payment: PaymentInstruction | None) -> SignedNotice:
    amount = report.amount or (payment.amount if payment else 0)
    if not amount:
        raise Invalid(
            "bank-file-unmatched",
            "No payment of ours is called %(name)s.",
            name=report.names.instruction or report.names.end_to_end or report.names.message,
        )
    is_booked = report.is_booked and not (payment and _came_back(report, payment))
    notice = Notice(
        id=report.key,
        # For nothing of ours it waits for a person, under an id made of the name it bears.
        instruction=payment.pk if payment else uuid5(NAMESPACE_URL, str(report.names)),
        outcome=Outcome.BOOKED if is_booked else Outcome.REJECTED,
        amount=amount,
        booked_at=report.at,
        reason=report.reason[:12],
    )
    raw = written(notice)
    return SignedNotice(raw, sign(raw))


def _statement(day: AccountDay, known: Known) -> BankStatement:
    entries = []
    for n, entry in enumerate(day.entries, 1):
        payment = _match(entry.names, known)
        reference = str(payment.pk) if payment else entry.names.end_to_end
        id = entry.id or str(n)
        entries.append(StatementEntry(id, entry.amount, reference, entry.counterparty, entry.at))
    return BankStatement(day.number, day.day, day.opening, tuple(entries), day.closing)


def _id(name: str) -> UUID | None:
    try:
        return UUID(hex=name) if len(name) == 32 else None
    except ValueError:
        return None


def _parties(order: Order) -> tuple[Party, Party]:
    """Who pays whom, by name, as their banks want to read it."""
    numbers = (order.from_number, order.to_number)
    found = {one.number: one for one in BankAccount.objects.filter(number__in=numbers)}
    houses = names_of(org for one in found.values() for org in (one.org, one.bank))

    def party(number: str) -> Party:
        account = found.get(number)
        owner = houses.get(account.org) if account else None
        bank = houses.get(account.bank) if account else None
        return Party(owner.name if owner else "", bank.name if bank else "", number)

    payer, payee = (party(number) for number in numbers)
    return payer, payee
