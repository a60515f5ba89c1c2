"""Goods leave the keeper's: whoever fetches them is told the code, the keeper what to hand out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from heliu.kernel.events.notices import tell
from heliu.logistics.pledges.models import Pledge
from heliu.logistics.pledges.operations.freeing import Released
from heliu.trade import deals
from heliu.trade.models import Deal


def tell_pick_up(
    deal: Deal,
    pledge: Pledge,
    given: Released,
    *,
    to: UUID,
    number: str,
    at: datetime,
    link: str = "",
) -> None:
    """The house that fetches what was just released of a deal's pledge, and its keeper, hear of it;
    `number` is how the house knows the goods, `link` where it reads of them, if not at the deal."""
    tell(
        to,
        "goods-released",
        {"quantity": str(given.quantity), "number": number, "code": given.code},
        link=link or deals.link(deal),
        at=at,
    )
    tell(
        pledge.custodian,
        "release-ordered",
        {"quantity": str(given.quantity), "pledge": pledge.number},
        link=deals.link(deal),
        at=at,
    )
