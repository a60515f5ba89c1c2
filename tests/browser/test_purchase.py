"""An order that others must agree to: asked for at the desk, agreed to on the phone, placed."""

from __future__ import annotations

import re

from django.db import connection, transaction
from tests.browser.conftest import Opener
from tests.browser.sights import PHONE
from tests.conftest import be

from heliu.commerce.ordering.operations import carts
from heliu.commerce.spending import operations as spending
from heliu.demo.chain import enrol
from heliu.kernel import clock
from heliu.kernel.access.desks import actor_at, desks_of
from heliu.kernel.access.models import User
from heliu.kernel.approvals.policies import Level
from heliu.kernel.goods.models import Sku
from heliu.kernel.parties.models import Organization

BUYER = "buyer@d001.demo"


def prepare(town: str) -> None:
    """The dealer has a buyer whose orders its owner must agree to, and a budget; goods lie in the
    buyer's cart."""
    base = connection.settings_dict["NAME"]
    be("heliu_worker", town)
    with transaction.atomic():
        dealer = Organization.objects.get(code="d001")
        person = enrol(BUYER, "陈采购", dealer.pk, "purchaser")
        user = User.objects.get(username="owner@d001.demo")
        owner, buyer = (
            actor_at(one, next(desk for desk in desks_of(one.pk) if desk.org == dealer.pk))
            for one in (user, person)
        )
        assert owner
        assert buyer
        at = clock.now()
        centre = spending.set_centre(code="SHOP", name="杭州店", actor=owner)
        spending.set_rule(levels=[Level("sign")], person=person.pk, actor=owner, at=at)
        spending.set_budget(period="MONTH", amount=5_000_000, centre=centre.pk, actor=owner, at=at)
        spending.seat_spender(person.pk, centre.pk, actor=owner)
        seller = Organization.objects.get(code="seller")
        goods = Sku.objects.filter(seller=seller.pk, is_active=True).order_by("code")[:3]
        carts.fill_cart(
            actor=buyer,
            seller=seller.pk,
            quantities={sku.pk: 2 * sku.case_quantity for sku in goods},
        )
    be("heliu_web", base)


def test_an_order_waits_and_is_agreed_to_on_the_phone(town: str, sit: Opener) -> None:
    prepare(town)
    buyer = sit(BUYER)
    buyer.goto("/dealer/checkout?pay_by=TRANSFER")
    buyer.fill("#reason", "货架空了")
    buyer.click("button[name=ask]:visible")
    buyer.wait_for_url(re.compile("/requests/PR-"))
    owner = sit("owner@d001.demo", size=PHONE)
    owner.goto("/inbox")
    owner.click("button[aria-label*='waits for agreement']")
    owner.click("details:has(button[name=strike]) summary >> nth=0")
    owner.fill("input[name^=why-] >> nth=0", "暂时够用")
    owner.click("button[name=strike] >> nth=0")
    owner.click("button[name=agrees][value=yes]")
    owner.wait_for_url(re.compile("/approvals$"))
    buyer.reload()
    buyer.click("a[href^='/deals/']")
    buyer.wait_for_url(re.compile("/deals/DL-"))
    assert buyer.locator("h1").count() == 1
