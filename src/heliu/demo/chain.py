"""A whole chain on the real operations: one operator, seller, bank and warehouse, and dealers.

The demo lays it with the sample's dealers and goods, the tests with a few. Runs as the worker,
which may write for everybody; all names of parties and people are invented.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from uuid import UUID

from django.contrib.auth.hashers import make_password

from heliu.capital.bank.models import AccountKind
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.credit.models import MarginRules, Product, Programme, ReleaseMode, SellerDuty
from heliu.capital.terms.operations import granting
from heliu.capital.terms.operations.granting import Wanted
from heliu.commerce.catalogue import operations as catalogue
from heliu.commerce.pricing import operations as pricing
from heliu.commerce.pricing.operations import NewPrice
from heliu.demo.sample import Dealer, Family, Sku
from heliu.kernel.access import operations as access
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.desks import actor_at, desks_of
from heliu.kernel.access.models import User
from heliu.kernel.access.roles import TEMPLATES
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.goods import models as goods_models
from heliu.kernel.goods import operations as goods
from heliu.kernel.goods.operations import NewSku
from heliu.kernel.ids import new_id
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties.models import Organization
from heliu.logistics.stock import operations as stock
from heliu.logistics.warehousing import operations as warehousing
from heliu.logistics.warehousing.policies import Reach

SYSTEM = Actor.system()
PASSWORD = "heliu-demo"  # noqa: S105  refused outside the demo
YUAN = 100

HOUSES = {
    "operator": (
        "OPERATOR", "Heliu Demo Market", "合流示范平台",
        "Heliu", "合流", "Shanghai", "上海",
    ),
    "seller": (
        "SELLER", "Haitang Home Supply Co., Ltd.", "海棠家居供应链有限公司",
        "Haitang Home", "海棠家居", "Ningbo", "宁波",
    ),
    "bank": (
        "BANK", "Chengjiang Commercial Bank", "澄江商业银行股份有限公司",
        "Chengjiang Bank", "澄江银行", "Hangzhou", "杭州",
    ),
    "warehouse": (
        "WAREHOUSE", "Yuntai Supervised Warehousing Co., Ltd.", "云台监管仓储有限公司",
        "Yuntai Warehouse", "云台监管仓", "Jiaxing", "嘉兴",
    ),
    "carrier": (
        "CARRIER", "Shunda Logistics Co., Ltd.", "顺达物流有限公司",
        "Shunda Logistics", "顺达物流", "Ningbo", "宁波",
    ),
}  # fmt: skip
# Another lender on the same seller: not a desk of the chain, whose one bank everybody knows.
OTHER_BANK = (
    "BANK", "Lanting Rural Commercial Bank", "兰汀农村商业银行股份有限公司",
    "Lanting Bank", "兰汀银行", "Shaoxing", "绍兴",
)  # fmt: skip
OTHER_BANK_CODE = "bank2"
# Another seller, with whom nobody of the chain trades yet.
OTHER_SELLER = (
    "SELLER", "Yuhe Tableware Trading Co., Ltd.", "玉禾餐具贸易有限公司",
    "Yuhe Tableware", "玉禾餐具", "Wenzhou", "温州",
)  # fmt: skip
OTHER_SELLER_CODE = "seller2"
# desk: (house, role, name, local part of the address)
PEOPLE = {
    "operator": ("operator", "何立", "ops"),
    "seller": ("sales-manager", "沈若宁", "sales"),
    "bank": ("risk-officer", "陈雅", "credit"),
    "warehouse": ("keeper", "周守仓", "gate"),
    "carrier": ("carrier", "韩远", "carrier"),
}
# Where pledged goods are fetched, and whom to call there; invented.
GATE = Reach(
    address="Gate 3, 88 Chengnan Road, Nanhu, Jiaxing", address_zh="嘉兴市南湖区城南路88号3号门",
    hours="Mon–Sat 8:00–18:00", hours_zh="周一至周六 8:00–18:00",
    contact=PEOPLE["warehouse"][1], phone="0573-5550 0188",
)  # fmt: skip
# A second pair of eyes: what asks for two persons at the bank is agreed to by this one.
REVIEWER = ("review@bank.demo", "赵敏行", "credit-officer")


@dataclass
class Chain:
    """The ids of what was laid; `people` by e-mail address."""

    operator: UUID = field(default_factory=new_id)
    seller: UUID = field(default_factory=new_id)
    bank: UUID = field(default_factory=new_id)
    warehouse: UUID = field(default_factory=new_id)
    carrier: UUID = field(default_factory=new_id)
    programme: UUID = field(default_factory=new_id)
    dealers: dict[str, UUID] = field(default_factory=dict)
    skus: dict[str, UUID] = field(default_factory=dict)


def find() -> Chain | None:
    """The chain that was laid in this database, or None when there is nobody in it.

    Raises `Refused` (not-a-demo) when it holds something else.
    """
    # Whoever joined by itself is no part of the chain as it was laid, nor is a branch.
    laid = Organization.objects.filter(registered_number="", parent=None)
    houses = {org.code: org.id for org in laid}
    if not houses:
        return None
    if not set(HOUSES) <= set(houses):
        raise Refused(
            "not-a-demo",
            "This database holds something else than the demonstration.",
            help="Set HELIU_DATA to another folder.",
        )
    skus = goods_models.Sku.objects.filter(seller=houses["seller"])
    return Chain(
        **{desk: houses[desk] for desk in HOUSES},
        programme=Programme.objects.get(
            seller=houses["seller"], lender=houses["bank"], product=Product.DISTRIBUTOR_FINANCE
        ).id,
        dealers={
            code.upper(): org
            for code, org in houses.items()
            if code not in (*HOUSES, OTHER_BANK_CODE, OTHER_SELLER_CODE)
        },
        skus={sku.code: sku.id for sku in skus},
    )


class People:
    """The people of a chain, each ready to act."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._known: dict[str, Actor] = {}

    def dealer(self, code: str) -> Actor:
        """The owner of a dealer, with or without a log-in."""
        email = owner_email(code)
        if email not in self._known and not User.objects.filter(username=email).exists():
            org = self._chain.dealers[code]
            may = frozenset(TEMPLATES["owner"][2])
            self._known[email] = Actor(
                None, owner_name(code), org, (org,), may, frozenset({"DEALER"})
            )
        return self._known.get(email) or self.at(email)

    def at(self, email: str) -> Actor:
        """Whoever logs in with this address, at the first desk."""
        if email not in self._known:
            user = User.objects.get(username=email)
            found = actor_at(user, desks_of(user.pk)[0])
            assert found is not None, email
            self._known[email] = found
        return self._known[email]

    @property
    def seller(self) -> Actor:
        """The seller's sales manager."""
        return self.at(email_of("seller"))

    @property
    def bank(self) -> Actor:
        """The bank's risk officer."""
        return self.at(email_of("bank"))

    @property
    def carrier(self) -> Actor:
        """The carrier's dispatcher."""
        return self.at(email_of("carrier"))

    @property
    def keeper(self) -> Actor:
        """The keeper at the supervised warehouse."""
        return self.at(email_of("warehouse"))


