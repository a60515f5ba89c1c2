"""What the sandbox's own staff does for a demo or a test: accounts with money, faults to come."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from heliu.capital.bank.sandbox import adapter
from heliu.capital.bank.sandbox.models import Account, Fault


def open_account(*, holder: UUID, funds: int, is_bounded: bool, at: datetime) -> str:
    """Open an account with money on it; only the bank's own may run below zero."""
    return adapter.open_account(holder=holder, funds=funds, is_bounded=is_bounded, at=at).number


def knows(number: str) -> bool:
    """Whether there is an account of this number."""
    return Account.objects.filter(pk=number).exists()


def transfer(*, source: str, target: str, amount: int, reference: str, at: datetime) -> None:
    """Somebody's own transfer from one account to another, with the words it wrote on it."""
    adapter.transfer(source=source, target=target, amount=amount, reference=reference, at=at)


def script(
    *, fault: str, purpose: str, deal: UUID | None, times: int, reason: str, delay: timedelta
) -> UUID:
    """Let the next `times` orders of a deal and purpose (empty: any) meet a fault."""
    made = Fault.objects.create(
        kind=fault, purpose=purpose, deal=deal, times=times, reason=reason, delay=delay
    )
    return made.pk
