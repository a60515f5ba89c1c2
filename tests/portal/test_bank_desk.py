"""The bank's day through the pages alone: decide, look after what was lent, compare the books."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import DataError, connection
from django.db.models import F
from tests.conftest import be
from tests.portal.browsing import browser, key_in, read, send
from tests.trade import life
from tests.trade.conftest import World

from heliu.capital.bank.models import Statement
from heliu.capital.bank.sandbox.models import Entry
from heliu.capital.credit.models import CreditAssessment, Facility
from heliu.capital.lending.models import Loan
from heliu.commerce.ordering.models import OrderLine
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, NotFound, unfit
from heliu.logistics.pledges.models import Pledge
from heliu.logistics.stock import operations as stock
from heliu.trade import close_of_day, deals, returns
from heliu.trade.evidence import Check, checks, evidence
from heliu.trade.names import reservation_of
from heliu.trade.placed import Placed
from heliu.trade.reconcile_days import reconcile_days

BANK = "credit@bank.demo"
PAGES = (
    "/bank/", "/bank/drawdowns", "/bank/repayments", "/bank/limits", "/bank/pledges",
    "/bank/overdue", "/bank/payments", "/bank/reconciliation", "/bank/programmes", "/bank/books",
)  # fmt: skip


def content(page: str) -> str:
    """The page without its frame, in which the demonstration names everybody."""
    return page.split("<main")[1].split("</main>")[0]


def referred(world: World, **pieces: int) -> Placed:
    """An order whose loan is too large for the rules to decide."""
    placed = life.place(world, **(pieces or {"B1": 4_900}))
    assert placed.loan is not None
    assert placed.loan.status == "REFERRED"
    return placed


def loan_of(placed: Placed) -> Loan:
    assert placed.loan is not None
    return Loan.objects.get(pk=placed.loan.pk)


def deal_of(placed: Placed) -> str:
    return f"/deals/{placed.deal.number}"


def looked_at(world: World, placed: Placed) -> dict[str, Check]:
    with world.desk(BANK) as officer:
        deal = deals.get(officer, placed.deal.pk)
        return {one.code: one for one in checks(deal, actor=officer, at=world.at)}


def test_a_request_is_approved_with_all_evidence_on_the_page(demo: World) -> None:
    placed = referred(demo)
    assert placed.loan is not None
    officer = browser(BANK)
    page = read(officer, "/bank/")
    assert placed.loan.number in page
    assert "Large amount" in page
    assert f'href="/bank/queue/{placed.loan.number}">Decide…' in read(officer, deal_of(placed))
    page = read(officer, f"/bank/queue/{placed.loan.number}")
    for words in ("Why a person", "Is the order real", "4,900 of 4,900 pieces", "1 of 1 line",
                  "Exposure after approval", "24 rows", "nothing found"):  # fmt: skip
        assert words in page, words
    form = {"idempotency_key": key_in(page), "approve": "yes", "reason": "Known for years"}
    send(officer, f"/bank/queue/{placed.loan.number}", form, to="/bank/$")
    with demo.worker():
        loan = loan_of(placed)
        assert (loan.status, loan.decision_reason) == ("QUOTED", "Known for years")
        assert not CreditAssessment.objects.exclude(overrides=None).exists()
    assert "Nobody waits" in read(officer, "/bank/")


def test_another_deposit_is_kept_as_an_override(demo: World) -> None:
    placed = referred(demo)
    assert placed.loan is not None
    other = next(ratio for ratio in ("0.3000", "0.4000") if ratio != str(placed.loan.deposit_ratio))
    officer = browser(BANK)
    address = f"/bank/queue/{placed.loan.number}"
    page = read(officer, address)
    form = {
        "idempotency_key": key_in(page), "approve": "yes", "reason": "Season is late",
        "deposit_ratio": other,
    }  # fmt: skip
    send(officer, address, form)
    with demo.worker():
        loan = loan_of(placed)
        assert str(loan.deposit_ratio) == other
        kept = CreditAssessment.objects.exclude(overrides=None).get()
        assert kept.override_reason == "Season is late"
    assert "overrides" in read(officer, f"/bank/limits/{_facility(demo)}")


def test_a_declined_request_frees_the_goods_and_leaves_the_queue(demo: World) -> None:
    placed, second = referred(demo), referred(demo, M2=6_000)
    assert placed.loan is not None
    assert second.loan is not None
    officer = browser(BANK)
    address = f"/bank/queue/{placed.loan.number}"
    form = {
        "idempotency_key": key_in(read(officer, address)),
        "approve": "no",
        "reason": "Too much",
    }
    first = send(officer, address, form, to=second.loan.number)
    assert send(officer, address, form) == first  # a double tap decides once
    with demo.worker():
        assert loan_of(placed).status == "DECLINED"
    assert officer.get(address).status_code == 303  # it waits for nobody any more


def test_without_a_reason_nothing_is_decided_and_what_was_chosen_stays(demo: World) -> None:
    placed = referred(demo)
    assert placed.loan is not None
    officer = browser(BANK)
    address = f"/bank/queue/{placed.loan.number}"
    form = {
        "idempotency_key": key_in(read(officer, address)), "approve": "yes", "reason": " ",
        "deposit_ratio": "0.4000",
    }  # fmt: skip
    answer = officer.post(address, form)
    assert answer.status_code == 422
    assert 'value="0.4000" selected' in answer.content.decode()
    with demo.worker():
        assert loan_of(placed).status == "REFERRED"


def test_what_has_no_room_is_refused_in_words_and_kept(demo: World) -> None:
    placed, officer = referred(demo), browser(BANK)
    address = f"/bank/queue/{placed.loan.number}"  # type: ignore[union-attr]
    form = {"idempotency_key": key_in(read(officer, address)), "approve": "no"}
    be("heliu_web")
    answer = officer.post(address, {**form, "reason": "why " * 100})
    assert answer.status_code == 422
    page = unescape(answer.content.decode())
    assert "A reason holds at most 300 letters; this one has 399." in page
    assert "why why why" in page


@pytest.mark.parametrize(
    ("sqlstate", "code"), [("22001", "text-too-long"), ("22003", "number-too-large")]
)
def test_what_a_column_has_no_room_for_is_a_refusal(demo: World, sqlstate: str, code: str) -> None:
    be("heliu_web")
    with pytest.raises(DataError) as caught, connection.cursor() as cursor:
        cursor.execute(f"do $$ begin raise exception using errcode = '{sqlstate}'; end $$")
    assert unfit(caught.value).code == code


def test_goods_that_are_to_go_back_are_told_on_the_page_of_the_deal(demo: World) -> None:
    placed = life.to_pledge(demo)
    with demo.desk(demo.dealer) as owner:
        one = returns.ask(
            placed.order.number, actor=owner, remedy="CREDIT", quantities={1: 10},
            reason="cracked", at=demo.at,
        )  # fmt: skip
    with demo.desk("sales@seller.demo") as seller:
        returns.agree(one.number, actor=seller, at=demo.at)
    said = "Pledged goods worth 90.00 are to go back to the seller"
    assert said in read(browser(BANK), deal_of(placed))
    assert said not in read(browser(demo.dealer), deal_of(placed))


def test_a_deposit_that_is_not_offered_is_refused(demo: World) -> None:
    placed = referred(demo)
    assert placed.loan is not None
    officer = browser(BANK)
    address = f"/bank/queue/{placed.loan.number}"
    form = {"idempotency_key": key_in(read(officer, address)), "approve": "yes", "reason": "x"}
    for ratio in ("0.01", "nothing"):
        assert officer.post(address, form | {"deposit_ratio": ratio}).status_code == 422


def test_the_checks_find_what_is_not_as_it_says(demo: World) -> None:
    placed = referred(demo)
    found = looked_at(demo, placed)
    assert [code for code, one in found.items() if not one.is_passed] == []
    again = referred(demo)
    assert looked_at(demo, again)["SINGLE"] == Check(
        "SINGLE", False, {"number": placed.order.number}
    )
    with demo.worker():
        OrderLine.objects.filter(order=placed.order).update(
            unit_price=F("unit_price") + 1, amount=F("amount") + F("quantity")
        )
    assert looked_at(demo, placed)["PRICED"] == Check("PRICED", False, {"lines": 1, "good": 0})


def test_goods_that_are_free_again_are_not_set_aside(demo: World) -> None:
    placed = referred(demo)
    with demo.worker():
        sku = OrderLine.objects.get(order=placed.order).sku_id
        stock.void_reservations([reservation_of(placed.order.pk, sku)], at=demo.at)
    assert looked_at(demo, placed)["RESERVED"] == Check(
        "RESERVED", False, {"wanted": 4_900, "held": 0}
    )


def test_evidence_is_for_whoever_decides_at_the_lender_only(demo: World) -> None:
    placed = referred(demo)
    with demo.desk(BANK) as officer:
        deal = deals.get(officer, placed.deal.pk)
        file = evidence(deal, actor=officer, at=demo.at)
        assert file.features.orders_365 >= 24
        assert deals.visible_to(officer).count() == 1
    for email, refusal in (
        (demo.dealer, Forbidden),
        ("sales@seller.demo", Forbidden),
        ("ops@operator.demo", Forbidden),
    ):
        with demo.desk(email) as other:
            with pytest.raises(refusal):
                evidence(deal, actor=other, at=demo.at)
            with pytest.raises(refusal):
                checks(deal, actor=other, at=demo.at)


def test_a_lender_gets_no_evidence_of_a_deal_it_does_not_finance(demo: World) -> None:
    placed = life.place(demo, pay_by="TRANSFER", M1=10)
    with demo.desk(BANK) as officer, pytest.raises(NotFound):
        evidence(placed.deal, actor=officer, at=demo.at)


def test_what_was_lent_is_followed_to_its_end(demo: World) -> None:
    placed = life.place(demo)
    life.sign(demo, placed)
    demo.later(seconds=2)
    demo.bank()
    life.receive(demo, life.ship(demo, placed))
    officer = browser(BANK)
    page = content(read(officer, "/bank/drawdowns?outcome=rules"))
    assert loan_of_number(demo, placed) in page
    assert "the rules" in page
    assert "How long the rules took" in page
    assert "From signature to money" in page
    assert "Nothing" not in content(read(officer, "/bank/pledges")).split("filters")[0]
    board = content(read(officer, "/bank/pledges"))
    assert "80.0%" in board or "90.0%" in board or "70.0%" in board
    assert "all within their share" in board
    life.repay(demo, placed.deal.id, 40)
    demo.bank()
    page = content(read(officer, "/bank/repayments"))
    assert "Ready to be picked up" in page
    assert "Booked" in page
    page = content(read(officer, f"/bank/limits/{_facility(demo)}"))
    assert loan_of_number(demo, placed) in page
    assert "What bounded the limit" in page
    page = content(read(officer, "/bank/payments"))
    assert page.count("Booked") > 4
    page = content(read(officer, "/bank/books"))
    assert "Total, balanced" in page
    assert "not balanced" not in page
    assert "Dealer 1" in content(read(officer, "/bank/books?code=loan_principal"))


def test_goods_that_come_short_show_as_a_gap(demo: World) -> None:
    placed = life.to_pledge(demo)
    with demo.worker():
        pledge = Pledge.objects.get(deal=placed.deal.pk)
        loan = loan_of(placed)
        value = pledge.bound_value * 9 // 10
        Pledge.objects.filter(pk=pledge.pk).update(pledged_value=value, entitlement=0)
        gap = loan.principal - int(value * (1 - loan.deposit_ratio))
    page = content(read(browser(BANK), "/bank/pledges?state=short"))
    assert pledge.number in page
    assert f"short {gap / 100:,.2f}" in page


def test_a_late_loan_is_aged_with_what_is_owed_today(demo: World) -> None:
    placed = life.to_pledge(demo)
    loan = loan_in(demo, placed)
    officer = browser(BANK)
    assert "Nobody is late" in read(officer, "/bank/overdue")
    late_by = (loan.due_on - day_of(demo.at)).days + 10
    demo.later(days=late_by)
    with demo.worker():
        close_of_day.close_of_day(at=demo.at)
    page = content(read(officer, "/bank/overdue?age=8-30"))
    assert loan.number in page
    assert "Overdue" in page
    assert "Nobody is late" in read(officer, "/bank/overdue?age=1-7")
    assert 'class="count hot"' in read(officer, "/bank/")


def test_a_limit_is_closed_and_opened_again(demo: World) -> None:
    life.to_pledge(demo)
    officer = browser(BANK)
    address = f"/bank/limits/{_facility(demo)}"
    for words, status in (("Close for new loans", "SUSPENDED"), ("Open again", "ACTIVE")):
        page = read(officer, address)
        assert words in page
        send(officer, f"{address}/switch", {"idempotency_key": key_in(content(page))}, to=address)
        with demo.worker():
            assert Facility.objects.get().status == status


def test_a_limit_ends_once_all_is_repaid(demo: World) -> None:
    placed = life.to_pledge(demo)
    officer = browser(BANK)
    address = f"/bank/limits/{_facility(demo)}"
    page = read(officer, address)
    assert "End for good" not in page
    refused = officer.post(f"{address}/end", {"idempotency_key": key_in(content(page))})
    assert refused.status_code == 409
    life.repay(demo, placed.deal.id, 100)
    demo.bank()
    page = read(officer, address)
    assert "End for good" in page
    sheet = read(officer, f"{address}/end")
    assert "It is not opened again" in sheet
    send(officer, f"{address}/end", {"idempotency_key": key_in(content(sheet))}, to=address)
    page = read(officer, address)
    assert "Ended" in page
    assert "Open again" not in page


def test_the_statement_of_a_day_stands_beside_ours(demo: World) -> None:
    life.to_pledge(demo)
    with demo.worker():
        assert reconcile_days(at=demo.at)
        assert not reconcile_days(at=demo.at)  # an ended day is compared once
    page = content(read(browser(BANK), "/bank/reconciliation"))
    assert "Entries that differ" in page
    opened = re.findall(r'href="(\?until=[^"]+)#lines"', page)
    assert opened
    shown = [content(read(browser(BANK), f"/bank/reconciliation{one}")) for one in opened]
    assert any("Matched" in one for one in shown)
    assert all("agrees" in one for one in shown)


def test_what_does_not_agree_stands_in_suspense_with_its_age(demo: World) -> None:
    life.to_pledge(demo)
    with demo.worker():
        assert reconcile_days(at=demo.at)
    assert "Suspense" not in content(read(browser(BANK), "/bank/reconciliation"))
    with demo.worker():
        odd = Entry.objects.order_by("pk").first()
        assert odd is not None
        Entry.objects.filter(pk=odd.pk).update(reference="RENT-11", amount=odd.amount - 1)
        Statement.objects.all().delete()
        assert reconcile_days(at=demo.at)
    demo.later(days=3)
    page = content(read(browser(BANK), "/bank/reconciliation"))
    age = (day_of(demo.at) - day_of(odd.booked_at)).days
    rows = re.findall(r"<tr>.*?</tr>", page.partition("Suspense")[2].partition("</table>")[0])
    assert [f"{age} days" in row for row in rows] == [False, True, True]
    assert ["Missing in our book" in row for row in rows] == [False, True, False]
    assert ["Missing at the bank" in row for row in rows] == [False, False, True]
    assert "Suspense" not in content(read(browser(demo.rival("bank")), "/bank/reconciliation"))


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_there_from_the_first_day(demo: World, address: str) -> None:
    read(browser(BANK), address)


@pytest.mark.parametrize("address", PAGES)
def test_another_bank_sees_nothing_of_it_there(demo: World, address: str) -> None:
    placed = referred(demo)
    lent = life.to_pledge(demo)
    stranger = browser(demo.rival("bank"))
    page = content(read(stranger, address))
    assert placed.loan is not None
    assert placed.loan.number not in page
    assert loan_of_number(demo, lent) not in page
    assert stranger.get(f"/bank/queue/{placed.loan.number}").status_code == 303


def _facility(world: World) -> str:
    with world.worker():
        return str(Facility.objects.get().number)


def loan_in(world: World, placed: Placed) -> Loan:
    with world.worker():
        return loan_of(placed)


def loan_of_number(world: World, placed: Placed) -> str:
    return loan_in(world, placed).number
