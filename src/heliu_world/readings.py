"""Which pages people look at, by the desk at which they sit."""

from __future__ import annotations

from random import Random

from heliu_world.market import Dealer, Seat, Shop
from heliu_world.world import World

EVERYBODY = ("/deals", "/inbox", "/pledges")
DEALER = ("/dealer/", "/dealer/catalogue", "/dealer/pad", "/dealer/finance", "/dealer/pick-ups")
SELLER = (
    "/seller/", "/seller/orders", "/seller/prices", "/seller/goods", "/seller/dealers",
    "/seller/refunds",
)  # fmt: skip
BANK = (
    "/bank/", "/bank/drawdowns", "/bank/repayments", "/bank/limits", "/bank/pledges",
    "/bank/overdue", "/bank/payments", "/bank/reconciliation", "/bank/programmes",
)  # fmt: skip
KEEPER = (
    "/warehouse/", "/warehouse/receive", "/warehouse/counts", "/warehouse/pick-ups",
    "/warehouse/map", "/warehouse/lots", "/warehouse/receipts",
)  # fmt: skip
A_DEAL = 0.6  # how often it is a deal of one's own


def chosen(world: World, random: Random) -> tuple[Seat, str]:
    """Somebody, and the address of a page that is theirs to see."""
    shop: Shop = random.choice(world.market.shops)
    dealer: Dealer = random.choice(world.market.dealers)
    seat, pages = random.choice(
        [(dealer.seat, DEALER), (shop.seller, SELLER), (shop.bank, BANK), (shop.keeper, KEEPER)]
    )
    own = world.ask(
        "select number from trade_deal where lender is not null"
        " and %s in (buyer, seller, lender, custodian) order by number",
        seat.org,
    )
    if own and random.random() < A_DEAL:
        return seat, f"/deals/{random.choice(own)['number']}"
    return seat, random.choice((*EVERYBODY, *pages))