def lay(
    *,
    dealers: Sequence[Dealer],
    families: Sequence[Family],
    skus: Sequence[Sku],
    at: datetime,
    log_ins: int = 6,
    pieces: int | Mapping[str, int] = 200_000,
    on_terms: int = 3,
) -> Chain:
    """Lay a chain whose seller has `pieces` of every SKU (or of each by its code; of others none);
    the first dealers get a log-in, the first `on_terms` of them trade credit too."""
    chain = Chain()
    _houses(chain)
    for dealer in dealers:
        _dealer(chain, dealer, at=at)
    for desk, (role, name, _) in PEOPLE.items():
        enrol(email_of(desk), name, getattr(chain, desk), role)
    email, name, role = REVIEWER
    enrol(email, name, chain.bank, role)
    for dealer in dealers[:log_ins]:
        owner_of(chain, dealer.code)
    _goods(chain, families, skus, pieces=pieces, at=at)
    _finance(chain, at=at)
    for dealer in dealers[:on_terms]:
        granting.set_terms(
            seller=chain.seller,
            buyer=chain.dealers[dealer.code],
            wanted=Wanted(ceiling=30_000 * YUAN),
            actor=SYSTEM,
            at=at,
        )
    return chain


def owner_of(chain: Chain, code: str) -> User:
    """The log-in of a dealer's owner; made when it is not there yet."""
    return enrol(
        owner_email(code),
        owner_name(code),
        chain.dealers[code],
        "owner",
    )


def email_of(desk: str) -> str:
    """The address of the person at one of the houses' desks."""
    return f"{PEOPLE[desk][2]}@{desk}.demo"


def owner_email(code: str) -> str:
    """The address of a dealer's owner."""
    return f"owner@{code.lower()}.demo"


