"""The market of a seed: sellers and their banks, warehouses, dealers, goods, and all their people.

Dealers, goods, prices and the years before are those of the shipped sample; houses are invented.
Which dealers there are, how much stock, and the banks' terms come from the seed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from heliu.capital.bank.models import AccountKind
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.credit.models import (
    DepositBy,
    DepositMode,
    Instrument,
    MarginRules,
    Product,
    Programme,
    ReleaseMode,
    SellerDuty,
)
from heliu.capital.terms.operations import granting
from heliu.capital.terms.operations.granting import Wanted
from heliu.capital.vat import operations as vat
from heliu.capital.vat.operations import TaxData
from heliu.commerce.catalogue import operations as catalogue
from heliu.commerce.pricing import operations as pricing
from heliu.commerce.pricing.models import PriceList
from heliu.commerce.spending import operations as spending
from heliu.demo import history, sample
from heliu.demo.chain import YUAN, Chain, owner_name
from heliu.kernel.access import operations as access
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.desks import actor_at, desks_of
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.policies import Level
from heliu.kernel.clock import day_of
from heliu.kernel.goods import models as goods_models
from heliu.kernel.goods import operations as goods
from heliu.kernel.parties import operations as parties
from heliu.logistics.stock import operations as stock
from heliu.logistics.warehousing import operations as warehousing
from heliu.trade import corrections, programmes
from heliu.trade.financed_order import signing

SYSTEM = Actor.system()
DEALERS, BUSIEST = 6, 18
HARD = 0.5  # of the markets
IN_PARTS = 0.6  # of the terms without a discount
SIGN_BY_TWO = 2  # of the dealers
FOUR_EYES = 0.5  # of the banks let nobody change a programme or a payment alone
LINES = 6  # of an order, at most
KEPT = 8  # kinds of goods that a dealer has at home


@dataclass(frozen=True)
class House:
    """A seller with the bank and the warehouse beside it, and what its programme says."""

    seller: str
    bank: str
    keeper: str
    days: tuple[int, ...]
    terms: Mapping[str, Any]


# Short terms, so that they run out within the simulation; otherwise as unlike as can be.
HOUSES = (
    House("haitang", "chengjiang", "yuntai", (4, 12, 30), {"fee_rate": "0.20", "grace_days": 1}),
    House(
        "songhe",
        "nanpu",
        "beigang",
        (6, 15, 45),
        {"day_count": "ACT/365F", "grace_days": 2, "is_principal_first": True},
    ),
)

# How a bank finances; the usual way comes up about as often as the others together.
USUAL: dict[str, str] = {
    "instrument": Instrument.LOAN,
    "deposit_mode": DepositMode.DOWN_PAYMENT,
    "release_mode": ReleaseMode.PROPORTIONAL,
}
MARGIN: dict[str, str] = {"deposit_mode": DepositMode.CASH_MARGIN}
BY_ALL_PAID_IN: dict[str, str] = {"release_mode": ReleaseMode.DEPOSIT_FIRST}
BILL: dict[str, str] = {"instrument": Instrument.ACCEPTANCE_BILL, **MARGIN, **BY_ALL_PAID_IN}
MODES: tuple[dict[str, str], ...] = (
    {},
    {},
    {},
    MARGIN,
    BY_ALL_PAID_IN,
    MARGIN | BY_ALL_PAID_IN,
    BILL,
)


@dataclass(frozen=True)
class Seat:
    """Somebody at a desk, ready to act, and the secret with which a program acts for them."""

    actor: Actor
    token: str

    @property
    def org(self) -> UUID:
        """The organisation of the desk."""
        return self.actor.own_org


@dataclass
class Shop:
    """A seller with its goods, the bank that finances its dealers, and the warehouse it ships to.

    The `reviewer` is the second person at the bank, who agrees to what one may not do alone.
    `orders` are the real orders of its dealers, cut down to its goods.
    """

    seller: Seat
    bank: Seat
    reviewer: Seat
    keeper: Seat
    prices: PriceList
    skus: dict[str, UUID]
    orders: list[sample.Order]


@dataclass
class Dealer:
    """A buyer; `lateness` is how it pays, `second` who signs its larger loans too, if anybody."""

    code: str
    seat: Seat
    lateness: sample.Behaviour
    second: Seat | None = None


@dataclass
class Market:
    """Everybody there is. When it `is_hard` goods lose their price and any dealer may go broke."""

    shops: list[Shop]
    dealers: list[Dealer]
    is_hard: bool


def lay(random: Random, *, at: datetime) -> Market:
    """Lay a market that opens at a moment; runs as the worker, in one transaction."""
    known = sample.load(day_of(at))
    chosen = sorted(random.sample(known.dealers[:BUSIEST], DEALERS), key=lambda one: one.code)
    orgs = {dealer.code: _organization(dealer.code, "DEALER") for dealer in chosen}
    _organization("operator", "OPERATOR")
    _shelves(known)
    families = sorted({sku.family for sku in known.skus})
    random.shuffle(families)
    shops = []
    for place, house in enumerate(HOUSES):
        own = {sku.code for sku in known.skus if families.index(sku.family) % len(HOUSES) == place}
        shops.append(_shop(random, house, known, own, orgs, is_auto=not place, at=at))
    _second_lender(shops[0], shops[1].bank.org)
    careful = random.sample(sorted(orgs), SIGN_BY_TWO)
    dealers = [
        _dealer(random, one, orgs[one.code], signs_by_two=one.code in careful, at=at)
        for one in chosen
    ]
    return Market(shops, dealers, is_hard=random.random() < HARD)


def _second_lender(shop: Shop, bank: UUID) -> None:
    """Another bank finances the dealers of a seller too: it lends for longer and takes a fee."""
    for org in (shop.seller.org, shop.keeper.org):
        parties.introduce(org, bank)
    Programme.objects.create(
        lender=bank, seller=shop.seller.org, name="Stock for dealers", fee_rate=Decimal("0.20"),
        deposit_ratios=[Decimal(ratio) for ratio in ("0.20", "0.40")], days_options=[10, 25],
        base_rate=Decimal("2.90"), single_name_cap=300_000 * YUAN, auto_approve_cap=9_000 * YUAN,
        notice_days=1,
    )  # fmt: skip


def _dealer(
    random: Random, known: sample.Dealer, org: UUID, *, signs_by_two: bool, at: datetime
) -> Dealer:
    """A dealer with its people; its house may want larger loans signed by both of them."""
    seat, second = _seat(org, "owner", owner_name(known.code), at), None
    if signs_by_two:
        second = _seat(org, "owner", "partner", at)
        approvals.set_levels(
            signing.SIGN, from_amount=random.choice((0, 4_000)) * YUAN,
            levels=[Level("sign")], actor=seat.actor, at=at,
        )  # fmt: skip
        kept = random.choice((2, 4))
        spending.set_house(needs_centre=False, keeps_days=kept, actor=seat.actor)
    return Dealer(known.code, seat, known.behaviour, second)


def _shop(
    random: Random,
    house: House,
    known: sample.Sample,
    own: set[str],
    dealers: dict[str, UUID],
    *,
    is_auto: bool,
    at: datetime,
) -> Shop:
    """A seller's side of the market, with what its dealers bought before."""
    seller_org = _organization(house.seller, "SELLER")
    bank_org = _organization(house.bank, "BANK")
    keeper_org = _organization(house.keeper, "WAREHOUSE")
    parties.introduce(seller_org, bank_org, keeper_org)
    for buyer in dealers.values():
        since = day_of(at) - timedelta(days=730)
        parties.relate(actor=SYSTEM, buyer=buyer, seller=seller_org, since=since)
        parties.introduce(buyer, bank_org, keeper_org)
    for org, code, supervised in ((seller_org, "OWN", False), (keeper_org, "SUP", True)):
        warehousing.set_up(
            actor=SYSTEM, org=org, code=code, name=code, columns=6, rows=4,
            is_supervised=supervised,
        )  # fmt: skip
    orders = _cut(known.orders, own, set(dealers), house=house.seller)
    sold = Counter(dict.fromkeys(sorted(own), 0))
    for order in orders:
        sold.update({line.sku: line.quantity for line in order.lines})
    goods_here = [sku for sku in known.skus if sku.code in own]
    skus, prices = _goods(seller_org, goods_here, at=at)
    _stock(random, seller_org, skus, sold, at=at)
    _money(random, house, seller_org, bank_org, dealers, at=at)
    if is_auto:
        _against_stock(bank_org, seller_org)
        _kept(random, orders, dealers, skus, at=at)
    _taxes(house, seller_org, dealers, is_auto=is_auto, at=at)
    chain = Chain(seller=seller_org, dealers=dealers, skus=skus)
    behaviours = {dealer.code: dealer.behaviour for dealer in known.dealers}
    history.load(chain, orders, behaviours=behaviours, at=at)
    return Shop(
        _seat(seller_org, "sales-manager", house.seller, at),
        _seat(bank_org, "risk-officer", house.bank, at),
        _seat(bank_org, "credit-officer", f"{house.bank} too", at),
        _seat(keeper_org, "keeper", house.keeper, at),
        prices, skus, orders,
    )  # fmt: skip


