"""The bank's reports as pages and files, and the PDFs that pages lead to."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook
from tests.conftest import be
from tests.portal.browsing import browser, read
from tests.trade import life
from tests.trade.conftest import World

from heliu.kernel.clock import day_of
from heliu.kernel.parties.models import Organization
from heliu.portal.bank.reports.pages import REPORTS
from heliu.portal.bank.reports.record import Asked

BANK = "credit@bank.demo"
PAGES = ("/bank/reports", "/bank/reports/exposure", "/bank/reports/cover",
         "/bank/reports/vintages", "/bank/reports/limits")  # fmt: skip
COUNTS = {"ageing": 2, "exposure": 4, "cover": 4, "vintages": 1, "limits": 4}
"""How many statements a report asks, however much there is to show."""


def content(page: str) -> str:
    return page.split("<main")[1].split("</main>")[0]


def got(client: Client, address: str) -> bytes:
    be("heliu_web")
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content


@pytest.mark.parametrize("address", PAGES)
def test_a_report_of_nothing_says_so(demo: World, address: str) -> None:
    page = content(read(browser(BANK), address))
    assert "Nothing was out on this day." in page
    assert got(browser(BANK), f"{address}?as=xlsx")[:2] == b"PK"


@pytest.mark.parametrize("address", PAGES)
def test_the_page_and_both_files_say_the_same(demo: World, address: str) -> None:
    placed = life.to_pledge(demo)
    assert placed.loan is not None
    officer = browser(BANK)
    page = content(read(officer, address))
    assert page.count('role="img"') >= 2  # wide and for the phone
    assert "<summary>Table</summary>" in page
    principal = placed.loan.principal
    whole, rest = divmod(principal, 100)
    assert f"{whole:,}<i>.{rest:02d}</i>" in page
    lines = list(csv.reader(io.StringIO(got(officer, f"{address}?as=csv").decode("utf-8-sig"))))
    assert f"{whole}.{rest:02d}" in lines[-1]
    book = CalamineWorkbook.from_filelike(io.BytesIO(got(officer, f"{address}?as=xlsx")))
    cells = book.get_sheet_by_index(0).to_python()
    assert principal / 100 in cells[-1]
    assert len(cells) == len(lines)


@pytest.mark.parametrize("key", COUNTS)
def test_a_report_asks_a_fixed_number_of_times(demo: World, key: str) -> None:
    for _ in range(2):
        life.to_pledge(demo)
        with demo.desk(BANK) as officer, CaptureQueriesContext(connection) as asked:
            report = REPORTS[key][1](Asked(officer, day_of(demo.at), demo.at))
        assert report.sheets[0].rows
        assert len(asked) == COUNTS[key]


def test_a_past_day_and_what_is_no_day(demo: World) -> None:
    life.to_pledge(demo)
    officer = browser(BANK)
    for on, is_empty in (("2020-01-01", True), ("", False), ("soon", False), ("9999-12-31", False)):
        page = content(read(officer, f"/bank/reports?on={on}"))
        assert ("Nothing was out on this day." in page) == is_empty, on


def test_a_name_becomes_no_formula(demo: World) -> None:
    placed = life.to_pledge(demo)
    with demo.worker():
        Organization.objects.filter(pk=placed.order.buyer).update(short_name='=HYPERLINK("x")')
    file = got(browser(BANK), "/bank/reports?as=csv").decode("utf-8-sig")
    assert "'=HYPERLINK" in file


def test_the_trial_balance_leads_to_the_lines_of_an_account(demo: World) -> None:
    placed = life.to_pledge(demo)
    officer = browser(BANK)
    parties = content(read(officer, "/bank/books?code=loan_principal"))
    href = re.search(r'href="(\?[^"]*party=[^"]*)#lines"', parties)
    assert href
    page = content(read(officer, f"/bank/books{href[1]}"))
    assert "Loan paid out" in page
    assert placed.deal.number in page
    assert "Deposit received" in content(read(officer, "/bank/books?code=nostro"))
    assert got(officer, "/bank/books?as=xlsx")[:2] == b"PK"


def test_papers_are_led_to_and_come_in_the_language_asked_for(demo: World) -> None:
    placed = life.to_pledge(demo)
    life.repay(demo, placed.deal.id, 40)
    demo.bank()
    dealer = browser(demo.dealer)
    page = content(read(dealer, f"/deals/{placed.deal.number}"))
    found = re.findall(r'href="(/deals/[^"]+\.pdf)"', page)
    assert [href.rsplit("/", 2)[-1] for href in found] == ["statement.pdf", "1.pdf"]
    sizes = set()
    for href in [*found, f"/deals/{placed.deal.number}/agreement.pdf"]:
        for language in ("en", "zh-hans"):
            pdf = got(dealer, f"{href}?language={language}")
            assert pdf.startswith(b"%PDF-")
            sizes.add(len(pdf))
    assert len(sizes) == 6
    month = got(browser(BANK), "/bank/dealers/d001/statement.pdf?month=2026-11")
    assert month.startswith(b"%PDF-")


def test_papers_are_for_the_parties_only(demo: World) -> None:
    placed = life.to_pledge(demo)
    number = placed.deal.number
    loan = (f"/deals/{number}/{what}.pdf" for what in ("statement", "agreement", "payments/1"))
    seller, keeper = browser("sales@seller.demo"), browser("gate@warehouse.demo")
    be("heliu_web")
    for address in loan:
        for stranger in (seller, keeper, browser("owner@d002.demo")):
            be("heliu_web")
            assert stranger.get(address).status_code == 404, address
    be("heliu_web")
    assert browser(demo.dealer).get("/bank/dealers/d001/statement.pdf").status_code == 403
