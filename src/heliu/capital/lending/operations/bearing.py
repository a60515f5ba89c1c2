"""What a margin bears while the lender keeps it."""

from __future__ import annotations

from datetime import datetime

from heliu.capital.books.journals import loans as templates
from heliu.capital.lending.models import Loan
from heliu.capital.lending.operations.common import post, save
from heliu.capital.lending.queries import margin_on, parties_of
from heliu.kernel.clock import day_of


def credit_margin(loan: Loan, *, at: datetime) -> None:
    """Before the margin of a locked loan is set off or comes free, what it has borne until then is
    credited to it: the rounded whole less what was credited before, so it is never paid twice."""
    today = day_of(at)
    more = margin_on(loan, today) - loan.margin
    if more:
        save(loan, margin=loan.margin + more, margin_interest=loan.margin_interest + more)
        entries = templates.margin_interest(parties_of(loan), more)
        key = str(loan.margin_interest)
        post(loan, "margin_interest", entries, key=key, effective=today, at=at)
