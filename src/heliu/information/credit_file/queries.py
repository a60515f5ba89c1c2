"""Building a borrower's credit file, as of a moment: nothing that came later is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
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


def build(*, borrower: UUID, lender: UUID, seller: UUID | None, at: datetime) -> CreditFile:
    """The file of a borrower for a lender, about its trade with `seller` (None: with everybody).

    Trade with other sellers is read only when the borrower disclosed it to the lender. Four
    statements; the caller acts for borrower, lender and seller.
    """
    evidence = gather(borrower=borrower, lender=lender, seller=seller, at=at)
    features = features_of(evidence, at=at)
    return CreditFile(
        borrower=borrower,
        lender=lender,
        seller=seller,
        at=at,
        is_disclosed=evidence.standing.is_disclosed,
        features=features,
        figures=figures_of(features, evidence, at=at),
        months=months_of(evidence, at=at),
    )


def gather(*, borrower: UUID, lender: UUID, seller: UUID | None, at: datetime) -> Evidence:
    """The rows the file is made from."""
    asked: dict[str, Any] = {
        "borrower": borrower,
        "lender": lender,
        "seller": seller,
        "at": at,
        "day": day_of(at),
        "from": at - TWO_YEARS,
    }
    standing = _standing(asked)
    asked["all"] = standing.is_disclosed
    orders = [OrderSeen(*row) for row in _rows("orders", asked)]
    return Evidence(
        standing=standing,
        orders=[order for order in orders if seller in (None, order.seller)],
        elsewhere=[order for order in orders if seller not in (None, order.seller)],
        bills=[BillSeen(*row) for row in _rows("bills", asked)],
        loans=[_loan(*row) for row in _rows("loans", asked)],
    )


def _standing(asked: dict[str, Any]) -> Standing:
    found = _rows("standing", asked)
    return Standing(*found[0]) if found else Standing(False, None, False, None)


def _loan(
    number: str,
    disbursed_on: date,
    due_on: date,
    grace_days: int,
    principal: int,
    repaid: int,
    paid_off_on: date | None,
    days: Sequence[date],
    amounts: Sequence[int],
) -> LoanSeen:
    payments = tuple(zip(days, amounts, strict=True))
    return LoanSeen(
        number, disbursed_on, due_on, grace_days, principal, repaid, paid_off_on, payments
    )


def _rows(name: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_sql(name), asked)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


@cache
def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
