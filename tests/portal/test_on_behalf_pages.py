"""The band on each page, what is closed under it, and both houses' lists."""

from __future__ import annotations

from django.urls import reverse
from tests.portal.browsing import browser, read
from tests.trade.behalf import SALES, allow
from tests.trade.conftest import World

from heliu.commerce.ordering.models import Order
from heliu.kernel.behalf.models import Mandate

KEY = {"idempotency_key": "k" * 32}
BAND = 'class="behalf"'


def test_a_customer_allows_it_and_the_account_manager_orders(demo: World) -> None:
    owner, sales = browser(demo.dealer), browser(SALES)
    dealer = str(demo.chain.dealers["D001"])
    assert "has not allowed it" in read(sales, reverse("seller_behalf"))
    assert sales.post(reverse("seller_behalf"), {"open": dealer}).status_code == 403
    assert sales.post(reverse("seller_behalf"), {"ask": dealer, **KEY}).status_code == 303
    assert "asks to be allowed to order in your name" in read(owner, reverse("inbox"))
    given = owner.post(reverse("company_behalf"), {"give": str(demo.chain.seller), **KEY})
    assert given.status_code == 303
    assert "may order" in read(owner, reverse("company_behalf"))

    opened = sales.post(reverse("seller_behalf"), {"open": dealer})
    assert opened["Location"] == reverse("dealer_pad")
    for address in ("dealer_pad", "dealer_catalogue", "purchases", "deals"):
        page = read(sales, reverse(address))
        assert BAND in page, address
        assert "Free credit" not in page
    assert "Blue mug" in read(sales, reverse("dealer_catalogue"))
    rows = {"code": ["M1"], "quantity": ["5"], "remark": [""], "was": [""]}
    assert sales.post(reverse("dealer_pad"), {"action": "order", **rows}).status_code == 303
    assert BAND in read(sales, reverse("dealer_checkout"))
    placed = sales.post(
        reverse("dealer_checkout"), {"pay_by": "TRANSFER", "idempotency_key": "p" * 32}
    )
    assert placed.status_code == 303, placed.content.decode()
    page = read(sales, placed["Location"])
    assert BAND in page
    with demo.worker():
        number = Order.objects.latest("placed_at").number
    for client in (owner, sales):
        assert "沈若宁 (" in read(client, placed["Location"])
    listed = read(owner, reverse("company_behalf"))
    assert number in listed
    assert "Opened the order pad" in listed
    assert "ordered in your name" in read(owner, reverse("inbox"))


def test_the_customer_s_own_pages_are_closed_and_one_s_own_are_there_again(demo: World) -> None:
    allow(demo)
    sales = browser(SALES)
    sales.post(reverse("seller_behalf"), {"open": str(demo.chain.dealers["D001"])})
    for address in (
        "company", "people", "inbox", "approvals", "dealer_home", "dealer_finance", "dealer_owed",
        "dealer_lists", "spending", "seller_home",
    ):  # fmt: skip
        assert BAND in read(sales, reverse(address), 403), address
    assert sales.get("/api/v1/me").status_code == 403
    assert sales.post(reverse("behalf_leave")).status_code == 303
    assert BAND not in read(sales, reverse("seller_home"))


def test_an_ended_mandate_puts_the_person_back_at_its_own_desk(demo: World) -> None:
    allow(demo)
    owner, sales = browser(demo.dealer), browser(SALES)
    sales.post(reverse("seller_behalf"), {"open": str(demo.chain.dealers["D001"])})
    with demo.worker():
        mandate = Mandate.objects.get()
    ended = owner.post(reverse("company_behalf"), {"end": str(mandate.pk), **KEY})
    assert ended.status_code == 303
    assert sales.get(reverse("dealer_pad")).status_code == 403
    assert BAND not in read(sales, reverse("seller_home"))
