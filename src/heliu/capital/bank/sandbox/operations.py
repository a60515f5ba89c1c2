"""What the demo and the tests do at a sandbox bank, in this house or in a process of its own.

All of it runs as the worker. A bank that is no sandbox refuses it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module
from types import ModuleType
from uuid import UUID

from django.conf import settings

from heliu.capital.bank import operations as bank_link
from heliu.capital.bank.models import AccountKind, BankAccount
from heliu.capital.bank.sandbox.policies import LATER, NO_FUNDS
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Refused


def open_account(
    *, org: UUID, bank: UUID, kind: str, funds: int, actor: Actor, at: datetime
) -> BankAccount:
    """Open a current or the bank's own account with money on it, and enter it on the platform."""
    number = _rehearsal().open_account(
        holder=org, funds=funds, is_bounded=kind != AccountKind.NOSTRO, at=at
    )
    return bank_link.register_account(
        org=org, bank=bank, kind=kind, number=number, opening=funds, actor=actor, at=at
    )


def knows(number: str) -> bool:
    """Whether this bank has an account of this number."""
    known: bool = _rehearsal().knows(number)
    return known


def transfer(
    *,
    payer: UUID,
    payee: UUID,
    amount: int,
    reference: str,
    at: datetime,
    into: str = AccountKind.CURRENT,
) -> None:
    """A house transfers money from its current account to another's, beside the platform; to a
    bank `into` its own account."""
    source, target = (
        BankAccount.objects.filter(org=org, kind=kind).earliest("entered_at").number
        for org, kind in ((payer, AccountKind.CURRENT), (payee, into))
    )
    _rehearsal().transfer(source=source, target=target, amount=amount, reference=reference, at=at)


def script(
    *,
    fault: str,
    purpose: str = "",
    deal: UUID | None = None,
    times: int = 1,
    reason: str = NO_FUNDS,
    delay: timedelta = LATER,
) -> UUID:
    """Let the next `times` payments of a deal and purpose (empty: any) meet a fault.

    `fault` is one of FaultKind: delay, reject, duplicate, lost, lost_unbooked, out_of_order, early.
    `reason` is the ISO code of a rejection, `delay` when a delayed or lost notice comes after all.
    Returns the id of the fault.
    """
    made: UUID = _rehearsal().script(
        fault=fault, purpose=purpose, deal=deal, times=times, reason=reason, delay=delay
    )
    return made


def _rehearsal() -> ModuleType:
    """What the staff of the bank this installation speaks with can do for us."""
    try:
        return import_module(f"{settings.HELIU_BANK}.rehearsal")
    except ModuleNotFoundError as error:
        raise Refused("bank-not-a-sandbox", "This bank is no sandbox.") from error
