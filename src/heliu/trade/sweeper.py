"""Finding deals that wait too long, and driving the missing step again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from heliu.capital.bank import operations as bank
from heliu.capital.lending import queries as loans
from heliu.trade import control_answers, purchases, registry_answers, side_exits, spending
from heliu.trade.bank_answers import talk_to_bank
from heliu.trade.steps import locked


def sweep(*, at: datetime) -> int:
    """Ask for lost answers, go on with the bank, let unsigned quotes go. Returns what it met."""
    met = bank.query_unknown(at=at) + registry_answers.ask_again(at=at)
    met += control_answers.ties_ended(at=at)
    met += talk_to_bank(at=lambda: at)
    with transaction.atomic():
        met += purchases.escalate(at=at)
    met += spending.warn(at=at)
    for loan in loans.run_out(at=at):
        with transaction.atomic():
            side_exits.quote_ran_out(locked(loan.deal), at=at)
        met += 1
    return met
