"""The door through which the bank's answers enter the stories."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from heliu.capital.bank import operations as bank
from heliu.capital.bank.models import InstructionStatus, PaymentInstruction, Purpose
from heliu.capital.bank.notices import Notice
from heliu.capital.bank.operations import Kept, Signed
from heliu.kernel.errors import Refused
from heliu.trade import (
    enforcement,
    freezing,
    liquidation,
    registry_answers,
    returns,
    side_exits,
    stock_loan,
)
from heliu.trade.financed_order import paying_out, setting_off
from heliu.trade.steps import locked
from heliu.trade.wake import bank_spoke

Answer = Callable[..., None]

BOOKED: dict[str, Answer] = {
    Purpose.DEPOSIT: paying_out.deposit_booked,
    Purpose.DISBURSEMENT: paying_out.disbursed,
    Purpose.PAY_OUT: stock_loan.paid_out,
    Purpose.OWN_SHARE: paying_out.own_share_moved,
    Purpose.SELLER_PAYMENT: paying_out.seller_paid,
    Purpose.BILL_PAYMENT: setting_off.bill_paid,
    Purpose.REPAYMENT: liquidation.repayment_booked,
    Purpose.REFUND: enforcement.refund_booked,
    Purpose.LOAN_BACK: side_exits.loan_returned,
    Purpose.DEPOSIT_BACK: side_exits.deposit_returned,
    Purpose.UNAPPLIED_BACK: side_exits.unapplied_returned,
    Purpose.SALE: liquidation.sale_booked,
    Purpose.RETURN: returns.refund_booked,
}


def notice_came(raw: bytes, signature: str, *, at: datetime) -> Kept:
    """Keep what the bank pushed and wake the worker for it; said again, it changes nothing.

    Raises as `bank.store_notice` does.
    """
    (kept,) = notices_came([Signed(raw, signature)], at=at)
    if isinstance(kept, Refused):
        raise kept
    return kept


def notices_came(came: Sequence[Signed], *, at: datetime) -> list[Kept | Refused]:
    """Keep all that the bank pushed and wake the worker once; each is refused by itself."""
    with transaction.atomic():
        kept = bank.store_notices(came, at)
        if any(isinstance(one, Kept) and one.is_new for one in kept):
            bank_spoke()
    return kept


def bank_answered(instruction: PaymentInstruction, notice: Notice, *, at: datetime) -> None:
    """Go on with the deal as the bank's answer says; runs in the transaction that keeps it."""
    deal = locked(instruction.deal)
    if notice.outcome == InstructionStatus.BOOKED:
        BOOKED[instruction.purpose](deal, instruction, at=at)
    elif instruction.purpose == Purpose.RETURN:
        returns.refund_refused(deal, instruction, at=at)
    else:
        side_exits.bank_rejected(deal, instruction, at=at)
    if deal.loan_id:
        side_exits.unwind_when_quiet(deal, at=at)


def apply_answers(*, at: datetime) -> int:
    """Apply every notice that waits; returns how many led on. For the worker."""

    def go_on(instruction: PaymentInstruction, notice: Notice) -> None:
        bank_answered(instruction, notice, at=at)

    return bank.apply_notices(at, go_on)


def talk_to_bank(*, at: Callable[[], datetime]) -> int:
    """Send what is written and apply what is answered until neither is left; for the worker.

    What is written for the registry goes first: the next payment may wait for its answer.
    Returns how many filings, instructions and answers it met. A payment that leads to the next one
    goes through in one call when the bank answers at once.
    """
    done = 0
    while met := _round(at()):
        done += met
    return done


def _round(at: datetime) -> int:
    filed = registry_answers.file_written(at=at) + freezing.stop(at=at)
    return filed + bank.send_written(at=at) + bank.collect(at) + apply_answers(at=at)
