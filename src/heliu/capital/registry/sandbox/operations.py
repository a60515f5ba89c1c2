"""What the demo and the tests do at the sandbox registry; all of it runs as the worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from heliu.capital.registry.port import Handed
from heliu.capital.registry.sandbox import adapter
from heliu.capital.registry.sandbox.models import RegisterEntry, RegistryFault
from heliu.kernel.clock import day_of
from heliu.kernel.ids import new_id

LATER = timedelta(hours=1)
INCOMPLETE = "INCOMPLETE"


def enter(
    *,
    debtor: UUID,
    secured: str,
    amount: int,
    content: str,
    at: datetime,
    goods: Sequence[str] = (),
    lot: str = "",
    days: int = 365,
) -> RegisterEntry:
    """Let somebody else have a claim entered against a debtor; no goods means all movables."""
    filing = Handed(
        id=new_id(),
        kind="REGISTER",
        debtor=debtor,
        secured=secured,
        goods=tuple(goods),
        lot=lot,
        content=content,
        amount=amount,
    )
    return adapter.enter(filing, day_of(at) + timedelta(days=days), at)


def strike_off(number: str, *, at: datetime) -> None:
    """Let somebody else's claim end."""
    RegisterEntry.objects.filter(number=number).update(discharged_at=at)


def script(
    *,
    fault: str,
    kind: str = "",
    deal: UUID | None = None,
    times: int = 1,
    reason: str = INCOMPLETE,
    delay: timedelta = LATER,
) -> RegistryFault:
    """Let the next `times` filings of a deal and kind (empty: any) meet a fault.

    `fault` is one of RegistryFaultKind: refuse, slow, lost, lost_unfiled. `reason` is why it is
    refused, `delay` when the answer of a slow one comes.
    """
    return RegistryFault.objects.create(
        fault=fault, kind=kind, deal=deal, times=times, reason=reason, delay=delay
    )
