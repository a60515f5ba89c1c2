"""Papers as PDF: what they say is what the books say, in both languages, to the right people."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import translation
from pypdf import PdfReader
from tests.conftest import be
from tests.trade import life
from tests.trade.conftest import World

from heliu.capital.books import queries as books
from heliu.capital.lending import queries as lending
from heliu.capital.lending.models import Loan, Repayment
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.parties.models import Organization
from heliu.logistics.warehousing.models import WarehouseReceipt
from heliu.trade import close_of_day, papers
from heliu.trade.papers.documents import amount
from heliu.trade.papers.movements import movements
from heliu.trade.placed import Placed

ORIGIN = "https://heliu.example"
BANK = "credit@bank.demo"


@pytest.fixture
def repaid(world: World) -> tuple[World, Placed]:
    """A pledged deal of which 40 % and then 20 % were repaid, some days later."""
    placed = life.to_pledge(world)
    for percent in (40, 20):
        life.repay(world, placed.deal.id, percent)
        world.bank()
    be("heliu_worker")
    close_of_day.close_of_day(at=world.later(days=3))
    return world, placed


def words(paper: papers.Paper) -> str:
    """What can be read in the PDF, without its line breaks."""
    reader = PdfReader(io.BytesIO(papers.rendered(paper, ORIGIN)))
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def loan_of(actor, placed: Placed) -> Loan:  # type: ignore[no-untyped-def]
    loan = lending.of_deal(placed.deal.pk, actor)
    assert loan is not None
    return loan


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_statement_says_what_the_books_say(repaid: tuple[World, Placed], language: str) -> None:
    world, placed = repaid
    last = day_of(world.at)
    said = {}
    for email in (BANK, world.dealer):
        with world.desk(email) as actor, translation.override(language):
            loan = loan_of(actor, placed)
            paper = papers.loan_statement(actor, loan, None, last)
            stands = {
                row.code: row.debit + row.credit for row in books.trial_balance(actor, on=last)
            }
            claim = stands.get("loan_principal", 0) + stands.get("interest_receivable", 0)
            debt = stands.get("loan_payable", 0) + stands.get("interest_payable", 0)
            assert paper.tables[0].total[-1] == amount(claim or debt)
            assert paper.tables[0].total[-2] == amount(loan.principal_left)
            text = words(paper)
        for written in (loan.number, amount(loan.principal), paper.digest, ORIGIN):
            assert written in text, written
        assert ("Account statement" in text) == (language == "en")
        assert ("对账单" in text) == (language != "en")
        said[email] = paper
    assert said[BANK] == said[world.dealer]  # both sides hold the same paper


def test_a_statement_goes_on_where_the_one_before_ended(repaid: tuple[World, Placed]) -> None:
    world, placed = repaid
    with world.desk(BANK) as bank:
        loan = loan_of(bank, placed)
        assert loan.disbursed_on is not None
        days = [loan.disbursed_on + timedelta(days=n) for n in range(0, 30, 5)]
        closed = ""
        for first in days:
            paper = papers.loan_statement(bank, loan, first, first + timedelta(days=4))
            opened = paper.tables[0].rows[0][-1]
            assert closed in ("", opened)
            closed = paper.tables[0].total[-1]
        with pytest.raises(Invalid):
            papers.loan_statement(bank, loan, days[2], days[1])


def test_daily_interest_stands_in_one_line(repaid: tuple[World, Placed]) -> None:
    world, placed = repaid
    with world.desk(BANK) as bank:
        loan = loan_of(bank, placed)
        paper = papers.loan_statement(bank, loan, None, day_of(world.at))
        moved = movements(bank, loan, day_of(world.at))
    kinds = [row[1] for row in paper.tables[0].rows]
    assert not any(one == other == "Interest accrued" for one, other in pairwise(kinds))
    assert sum(one.principal for one in moved) == loan.principal_left
    assert sum(one.interest for one in moved) == loan.interest_left


def test_a_receipt_says_what_a_payment_paid(repaid: tuple[World, Placed]) -> None:
    world, placed = repaid
    with world.desk(world.dealer) as dealer:
        loan = loan_of(dealer, placed)
        paid = list(Repayment.objects.filter(loan=loan).order_by("at"))
        for place, one in enumerate(paid, 1):
            paper = papers.repayment_receipt(dealer, loan, place)
            assert paper.number == f"{loan.number}-R{place}"
            assert paper.tables[0].total[-1] == amount(one.amount)
            assert amount(one.principal) in words(paper)
        assert amount(loan.principal_left) in paper.notes[0]
        for place in (0, len(paid) + 1):
            with pytest.raises(NotFound):
                papers.repayment_receipt(dealer, loan, place)


def test_the_agreement_is_whole_and_bears_the_digest_that_was_signed(
    repaid: tuple[World, Placed],
) -> None:
    world, placed = repaid
    with world.desk(world.dealer) as dealer:
        loan = loan_of(dealer, placed)
        both = f"{loan.agreement_en}\n\f\n{loan.agreement_zh}".encode()
        for language, text in (("en", loan.agreement_en), ("zh-hans", loan.agreement_zh)):
            with translation.override(language):
                read = words(papers.agreement(dealer, loan))
            assert hashlib.sha256(both).hexdigest() in read
            assert loan.signed_by_name in read
            plain = re.sub(r"\s", "", read)
            for line in text.splitlines():
                assert re.sub(r"\s", "", line) in plain, line


def test_a_warehouse_receipt_names_its_goods(repaid: tuple[World, Placed]) -> None:
    world, _placed = repaid
    for email in ("gate@warehouse.demo", BANK, world.dealer):
        with world.desk(email) as actor:
            receipt = WarehouseReceipt.objects.prefetch_related("lines__sku").get()
            read = words(papers.warehouse_receipt(actor, receipt))
        for written in (receipt.number, receipt.content_hash, "M1", "B1", "Pledged to the bank"):
            assert written in read, (email, written)


def test_a_month_opens_with_nothing_and_closes_with_what_is_owed(
    repaid: tuple[World, Placed],
) -> None:
    world, placed = repaid
    borrower = placed.order.buyer
    with world.desk(BANK) as bank:
        loan = loan_of(bank, placed)
        paper = papers.dealer_statement(bank, borrower, day_of(world.at))
        before = papers.dealer_statement(bank, borrower, day_of(world.at) - timedelta(days=300))
        assert before.tables[0].rows == []
        assert "Nothing in this time." in words(before)
        assert paper.tables[0].total[1] == amount(0)
        assert paper.tables[0].total[-1] == amount(loan.principal_left + loan.interest_left)
        assert loan.number in words(paper)
    with world.desk("sales@seller.demo") as seller, pytest.raises(NotFound):
        papers.dealer_statement(seller, borrower, day_of(world.at))


def test_a_name_is_never_a_command(repaid: tuple[World, Placed]) -> None:
    world, placed = repaid
    name = '#panic("x") $x^2$ *b* _i_ \\ "}]) <l> @r // ' + "Very Long Trading House 很长的名字" * 6
    with world.worker():
        Organization.objects.filter(pk=placed.order.buyer).update(
            name=name[:120], name_zh=name[:120]
        )
    with world.desk(BANK) as bank:
        loan = loan_of(bank, placed)
        text = words(papers.loan_statement(bank, loan, None, day_of(world.at)))
    assert re.sub(r"\s", "", name[:120]) in re.sub(r"\s", "", text)


def test_the_same_paper_is_the_same_bytes(repaid: tuple[World, Placed]) -> None:
    world, placed = repaid
    with world.desk(BANK) as bank:
        paper = papers.loan_statement(bank, loan_of(bank, placed), None, day_of(world.at))
        assert papers.rendered(paper, ORIGIN) == papers.rendered(paper, ORIGIN)
