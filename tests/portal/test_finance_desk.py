"""The dealer's finance desk: what is owed, and a repayment tried before it is made."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from tests.conftest import be
from tests.portal.browsing import browser, key_in, read, send
from tests.trade import life
from tests.trade.conftest import World

from heliu.capital.lending.models import Loan, Repayment
from heliu.kernel.clock import day_of
from heliu.logistics.pledges.models import ReleaseOrder
from heliu.trade import close_of_day


def test_what_is_owed_comes_first_with_its_day_in_words(demo: World) -> None:
    placed = life.to_pledge(demo)
    dealer = browser(demo.dealer)
    page = read(dealer, "/dealer/finance")
    assert re.search(r"Due on .*, in \d+ days\.", page)
    assert "Most falls due in the week from" in page
    assert "200 pieces" in page
    assert f"/dealer/finance/{placed.loan.number}" in page
    with demo.worker():
        Loan.objects.filter(pk=placed.loan.pk).update(grace_days=3)
    demo.at += placed.loan.due_on - day_of(demo.at) + timedelta(days=2)
    page = read(dealer, "/dealer/finance")
    assert "2 days overdue, since" in page
    assert "it costs no penalty" in page
    demo.at += timedelta(days=5)
    with demo.worker():
        close_of_day.close_of_day(at=demo.at)
    assert "Penalty runs: 1.5 times the rate." in read(dealer, "/dealer/finance")


def test_wanted_goods_lead_to_the_amount_and_to_the_repayment(demo: World) -> None:
    placed = life.to_pledge(demo)
    dealer = browser(demo.dealer)
    here = f"/dealer/finance/{placed.loan.number}"
    field = demo.chain.skus["M1"].hex
    page = read(dealer, f"{here}?{field}=50")
    assert "50 pieces come free" in page
    found = re.search(r'href="(/deals/[^"]+/repay\?amount=[\d.]+)"', page)
    assert found, page
    sheet = read(dealer, found[1])
    amount = found[1].rpartition("=")[2]
    assert "frees 50 pieces" in sheet
    send(
        dealer,
        found[1].partition("?")[0],
        {"amount": amount, "idempotency_key": key_in(sheet)},
        to="/deals/",
    )
    demo.bank()
    with demo.worker():
        assert Repayment.objects.get(loan=placed.loan.pk).amount == round(float(amount) * 100)
        assert ReleaseOrder.objects.get(deal=placed.deal.pk).quantity == 50


def test_only_the_part_that_was_asked_for_is_sent(demo: World) -> None:
    placed = life.to_pledge(demo)
    dealer = browser(demo.dealer)
    here, number = f"/dealer/finance/{placed.loan.number}", placed.loan.number

    def part(target: str, **sent: str) -> str:
        be("heliu_web")
        headers = {"HX-Request": "true", "HX-Target": target}
        answer = dealer.get(here, sent, headers=headers)
        assert "HX-Target" in answer["Vary"]
        return unescape(answer.content.decode())

    tried = part(f"tried-{number}", amount="1,000")
    assert "<html" not in tried
    assert "<form" not in tried
    assert "1,000" in tried
    assert "<form" in part(f"try-{number}")
    assert "<html" not in part(f"try-{number}")


def test_what_cannot_be_is_said_in_place(demo: World) -> None:
    placed = life.to_pledge(demo)
    dealer = browser(demo.dealer)
    here = f"/dealer/finance/{placed.loan.number}"
    assert "No more can come free" in read(dealer, f"{here}?{demo.chain.skus['M1'].hex}=201")
    assert "cannot be read" in read(dealer, f"{here}?amount=much")
    assert "No goods come free with this" in read(dealer, f"{here}?amount=0.01")
    read(browser("owner@d002.demo"), here, 404)
    read(browser("credit@bank.demo"), here, 403)


def test_a_desk_without_loans_says_how_one_begins(demo: World) -> None:
    page = read(browser("owner@d002.demo"), "/dealer/finance")
    assert "No loans here" in page
    assert "nothing is overdue" in page


def test_the_page_does_nothing(demo: World) -> None:
    placed = life.to_pledge(demo)
    dealer = browser(demo.dealer)
    with demo.worker():
        before = Loan.objects.values().get(pk=placed.loan.pk)
    read(dealer, f"/dealer/finance/{placed.loan.number}?share=50")
    with demo.worker():
        assert Loan.objects.values().get(pk=placed.loan.pk) == before
    assert day_of(demo.at) < before["due_on"]
