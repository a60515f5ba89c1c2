"""The steps of the ladder: set by the seller, taken day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from heliu.capital.terms import policies
from heliu.capital.terms.models import DunningLevel, Invoice, LevelKind, Reminder, Terms
from heliu.capital.terms.operations.common import SYSTEM, open_invoices, require_seller
from heliu.capital.terms.operations.invoices import keep
from heliu.capital.terms.operations.stopping import review
from heliu.capital.terms.policies import Level
from heliu.capital.terms.queries import ladder_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid

MOST_LEVELS = 12


def set_ladder(levels: Sequence[Level], *, seller: UUID, actor: Actor, at: datetime) -> None:
    """The seller's steps from now on; none at all: nobody is reminded."""
    require_seller(actor, seller)
    if len(levels) > MOST_LEVELS or len({one.days for one in levels}) < len(levels):
        raise Invalid(
            "ladder-invalid", "A ladder has at most 12 steps, each on a day of its own.",
            field="levels",
        )  # fmt: skip
    if any(not -30 <= one.days <= 365 or one.kind not in LevelKind.values for one in levels):
        raise Invalid(
            "ladder-invalid", "A step is from 30 days before to 365 days after the due day.",
            field="levels",
        )  # fmt: skip
    DunningLevel.objects.filter(seller=seller).delete()
    DunningLevel.objects.bulk_create(
        DunningLevel(seller=seller, days=one.days, kind=one.kind) for one in levels
    )
    Invoice.objects.filter(seller=seller, settled_on=None).update(next_on=day_of(at))


def bring_up(terms: Terms, *, at: datetime) -> Reminder | None:
    """Bring a pair's invoices up to today: late ones are, the ladder's next step is taken, orders
    stop or pass. Returns the step that was taken, one for all invoices it has come for; again, it
    changes nothing."""
    today, ladder = day_of(at), ladder_of(terms.seller)
    if terms.passes_until and terms.passes_until < today:
        terms.passes_until = None
        terms.save(update_fields=["passes_until"])
    due: list[tuple[Level, Invoice]] = []
    for invoice in open_invoices(terms):
        asked = invoice.left - invoice.disputed
        level = policies.level_due(ladder, invoice.due_on, invoice.reminded, today)
        if level is not None and asked:
            due.append((level, invoice))
            invoice.reminded = level.days
        keep(invoice, terms, today)
    review(terms, actor=SYSTEM, at=at)
    if not due:
        return None
    level = max(level for level, _ in due)
    reminder, is_new = Reminder.objects.get_or_create(
        seller=terms.seller,
        buyer=terms.buyer,
        on=today,
        days=level.days,
        defaults={
            "kind": level.kind,
            "amount": sum(one.left - one.disputed for _, one in due),
            "invoices": len(due),
            "oldest_due": min(one.due_on for _, one in due),
        },
    )
    return reminder if is_new else None
