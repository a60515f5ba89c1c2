"""Building a borrower's credit file, as of a moment: nothing that came later is seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from heliu.capital.credit.features import CreditFeatures
from heliu.information.credit_file.evidence import (
    BillSeen,
    Evidence,
    LoanSeen,
    OrderSeen,
    Standing,
    features_of,
)
from heliu.information.credit_file.figures import Figure, Month, figures_of, months_of
from heliu.kernel.clock import day_of

TWO_YEARS = timedelta(days=731)
GATHER = """
select bank, is_active, since, is_disclosed, granted,
       order_numbers, order_sellers, orders_placed, order_totals, orders_completed, orders_lost,
       bill_numbers, bills_due, bills_paid, bill_amounts,
       loan_numbers, loans_disbursed, loans_due, loans_grace, loan_principals, loans_repaid,
       loans_paid_off, payment_loans, payment_days, payment_amounts
  from unnest(%s::uuid[]) bank
 cross join lateral credit_file_gather(%s, bank, %s::uuid, %s, %s, %s)
"""

__all__ = ["CreditFile", "Figure", "Month", "build"]


@dataclass(frozen=True)
class CreditFile:
    """What is known of a borrower: the features that are scored, and what they rest on.

    `months` are 24 calendar months, the oldest first. `is_disclosed`: whether the borrower lets
    the lender see its trade with other sellers.
    """

    borrower: UUID
    lender: UUID
    seller: UUID | None
    at: datetime
    is_disclosed: bool
    features: CreditFeatures
    figures: tuple[Figure, ...]
    months: tuple[Month, ...]


def under(file: CreditFile, limit: int | None, used: int) -> CreditFile:
    """The file as it stands for one programme: of several of one lender each grows by its own
    `limit`, of which `used` is in use (fen; None: it has granted none under it)."""
    use = min(999, used * 100 // limit) if limit else None
    return replace(file, features=replace(file.features, current_limit=limit, facility_use=use))


def build(*, borrower: UUID, lender: UUID, seller: UUID | None, at: datetime) -> CreditFile:
    """The file of a borrower for a lender, about its trade with `seller` (None: with everybody)."""
    return build_all(borrower=borrower, lenders=[lender], seller=seller, at=at)[lender]


def build_all(
    *, borrower: UUID, lenders: Sequence[UUID], seller: UUID | None, at: datetime
) -> dict[UUID, CreditFile]:
    """The file of a borrower as each of these lenders may see it, by lender.

    Trade with other sellers is read only when the borrower disclosed it to the lender, loans are
    the lender's own. One statement; the caller acts for borrower, lenders and seller.
    """
    found = gather(borrower=borrower, lenders=lenders, seller=seller, at=at)
    files = {}
    for lender, evidence in found.items():
        features = features_of(evidence, at=at)
        files[lender] = CreditFile(
            borrower=borrower,
            lender=lender,
            seller=seller,
            at=at,
            is_disclosed=evidence.standing.is_disclosed,
            features=features,
            figures=figures_of(features, evidence, at=at),
            months=months_of(evidence, at=at),
        )
    return files


def gather(
    *, borrower: UUID, lenders: Sequence[UUID], seller: UUID | None, at: datetime
) -> dict[UUID, Evidence]:
    """The rows the files are made from, by lender."""
    with connection.cursor() as cursor:
        cursor.execute(GATHER, [list(lenders), borrower, seller, at, day_of(at), at - TWO_YEARS])
        return {row[0]: _evidence(row[1:], seller) for row in cursor.fetchall()}


def _evidence(row: Sequence[Any], seller: UUID | None) -> Evidence:
    is_active, since, is_disclosed, limit, *lists = row
    columns = [column or () for column in lists]
    orders = [OrderSeen(*row) for row in zip(*columns[:6], strict=True)]
    payments: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for loan, day, amount in zip(*columns[17:], strict=True):
        payments[loan].append((day, amount))
    paid = [tuple(payments[loan]) for loan in columns[10]]
    return Evidence(
        standing=Standing(bool(is_active), since, bool(is_disclosed), limit),
        orders=[order for order in orders if seller in (None, order.seller)],
        elsewhere=[order for order in orders if seller not in (None, order.seller)],
        bills=[BillSeen(*row) for row in zip(*columns[6:10], strict=True)],
        loans=[LoanSeen(*row) for row in zip(*columns[10:17], paid, strict=True)],
    )
