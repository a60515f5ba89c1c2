"""Who opened what of whom: kept once an hour, for its owner, and never changed."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from tests.conftest import be
from tests.trade import life
from tests.trade.conftest import World, laid, world

from heliu.kernel.audit import operations, queries
from heliu.kernel.audit.models import Look, What
from heliu.trade import deals, looks
from heliu.trade.evidence import evidence

__all__ = ["laid", "world"]


def test_a_look_is_kept_once_an_hour_for_each_owner(world: World) -> None:
    placed = life.place(world, M1=5)
    for minutes in (1, 10, 70):
        with world.desk("credit@bank.demo") as officer:
            deal = deals.get(officer, placed.deal.id)
            looks.at_deal(officer, deal, at=world.later(minutes=minutes))
            evidence(deal, actor=officer, at=world.at)
            assert not queries.visible_to(officer).exists()
    with world.desk(world.dealer) as dealer:
        seen = [(one.what, one.about, one.role) for one in queries.visible_to(dealer)]
        number = placed.deal.number
        assert seen.count(("DEAL", number, "BANK")) == 2
        assert seen.count(("CREDIT_FILE", number, "BANK")) == 2
        assert len(seen) == 4
    with world.desk("sales@seller.demo") as seller:
        assert {one.what for one in queries.visible_to(seller)} == {"DEAL"}
    with world.desk("owner@d002.demo") as other:
        assert not Look.objects.exists()
        assert not queries.visible_to(other).exists()
    with world.desk("ops@operator.demo") as operator:
        assert queries.visible_to(operator).count() == 6


def test_who_trades_or_looks_at_its_own_is_not_kept(world: World) -> None:
    placed = life.place(world, M1=5)
    for who in (world.dealer, "sales@seller.demo"):
        with world.desk(who) as side:
            looks.at_deal(side, deals.get(side, placed.deal.id), at=world.at)
    with world.desk("credit@bank.demo") as officer:
        operations.saw(officer, What.DEAL, about="DL-1", owners=(world.chain.bank,), at=world.at)
    with world.worker():
        assert not Look.objects.exists()


@pytest.mark.parametrize("role", ["heliu_web", "heliu_worker", "heliu_owner"])
@pytest.mark.parametrize(
    "said", ["update audit_look set reader_name = 'x'", "delete from audit_look",
             "truncate audit_look"],
)  # fmt: skip
def test_nobody_changes_a_look(world: World, role: str, said: str) -> None:
    with world.desk("credit@bank.demo") as officer:
        operations.saw(officer, What.DEAL, about="DL-1", owners=(world.chain.seller,), at=world.at)
    be(role)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(said)


def test_nobody_writes_a_look_in_another_house_s_name(world: World) -> None:
    with world.worker():
        look = Look(
            owner=world.chain.seller, what="DEAL", about="DL-1", reader=world.chain.bank,
            reader_name="x", reader_org=world.chain.bank, role="BANK", at=world.at, hour=world.at,
        )  # fmt: skip
    with pytest.raises(DatabaseError), world.desk(world.dealer):
        Look.objects.bulk_create([look], ignore_conflicts=True)
