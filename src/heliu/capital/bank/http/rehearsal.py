"""What the staff of a sandbox bank over HTTP does for a demo or a test. A real bank answers 404."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from heliu.capital.bank.http import contract
from heliu.capital.bank.http.adapter import connect
from heliu.capital.bank.port import BankTimeout


def open_account(*, holder: UUID, funds: int, is_bounded: bool, at: datetime) -> str:
    """Open an account with money on it; only the bank's own may run below zero."""
    asked = contract.AccountWanted(holder, funds, is_bounded, at)
    return connect().ask(contract.ACCOUNTS, asked, contract.Opened).number


def knows(number: str) -> bool:
    """Whether there is an account of this number: any day of it can be told."""
    try:
        connect().statement(number, date(2000, 1, 1))
    except BankTimeout:
        return False
    return True


def transfer(*, source: str, target: str, amount: int, reference: str, at: datetime) -> None:
    """Somebody's own transfer from one account to another, with the words it wrote on it."""
    asked = contract.TransferWanted(source, target, amount, reference, at)
    connect().ask(contract.TRANSFERS, asked, contract.TransferWanted)


def script(
    *, fault: str, purpose: str, deal: UUID | None, times: int, reason: str, delay: timedelta
) -> UUID:
    """Let the next `times` orders of a deal and purpose (empty: any) meet a fault."""
    asked = contract.FaultWanted(fault, purpose, deal, times, reason, delay)
    return connect().ask(contract.FAULTS, asked, contract.Scripted).id
