"""Counted goods become security: what the goods of an order and those of a pool have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from heliu.capital.lending.models import Loan
from heliu.kernel.access.actor import Actor
from heliu.kernel.events.notices import tell
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges.models import Pledge
from heliu.logistics.pledges.operations import binding
from heliu.logistics.warehousing.operations import Received
from heliu.trade import deals, registration
from heliu.trade.models import Deal, Step
from heliu.trade.paperwork import number_of
from heliu.trade.steps import parties, remember

Book = Callable[..., None]


def pledge_received(
    deal: Deal,
    pledge: Pledge,
    loan: Loan,
    received: Received,
    *,
    worth: Mapping[int, int],
    book: Book,
    actor: Actor,
    at: datetime,
    is_brought: bool = False,
) -> bool:
    """The good goods of a count secure the loan from this moment; False where there are none.

    `worth` is what a piece of each line cost, in fen; `book` writes their value into the books;
    `is_brought`: the borrower sent them out of its own house.
    """
    if received.receipt is None or not received.rows:
        return False
    lines = [(row.stock_row, row.sku, row.quantity, worth[row.order_line]) for row in received.rows]
    value = sum(quantity * unit for _, _, quantity, unit in lines)
    binding.activate(
        pledge, receipt=received.receipt, lines=lines, actor=actor, at=at, is_brought=is_brought,
        audience=parties(deal),
    )  # fmt: skip
    book(loan, amount=value, key=received.receipt.number, at=at)
    remember(
        deal, Step.PLEDGED, key=received.receipt.number, actor=actor, at=at,
        pledge=pledge.number, receipt=received.receipt.number, value=value,
        quantity=sum(quantity for _, _, quantity, _ in lines),
    )  # fmt: skip
    registration.register(deal, loan, actor=actor, at=at)
    keeper = names([pledge.custodian])[pledge.custodian]
    for org in (pledge.pledgor, pledge.pledgee):
        tell(
            org,
            "goods-pledged",
            {"number": number_of(deal), "warehouse": keeper},
            link=deals.link(deal),
            at=at,
        )
    return True
