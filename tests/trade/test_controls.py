"""What speaks against financing an order: found over all lenders, decided by people, told to few."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.pictures import png
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.lending.models import LoanStatus
from heliu.commerce.ordering.models import Order
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals.models import Approval
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties.models import Tie, TieKind
from heliu.trade import approvals, controls, invoices, sweeper
from heliu.trade.models import Deal, Finding, Outcome
from heliu.trade.paperwork import loan_of
from heliu.trade.placed import Placed

RISK = "credit@bank.demo"


def status_of(world: World, placed: Placed) -> str:
    with world.worker():
        return str(loan_of(Deal.objects.get(pk=placed.deal.id)).status)


def lay(world: World, placed: Placed, number: str, who: str = "sales@seller.demo") -> Any:
    with world.desk(who) as side:
        return invoices.lay(
            placed.deal.id, actor=side, number=number, amount=2_000_00,
            issued_on=world.at.date() - timedelta(days=1), at=world.at,
        )  # fmt: skip


def bind(world: World, **said: Any) -> None:
    """Dealer and seller are bound to the same, as the operator wrote down."""
    with world.worker() as operator:
        for org in (world.chain.dealers["D001"], world.chain.seller):
            parties.tie(org, name="Li", actor=operator, at=world.at, **said)


def vote(world: World, *, agrees: bool, reason: str = "") -> None:
    with world.desk(RISK) as risk:
        asked = Approval.objects.get(act="pay-out", status="WAITING")
        approvals.vote(asked.pk, agrees=agrees, reason=reason, actor=risk, at=world.at)


def test_an_honest_order_is_looked_at_twice_and_nothing_is_kept(world: World) -> None:
    with CaptureQueriesContext(
        connection,
    ) as said:
        placed = life.place(world)
        life.sign(world, placed)
        world.bank()
    texts = [one["sql"] for one in said]
    assert sum("trade_suspicions" in text for text in texts) == 2
    # Whether to ask early, and whether something is no more.
    assert sum("trade_finding" in text for text in texts) == 2
    assert status_of(world, placed) == LoanStatus.SELLER_PAID
    with world.worker():
        assert not Finding.objects.exists()
    with CaptureQueriesContext(connection) as said:
        life.place(world, pay_by="TRANSFER")
    assert not [one for one in said if "trade_suspicions" in one["sql"]]


def test_one_invoice_is_not_financed_twice_and_nothing_of_the_other_is_told(world: World) -> None:
    first, second = life.place(world, M1=50), life.place(world, M1=60)
    lay(world, first, "fp-001 7")
    life.sign(world, first)
    world.bank()
    assert status_of(world, first) == LoanStatus.SELLER_PAID
    life.sign(world, second)
    lay(world, second, "FP-0017", who=world.dealer)
    world.bank()
    assert status_of(world, second) == LoanStatus.FUNDED_SHARE
    with world.desk(RISK) as risk:
        [found] = controls.findings(risk, second.deal)
        assert (found.code, found.is_hard) == ("DUPLICATE_INVOICE", True)
        assert found.found == {"number": "FP-0017"}
        assert Approval.objects.get(act="pay-out").asked_by_name == "Heliu"
    with world.desk(world.dealer) as dealer:
        assert not Finding.objects.exists()
        assert controls.findings(dealer, second.deal) == []
        with pytest.raises(Forbidden):
            controls.ask_again(second.deal.id, actor=dealer, reason="so", at=world.at)
    vote(world, agrees=True)
    world.bank()
    assert status_of(world, second) == LoanStatus.SELLER_PAID
    with world.worker():
        assert Finding.objects.get().approval == Approval.objects.get(act="pay-out").pk
    laws.hold(world)


def test_the_same_paper_under_another_number_is_known_again(world: World) -> None:
    first, second = life.place(world, M1=50), life.place(world, M1=60)
    for placed, number in ((first, "A-1"), (second, "B-1")):
        laid = lay(world, placed, number)
        with world.desk("sales@seller.demo") as seller:
            for _ in range(2):
                shown = invoices.show(
                    laid.pk, actor=seller, name="fp.png", content=png(), at=world.at
                )
            assert shown.digest
        life.sign(world, placed)
        world.bank()
    assert status_of(world, second) == LoanStatus.FUNDED_SHARE
    with world.worker():
        assert [one.code for one in Finding.objects.all()] == ["DUPLICATE_FILE"]


@pytest.mark.parametrize("stranger", ["owner@d002.demo", "gate@warehouse.demo"])
def test_invoices_are_laid_by_buyer_and_seller_only(world: World, stranger: str) -> None:
    placed = life.place(world, M1=50)
    laid = lay(world, placed, "A-1")
    assert lay(world, placed, "a-1").pk == laid.pk
    with pytest.raises((Forbidden, NotFound)):
        lay(world, placed, "A-2", who=stranger)
    with pytest.raises(Invalid):
        lay(world, placed, " ")
    with world.desk(stranger) as other, pytest.raises(NotFound):
        invoices.show(laid.pk, actor=other, name="", content=png(), at=world.at)
    with pytest.raises(Refused):
        lay(world, life.place(world, pay_by="TRANSFER", M1=5), "A-3")


@pytest.mark.parametrize(
    ("said", "is_hard"),
    [
        ({"kind": TieKind.OWNER, "number": "3301 0619", "share": Decimal("0.25")}, True),
        ({"kind": TieKind.OWNER, "number": "3301 0619", "share": Decimal("0.10")}, False),
        ({"kind": TieKind.REPRESENTATIVE, "number": "3301 0619"}, True),
        ({"kind": TieKind.ACCOUNT, "number": "6222 0000 1"}, True),
    ],
)
def test_houses_bound_to_the_same_are_found_at_the_order(
    world: World, said: dict[str, Any], is_hard: bool
) -> None:
    bind(world, **said)
    placed = life.place(world)
    with world.worker():
        [found] = Finding.objects.all()
        assert (found.code, found.is_hard) == ("RELATED_TIE", is_hard)
        assert loan_of(placed.deal).assessment.inputs["findings"] == ["RELATED_TIE"]
        assert "3301" not in str(Tie.objects.values())
    life.sign(world, placed)
    with world.worker():  # asked while the deposit is on its way
        assert Approval.objects.filter(act="pay-out").exists() is is_hard
    world.bank()
    paid = LoanStatus.FUNDED_SHARE if is_hard else LoanStatus.SELLER_PAID
    assert status_of(world, placed) == paid


def test_a_no_calls_the_order_off_and_the_deposit_goes_back(world: World) -> None:
    bind(world, kind=TieKind.REPRESENTATIVE, number="33010619")
    placed = life.place(world)
    life.sign(world, placed)
    with pytest.raises(Refused):  # the deposit is on its way: the word is not said either
        vote(world, agrees=False, reason="one house")
    world.bank()
    vote(world, agrees=False, reason="one house")
    world.bank()
    with world.worker():
        assert Deal.objects.get(pk=placed.deal.id).outcome == Outcome.CANCELLED
    laws.hold(world)


def test_a_question_that_ran_out_is_asked_anew_by_a_person_and_agreed_to_by_another(
    world: World,
) -> None:
    bind(world, kind=TieKind.REPRESENTATIVE, number="33010619")
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    with world.worker():
        from heliu.kernel.approvals import operations

        assert operations.expire(at=world.later(days=8)) == 1
    with world.desk("review@bank.demo") as officer:
        controls.ask_again(placed.deal.id, actor=officer, reason="seen the papers", at=world.at)
    vote(world, agrees=True)
    world.bank()
    assert status_of(world, placed) == LoanStatus.SELLER_PAID


def order(world: World, buyer: Any, seller: Any, total: int, days: int) -> None:
    Order.objects.create(
        number=f"C-{buyer.hex[-4:]}{seller.hex[-4:]}{days}", buyer=buyer, seller=seller,
        warehouse=buyer, status="COMPLETED", pay_by="TRANSFER", total=total,
        placed_by_name="history", placed_at=world.at - timedelta(days=days),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("total", "days", "expected"),
    [(900, 9, (True, 90, 2)), (400, 9, (False, 40, 2)), (900, 200, None)],
)
def test_goods_that_come_back_to_the_seller_are_a_circle(
    world: World, total: int, days: int, expected: tuple[bool, int, int] | None
) -> None:
    dealer, between = world.chain.dealers["D001"], world.chain.dealers["D002"]
    with world.worker():
        order(world, world.chain.seller, between, 2_000, 5)
        order(world, between, dealer, total, days)
        seen = controls.look(buyer=dealer, seller=world.chain.seller, price=1_000, at=world.at)
    found = [(one.is_hard, one.found["percent"], one.found["links"]) for one in seen]
    assert found == ([expected] if expected else [])


def test_a_house_in_the_other_s_tree_and_one_address_are_told_apart(world: World) -> None:
    with world.worker():
        from heliu.kernel.parties.models import Organization

        pair = (world.chain.dealers["D001"], world.chain.seller)
        Organization.objects.filter(pk__in=pair).update(address="1 Sea Road, Qingdao")
        asked = {"buyer": pair[0], "seller": pair[1], "price": 1, "at": world.at}
        assert {(one.code, one.is_hard) for one in controls.look(**asked)} == {
            ("RELATED_ADDRESS", False)
        }
        parties.tie(
            pair[0], TieKind.OWNER, name="Seller", number="9137 0200", share=Decimal("0.3"),
            holder=pair[1], actor=Actor.system(), at=world.at,
        )  # fmt: skip
        assert {(one.code, one.found.get("percent")) for one in controls.look(**asked)} == {
            ("RELATED_ADDRESS", None),
            ("RELATED_TIE", 30),
        }
        Organization.objects.filter(pk=pair[0]).update(parent=pair[1])
        assert ("RELATED_KIN", True) in {(one.code, one.is_hard) for one in controls.look(**asked)}


def test_a_tie_that_ends_before_paying_out_takes_its_finding_and_the_question_along(
    world: World,
) -> None:
    bind(world, kind=TieKind.REPRESENTATIVE, number="33010619")
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    assert status_of(world, placed) == "FUNDED_SHARE"
    world.later(days=1)
    with world.worker() as operator:
        parties.untie(Tie.objects.order_by("pk")[0].pk, actor=operator, at=world.at)
    world.later(minutes=1)
    with world.worker():
        sweeper.sweep(at=world.at)
        (finding,) = Finding.objects.filter(deal=placed.deal.id, is_hard=True)
        assert (finding.approval, finding.ended_at) == (None, world.at)
        assert Approval.objects.get(act="pay-out").status == "EXPIRED"
    assert status_of(world, placed) == "SELLER_PAID"
    laws.hold(world)
