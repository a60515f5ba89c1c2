"""The sandbox behind the port. It acts on a filing in the transaction that hands it over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q

from heliu.capital.registry.policies import kept, read
from heliu.capital.registry.port import (
    Answer,
    Entry,
    Handed,
    Outcome,
    Registry,
    RegistryTimeout,
)
from heliu.capital.registry.sandbox.models import (
    RegisterEntry,
    RegistryFault,
    RegistryFaultKind,
    TakenFiling,
)
from heliu.kernel.clock import day_of

SHORTEST, LONGEST = timedelta(days=28), timedelta(days=30 * 366)  # a month to thirty years
ANSWER_LOST = frozenset({RegistryFaultKind.LOST, RegistryFaultKind.LOST_UNFILED})


class SandboxRegistry:
    """A registry that answers at once unless a fault is scripted."""

    def submit(self, filing: Handed, at: datetime) -> Answer:
        """Act on the filing once, and give its answer; a known id only gets the answer again."""
        taken = TakenFiling.objects.filter(pk=filing.id).first()
        if taken is not None:
            return _told(taken, at)
        fault = _next_fault(filing)
        if fault.fault == RegistryFaultKind.LOST_UNFILED:
            raise RegistryTimeout(str(filing.id))
        answer = (
            Answer(Outcome.REFUSED, reason=fault.reason)
            if fault.fault == RegistryFaultKind.REFUSE
            else ACTS[filing.kind](filing, at)
        )
        is_slow = fault.fault == RegistryFaultKind.SLOW
        taken = TakenFiling.objects.create(
            id=filing.id,
            kind=filing.kind,
            outcome=answer.outcome,
            number=answer.number,
            reason=answer.reason,
            found=kept(answer.found),
            at=at,
            due_at=at + fault.delay if is_slow else at,
        )
        if fault.fault in ANSWER_LOST:
            raise RegistryTimeout(str(filing.id))
        return _told(taken, at)


def connect() -> Registry:
    """The sandbox as the platform's registry."""
    return SandboxRegistry()


def enter(filing: Handed, until: date, at: datetime) -> RegisterEntry:
    """Enter a claim to a day, under a number of the registry's own."""
    entry = RegisterEntry(
        debtor=filing.debtor,
        secured=filing.secured,
        goods=list(filing.goods),
        lot=filing.lot,
        content=filing.content,
        amount=filing.amount,
        registered_on=day_of(at),
        expires_on=until,
    )
    entry.number = f"{day_of(at):%Y%m%d}{entry.id.int % 10**12:012d}"
    entry.save(force_insert=True)
    return entry


def _told(taken: TakenFiling, at: datetime) -> Answer:
    if taken.due_at > at:
        return Answer(Outcome.PENDING)
    return Answer(Outcome(taken.outcome), taken.number, taken.reason, tuple(read(taken.found)))


def _search(filing: Handed, at: datetime) -> Answer:
    rows = RegisterEntry.objects.filter(
        debtor=filing.debtor, discharged_at=None, expires_on__gte=day_of(at)
    )
    found = tuple(
        Entry(
            row.number,
            row.secured,
            tuple(row.goods),
            row.lot,
            row.content,
            row.amount,
            row.registered_on,
            row.expires_on,
        )
        for row in rows.order_by("registered_on", "id")[:MOST_FOUND]
    )
    return Answer(Outcome.DONE, found=found)


def _register(filing: Handed, at: datetime) -> Answer:
    if filing.until is None or not SHORTEST <= filing.until - day_of(at) <= LONGEST:
        return Answer(Outcome.REFUSED, reason="TERM")
    return Answer(Outcome.DONE, enter(filing, filing.until, at).number)


def _amend(filing: Handed, at: datetime) -> Answer:
    live = RegisterEntry.objects.filter(number=filing.number, discharged_at=None)
    changed: dict[str, Any] = (
        {"goods": list(filing.goods), "content": filing.content}
        if filing.goods
        else {"expires_on": filing.until}
    )
    if not live.filter(expires_on__gte=day_of(at)).update(**changed):
        return Answer(Outcome.REFUSED, filing.number, "NOT-LIVE")
    return Answer(Outcome.DONE, filing.number)


def _discharge(filing: Handed, at: datetime) -> Answer:
    live = RegisterEntry.objects.filter(number=filing.number, discharged_at=None)
    if not live.update(discharged_at=at):
        return Answer(Outcome.REFUSED, filing.number, "NOT-LIVE")
    return Answer(Outcome.DONE, filing.number)


ACTS = {"SEARCH": _search, "REGISTER": _register, "AMEND": _amend, "DISCHARGE": _discharge}
MOST_FOUND = 200


@dataclass(frozen=True)
class _Plan:
    """What shall happen to a filing; `fault` is empty on a good day."""

    fault: str = ""
    reason: str = ""
    delay: timedelta = timedelta()


def _next_fault(filing: Handed) -> _Plan:
    fault = (
        RegistryFault.objects.select_for_update()
        .filter(Q(deal=filing.deal) | Q(deal=None), Q(kind=filing.kind) | Q(kind=""), times__gt=0)
        .order_by(F("deal").asc(nulls_last=True), "id")
        .first()
    )
    if fault is None:
        return _Plan()
    fault.times -= 1
    fault.save(update_fields=["times"])
    return _Plan(fault.fault, fault.reason, fault.delay)
