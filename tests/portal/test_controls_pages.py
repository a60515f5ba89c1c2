"""Controls on the pages: invoices, findings, large releases, ties, and who saw what."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.pictures import png
from tests.portal.browsing import browser, key_in, read, send
from tests.trade import life
from tests.trade.conftest import World

from heliu.capital.credit.models import Programme
from heliu.kernel.approvals.models import Approval
from heliu.trade.models import Deal
from heliu.trade.paperwork import loan_of

BANK, SELLER, OPERATOR = "credit@bank.demo", "sales@seller.demo", "ops@operator.demo"


def test_a_finding_is_read_and_decided_at_the_bank_only(demo: World) -> None:
    operator = browser(OPERATOR)
    for code in ("d001", "seller"):
        page = f"/operator/parties/{code}"
        form = {"kind": "REPRESENTATIVE", "name": "Li", "number": "3301 0619"}
        assert "Nothing is written down" in read(operator, page)
        send(operator, page, {**form, "idempotency_key": key_in(read(operator, page))}, to=page)
        assert "3301" not in read(operator, page)
    placed = life.place(demo, M1=50)
    life.sign(demo, placed)
    deal = f"/deals/{placed.deal.number}"
    seller = browser(SELLER)
    sheet = read(seller, f"{deal}/invoice")
    form = {
        "number": "FP 1", "amount": "500.00", "idempotency_key": key_in(sheet),
        "paper": SimpleUploadedFile("fp.png", png(), content_type="image/png"),
    }  # fmt: skip
    send(seller, f"{deal}/invoice", form, to=deal)
    assert "FP1" in read(browser(BANK), deal)
    demo.bank()
    bank = browser(BANK)
    assert "Same owner, representative or account" in read(bank, deal)
    for who in (demo.dealer, SELLER):
        assert "Same owner" not in read(browser(who), deal)
    with demo.worker():
        asked = Approval.objects.get(act="pay-out")
    page = read(bank, f"/approvals/{asked.pk}")
    assert "Legal representative of the buyer" in page
    send(bank, f"/approvals/{asked.pk}", {"agrees": "yes", "idempotency_key": key_in(page)})
    demo.bank()
    with demo.worker():
        assert loan_of(Deal.objects.get(pk=placed.deal.id)).status == "SELLER_PAID"
    assert "paid out in spite of it" in read(bank, deal)
    seen = read(browser(demo.dealer), f"/company/seen?about={placed.deal.number}")
    assert "Credit file" not in seen
    assert demo.actor(BANK).name in seen
    assert placed.deal.number in read(operator, "/company/seen")


def test_a_large_release_waits_on_both_pages(demo: World) -> None:
    with demo.worker():
        programme = Programme.objects.get().pk
    bank, cap = browser(BANK), f"/bank/programmes/{programme}/release"
    form = {"amount": "10.00", "idempotency_key": key_in(read(bank, cap))}
    send(bank, cap, form, to="/bank/programmes")
    assert "10.00" in read(bank, "/bank/programmes")
    placed = life.to_pledge(demo)
    deal = f"/deals/{placed.deal.number}"
    life.repay(demo, placed.deal.id, 50)
    demo.bank()
    assert "The bank agrees to the release" in read(browser(demo.dealer), deal)
    assert "Release that waits" in read(bank, deal)
    with demo.worker():
        asked = Approval.objects.get(act="release")
    page = read(bank, f"/approvals/{asked.pk}")
    form = {"agrees": "no", "reason": "count first", "idempotency_key": key_in(page)}
    send(bank, f"/approvals/{asked.pk}", form)
    clerk = browser("review@bank.demo")
    form = {"reason": "counted", "idempotency_key": key_in(read(clerk, deal))}
    send(clerk, f"{deal}/release/ask", form, to=deal)
    with demo.worker():
        asked = Approval.objects.get(act="release", status="WAITING")
    form = {"agrees": "yes", "idempotency_key": key_in(read(bank, f"/approvals/{asked.pk}"))}
    send(bank, f"/approvals/{asked.pk}", form)
    assert "The bank agrees to the release" not in read(browser(demo.dealer), deal)
