"""Search is judged by 200 queries kept as data; see scripts/make_search_queries.py for its rules."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from tests.commerce.conftest import DAY, desk

from heliu.commerce.catalogue import queries
from heliu.commerce.catalogue.operations import index
from heliu.demo.sample import load
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.goods.models import Family, Sku, UnitOfMeasure
from heliu.kernel.ids import new_id
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties.models import Organization

QUERIES = Path(__file__).with_name("search_queries.tsv")
FIRST = 10
GOAL, GOAL_OF_A_RULE = 0.95, 0.8


@pytest.fixture
def shop(db: None, as_worker) -> Actor:
    """A dealer of the seller who has the sample's 400 real articles."""
    sample = load(date(2026, 11, 29))
    with as_worker():
        seller, dealer = (
            Organization.objects.create(code=new_id().hex, name=word).pk
            for word in ("seller", "dealer")
        )
        parties.relate(actor=Actor.system(), buyer=dealer, seller=seller, since=DAY)
        unit, _ = UnitOfMeasure.objects.get_or_create(code="pc", name="piece", name_zh="件")
        for one in sample.families:
            Family.objects.get_or_create(code=one.code, name=one.name, name_zh=one.name_zh)
        skus = [
            Sku(
                seller=seller, code=one.code, name=one.name, name_zh=one.name_zh,
                family_id=one.family, unit=unit,
            )
            for one in sample.skus
        ]  # fmt: skip
        Sku.objects.bulk_create(skus)
        index(sku.pk for sku in skus)
    return desk(dealer, "order")


def test_what_is_meant_is_among_the_first_ten(shop) -> None:
    missed: dict[str, list[str]] = defaultdict(list)
    asked: dict[str, int] = defaultdict(int)
    with QUERIES.open(encoding="utf-8") as file, acting_for(shop.orgs):
        for row in csv.DictReader(file, delimiter="\t"):
            asked[row["rule"]] += 1
            hits = queries.search(shop, text=row["query"], limit=FIRST)
            if row["code"] not in [hit.sku.code for hit in hits.rows]:
                missed[row["rule"]].append(f"{row['query']} ({row['code']}, {hits.question.way})")
    assert sum(asked.values()) == 200
    recall = 1 - sum(map(len, missed.values())) / sum(asked.values())
    assert recall >= GOAL, f"{recall:.3f}: {dict(missed)}"
    for rule, count in asked.items():
        assert 1 - len(missed[rule]) / count >= GOAL_OF_A_RULE, f"{rule}: {missed[rule]}"
