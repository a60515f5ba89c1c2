"""Whether the ledgers of the four flows agree: every law of every room, and what was found.

The worker looks, since only it sees everything; what it found is written down as a fact for the
operators, so it can neither be changed nor lost.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter_ns
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from heliu.capital.bank import queries as bank
from heliu.capital.books import queries as books
from heliu.capital.credit import queries as credit
from heliu.capital.lending import queries as lending
from heliu.capital.registry import queries as registry
from heliu.capital.terms import queries as terms
from heliu.capital.vat import queries as vat_papers
from heliu.commerce.quotes import queries as quotes
from heliu.kernel.access.actor import Actor
from heliu.kernel.events.facts import Fact, record
from heliu.kernel.parties.models import PartyRole
from heliu.kernel.posting import sealing
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.stock import queries as stock
from heliu.logistics.transport import queries as transport
from heliu.trade import sales, vat

KEPT = 20  # findings written down per check; how many there were is always told


def seals() -> list[str]:
    """Ledger lines that are not what they were when they were sealed."""
    return [str(finding) for finding in sealing.verify()]


CHECKS: dict[str, Callable[[], list[str]]] = {
    "posting": sealing.check,
    "seals": seals,
    "books": books.check,
    "lending": lending.check,
    "terms": terms.check,
    "credit": credit.check,
    "bank": bank.check,
    "registry": registry.check,
    "pledges": pledges.check,
    "stock": stock.check,
    "transport": transport.check,
    "sales": sales.check,
    "quotes": quotes.check,
    "vat": lambda: [*vat_papers.check(), *vat.check()],
}
"""By room; each returns one line per law that is broken, naming the first offender."""


@dataclass(frozen=True, kw_only=True)
class LedgersChecked(Fact):
    """All checks ran. `counts` says how many findings each had, `findings` the first of them.

    `milliseconds` by check; `heads` is the sha256 over where all chains of seals end.
    """

    name: ClassVar[str] = "information.ledgers-checked"
    flows: ClassVar[tuple[str, ...]] = ("information",)

    counts: dict[str, int]
    findings: dict[str, list[str]]
    milliseconds: dict[str, int]
    chains: int
    heads: str


def check_ledgers(*, at: datetime) -> dict[str, list[str]]:
    """Run every check and tell each operator what was found; for the worker."""
    found: dict[str, list[str]] = {}
    took: dict[str, int] = {}
    for room, look in CHECKS.items():
        began = perf_counter_ns()
        found[room] = look()
        took[room] = (perf_counter_ns() - began) // 1_000_000
    heads = sealing.heads()
    for operator in operators():
        fact = LedgersChecked(
            subject=operator,
            counts={room: len(lines) for room, lines in found.items()},
            findings={room: lines[:KEPT] for room, lines in found.items() if lines},
            milliseconds=took,
            chains=len(heads),
            heads=hashlib.sha256(json.dumps(heads, sort_keys=True).encode()).hexdigest(),
        )
        record(fact, actor=Actor.system(), at=at, audience=[operator])
    return found


def ask_for_check(*, actor: Actor) -> bool:
    """Let the worker look now; False when it has been asked already and did not begin yet."""
    actor.require("operate")
    try:
        with transaction.atomic():
            app.configure_task("trade.check_ledgers").defer()
    except AlreadyEnqueued:
        return False
    return True


def operators() -> list[UUID]:
    """The organisations that run the platform."""
    rows = PartyRole.objects.filter(role=PartyRole.Role.OPERATOR).order_by("id")
    return list(rows.values_list("organization_id", flat=True))
