"""A deal's interest, releases and balances worked out from the tables alone, beside the product.

The statement is a second implementation of the rules: it agrees with the first, and a change
behind the product's back makes it disagree.
"""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection
from tests.conftest import CLUSTER, be
from tests.demo.recompute import Compared, recomputed
from tests.trade import life
from tests.trade.conftest import World

from heliu.capital.bank.sandbox import operations as sandbox
from heliu.trade import side_exits
from heliu.trade.close_of_day import close_of_day
from heliu.trade.placed import Placed


def compared(placed: Placed) -> list[Compared]:
    """The figures of a deal, read as the worker."""
    be("heliu_worker")
    with connection.cursor() as cursor:
        return recomputed(cursor, placed.deal.number)


def agrees(placed: Placed, rows: int) -> dict[str, int | None]:
    """All figures agree, there are so many, and here they are."""
    found = compared(placed)
    assert [row for row in found if not row.agrees] == []
    assert len(found) == rows
    return {row.what: row.recomputed for row in found}


def end_day(world: World) -> None:
    """The worker closes the day."""
    be("heliu_worker")
    close_of_day(at=world.at)


def test_repaid_in_parts_to_the_end(world: World) -> None:
    placed = life.to_pledge(world)
    for percent in (30, 25, 100):
        life.repay(world, placed.deal.id, percent)
        world.bank()
        assert life.pick_up(world).go
    figures = agrees(placed, 36)
    assert figures["loan: interest paid"]
    assert figures["lender's book: principal still owed"] == 0
    assert figures["pledge: value released"] == figures["pledge: value of its goods"]


@pytest.mark.parametrize("days", [29, 30, 31, 33, 34, 50])
def test_late_by_so_many_days(world: World, days: int) -> None:
    placed = life.to_pledge(world)
    world.later(days=days - 1)
    end_day(world)
    agrees(placed, 18)
    life.repay(world, placed.deal.id, 40)
    world.bank()
    world.later(days=3)
    end_day(world)
    life.repay(world, placed.deal.id, 100)
    world.bank()
    figures = agrees(placed, 30)
    assert bool(figures["loan: penalty paid"]) == (days + 10 > 33)


def test_short_and_damaged_goods_are_refunded(world: World) -> None:
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    life.receive(world, life.ship(world, placed), lost=7, damaged=3)
    world.bank()
    figures = agrees(placed, 24)
    assert figures["loan: principal paid"]


@pytest.mark.parametrize("purpose", ["DEPOSIT", "DISBURSEMENT", "OWN_SHARE", "SELLER_PAYMENT"])
def test_the_bank_says_no(world: World, purpose: str) -> None:
    placed = life.place(world)
    with world.worker():
        sandbox.script(fault="reject", purpose=purpose, deal=placed.deal.id)
    life.sign(world, placed)
    world.bank()
    life.settle(world)
    agrees(placed, 18)


def test_called_off_after_the_money(world: World) -> None:
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    with world.desk("sales@seller.demo") as seller:
        side_exits.cancel(placed.order.id, actor=seller, reason="sold out", at=world.later(days=2))
    world.bank()
    agrees(placed, 24)


def test_orders_without_a_loan(world: World) -> None:
    assert agrees(life.place(world, pay_by="TRANSFER", M1=10), 1) == {
        "order: sum of its lines": 10_000
    }


CHANGES = {
    "loan: interest up to": "update lending_loan set interest_accrued = interest_accrued + 1",
    "loan: principal paid": "update lending_loan set principal_repaid = principal_repaid - 1",
    "payment 1": "update lending_repayment set interest = interest - 1, principal = principal + 1",
    "loan: deposit": "update lending_loan set deposit_ratio = deposit_ratio + 0.01",
    "pledge: value earned": "update pledges_pledge set entitlement = entitlement + 1",
    "pledge: value released": "update pledges_pledge set released_value = released_value - 1",
    "stock: pieces bound": "update stock_stockrow set quantity = quantity + 1 where pledge is not null",
    "order: sum": "update ordering_order set total = total + 1",
    "lender's book: principal": "update posting_line set amount = amount - 1 where account_id in"
    " (select id from books_account where code = 'loan_principal')",
}


def test_a_planted_change_is_found(world: World) -> None:
    placed = life.to_pledge(world)
    life.repay(world, placed.deal.id, 30)
    world.bank()
    agrees(placed, 24)
    name = connection.settings_dict["NAME"]
    with psycopg.connect(host=str(CLUSTER), user="heliu", dbname=name) as link:
        for what, change in CHANGES.items():
            with link.cursor() as cursor:
                # Behind the product's back: no trigger and no row policy sees it.
                cursor.execute("set local session_replication_role = replica")
                assert cursor.execute(change.encode()).rowcount, change
                found = [
                    row.what for row in recomputed(cursor, placed.deal.number) if not row.agrees
                ]
            link.rollback()
            assert any(row.startswith(what) for row in found), (what, found)
