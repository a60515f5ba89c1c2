"""The asker's own books."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Path, Query, Router, Schema

from heliu.api.encoding import encoded
from heliu.api.fields import LARGEST
from heliu.api.paging import Page, Paging, page
from heliu.capital.books import queries
from heliu.capital.books.chart import currency_of
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.clock import day_of
from heliu.kernel.money import CURRENCY
from heliu.kernel.posting import queries as posting

router = Router()


class TrialRowOut(Schema):
    """What stands on a code of the chart with one counterparty."""

    code: str
    label: str = Field(description="In the reader's language")
    currency: str
    other: UUID | None = Field(description="The counterparty")
    debit: int
    credit: int
    is_memo: bool = Field(description="Whether it stands off the balance sheet")


class TrialBalance(Schema):
    """All that stands in a book at the end of a day; debit and credit are equal, in each currency:
    these are those of `currency`."""

    on: date
    currency: str
    debit: int
    credit: int
    rows: list[TrialRowOut]


class AccountOut(Schema):
    """An account of the book."""

    id: int
    code: str
    label: str
    currency: str
    other: UUID | None
    ref: str = Field(description="What it is kept for: a deal, a facility, an order")
    balance: int = Field(description="Debit positive")


class StatementLineOut(Schema):
    """A line of an account and what stood on it after; debit positive."""

    effective: date
    kind: str = Field(description="What the journal was for, such as repaid")
    label: str
    subject: UUID
    key: str = Field(description="Of the journal; the same in every book it touches")
    amount: int
    balance: int


@router.get("/books/trial-balance", response=TrialBalance)
def get_trial_balance(
    request: TypedRequest,
    on: Annotated[date | None, Query(description="At the end of which day; else now")] = None,
) -> HttpResponse:
    """The book of the asker's organisation."""
    rows = queries.trial_balance(request.actor, on=on)
    ours = [row for row in rows if row.currency == CURRENCY]
    words = {row.code: row for row in rows}
    labels = {code: (row.label, row.is_memo) for code, row in words.items()}
    return encoded(
        {
            "on": on or day_of(clock.now()),
            "currency": CURRENCY,
            "debit": sum(row.debit for row in ours),
            "credit": sum(row.credit for row in ours),
            "rows": [
                {
                    "code": row.code,
                    "label": labels[row.code][0],
                    "currency": row.currency,
                    "other": row.other,
                    "debit": row.debit,
                    "credit": row.credit,
                    "is_memo": labels[row.code][1],
                }
                for row in rows
            ],
        }
    )


@router.get("/books/accounts", response=Page[AccountOut])
def list_accounts(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The accounts of the book with what stands on each."""
    rows = queries.visible_to(request.actor)
    found = page(request, response, rows, paging, by=("id",), show=lambda row: row)
    stands = posting.balances([row.pk for row in found["items"]])
    items = [
        {
            "id": row.pk,
            "code": row.code,
            "label": row.label,
            "currency": currency_of(row.code),
            "other": row.other,
            "ref": row.ref,
            "balance": stands[row.pk].posted,
        }
        for row in found["items"]
    ]
    return {**found, "items": items}


@router.get("/books/accounts/{account}/statement", response=list[StatementLineOut])
def get_statement(
    request: TypedRequest,
    account: Annotated[int, Path(ge=1, le=LARGEST, description="Id of the account")],
    limit: Annotated[int, Query(ge=1, le=1000, description="How many lines at most")] = 200,
) -> object:
    """The newest lines of an account with the balance after each, newest first."""
    return queries.statement(request.actor, account, limit=limit)
