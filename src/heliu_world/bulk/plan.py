"""What is loaded: how many dealers, who they are, and whose way of buying each of them has.

Every dealer here relives the years of dealers of the sample: their orders, the mix of goods, the
days of the week and the seasons are real; names, sizes and how often all of it happens are not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from heliu.demo.chain import YUAN, owner_name
from heliu.demo.sample import Behaviour, Sample
from heliu.kernel.ids import new_id
from heliu_world import chance

ORDERS_A_YEAR = 182  # of a dealer: 2.0 million orders a year for 11,000 dealers
TURNOVER_A_YEAR = 3_640_000 * YUAN  # of a dealer: CNY 40 bn a year for 11,000 dealers
LINES = 3  # of an order, at most
YEAR = timedelta(weeks=52)  # days of the week stay what they are
OVER = timedelta(days=4)  # what is loaded is over: the last order came so long ago
SPREAD = 0.6  # how unlike the dealers' sizes are (sigma of their logarithm)
OFTEN = 24  # orders, of somebody a bank knows
SEED = 11_000


@dataclass(frozen=True)
class Size:
    """So many dealers beside the sample's own, over so many years, with so many orders a year."""

    dealers: int
    years: int = 1
    orders: int = ORDERS_A_YEAR

    @property
    def financed(self) -> int:
        """How many deals of theirs a bank finances just now."""
        return self.dealers // 20


@dataclass(frozen=True)
class Buyer:
    """A dealer to be loaded. `orders` is how many it places, `size` how much it buys at once
    beside the others."""

    n: int
    id: UUID
    code: str
    names: tuple[str, str, str, str]
    city: tuple[str, str]
    owner: str
    behaviour: Behaviour
    orders: int
    size: float


def buyers(sample: Sample, size: Size) -> Iterator[Buyer]:
    """The dealers, always the same for the same sample and size."""
    random = chance.stream(SEED, "dealers")
    models = sample.dealers
    for n in range(size.dealers):
        name, place = models[n % len(models)], models[n // len(models) % len(models)]
        round_, code = n // len(models) + 1, f"N{n + 1:05d}"
        yield Buyer(
            n=n,
            id=new_id(),
            code=code.lower(),
            names=(
                f"{place.city} {name.short_name} No. {round_}",
                f"{place.city_zh}{name.short_name_zh}{round_}号店",
                f"{name.short_name} {round_}",
                f"{name.short_name_zh}{round_}",
            ),
            city=(place.city, place.city_zh),
            owner=owner_name(code),
            behaviour=random.choice(models).behaviour,
            orders=max(
                1, round(size.orders * size.years * random.lognormvariate(0, SPREAD) * MEAN)
            ),
            size=random.lognormvariate(0, SPREAD) * MEAN,
        )


def reliable(sample: Sample, size: Size) -> list[str]:
    """The codes of those who order often and always pay in time: the bank's rules say yes."""
    return [
        buyer.code.upper()
        for buyer in buyers(sample, size)
        if buyer.behaviour == Behaviour.PROMPT and buyer.orders >= OFTEN
    ]


MEAN = 2.718281828 ** (-SPREAD * SPREAD / 2)  # makes the mean of the sizes one


def without(sample: Sample, apart: Collection[str]) -> Sample:
    """The sample without these articles: goods that are told apart by lot or number cannot be
    moved by the thousand without names. Orders of which nothing is left are left out."""
    kept = (
        replace(order, lines=tuple(line for line in order.lines if line.sku not in apart))
        for order in sample.orders
    )
    return replace(
        sample,
        skus=tuple(sku for sku in sample.skus if sku.code not in apart),
        orders=tuple(order for order in kept if order.lines),
    )


@dataclass(frozen=True)
class Model:
    """A year of a dealer of the sample: when it ordered since the year began, and its lines."""

    orders: tuple[tuple[timedelta, tuple[tuple[str, int], ...]], ...]


def models(sample: Sample) -> list[Model]:
    """The last year of each dealer of the sample; those who bought nothing in it are left out."""
    begins = sample.orders[-1].placed_at - YEAR
    found: dict[str, list[tuple[timedelta, tuple[tuple[str, int], ...]]]] = {}
    for order in sample.orders:
        if order.placed_at > begins:
            lines = tuple((line.sku, line.quantity) for line in order.lines)
            found.setdefault(order.dealer, []).append((order.placed_at - begins, lines))
    return [Model(tuple(orders)) for _, orders in sorted(found.items())]


def factor(sample: Sample, models: list[Model], size: Size) -> float:
    """By how much quantities grow so that a year's turnover comes out about as it should."""
    price = {sku.code: sku.tier_price for sku in sample.skus}
    worths = [
        sum(price[sku] * quantity for sku, quantity in lines) / len(lines) * min(LINES, len(lines))
        for model in models
        for _, lines in model.orders
    ]
    return TURNOVER_A_YEAR / size.orders / (sum(worths) / len(worths))


def window(at: datetime, size: Size) -> tuple[datetime, datetime]:
    """The years that are loaded, seen from `at`."""
    ends = at - OVER
    return ends - size.years * YEAR, ends
