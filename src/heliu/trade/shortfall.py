"""Goods that came short: whether the others cover the debt, and what stays bound while they do not.

    missing   the seller owes the price of goods that a count did not find, or that will not come
    look      short, or covered again: asked whenever something was counted, paid or refunded

The seller's refund is asked for at once (`side_exits`). While the pledge is short nothing comes
free by parts; what is repaid counts, and frees its goods when the others cover the debt again.
"""

from __future__ import annotations

from datetime import datetime

from heliu.capital.lending.models import Loan
from heliu.kernel.events.notices import tell
from heliu.logistics.pledges.models import Pledge
from heliu.logistics.pledges.operations import binding
from heliu.trade import deals
from heliu.trade.models import Deal
from heliu.trade.paperwork import loan_of, pledge_of
from heliu.trade.repayment import is_short


def missing(deal: Deal, value: int, *, at: datetime) -> None:
    """Goods of a locked deal worth `value` fen are not there."""
    pledge = pledge_of(deal)
    if pledge is not None:
        binding.note_missing(pledge, value=value)
        look(deal, loan_of(deal), pledge, at=at)


def look(deal: Deal, loan: Loan, pledge: Pledge, *, at: datetime) -> None:
    """Mark the pledge short or covered, and tell dealer and lender when it becomes short."""
    if not pledge.missing_value:
        return
    is_new = binding.mark_short(pledge, is_short=is_short(loan, pledge), at=at)
    if not is_new or not pledge.is_short:
        return
    for org in (pledge.pledgor, pledge.pledgee):
        tell(org, "goods-short", {"number": deal.number}, link=deals.link(deal), at=at)
