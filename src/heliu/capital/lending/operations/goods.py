"""What the goods of a loan do in the books; `key` is the shipment, receipt or release order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from heliu.capital.books import operations as books
from heliu.capital.books.entries import Entry
from heliu.capital.books.journals import loans as templates
from heliu.capital.books.journals.loans import Parties
from heliu.capital.lending.models import Loan
from heliu.capital.lending.operations.common import event, post
from heliu.capital.lending.queries import parties_of
from heliu.kernel.clock import day_of

type Template = Callable[[Parties, int], list[Entry]]


def goods_shipped(loan: Loan, *, amount: int, key: str, at: datetime) -> None:
    """Goods worth `amount` fen left the seller for the supervised warehouse."""
    _post(loan, "goods_shipped", templates.goods_shipped, amount, key, at)


def goods_pledged(loan: Loan, *, amount: int, key: str, at: datetime) -> None:
    """Goods arrived good and are held for the lender."""
    _post(loan, "goods_pledged", templates.goods_pledged, amount, key, at)


def stock_pledged(loan: Loan, *, amount: int, key: str, at: datetime) -> None:
    """The borrower's own goods lie at the keeper's and are held for the lender, at their cost."""
    _post(loan, "stock_pledged", templates.stock_pledged, amount, key, at)


def pools_revalued(changes: Sequence[tuple[Loan, int, str]], *, at: datetime) -> None:
    """What may be lent against the pools of some loans rose by so much, or fell; each is known by
    its mark. One statement for any number."""
    events = [
        event(
            loan,
            "pool_revalued",
            templates.pool_revalued(parties_of(loan), by),
            effective=day_of(at),
            key=mark,
        )
        for loan, by, mark in changes
        if by
    ]
    if events:
        books.post_all(events, at=at)


def goods_short(loan: Loan, *, amount: int, key: str, at: datetime) -> None:
    """Goods did not arrive, or not good: the seller owes their price."""
    _post(loan, "goods_short", templates.goods_short, amount, key, at)


def goods_not_shipped(loan: Loan, *, amount: int, key: str, at: datetime) -> None:
    """Goods did not leave the seller in time: it owes their price."""
    _post(loan, "goods_not_shipped", templates.goods_not_shipped, amount, key, at)


def goods_released(loan: Loan, *, amount: int, key: str, at: datetime) -> None:
    """Goods are free of the pledge."""
    _post(loan, "goods_released", templates.goods_released, amount, key, at)


def goods_taken_back(loan: Loan, *, value: int, price: int, key: str, at: datetime) -> None:
    """Pledged goods worth `value` fen went back to the seller, who owes `price` for them."""
    entries = templates.goods_taken_back(parties_of(loan), value, price=price)
    post(loan, "goods_taken_back", entries, key=key, effective=day_of(at), at=at)


def _post(loan: Loan, kind: str, template: Template, amount: int, key: str, at: datetime) -> None:
    if amount:
        entries = template(parties_of(loan), amount)
        post(loan, kind, entries, key=key, effective=day_of(at), at=at)