def owner_name(code: str) -> str:
    """The invented name of a dealer's owner."""
    return OWNERS[_number(code) % len(OWNERS)]


def enrol(email: str, name: str, org: UUID, role: str) -> User:
    """A demo person with a desk; the one that is there already stays."""
    known = User.objects.filter(username=email).first()
    if known is not None:
        return known
    return as_demo(access.enrol(actor=SYSTEM, email=email, name=name, org=org, role=role))


def as_demo(user: User) -> User:
    """Somebody whose password everybody knows."""
    user.password, user.is_demo = _hashed(), True
    user.save(update_fields=["password", "is_demo"])
    return user


@cache
def _hashed() -> str:
    """The one password of the demo as it is kept: slow to make, so it is made once."""
    return make_password(PASSWORD)


OWNERS = ("林小满", "吴德胜", "高兰", "赵一鸣", "孙佩", "郑安", "许文", "罗静", "马成", "顾言")


def _number(code: str) -> int:
    return int("".join(letter for letter in code if letter.isdigit()) or 0)


def _houses(chain: Chain) -> None:
    for desk, (role, name, name_zh, short, short_zh, city, city_zh) in HOUSES.items():
        made = parties.register(
            actor=SYSTEM, code=desk, roles=(role,), name=name, name_zh=name_zh,
            short_name=short, short_name_zh=short_zh, city=city, city_zh=city_zh,
        )  # fmt: skip
        setattr(chain, desk, made.id)
    parties.introduce(chain.seller, chain.bank, chain.warehouse)
    parties.introduce_to(chain.seller, chain.carrier)  # not the other way: it reads waybills
    for org, code, name, name_zh, columns, rows, supervised, reach in (
        (chain.seller, "NB1", "Ningbo own warehouse", "宁波自营仓", 24, 10, False, Reach()),
        (
            chain.warehouse,
            "JX1",
            "Jiaxing supervised warehouse",
            "嘉兴监管一号仓",
            20,
            8,
            True,
            GATE,
        ),
    ):
        warehousing.set_up(
            actor=SYSTEM, org=org, code=code, name=name, name_zh=name_zh,
            columns=columns, rows=rows, is_supervised=supervised, reach=reach,
        )  # fmt: skip


def _dealer(chain: Chain, dealer: Dealer, *, at: datetime) -> None:
    made: Organization = parties.register(
        actor=SYSTEM, code=dealer.code.lower(), roles=("DEALER",), name=dealer.name,
        name_zh=dealer.name_zh, short_name=dealer.short_name, short_name_zh=dealer.short_name_zh,
        city=dealer.city, city_zh=dealer.city_zh, external_id=dealer.source_customer,
    )  # fmt: skip
    chain.dealers[dealer.code] = made.id
    since = day_of(at) - timedelta(days=730)
    parties.relate(actor=SYSTEM, buyer=made.id, seller=chain.seller, since=since)
    parties.introduce(made.id, chain.bank, chain.warehouse)
    parties.introduce(made.id, chain.seller)


def _goods(
    chain: Chain,
    families: Sequence[Family],
    skus: Sequence[Sku],
    *,
    pieces: int | Mapping[str, int],
    at: datetime,
) -> None:
    goods_models.UnitOfMeasure.objects.get_or_create(
        code="PCS", defaults={"name": "pieces", "name_zh": "件"}
    )
    goods_models.Family.objects.bulk_create(
        [goods_models.Family(code=f.code, name=f.name, name_zh=f.name_zh) for f in families],
        ignore_conflicts=True,
    )
    entered = goods.enter(
        [NewSku(s.code, s.name, s.name_zh, family=s.family) for s in skus],
        actor=SYSTEM,
        seller=chain.seller,
    )
    chain.skus = {sku.code: sku.id for sku in entered}
    catalogue.index(chain.skus.values())
    prices = [NewPrice(chain.skus[s.code], amount=s.price) for s in skus]
    prices += [
        NewPrice(chain.skus[s.code], min_quantity=s.tier_from, amount=s.tier_price)
        for s in skus
        if s.tier_from > 1
    ]
    standard = pricing.create_list(
        actor=SYSTEM, seller=chain.seller, code="STD", name="Standard", name_zh="标准价",
        is_default=True,
    )  # fmt: skip
    pricing.set_prices(
        standard, actor=SYSTEM, prices=prices,
        valid_from=day_of(at) - timedelta(days=800), at=at,
    )  # fmt: skip
    stock.supply(
        [
            stock.Supply(sku, pieces if isinstance(pieces, int) else pieces[code])
            for code, sku in chain.skus.items()
            if isinstance(pieces, int) or code in pieces
        ],
        owner=chain.seller,
        warehouse=chain.seller,
        key="opening",
        subject=chain.seller,
        at=at,
    )


