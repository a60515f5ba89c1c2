"""The company's page, help and error pages: what is kept of a house, and whom to write to."""

from __future__ import annotations

import pytest
from django.test import override_settings
from tests.portal.browsing import browser, read
from tests.trade.conftest import World

from heliu.capital.vat import operations as vat
from heliu.capital.vat.operations import TaxData
from heliu.kernel.addresses import operations as addresses
from heliu.kernel.addresses.policies import Place


def test_a_house_sees_its_tax_number_and_where_goods_go(demo: World) -> None:
    page = read(browser(demo.dealer), "/company")
    assert "91330101000000000X" not in page
    with demo.desk(demo.dealer) as owner:
        tax = TaxData("Qinghe", "91330101000000000X", "8 Lake Road")
        vat.set_data(tax, actor=owner, at=demo.at)
        shop = Place("Shop", "Wu", "0571-1", "9 River Street")
        addresses.add(shop, actor=owner, at=demo.at)
    page = read(browser(demo.dealer), "/company")
    for words in ("91330101000000000X", "8 Lake Road", "9 River Street"):
        assert words in page


@pytest.mark.parametrize("address", ["/help", "/nowhere"])
def test_help_and_error_pages_name_whom_to_write_to(demo: World, address: str) -> None:
    dealer, status = browser(demo.dealer), 200 if address == "/help" else 404
    with override_settings(HELIU_CONTACT=""):
        assert "mailto:" not in read(dealer, address, status)
    with override_settings(HELIU_CONTACT="Heliu desk, help@example.com, <0571>"):
        page = dealer.get(address).content.decode()
    assert 'href="mailto:help@example.com"' in page
    assert "&lt;0571&gt;" in page
