"""Several lenders on the pages: the dealer compares and picks, the bank sets quotas and rules."""

from __future__ import annotations

import re

import pytest
from tests.portal.browsing import browser, key_in, read, send
from tests.trade.conftest import AT, World

from heliu.capital.credit.models import Programme
from heliu.capital.lending.models import Loan
from heliu.demo import chain as chains

BANK, REVIEWER = "credit@bank.demo", "review@bank.demo"
HERE = "/dealer/checkout"


@pytest.fixture
def second(demo: World) -> Programme:
    with demo.worker():
        return chains.other_lender(demo.chain, at=AT)


def test_a_dealer_picks_the_second_lender_at_the_checkout(demo: World, second: Programme) -> None:
    dealer = browser(demo.dealer)
    rows = {"code": ["M1"], "quantity": ["200"], "action": "order"}
    send(dealer, "/dealer/pad", rows, to="checkout")
    page = read(dealer, HERE)
    assert "Lanting Bank" in page
    assert "Own money is counted at 6.00% a year" in page
    own = {"seller": "seller", "rate": "4.5", "idempotency_key": key_in(page)}
    send(dealer, "/dealer/own-money", own, to="checkout")
    assert 'name="rate" inputmode="decimal" value="4.5"' in read(dealer, HERE)
    (link,) = re.findall(rf'href="({HERE}[^"]*programme={second.pk}[^"]*)"', read(dealer, HERE))
    page = read(dealer, link.replace("&amp;", "&"))
    form = {"idempotency_key": key_in(page[page.index('id="place"') :])}
    fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)
    form |= {name: value for name, value in fields if name in ("pay_by", "programme", "terms")}
    send(dealer, HERE, form, to="/sign")
    with demo.worker():
        assert Loan.objects.get().programme_id == second.pk


def test_an_offer_that_is_gone_leaves_the_cart_and_says_so(demo: World, second: Programme) -> None:
    dealer = browser(demo.dealer)
    send(dealer, "/dealer/pad", {"code": ["M1"], "quantity": ["200"], "action": "order"})
    form = {"pay_by": "FINANCE", "programme": str(second.pk)}
    form["idempotency_key"] = key_in(read(dealer, HERE))
    with demo.worker():
        Programme.objects.filter(pk=second.pk).update(is_active=False)
    answer = dealer.post(HERE, form)
    assert answer.status_code == 409
    assert "This offer is no longer there." in answer.content.decode()
    assert "M1 × 200" in read(dealer, HERE)


def test_the_bank_sets_a_quota_and_a_group_and_cannot_go_below_what_stands(demo: World) -> None:
    officer, here = browser(BANK), "/bank/quotas"

    def post(**form: str) -> None:
        send(officer, here, {**form, "idempotency_key": key_in(read(officer, here))}, to=here)

    post(do="group", name="Two shops", members="d001, D002")
    post(do="cap", kind="cap_group", party="two shops", limit="500,000")
    post(do="cap", kind="cap_seller", party="seller", limit="1,000,000")
    page = read(officer, here)
    assert page.count('name="cap"') == 2
    assert "Two shops" in page
    answer = officer.post(
        here,
        {"do": "cap", "kind": "cap_seller", "party": "nobody", "limit": "5",
         "idempotency_key": key_in(page)},
    )  # fmt: skip
    assert "Nobody you know has the code nobody." in answer.content.decode()
    assert "Set it" not in read(browser(REVIEWER), here)


def test_rules_are_proposed_on_a_page_and_agreed_to_by_another(demo: World) -> None:
    officer = browser(BANK)
    page = read(officer, "/bank/rules")
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page[page.index("score-A") - 20 :]))
    chosen = re.findall(r'<select name="([^"]+)".*?<option value="(\w+)" selected', page, re.S)
    form = fields | dict(chosen) | {"idempotency_key": key_in(page), "reason": "Stricter"}
    form["effective_on"] = re.findall(r'name="effective_on" min="([^"]+)"', page)[0]
    del form["untold"]
    address = send(officer, "/bank/rules", form | {"floor-B": "25"}, to="/approvals/")
    reviewer = browser(REVIEWER)
    assert "Change the rules of decision" in read(reviewer, address)
    assert "25%<small>20%" in read(reviewer, "/bank/rules/1")
    vote = {"agrees": "yes", "idempotency_key": key_in(read(reviewer, address))}
    send(reviewer, address, vote)
    assert "In force" in read(reviewer, "/bank/rules")
