"""A dealer that trades in dollars: set up by its seller, ordered and paid for, told so throughout."""

from __future__ import annotations

import re
from uuid import UUID

from django.db import connection, transaction
from tests.browser.conftest import Opener
from tests.conftest import be

from heliu.demo.chain import enrol
from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.goods.models import Sku
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties.models import Organization

OWNER = "owner@far.demo"


def prepare(town: str) -> tuple[UUID, UUID, str]:
    """A dealer that has ordered nothing yet; returns it, and an article of the seller."""
    base = connection.settings_dict["NAME"]
    be("heliu_worker", town)
    with transaction.atomic():
        seller = Organization.objects.get(code="seller")
        house = parties.register(
            actor=Actor.system(), code="far", roles=("DEALER",), name="Far Trading Ltd",
            name_zh="远方贸易", short_name="Far Trading", short_name_zh="远方贸易",
            city="", city_zh="",
        )  # fmt: skip
        enrol(OWNER, "Ann", house.pk, "owner")
        parties.relate(
            actor=Actor.system(), buyer=house.pk, seller=seller.pk, since=day_of(clock.now())
        )
        sku = Sku.objects.filter(seller=seller.pk, is_active=True, order_multiple=1).first()
        assert sku
    be("heliu_web", base)
    return house.pk, sku.pk, sku.code


def test_a_dealer_orders_in_dollars(town: str, sit: Opener) -> None:
    far, sku, code = prepare(town)
    seller = sit("sales@seller.demo")
    seller.goto(f"/seller/dealers/{far}/currency")
    seller.select_option("select[name=currency]", "USD")
    seller.click("form.stage button.pri.lg")
    seller.wait_for_url(re.compile("/seller/dealers$"))
    seller.goto("/seller/prices/lists/new")
    seller.fill("input[name=code]", "DOLLARS")
    seller.fill("input[name=name]", "Export")
    seller.select_option("select[name=currency]", "USD")
    seller.click("form.stage button.pri.lg")
    seller.wait_for_url(re.compile("/lists/DOLLARS$"))
    seller.goto("/seller/prices/lists/DOLLARS/give")
    seller.select_option("select[name=dealer]", str(far))
    seller.click("form.stage button.pri.lg")
    seller.wait_for_url(re.compile("/lists/DOLLARS$"))
    seller.goto(f"/seller/prices/lists/DOLLARS?q={code}")
    seller.fill(f"input[name='np-{sku}']", "$12.50")
    seller.click(".pager button.pri")
    seller.wait_for_load_state()

    dealer = sit(OWNER)
    dealer.goto(f"/dealer/catalogue/{sku}")
    assert "US$ 12.50" in dealer.inner_text("main")
    dealer.fill(f"input[name='q-{sku}'] >> nth=-1", "24")
    dealer.click("button[name=pad]")
    dealer.wait_for_url(re.compile("/dealer/pad"))
    assert "US$ 300.00" in dealer.inner_text("main")
    dealer.goto("/dealer/checkout?pay_by=TRANSFER")
    assert "US$ 300.00" in dealer.inner_text("main")
    dealer.click("button[form=place]:visible, form#place button.pri:visible >> nth=0")
    dealer.wait_for_url(re.compile("/deals/DL-"))
    assert "US$ 300.00" in dealer.inner_text("main")

    seller.goto("/seller/")
    assert "US$ 300.00" in seller.inner_text("#confirm")
