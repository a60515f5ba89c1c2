"""A small chain: two sellers, two dealers, goods, and who trades with whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from heliu.commerce.catalogue.operations import index
from heliu.kernel.access.actor import Actor
from heliu.kernel.goods.models import Family, Sku, UnitOfMeasure
from heliu.kernel.ids import new_id
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties.models import Organization

AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)
GOODS = (
    # code, barcode, English name, Chinese name, family
    ("KFR-35GW/A1", "6901234567892", "Wall air conditioner 1.5 hp", "壁挂空调 1.5匹", "air"),
    ("KFR-50LW/B2", "6901234567908", "Floor air conditioner 2 hp", "立柜空调 2匹", "air"),
    ("BCD-215", "6901234567915", "Refrigerator 215 l", "冰箱215升", "cold"),
    ("XQG-80", "", "Washing machine 8 kg", "滚筒洗衣机8公斤", "wash"),
)


@dataclass
class Chain:
    """Whoever the tests are about."""

    seller: UUID
    other_seller: UUID
    dealer: UUID
    stranger: UUID
    skus: list[Sku]
    foreign_sku: Sku

    @property
    def at_dealer(self) -> Actor:
        return desk(self.dealer, "order")

    @property
    def at_seller(self) -> Actor:
        return desk(self.seller, "sell", "ship", "price")

    @property
    def at_stranger(self) -> Actor:
        return desk(self.stranger, "order")


PERSON = new_id()


def desk(org: UUID, *permissions: str) -> Actor:
    """A person at a desk of an organisation."""
    return Actor(PERSON, "Chen Ya", org, (org,), frozenset(permissions))


@pytest.fixture
def chain(db: None, as_worker) -> Chain:
    """The dealer trades with the seller; the other seller and the stranger with nobody."""
    with as_worker():
        return build_chain()


def build_chain() -> Chain:
    """Write the chain down; needs the worker's rights."""
    seller, other, dealer, stranger = (
        Organization.objects.create(code=new_id().hex, name=word).pk
        for word in ("seller", "other", "dealer", "stranger")
    )
    parties.relate(actor=Actor.system(), buyer=dealer, seller=seller, since=DAY)
    unit, _ = UnitOfMeasure.objects.get_or_create(code="pc", name="piece", name_zh="台")
    for code, name, name_zh in (
        ("air", "Air conditioners", "空调"),
        ("cold", "Refrigerators", "冰箱"),
        ("wash", "Washing machines", "洗衣机"),
    ):
        Family.objects.get_or_create(code=code, name=name, name_zh=name_zh)
    skus = [
        Sku(
            seller=owner, code=code, barcode=barcode, name=name, name_zh=name_zh,
            family_id=family, unit=unit,
        )
        for owner in (seller, other)
        for code, barcode, name, name_zh, family in GOODS
    ]  # fmt: skip
    Sku.objects.bulk_create(skus)
    index(sku.pk for sku in skus)
    half = len(GOODS)
    return Chain(seller, other, dealer, stranger, skus[:half], skus[half])
