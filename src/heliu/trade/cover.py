"""How pledged goods cover the debt they secure. Logistics knows the goods, capital the debt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from heliu.capital.lending import queries as lending
from heliu.capital.lending.models import Loan
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.pledges.policies import loan_to_value
from heliu.logistics.pledges.queries import BoardRow

LONG_DAYS = 60
ROUNDING = 100  # fen: what is lost in rounding a deposit is no shortfall


@dataclass(frozen=True, slots=True)
class Cover:
    """A pledge in force beside its debt, in fen; no debt for who may not see the loan.

    `percent` is the loan to value now and `limit` the one agreed in the loan, in per cent; `gap`
    is what of the debt passes that share of the goods, else 0. `days` is how long goods lie there.
    """

    row: BoardRow
    days: int
    debt: int | None = None
    percent: Decimal | None = None
    limit: Decimal | None = None
    gap: int = 0

    @property
    def is_long(self) -> bool:
        """Whether the goods lie for longer than is usual."""
        return self.days >= LONG_DAYS


@dataclass(frozen=True, slots=True)
class Total:
    """A board in figures: values in fen, pieces in `quantity` and `ready`, pledges in `short`."""

    pledges: int
    quantity: int
    value: int
    ready: int
    debt: int
    percent: Decimal | None
    short: int
    gap: int


def covers(actor: Actor, at: datetime) -> list[Cover]:
    """All pledges in force that the actor may see: by gap, then loan to value, then age.

    A fixed number of statements however many there are.
    """
    rows = pledges.board(actor)
    deals = [row.pledge.deal for row in rows]
    loans = {loan.deal: loan for loan in lending.visible_to(actor).filter(deal__in=deals)}
    found = [cover(row, loans.get(row.pledge.deal), at) for row in rows]
    return sorted(
        found, key=lambda one: (-one.gap, -(one.percent or 0), -one.days, one.row.pledge.pk)
    )


def cover(row: BoardRow, loan: Loan | None, at: datetime) -> Cover:
    """How the goods of one pledge cover its debt."""
    days = (day_of(at) - day_of(row.pledge.activated_at or row.pledge.agreed_at)).days
    if loan is None:
        return Cover(row, days)
    debt, limit = loan.principal_left, (1 - loan.deposit_ratio) * 100
    missing = debt - int(row.value * limit / 100)
    return Cover(
        row,
        days,
        debt=debt,
        percent=loan_to_value(debt, row.value),
        limit=limit,
        gap=missing if missing >= ROUNDING else 0,
    )


def total(found: Iterable[Cover]) -> Total:
    """These pledges together; the loan to value is that of the goods whose debt is known."""
    every = list(found)
    known = [one for one in every if one.debt is not None]
    debt = sum(one.debt or 0 for one in known)
    return Total(
        pledges=len(every),
        quantity=sum(one.row.quantity for one in every),
        value=sum(one.row.value for one in every),
        ready=sum(one.row.ready for one in every),
        debt=debt,
        percent=loan_to_value(debt, sum(one.row.value for one in known)),
        short=sum(1 for one in known if one.gap),
        gap=sum(one.gap for one in known),
    )