def other_seller(chain: Chain) -> UUID:
    """A second seller, with a log-in; it knows the bank and the warehouse of the chain."""
    role, name, name_zh, short, short_zh, city, city_zh = OTHER_SELLER
    seller = parties.register(
        actor=SYSTEM, code=OTHER_SELLER_CODE, roles=(role,), name=name, name_zh=name_zh,
        short_name=short, short_name_zh=short_zh, city=city, city_zh=city_zh,
    ).id  # fmt: skip
    parties.introduce(seller, chain.bank, chain.warehouse)
    enrol("sales@seller2.demo", "叶知夏", seller, "sales-manager")
    return seller


def other_lender(chain: Chain, *, at: datetime) -> Programme:
    """A second bank finances the same seller's dealers: it asks for more deposit, lends for longer
    and takes a fee. It has a log-in and its own money; who deals with the first knows it."""
    role, name, name_zh, short, short_zh, city, city_zh = OTHER_BANK
    bank = parties.register(
        actor=SYSTEM, code=OTHER_BANK_CODE, roles=(role,), name=name, name_zh=name_zh,
        short_name=short, short_name_zh=short_zh, city=city, city_zh=city_zh,
    ).id  # fmt: skip
    parties.introduce(chain.seller, bank)
    parties.introduce(chain.warehouse, bank)
    for dealer in chain.dealers.values():
        parties.introduce(dealer, bank)
    enrol("credit@bank2.demo", "宋知远", bank, "risk-officer")
    enrol("review@bank2.demo", "方婉", bank, "credit-officer")
    sandbox.open_account(
        org=bank, bank=bank, kind=AccountKind.NOSTRO, funds=200_000_000 * YUAN, actor=SYSTEM, at=at
    )
    return Programme.objects.create(
        lender=bank,
        seller=chain.seller,
        name="Stock for Haitang dealers",
        name_zh="海棠经销商备货贷",
        deposit_ratios=[Decimal(ratio) for ratio in ("0.20", "0.40")],
        days_options=[60, 120],
        fee_rate=Decimal("0.20"),
        base_rate=Decimal("2.90"),
        single_name_cap=300_000 * YUAN,
        auto_approve_cap=40_000 * YUAN,
    )


def stock_programme(chain: Chain) -> Programme:
    """The bank lends against goods of the seller that a dealer has bought and brings to the
    supervised warehouse; the seller takes them back from one in default at nine tenths."""
    programme = Programme.objects.create(
        lender=chain.bank,
        seller=chain.seller,
        name="Stock loans for Haitang dealers",
        name_zh="海棠经销商存货质押",
        product=Product.INVENTORY,
        release_mode=ReleaseMode.FLOOR,
        # A borrower is judged as if what its goods are worth above the loan were its deposit.
        deposit_ratios=[Decimal("0.40")],
        days_options=[30, 60, 90],
        seller_duty=SellerDuty.BUY_BACK,
        buy_back_share=Decimal("0.90"),
        single_name_cap=500_000 * YUAN,
        auto_approve_cap=60_000 * YUAN,
    )
    MarginRules.objects.create(programme=programme, lender=chain.bank, seller=chain.seller)
    return programme


def _finance(chain: Chain, *, at: datetime) -> None:
    programme = Programme.objects.create(
        lender=chain.bank,
        seller=chain.seller,
        name="Pledged orders for Haitang dealers",
        name_zh="海棠经销商保兑仓",
        deposit_ratios=[Decimal(ratio) for ratio in ("0.10", "0.20", "0.30", "0.40")],
        days_options=[30, 60, 90],
        single_name_cap=500_000 * YUAN,
        auto_approve_cap=60_000 * YUAN,
    )
    chain.programme = programme.id
    accounts = [
        (chain.bank, AccountKind.NOSTRO, 500_000_000 * YUAN),
        (chain.seller, AccountKind.CURRENT, 3_000_000 * YUAN),
        *((dealer, AccountKind.CURRENT, 800_000 * YUAN) for dealer in chain.dealers.values()),
    ]
    for org, kind, funds in accounts:
        sandbox.open_account(org=org, bank=chain.bank, kind=kind, funds=funds, actor=SYSTEM, at=at)
