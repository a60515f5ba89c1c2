"""Saying that a payment was another, and closing a month, by the forms of the pages."""

from __future__ import annotations

from tests.portal.browsing import browser, key_in, read, send
from tests.trade import life
from tests.trade.conftest import World

from heliu.capital.bank.models import PaymentInstruction

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


def test_a_month_that_is_not_over_says_from_when_it_can_be_closed(demo: World) -> None:
    life.to_pledge(demo)
    officer, here = browser(OFFICER), "/company/periods"
    page = read(officer, here)
    assert "can be closed from" in page
    assert "Close the month" not in page
    assert "No month is closed yet" in page
    assert here in read(officer, "/company")
