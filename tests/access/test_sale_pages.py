"""The lender's sheet of a default from the sale to its money, and the page of who buys."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.access.conftest import Lived
from tests.conftest import be
from tests.portal.browsing import browser
from tests.trade import laws

from heliu.kernel.approvals.models import Approval
from heliu.trade import sales
from heliu.trade.models import Sale


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    """The people of the demonstration sign in only there."""
    settings.DEMO = True


def post(client: Any, address: str, key: str, **form: str) -> Any:
    be("heliu_web")
    return client.post(address, {"idempotency_key": key * 32, **form})


def test_goods_are_sold_on_the_sheet_and_their_money_goes_down_the_waterfall(lived: Lived) -> None:
    sheet = reverse("deal_default", args=[lived.there["to_sell"]])
    officer, other = browser("credit@bank.demo"), browser("review@bank.demo")
    page = officer.get(sheet).content.decode()
    assert 'name="sold_to"' in page
    terms = {"sold_to": "Second-hand Traders", "price": "200.00", "reason": "best offer"}
    below = post(officer, sheet, "a", **terms)
    assert below.status_code == 409
    assert "Second-hand Traders" in below.content.decode()  # what was typed stays
    asked = post(officer, sheet, "b", **terms, below_reserve="yes", sale_costs="20.00")
    assert asked.status_code in (302, 303)
    with lived.world.worker():
        approval = Approval.objects.get(act="sell", name=lived.there["to_sell"])
    be("heliu_web")
    question = reverse("approval", args=[approval.pk])
    said = other.get(question).content.decode()
    assert "Second-hand Traders" in said
    assert "below what the goods should bring" in said
    assert post(other, question, "c", agrees="yes").status_code in (302, 303)
    waiting = officer.get(sheet).content.decode()
    assert 'name="reference"' in waiting
    assert post(officer, sheet, "d").status_code == 422
    assert post(officer, sheet, "e", reference="TT 1").status_code in (302, 303)
    page = officer.get(sheet).content.decode()
    assert "Costs of the sale" in page
    with lived.world.worker():
        sale = Sale.objects.get(approval=approval.pk)
        assert sale.reference == "TT 1"
        paid = sales.paid(sale)
        assert paid is not None
        assert (paid.amount, paid.costs) == (200_00, 20_00)
    assert "TT 1" in page
    laws.hold(lived.world)


def test_a_sale_is_called_off_with_a_reason(lived: Lived) -> None:
    with lived.world.worker():
        sale = Sale.objects.select_related("deal").get(number=lived.there["sale"])
    be("heliu_web")
    sheet = reverse("deal_default", args=[sale.deal.number])
    officer = browser("credit@bank.demo")
    assert post(officer, sheet, "a", call_off="yes").status_code == 422
    assert post(officer, sheet, "b", call_off="yes", reason="no money").status_code in (302, 303)
    assert 'name="sold_to"' in officer.get(sheet).content.decode()


def test_who_buys_pays_on_its_page_and_sees_no_costs(lived: Lived) -> None:
    address = reverse("sale", args=[lived.there["sale_to_seller"]])
    buyer = browser("sales@seller.demo")
    assert post(buyer, address, "a").status_code in (302, 303)
    lived.world.bank()
    be("heliu_web")
    page = buyer.get(address).content.decode()
    assert "Sold" in page
    assert "Principal" not in page
    lender = browser("credit@bank.demo").get(address).content.decode()
    assert "Principal" in lender
    assert browser("gate@warehouse.demo").get(address).status_code == 404