def _cut(
    orders: Sequence[sample.Order], skus: set[str], dealers: set[str], *, house: str
) -> list[sample.Order]:
    """The dealers' orders with what they hold of a seller's goods, under a number of its own."""
    cut = []
    for order in orders:
        lines = tuple(line for line in order.lines if line.sku in skus)
        if lines and order.dealer in dealers:
            cut.append(replace(order, number=f"{house} {order.number}", lines=lines))
    return cut


def _organization(code: str, role: str) -> UUID:
    return parties.register(
        actor=SYSTEM, code=code.lower(), roles=(role,), name=f"{code.title()} Co., Ltd.",
        short_name=code.title(),
    ).id  # fmt: skip


def _seat(org: UUID, role: str, name: str, at: datetime) -> Seat:
    email = f"{role}-{name.encode().hex()}@{org.hex}.world"
    user = access.enrol(actor=SYSTEM, email=email, name=name, org=org, role=role, language="en")
    actor = actor_at(user, desks_of(user.pk)[0])
    assert actor is not None
    token = access.issue_token(actor=SYSTEM, user=user, org=org, label="simulation", at=at)
    return Seat(actor, token)


def _shelves(known: sample.Sample) -> None:
    goods_models.UnitOfMeasure.objects.get_or_create(
        code="PCS", defaults={"name": "pieces", "name_zh": "件"}
    )
    goods_models.Family.objects.bulk_create(
        goods_models.Family(code=one.code, name=one.name, name_zh=one.name_zh)
        for one in known.families
    )


