"""An accepted order is written, with its deal and all that it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from heliu.capital.lending.models import Loan
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.models import Order
from heliu.commerce.spending import operations as spending
from heliu.trade.accepted import Accepted
from heliu.trade.models import Deal
from heliu.trade.placing import Query, post_query, refusal


@dataclass(frozen=True)
class Placed:
    """What was placed; `loan` is there when it is financed."""

    order: Order
    deal: Deal
    loan: Loan | None


def write_order(accepted: Accepted, at: datetime) -> Placed:
    """The order, its deal and what it holds; goods are locked last."""
    if centre := accepted.good.ask.wish.cost_centre:
        spending.name_centre(accepted.draft.id, centre, org=accepted.draft.buyer)
    refused = refusal([accepted], row_of(post_query([accepted], at)))
    if refused:
        raise refused
    ordering.keep_parts(accepted.draft)
    return Placed(accepted.draft.order(), accepted.deal(), None)


def row_of(query: Query) -> tuple[Any, ...]:
    """The one row that a query of an order answers with."""
    with connection.cursor() as cursor:
        cursor.execute(*query)
        row: tuple[Any, ...] = cursor.fetchone()
        return row
