"""A market as large as a chain's: dealers with log-ins for their programs, goods, prices, credit.

The houses and goods are laid by the product's own operations; what there is thousands of (dealers,
prices) is written to the tables in bulk, as an import would.
"""

from __future__ import annotations

import json
import random
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from uuid import UUID

import psycopg
from django.db import connection, transaction

from heliu.capital.bank.models import AccountKind
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.books import operations as books
from heliu.capital.books.chart import Code
from heliu.capital.books.entries import Place
from heliu.commerce.pricing.models import PriceList, PriceListBuyer
from heliu.demo import chain as chains
from heliu.demo import history
from heliu.demo.chain import SYSTEM
from heliu.demo.sample import Behaviour, Dealer, Family, Line, Order, Sku
from heliu.kernel.access.models import ApiToken, Membership, MembershipRole, User
from heliu.kernel.access.operations import template
from heliu.kernel.clock import day_of
from heliu.kernel.parties.models import Acquaintance, Organization, PartyRole, TradingRelationship
from heliu_bench.ground import Ground
from heliu_bench.limit import LINES, PER_LINE, ZIPF

LISTS, TIERS = 20, (1, 10, 100)
PLENTY = 1_000_000_000  # pieces of each SKU, and yuan of credit: a bench of speed runs dry of none
BATCH = 2_000
PAST_ORDERS, PAST_LINES, DAYS_APART = 24, 10, 15
FIRST = Dealer(
    "B0", "First Dealer", "第一经销商", "First", "第一", "Ningbo", "宁波", Behaviour.PROMPT, "0"
)


@dataclass(frozen=True)
class Market:
    """What was laid. `tokens` are the secrets of the dealers' programs, in the dealers' order."""

    chain: chains.Chain
    dealers: Sequence[UUID]
    tokens: Sequence[str]
    skus: Sequence[UUID]

    @property
    def seller(self) -> UUID:
        """Who sells everything."""
        return self.chain.seller


def lay(ground: Ground, *, dealers: int, skus: int, at: datetime, on_terms: bool = True) -> Market:
    """Lay a market into an empty database, as the worker; then let the planner look at it.

    Each dealer is on one of 20 price lists with three tiers for every SKU, and may owe the seller
    more than it can order.
    """
    with transaction.atomic():
        chain = chains.lay(
            dealers=[FIRST], families=[Family("goods", "Goods", "商品")], skus=_goods(skus),
            at=at, log_ins=1, pieces=PLENTY, on_terms=0,
        )  # fmt: skip
        User.objects.update(is_demo=False)  # an install that serves real desks has none
        ids = [chain.skus[sku.code] for sku in _goods(skus)]
        made = _dealers(chain, dealers, since=day_of(at) - timedelta(days=365))
        tokens = _tokens(made, at)
        lists = _lists(chain.seller)
        _assign(lists, made, chain.seller, since=day_of(at) - timedelta(days=365))
        if on_terms:
            grant_terms(chain.seller, made)
    with ground.link() as link:
        load_prices(link, lists, ids, chain.seller, since=day_of(at) - timedelta(days=365))
        link.execute("vacuum analyze")
    return Market(chain, made, tokens, ids)


def finance(market: Market, count: int, *, at: datetime) -> None:
    """Give the first so many dealers two years of orders paid in time and an account at the bank,
    so that its rules approve what they order."""
    chain, some = market.chain, [f"F{n}" for n in range(count)]
    chain.dealers |= dict(zip(some, market.dealers, strict=False))
    codes = list(chain.skus)[:PAST_LINES]
    past = [
        Order(
            f"past-{code}-{n}", code, at - timedelta(days=DAYS_APART * n + 5),
            tuple(Line(sku, 400, 1_000 + place) for place, sku in enumerate(codes)),
        )
        for n in reversed(range(PAST_ORDERS))
        for code in some
    ]  # fmt: skip
    with transaction.atomic():
        history.load(chain, past, behaviours=dict.fromkeys(some, Behaviour.PROMPT), at=at)
        for code in some:
            sandbox.open_account(
                org=chain.dealers[code], bank=chain.bank, kind=AccountKind.CURRENT,
                funds=PLENTY * 100, actor=SYSTEM, at=at,
            )  # fmt: skip


