"""What the demo and the tests do at the sandbox bank; all of it runs as the worker."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from heliu.capital.bank import operations as bank_link
from heliu.capital.bank.models import AccountKind, BankAccount
from heliu.capital.bank.sandbox import adapter
from heliu.capital.bank.sandbox.adapter import NO_FUNDS
from heliu.capital.bank.sandbox.models import Fault
from heliu.kernel.access.actor import Actor

LATER = timedelta(hours=1)


def open_account(
    *, org: UUID, bank: UUID, kind: str, funds: int, actor: Actor, at: datetime
) -> BankAccount:
    """Open a current or the bank's own account with money on it, and enter it on the platform."""
    account = adapter.open_account(
        holder=org, funds=funds, is_bounded=kind != AccountKind.NOSTRO, at=at
    )
    return bank_link.register_account(
        org=org, bank=bank, kind=kind, number=account.number, opening=funds, actor=actor, at=at
    )


def script(
    *,
    fault: str,
    purpose: str = "",
    deal: UUID | None = None,
    times: int = 1,
    reason: str = NO_FUNDS,
    delay: timedelta = LATER,
) -> Fault:
    """Let the next `times` payments of a deal and purpose (empty: any) meet a fault.

    `fault` is one of FaultKind: delay, reject, duplicate, lost, lost_unbooked, out_of_order, early.
    `reason` is the ISO code of a rejection, `delay` when a delayed or lost notice comes after all.
    """
    return Fault.objects.create(
        kind=fault, purpose=purpose, deal=deal, times=times, reason=reason, delay=delay
    )