def _goods(
    seller: UUID, skus: Sequence[sample.Sku], *, at: datetime
) -> tuple[dict[str, UUID], PriceList]:
    """A seller's goods with their list prices and tiers."""
    entered = goods.enter(
        [goods.NewSku(sku.code, sku.name, sku.name_zh, family=sku.family) for sku in skus],
        actor=SYSTEM,
        seller=seller,
    )
    ids = {sku.code: sku.id for sku in entered}
    catalogue.index(ids.values())
    standard = pricing.create_list(
        actor=SYSTEM, seller=seller, code="STD", name="Standard", is_default=True
    )
    prices = [pricing.NewPrice(ids[sku.code], sku.price) for sku in skus]
    prices += [
        pricing.NewPrice(ids[sku.code], sku.tier_price, sku.tier_from)
        for sku in skus
        if sku.tier_from > 1
    ]
    since = day_of(at) - timedelta(days=800)
    pricing.set_prices(standard, actor=SYSTEM, prices=prices, valid_from=since, at=at)
    return ids, standard


def _taxes(
    house: House, seller: UUID, dealers: dict[str, UUID], *, is_auto: bool, at: datetime
) -> None:
    """Who is on VAT invoices, and the rate; one seller's are written by themselves."""
    for place, (code, org) in enumerate([(house.seller, seller), *sorted(dealers.items())]):
        who = replace(SYSTEM, org=org, orgs=(org,))
        data = TaxData(f"{code} Co., Ltd.", f"9133{place:014}", is_auto=is_auto and org == seller)
        vat.set_data(data, actor=who, at=at)
    vat.set_rate(
        Decimal(13), from_day=day_of(at), actor=replace(SYSTEM, org=seller, orgs=(seller,))
    )