def bodies(
    market: Market, count: int, *, pay_by: Sequence[str], hot: int = 0, most: int = 120
) -> list[str]:
    """So many orders as the API takes them: ten lines, SKUs spread as in the limit's script.

    Without `pay_by` they are for the preview. With `hot` only the first so many SKUs are wanted;
    `most` pieces of each at the most.
    """
    choose = random.Random(7)  # noqa: S311  the same orders in every run
    draw = _zipf(choose)
    made = []
    for number in range(count):
        places = (
            [place * (hot // LINES) + choose.randrange(hot // LINES) for place in range(LINES)]
            if hot
            else [place * PER_LINE + draw() for place in range(LINES)]
        )
        wanted = [
            {"sku": str(market.skus[place % len(market.skus)]), "quantity": choose.randint(1, most)}
            for place in places
        ]
        order: dict[str, object] = {"seller": str(market.seller), "lines": wanted}
        if pay_by:
            order["pay_by"] = pay_by[number % len(pay_by)]
        made.append(json.dumps(order, separators=(",", ":")))
    return made


def load_prices(
    link: psycopg.Connection, lists: Sequence[PriceList], skus: Sequence[UUID], seller: UUID,
    *, since: date,
) -> int:  # fmt: skip
    """Copy a price for every list, SKU and tier; returns how many."""
    columns = "price_list_id, seller, sku_id, min_quantity, amount, valid_from"
    with (
        link.cursor() as cursor,
        cursor.copy(f"copy pricing_listprice ({columns}) from stdin") as copy,
    ):
        for row in _prices(lists, skus, seller, since):
            copy.write_row(row)
    return len(lists) * len(skus) * len(TIERS)


def grant_terms(seller: UUID, buyers: Sequence[UUID]) -> None:
    """Let every buyer owe the seller more than it will."""
    for start in range(0, len(buyers), BATCH // 4):
        some = buyers[start : start + BATCH // 4]
        opened = books.accounts([Place(seller, Code.RECEIVABLE, buyer) for buyer in some])
        with connection.cursor() as cursor:
            cursor.execute(
                "select posting_limit(n, false, null, true, %s) from unnest(%s::bigint[]) n",
                [PLENTY * 100, list(opened.values())],
            )


def _goods(count: int) -> list[Sku]:
    return [
        Sku(f"G{n:05}", f"Product {n}", f"商品{n}", "goods", 1_000 + n % 977, 0, 0)
        for n in range(1, count + 1)
    ]


def _dealers(chain: chains.Chain, count: int, *, since: date) -> list[UUID]:
    made = [
        Organization(code=f"b{n:05}", name=f"Dealer {n}", name_zh=f"经销商{n}")
        for n in range(1, count + 1)
    ]
    Organization.objects.bulk_create(made, batch_size=BATCH)
    PartyRole.objects.bulk_create(
        [PartyRole(organization=org, role="DEALER") for org in made], batch_size=BATCH
    )
    TradingRelationship.objects.bulk_create(
        [TradingRelationship(buyer=org.id, seller=chain.seller, since=since) for org in made],
        batch_size=BATCH,
    )
    known = (chain.seller, chain.bank, chain.warehouse)
    Acquaintance.objects.bulk_create(
        [
            Acquaintance(org=one, knows=other)
            for org in made
            for house in known
            for one, other in ((org.id, house), (house, org.id))
        ],
        batch_size=BATCH,
    )
    return [org.id for org in made]


def _tokens(orgs: Sequence[UUID], at: datetime) -> list[str]:
    """A person and a program's secret at each organisation."""
    people = [
        User(username=f"owner{n}@bench", email=f"owner{n}@bench", name=f"Owner {n}", password="!")  # noqa: S106  nobody signs in
        for n, _ in enumerate(orgs, 1)
    ]
    User.objects.bulk_create(people, batch_size=BATCH)
    desks = [Membership(user=user, org=org) for user, org in zip(people, orgs, strict=True)]
    Membership.objects.bulk_create(desks, batch_size=BATCH)
    owner = template("owner")
    MembershipRole.objects.bulk_create(
        [MembershipRole(membership=desk, role=owner, org=desk.org) for desk in desks],
        batch_size=BATCH,
    )
    secrets = [f"hl_bench-{n}" for n, _ in enumerate(orgs, 1)]
    ApiToken.objects.bulk_create(
        [
            ApiToken(
                digest=ApiToken.digest_of(secret), user=user, org=org, label="bench", created_at=at
            )
            for secret, user, org in zip(secrets, people, orgs, strict=True)
        ],
        batch_size=BATCH,
    )
    return secrets


def _lists(seller: UUID) -> list[PriceList]:
    return PriceList.objects.bulk_create(
        [PriceList(seller=seller, code=f"L{n:02}", name=f"List {n}") for n in range(LISTS)]
    )


def _assign(
    lists: Sequence[PriceList], buyers: Sequence[UUID], seller: UUID, *, since: date
) -> None:
    PriceListBuyer.objects.bulk_create(
        [
            PriceListBuyer(
                price_list=lists[n % len(lists)], seller=seller, buyer=buyer, valid_from=since
            )
            for n, buyer in enumerate(buyers)
        ],
        batch_size=BATCH,
    )


def _prices(
    lists: Sequence[PriceList], skus: Sequence[UUID], seller: UUID, since: date
) -> Iterator[tuple[object, ...]]:
    for off, price_list in enumerate(lists, 1):
        for n, sku in enumerate(skus):
            for less, quantity in zip((100, 95, 90), TIERS, strict=True):
                amount = (1_000 + n % 977) * (100 - off % 50) * less // 10_000
                yield price_list.id, seller, sku, quantity, amount, since


def _zipf(choose: random.Random) -> Callable[[], int]:
    """Draws a place below `PER_LINE`; the first are wanted most, as a market's bestsellers are."""
    sums = list(accumulate(rank**-ZIPF for rank in range(1, PER_LINE + 1)))
    return lambda: bisect(sums, choose.random() * sums[-1])
