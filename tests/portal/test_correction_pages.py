"""Saying that a payment was another, and closing a month, by the forms of the pages."""

from __future__ import annotations

from tests.portal.browsing import browser, key_in, read, send
from tests.trade import life
from tests.trade.conftest import World

from heliu.capital.bank.models import PaymentInstruction
from heliu.demo.chain import enrol
from heliu.kernel.approvals import operations as engine
from heliu.kernel.approvals.policies import Level
from heliu.trade.corrections import CORRECT
from heliu.trade.programmes import PROGRAMME

OFFICER, SALES = "credit@bank.demo", "sales@seller.demo"


def test_a_payment_is_corrected_and_taken_back_on_its_page(demo: World) -> None:
    placed = life.to_pledge(demo)
    life.repay(demo, placed.deal.id, 40)
    demo.bank()
    with demo.worker():
        number = PaymentInstruction.objects.get(purpose="REPAYMENT").number
    officer, here = browser(OFFICER), f"/bank/repayments/{number}"
    assert here in read(officer, "/bank/repayments")
    page = read(officer, here)
    form = {"idempotency_key": key_in(page), "reason": "", "do": "take-back"}
    refused = officer.post(here, form)
    assert (refused.status_code, "A reason is needed." in refused.content.decode()) == (422, True)
    send(officer, here, {**form, "reason": "Meant for another loan."}, to=here)
    page = read(officer, here)
    assert "Payment taken back" in page
    assert "More goods were released than is earned now" in page
    assert 'value="take-back"' not in page  # once
    clerk = read(browser("review@bank.demo"), here)
    assert 'value="take-back"' not in clerk


def test_where_the_house_wants_it_another_person_agrees_on_the_page(demo: World) -> None:
    placed = life.to_pledge(demo)
    life.repay(demo, placed.deal.id, 40)
    demo.bank()
    with demo.worker():
        number = PaymentInstruction.objects.get(purpose="REPAYMENT").number
        enrol("chief@bank.demo", "Chief", demo.chain.bank, "owner")
    with demo.desk("chief@bank.demo") as chief:
        for act in (CORRECT, PROGRAMME):
            levels = [Level("decide")]
            engine.set_levels(act, from_amount=0, levels=levels, actor=chief, at=demo.at)
    officer, here = browser(OFFICER), f"/bank/repayments/{number}"
    key = key_in(read(officer, here))
    form = {"idempotency_key": key, "reason": "Meant for another loan.", "do": "take-back"}
    asked = officer.post(here, form)["Location"]
    assert asked.startswith("/approvals/")
    assert 'value="take-back"' in read(officer, here)
    other = browser("review@bank.demo")
    page = read(other, asked)
    assert number in page
    assert "A payment taken back" in page
    send(other, asked, {"idempotency_key": key_in(page), "agrees": "yes"}, to="/approvals")
    assert "Payment taken back" in read(officer, here)

    cap = f"/bank/programmes/{demo.chain.programme}/release"
    form = {"idempotency_key": key_in(read(officer, cap)), "amount": "9,000.00"}
    asked = officer.post(cap, form)["Location"]
    page = read(other, asked)
    assert "Released by itself up to" in page
    assert "9,000.00" in page


def test_a_month_that_is_not_over_says_from_when_it_can_be_closed(demo: World) -> None:
    life.to_pledge(demo)
    officer, here = browser(OFFICER), "/company/periods"
    page = read(officer, here)
    assert "can be closed from" in page
    assert "Close the month" not in page
    assert "No month is closed yet" in page
    assert here in read(officer, "/company")
