"""VAT invoices: split to the fen, issued by the authority, taken back by red letters."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from threading import Thread

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from tests.trade import laws, life
from tests.trade.conftest import World
from tests.trade.test_part_delivery import SALES, confirmed, send

from heliu.capital.terms import queries as bills
from heliu.capital.vat import operations, policies, queries
from heliu.capital.vat.models import VatInvoice
from heliu.capital.vat.operations import TaxData
from heliu.capital.vat.sandbox.models import AuthorityFault
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing.policies import Count
from heliu.trade import deliveries, papers, receivables, vat

BANK = {"address": "Wenzhou Road 1", "phone": "0577 1", "bank": "ICBC", "account": "6222 0001"}


def titled(world: World, *, wants: str = "SPECIAL", is_auto: bool = False) -> None:
    """Both sides gave their data; mugs bear 13 %, bags 9 %."""
    with world.desk(world.dealer) as owner:
        data = TaxData("经销商1有限公司", "91330100ma27xyz123", **BANK, wants=wants)
        operations.set_data(data, actor=owner, at=world.at)
    with world.desk(SALES) as seller:
        data = TaxData("海棠有限公司", "91330200MA28ABC456", **BANK, is_auto=is_auto)
        operations.set_data(data, actor=seller, at=world.at)
        day = day_of(world.at) - timedelta(days=1)
        operations.set_rate(Decimal(13), from_day=day, actor=seller)
        operations.set_rate(Decimal(9), from_day=day, family="bags", actor=seller)


def write(world: World, shipment: Shipment) -> VatInvoice:
    with world.desk(SALES) as seller:
        return vat.invoice(shipment.pk, actor=seller, at=world.at)


def run(world: World, **later: int) -> None:
    if later:
        world.later(**later)
    with world.worker():
        vat.run(at=world.at)
        assert queries.check() == []


def all_of(world: World) -> list[VatInvoice]:
    with world.worker() as system:
        return list(queries.visible_to(system).order_by("asked_at", "id"))


def test_each_consignment_gets_its_invoice_and_its_number(world: World) -> None:
    titled(world)
    placed = confirmed(world, "TERMS", M1=150, B1=10)
    first = send(world, placed, M1=100, B1=3)
    second = send(world, placed, M1=50, B1=7)
    one, two = write(world, first), write(world, second)
    assert write(world, first).pk == one.pk  # once
    assert one.gross + two.gross == placed.order.total
    # 100 x 9.00 = 900.00: 796.46 and 103.54; 3 x 20.00 = 60.00: 55.05 and 4.95.
    assert (one.net, one.tax, one.kind) == (79_646 + 5_505, 10_354 + 495, "SPECIAL")
    run(world)
    found = all_of(world)
    assert [one.status for one in found] == ["ISSUED", "ISSUED"]
    assert len({one.number for one in found}) == 2
    assert all(len(one.number) == 20 for one in found)
    for email in (SALES, world.dealer):
        with world.desk(email) as reader:
            paper = papers.vat_invoice(reader, found[0].pk)
            assert paper.number == found[0].number
            assert tuple(row[4] for row in paper.tables[0].rows) == ("13 %", "9 %")
    with world.desk("owner@d002.demo") as stranger, pytest.raises(NotFound):
        papers.vat_invoice(stranger, found[0].pk)
    laws.hold(world)


def test_goods_leave_and_their_invoice_is_written_by_itself(world: World) -> None:
    titled(world, is_auto=True)
    placed = confirmed(world, "TRANSFER", M1=10)
    life.receive(world, life.ship(world, placed), lost=2, damaged=1, who=world.dealer)
    (blue,) = all_of(world)
    assert (blue.status, blue.gross) == ("QUEUED", 10_000)
    run(world)  # the number comes, and what came short is taken back at once
    run(world)
    blue, red = all_of(world)
    assert (red.gross, red.red_of_id, red.status) == (-3_000, blue.pk, "ISSUED")
    assert blue.red_gross == 3_000
    with world.desk(SALES) as seller:
        assert vat.to_invoice(seller) == []


def test_written_after_the_count_it_is_over_what_came_good(world: World) -> None:
    titled(world)
    placed = confirmed(world, "TERMS", M1=10)
    shipment = life.ship(world, placed)
    life.receive(world, shipment, lost=4, who=world.dealer)
    assert write(world, shipment).gross == 6_000
    run(world)
    assert len(all_of(world)) == 1


def test_a_credit_note_brings_its_red_letter(world: World) -> None:
    titled(world)
    placed = confirmed(world, "TERMS", M1=100, B1=10)
    write(world, life.ship(world, placed))
    run(world)
    with world.desk(SALES) as seller:
        (bill,) = bills.of_order(placed.order.id)
        for _ in range(2):
            receivables.credit_note(
                bill.number, actor=seller, amount=1_111, reason="scratched", key="n", at=world.at
            )
    run(world)
    blue, red = all_of(world)
    assert (red.gross, red.reason, blue.red_gross) == (-1_111, "scratched", 1_111)
    with world.worker():
        assert [line.quantity for line in red.lines.all()] == [0, 0]


def test_a_short_count_after_a_credit_note_takes_back_what_is_left(world: World) -> None:
    titled(world)
    placed = confirmed(world, "TERMS", M1=10)
    shipment = life.ship(world, placed)
    write(world, shipment)
    run(world)
    with world.desk(SALES) as seller:
        (bill,) = bills.of_order(placed.order.id)
        receivables.credit_note(
            bill.number, actor=seller, amount=3_000, reason="scratched", key="n", at=world.at
        )
    life.receive(world, shipment, lost=8, who=world.dealer)
    run(world)
    blue, *reds = all_of(world)
    assert blue.red_gross == -sum(red.gross for red in reds) == 10_000


def test_an_answer_and_a_count_at_once_bring_the_red_letter(world: World) -> None:
    titled(world)
    placed = confirmed(world, "TERMS", M1=10)
    shipment = life.ship(world, placed)
    write(world, shipment)

    with world.desk(world.dealer) as dealer:
        (line,) = shipment.lines.all()
    at = world.later(days=1)

    def answered() -> None:
        try:
            vat.run(at=at)
        finally:
            connection.close()

    answer = Thread(target=answered)
    with world.worker():  # the count is not there for others yet when the answer comes
        deliveries.goods_received(
            shipment.pk, actor=dealer, counts=[Count(line.pk, 6)], at=at - timedelta(minutes=1)
        )
        answer.start()
        answer.join(timeout=2)
    answer.join()
    run(world, minutes=2)
    blue, red = all_of(world)
    assert (blue.status, red.gross) == ("ISSUED", -4_000)


def test_long_keys_that_begin_alike_are_two_red_letters(world: World) -> None:
    titled(world)
    placed = confirmed(world, "TERMS", M1=10)
    blue = write(world, life.ship(world, placed))
    run(world)
    with world.desk(SALES) as seller:
        (line,) = placed.order.lines.all()
        reds = [
            vat.take_back(
                blue.pk, {line.pk: (0, 100)}, reason="scratched", key="k" * 60 + end,
                actor=seller, at=world.at,
            )
            for end in "abb"
        ]  # fmt: skip
    assert len({one.pk for one in reds}) == 2


def test_refused_it_is_mended_and_goes_again_late_and_lost_answers_are_waited_for(
    world: World,
) -> None:
    titled(world, wants="ORDINARY")
    shipment = life.ship(world, confirmed(world, "TERMS", M1=10))
    write(world, shipment)
    with world.worker():
        AuthorityFault.objects.create(fault="refuse", reason="title unknown")
    run(world)
    (one,) = all_of(world)
    assert (one.status, one.trouble) == ("REFUSED", "title unknown")
    with world.desk(world.dealer) as owner:
        operations.set_data(TaxData("新名称", "91330100MA27XYZ123"), actor=owner, at=world.at)
    with world.desk(SALES) as seller:
        vat.again(one.pk, actor=seller, at=world.at)
    with world.worker():
        AuthorityFault.objects.create(fault="lost")
    run(world, minutes=1)
    assert all_of(world)[0].status == "PENDING"
    run(world)  # too soon
    run(world, minutes=2)
    (one,) = all_of(world)
    assert (one.status, one.title["name"]) == ("ISSUED", "新名称")
    other = life.ship(world, confirmed(world, "TERMS", M1=10))
    write(world, other)
    with world.worker():
        AuthorityFault.objects.create(fault="slow")
    run(world)
    run(world, minutes=2)
    assert all_of(world)[1].status == "PENDING"
    run(world, hours=1)
    assert all_of(world)[1].status == "ISSUED"


def test_what_is_missing_is_said(world: World) -> None:
    shipment = life.ship(world, confirmed(world, "TERMS", M1=10))

    def said() -> str:
        with pytest.raises(Refused) as refused:
            write(world, shipment)
        return refused.value.code

    assert said() == "issuer-missing"
    with world.desk(SALES) as seller:
        operations.set_data(TaxData("S", "91330200MA28ABC456"), actor=seller, at=world.at)
    assert said() == "title-missing"
    with world.desk(world.dealer) as owner:
        with pytest.raises(Refused) as refused:
            operations.set_data(
                TaxData("D", "91330100MA27XYZ123", wants="SPECIAL"), actor=owner, at=world.at
            )
        assert refused.value.code == "title-incomplete"
        with pytest.raises(Invalid):
            operations.set_data(TaxData("D", "123"), actor=owner, at=world.at)
        data = TaxData("D", "91330100MA27XYZ123", **BANK, wants="SPECIAL")
        operations.set_data(data, actor=owner, at=world.at)
    assert said() == "rate-missing"
    with world.desk(SALES) as seller:
        day = day_of(world.at)
        operations.set_rate(Decimal(0), is_exempt=True, from_day=day, sku="M1", actor=seller)
    assert said() == "special-not-exempt"


@given(st.integers(1, 10**12), st.sampled_from(["0", "1", "3", "6", "9", "13"]))
def test_price_and_tax_come_to_what_is_paid(gross: int, rate: str) -> None:
    net, tax = policies.split(gross, Decimal(rate))
    assert net + tax == gross
    assert policies.split(-gross, Decimal(rate)) == (-net, -tax)
    # Half up: no whole fen is nearer, and of two as near it is the upper.
    twice = 2 * gross * 100
    assert (2 * net - 1) * (100 + int(rate)) <= twice < (2 * net + 1) * (100 + int(rate))


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=12), st.sampled_from(["6", "9", "13"]))
def test_red_letters_over_a_whole_line_come_to_it_whatever_the_parts(
    parts: list[int], rate: str
) -> None:
    before, net, tax = 0, 0, 0
    for part in parts:
        red = policies.red_split(before, part, Decimal(rate))
        assert red.net + red.tax == -part
        assert red.net <= 0
        before, net, tax = before + part, net + red.net, tax + red.tax
    blue = policies.split(sum(parts), Decimal(rate))
    assert (-net, -tax) == blue


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**5), min_size=1, max_size=8))
def test_a_discount_goes_over_lines_to_the_fen(amount: int, lefts: list[int]) -> None:
    shares = vat.spread(amount, lefts)
    assert sum(shares) == min(amount, sum(lefts))
    assert all(0 <= share <= left for share, left in zip(shares, lefts, strict=True))


@pytest.mark.parametrize(
    ("minor", "words"),
    [
        (123_456, "壹仟贰佰叁拾肆元伍角陆分"),
        (100, "壹元整"),
        (0, "零元整"),
        (5, "伍分"),
        (1_005, "壹拾元零伍分"),
        (10_001_00, "壹万零壹元整"),
        (100_000_000_00, "壹亿元整"),
        (-60_050, "(负数)陆佰元伍角"),
        (1_060_007_80, "壹佰零陆万零柒元捌角"),
    ],
)
def test_amounts_in_capital_numerals(minor: int, words: str) -> None:
    assert policies.in_chinese(minor) == words
