"""What of a sale is tax stands apart in the books of both sides, to the fen, and goes back with what
is taken back."""

from __future__ import annotations

import pytest
from tests.trade import laws, life
from tests.trade.conftest import World
from tests.trade.test_part_delivery import SALES, confirmed, send
from tests.trade.test_returns import balance, do, to_warehouse
from tests.trade.test_vat import all_of, run, titled, write

from heliu.capital.books.chart import Code
from heliu.capital.vat.models import VatInvoice
from heliu.commerce.returns.models import Return
from heliu.commerce.returns.policies import Judged
from heliu.kernel.clock import day_of
from heliu.kernel.posting.models import Journal
from heliu.trade import returns, vat
from heliu.trade.placed import Placed


def give_back(world: World, placed: Placed, remedy: str = "CREDIT", **more: object) -> Return:
    with world.desk(world.dealer) as dealer:
        return returns.ask(
            placed.order.number, actor=dealer, remedy=remedy, reason="not needed", at=world.at,
            **more,
        )  # fmt: skip


def hold(world: World, *, special: bool = True) -> int:
    """The books say what the issued papers say; how much of the sales is tax."""
    papers = [one for one in all_of(world) if one.status == "ISSUED"]
    tax, net = sum(one.tax for one in papers), sum(one.net for one in papers)
    seller, buyer = world.chain.seller, world.chain.dealers["D001"]
    assert balance(world, seller, Code.OUTPUT_TAX) == -tax
    assert balance(world, seller, Code.REVENUE) == -net
    assert balance(world, buyer, Code.INPUT_TAX) == (tax if special else 0)
    assert balance(world, buyer, Code.INPUT_TAX_IN_GOODS) == (-tax if special else 0)
    laws.hold(world)
    return tax


def test_tax_stands_apart_per_consignment(world: World) -> None:
    titled(world)
    placed = confirmed(world, "TERMS", M1=150, B1=10)
    one, two = send(world, placed, M1=100, B1=3), send(world, placed, M1=50, B1=7)
    write(world, one)
    life.receive(world, one, who=world.dealer)
    run(world)
    assert balance(world, world.chain.seller, Code.OUTPUT_TAX) == -(10_354 + 495)
    write(world, two)
    run(world, minutes=2)
    run(world, minutes=2)  # again: nothing more
    hold(world)


def test_by_an_ordinary_invoice_the_buyer_deducts_nothing(world: World) -> None:
    titled(world, wants="ORDINARY")
    placed = confirmed(world, "TRANSFER", M1=10)
    write(world, life.ship(world, placed))
    run(world)
    assert hold(world, special=False) == 1_150


@pytest.mark.parametrize("pay_by", ["TERMS", "TRANSFER"])
def test_what_is_given_back_has_its_red_letter_over_several_invoices(
    world: World, pay_by: str
) -> None:
    titled(world)
    placed = confirmed(world, pay_by, M1=10, B1=2)
    one, two = send(world, placed, M1=6, B1=2), send(world, placed, M1=4)
    for shipment in (one, two):
        write(world, shipment)
    life.receive(world, one, who=world.dealer, damaged=1)
    life.receive(world, two, who=world.dealer)
    run(world, minutes=1)
    run(world, minutes=1)
    hold(world)
    found = give_back(world, placed, quantities={1: 8, 2: 1})
    to_warehouse(world, found)
    do(world, SALES, returns.receive, found, [Judged(1, 7, 1, 7), Judged(2, 1, 0, 1)])
    run(world, minutes=1)
    blues = [paper for paper in all_of(world) if not paper.is_red]
    # 5 and 4 of the mugs were left; 7 and a bag go back, the older invoice first.
    assert [blue.red_gross for blue in blues] == [1_000 + 5_000 + 2_000, 2_000]
    hold(world)
    kept = give_back(world, placed, "ALLOWANCE", quantities={1: 1}, allowance=333)
    do(world, SALES, returns.agree, kept)
    run(world, minutes=1)
    (last,) = [paper for paper in all_of(world) if paper.gross == -333]
    assert last.reason == "not needed"
    hold(world)


def test_given_back_before_the_invoice_is_issued_it_waits_for_its_number(world: World) -> None:
    titled(world)
    placed = confirmed(world, "TERMS", M1=10)
    shipment = life.ship(world, placed)
    write(world, shipment)
    life.receive(world, shipment, who=world.dealer)
    found = give_back(world, placed, quantities={1: 4})
    to_warehouse(world, found)
    do(world, SALES, returns.receive, found, [Judged(1, 4, 0, 4)])
    assert len(all_of(world)) == 1
    run(world, minutes=1)
    run(world, minutes=1)
    assert [paper.gross for paper in all_of(world)] == [10_000, -4_000]
    hold(world)


def test_an_invoice_that_did_not_split_the_books_does_so_afterwards(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    titled(world)
    placed = confirmed(world, "TERMS", M1=10)
    shipment = life.ship(world, placed)
    write(world, shipment)
    with monkeypatch.context() as before:  # as the product was before the books knew of tax
        before.setattr(vat, "_split", lambda one, at: None)
        before.setattr(vat, "split_late", lambda at: 0)
        run(world)
    assert balance(world, world.chain.seller, Code.OUTPUT_TAX) == 0
    with world.worker():
        assert vat.check() == [f"books and VAT papers differ: {placed.order.number}"]
    world.later(days=40)
    run(world)
    with world.worker():
        day = Journal.objects.get(kind="vat_invoiced").effective
        assert VatInvoice.objects.get().split_on == day == day_of(world.at)
        # Where a journal is there and nobody wrote so down, it is not booked twice.
        VatInvoice.objects.update(split_on=None)
        assert vat.split_late(at=world.at) == 1
        assert vat.split_late(at=world.at) == 0
    life.receive(world, shipment, who=world.dealer, damaged=1)
    run(world, minutes=1)
    run(world, minutes=1)
    hold(world)