def _stock(
    random: Random, seller: UUID, skus: dict[str, UUID], sold: Counter[str], *, at: datetime
) -> None:
    """About what sells in some months; a few shelves are nearly empty."""
    lines = []
    for code in sorted(skus):
        scarce = random.random() < 0.1
        pieces = random.randint(3, 20) if scarce else 50 + sold[code] * random.randint(1, 3) // 4
        lines.append(stock.Supply(skus[code], pieces))
    stock.supply(
        lines, owner=seller, warehouse=seller, key=f"opening:{seller}", subject=seller, at=at
    )


def _kept(
    random: Random,
    orders: Sequence[sample.Order],
    dealers: dict[str, UUID],
    skus: dict[str, UUID],
    *,
    at: datetime,
) -> None:
    """Some of what dealers bought lies in their own houses still."""
    for code, org in sorted(dealers.items()):
        kinds = sorted({line.sku for one in orders if one.dealer == code for line in one.lines})
        some = random.sample(kinds, min(KEPT, len(kinds)))
        lines = [stock.Supply(skus[sku], random.randint(20, 200)) for sku in some]
        stock.supply(lines, owner=org, warehouse=org, key=f"kept:{org}", subject=org, at=at)


def _against_stock(bank: UUID, seller: UUID) -> None:
    """The programme of loans against what dealers bought of a seller; days are few to cure."""
    programme = Programme.objects.create(
        lender=bank, seller=seller, name="Stock loans", product=Product.INVENTORY,
        release_mode=ReleaseMode.FLOOR, deposit_ratios=[Decimal("0.40")], days_options=[6, 12, 20],
        seller_duty=SellerDuty.BUY_BACK, buy_back_share=Decimal("0.90"), notice_days=1,
        single_name_cap=500_000 * YUAN, auto_approve_cap=60_000 * YUAN,
    )  # fmt: skip
    MarginRules.objects.create(programme=programme, lender=bank, seller=seller, cure_days=1)


def _money(
    random: Random,
    house: House,
    seller: UUID,
    bank: UUID,
    dealers: dict[str, UUID],
    *,
    at: datetime,
) -> None:
    """The programme, trade credit for some, and everybody's accounts at this bank."""
    Programme.objects.create(
        lender=bank,
        seller=seller,
        name="Pledged orders",
        deposit_ratios=[Decimal(ratio) for ratio in ("0.10", "0.20", "0.30", "0.40")],
        days_options=list(house.days),
        single_name_cap=500_000 * YUAN,
        auto_approve_cap=random.choice((8_000, 20_000, 60_000)) * YUAN,
        notice_days=1,
        ship_days=random.choice((None, 3, 6)),
        auto_release_cap=random.choice((None, 1_000 * YUAN)),
        seller_duty=random.choice(SellerDuty.values),
        buy_back_share=Decimal("0.6"),
        deposit_by=random.choice((DepositBy.COLLECTED, DepositBy.COLLECTED, DepositBy.PAID_IN)),
        deposit_days=random.choice((1, 3)),
        register_months=random.choice((1, 2, 12)),
        **house.terms,
        **USUAL | random.choice(MODES),
    )
    if random.random() < FOUR_EYES:
        for act in (corrections.CORRECT, programmes.PROGRAMME):
            approvals.set_levels(
                act, from_amount=0, levels=[Level("decide")],
                actor=replace(SYSTEM, org=bank, orgs=(bank,)), at=at,
            )  # fmt: skip
    accounts = [
        (bank, AccountKind.NOSTRO, 500_000_000 * YUAN),
        (seller, AccountKind.CURRENT, 3_000_000 * YUAN),
        *((dealer, AccountKind.CURRENT, 800_000 * YUAN) for dealer in dealers.values()),
    ]
    for org, kind, funds in accounts:
        sandbox.open_account(org=org, bank=bank, kind=kind, funds=funds, actor=SYSTEM, at=at)
    for buyer in random.sample(sorted(dealers.values()), 4):
        early = random.choice((0, 2))  # per cent off what is paid within days
        in_parts = not early and random.random() < IN_PARTS
        granting.set_terms(
            seller=seller,
            buyer=buyer,
            wanted=Wanted(
                random.choice((3_000, 30_000)) * YUAN,
                days=5,
                grace_days=3,
                discount=Decimal(early),
                discount_days=early,
                part_days=(5, 12) if in_parts else (),
                part_shares=(40, 60) if in_parts else (),
            ),
            actor=SYSTEM,
            at=at,
        )
