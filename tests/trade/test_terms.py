"""Trade credit: terms, invoices, payments, the ladder, the gate; what came by the bank."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import be, cloned
from tests.examples import examples
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.bank.models import Incoming
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.books import queries as books
from heliu.capital.books.chart import Code
from heliu.capital.terms import policies, queries
from heliu.capital.terms.board import board
from heliu.capital.terms.models import Invoice, Payment, Reminder, Terms
from heliu.capital.terms.operations import reminding
from heliu.capital.terms.operations.granting import Wanted
from heliu.capital.terms.policies import Level
from heliu.demo import chain as chains
from heliu.demo.chain import Chain
from heliu.information.credit_file.models import PaymentExperience
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.policies import Level as People
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Refused
from heliu.kernel.events.models import Notice
from heliu.kernel.parties.models import TradingRelationship
from heliu.trade import approvals as votes
from heliu.trade import close_of_day, deliveries, incoming, place_order, receivables
from heliu.trade.models import DealStep
from heliu.trade.placed import Placed

SALES = "sales@seller.demo"
BASE = Wanted(ceiling=3_000_000)


def dealer_of(world: World) -> UUID:
    return world.chain.dealers["D001"]


def grant(world: World, **terms: object) -> None:
    with world.desk(SALES) as actor:
        receivables.set_terms(dealer_of(world), replace(BASE, **terms), actor=actor, at=world.at)


def sent(world: World, pieces: int = 10) -> Placed:
    """An order on terms, confirmed and sent: 20.00 a bag."""
    placed = life.place(world, pay_by="TERMS", B1=pieces)
    with world.desk(SALES) as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    life.ship(world, placed)
    return placed


def invoice(world: World, placed: Placed) -> Invoice:
    with world.worker():
        return Invoice.objects.filter(order_id=placed.order.id).order_by("number")[0]


def pay(world: World, amount: int, *, key: str = "", back: int = 0, **also: object) -> Payment:
    with world.desk(SALES) as actor:
        return receivables.receive(
            dealer_of(world), actor=actor, amount=amount, reference="slip", key=key or str(world.at),
            value_day=day_of(world.at) - timedelta(days=back), at=world.at, **also,
        )  # fmt: skip


def close(world: World, *, days: int = 0) -> None:
    world.later(days=days)
    be("heliu_worker")
    close_of_day.close_of_day(at=world.at)


def standing(world: World) -> queries.Standing:
    with world.worker() as system:
        return queries.standing(
            system, seller=world.chain.seller, buyer=dealer_of(world), on=day_of(world.at)
        )


def stands(world: World) -> Terms:
    with world.worker():
        return Terms.objects.get(buyer=dealer_of(world))


def told(world: World, email: str) -> list[str]:
    with world.desk(email):
        return list(Notice.objects.order_by("at", "id").values_list("kind", flat=True))


def book(world: World, *codes: Code) -> dict[str, int]:
    with world.worker() as system:
        return {
            row.code: row.debit - row.credit
            for org in (world.chain.seller, dealer_of(world))
            for row in books.trial_balance(system, org=org)
            if row.code in codes
        }


@pytest.mark.parametrize(
    ("rule", "days", "issued", "due"),
    [
        ("NET", 30, date(2026, 11, 2), date(2026, 12, 2)),
        ("NET", 5, date(2026, 11, 2), date(2026, 11, 9)),  # a Saturday
        ("MONTH_END", 0, date(2026, 2, 3), date(2026, 2, 28)),  # a Saturday that is worked
        ("MONTH_END", 15, date(2026, 12, 31), date(2027, 1, 15)),
        ("DAY_OF_MONTH", 20, date(2026, 12, 1), date(2027, 1, 20)),
    ],
)
def test_the_due_day(rule: str, days: int, issued: date, due: date) -> None:
    assert policies.due_on(Terms(rule=rule, days=days, rolls=True), issued) == due


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=8),
    st.integers(1, 300),
)
def test_an_amount_fits_what_it_pays_in_one_way_only(lefts: list[int], amount: int) -> None:
    choices = [
        [n for n in range(len(lefts)) if choice >> n & 1] for choice in range(1, 2 ** len(lefts))
    ]
    ways = [places for places in choices if sum(lefts[n] for n in places) == amount]
    found = policies.fits(amount, lefts)
    assert found is None or found in ways
    if len(ways) == 1:
        assert found == ways[0]
    singles = [places for places in ways if len(places) == 1]
    if len(singles) > 1:
        assert found is None


def test_paid_early_with_the_discount_too_much_and_used_again(world: World) -> None:
    grant(world, discount=Decimal(2), discount_days=10)
    placed = sent(world)
    pay(world, 19_600)
    done = invoice(world, placed)
    assert (done.status, done.paid, done.discounted) == ("PAID", 19_600, 400)
    assert book(world, Code.DISCOUNT_GIVEN, Code.DISCOUNT_TAKEN, Code.RECEIVABLE) == {
        Code.DISCOUNT_GIVEN: 400, Code.DISCOUNT_TAKEN: -400,
    }  # fmt: skip
    with world.worker():
        assert PaymentExperience.objects.get(order_id=placed.order.id).days_late == 0
    pay(world, 5_000, key="too much")
    pay(world, 5_000, key="too much")
    assert (standing(world).open, standing(world).credit) == (0, 5_000)
    with world.desk(world.dealer):
        assert (
            books.terms_left(seller=world.chain.seller, buyer=dealer_of(world), at=world.at)
            == 3_005_000
        )
    after = invoice(world, sent(world))
    assert (after.status, after.paid, standing(world).owed) == ("PART_PAID", 5_000, 15_000)
    laws.hold(world)


def test_a_discount_lapses_with_goods_that_came_short_and_a_payment_taken_back(
    world: World,
) -> None:
    grant(world, discount=Decimal(2), discount_days=10)
    placed = life.place(world, pay_by="TERMS", B1=10)
    with world.desk(SALES) as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    shipment = life.ship(world, placed)
    paid = pay(world, 19_600)
    life.receive(world, shipment, lost=3, damaged=2, who=world.dealer)
    short = invoice(world, placed)
    # Half of what was sent was not bought: half of the discount was for nothing.
    assert (short.status, short.paid, short.discounted, short.credited) == (
        "PAID",
        19_600,
        200,
        200,
    )
    assert book(world, Code.DISCOUNT_GIVEN, Code.REVENUE, Code.REFUND_PAYABLE) == {
        Code.DISCOUNT_GIVEN: 200, Code.REVENUE: -10_000, Code.REFUND_PAYABLE: -9_800,
    }  # fmt: skip
    laws.hold(world)
    with world.desk(SALES) as actor:
        receivables.take_back(paid.id, actor=actor, at=world.at)
    # It owes 198.00 and is owed 98.00 back: 100.00 for goods of 100.00.
    back = invoice(world, placed)
    assert (back.left, back.discounted, back.credited) == (19_800, 0, 200)
    assert book(world, Code.DISCOUNT_GIVEN, Code.RECEIVABLE) == {Code.RECEIVABLE: 19_800}
    laws.hold(world)


def test_late_payment_brings_interest_which_goes_with_a_payment_taken_back(world: World) -> None:
    grant(world, days=10, late_rate=Decimal("18"))
    placed = sent(world)
    due = invoice(world, placed).due_on
    world.later(days=(due - day_of(world.at)).days + 20)
    first = pay(world, 20_000)
    with world.worker():
        note = Invoice.objects.get(kind="INTEREST")
        assert note.amount == 200  # 200.00 x 18 % x 20 / 360
        assert PaymentExperience.objects.get(order_id=placed.order.id).days_late == 20
    assert standing(world).open == 200
    with world.desk(SALES) as actor:
        receivables.take_back(first.id, actor=actor, at=world.at)
        receivables.take_back(first.id, actor=actor, at=world.at)
    assert (standing(world).open, invoice(world, placed).status) == (20_000, "OVERDUE")
    assert not book(world, Code.INTEREST_INCOME, Code.INTEREST_EXPENSE, Code.CASH)
    pay(world, 20_000, key="again", back=20)
    assert standing(world).open == 0
    with world.worker():
        assert DealStep.objects.filter(step="TERMS_TAKEN_BACK").count() == 1
    laws.hold(world)


def test_the_ladder_reminds_stops_and_lets_pass_again(world: World) -> None:
    grant(world, days=10, grace_days=30)
    placed = sent(world)
    due = invoice(world, placed).due_on

    def kinds() -> list[str]:
        found = [one for one in told(world, world.dealer) if one.startswith("terms-")]
        close(world)  # again: it changes nothing
        assert [one for one in told(world, world.dealer) if one.startswith("terms-")] == found
        return found

    close(world, days=(due - day_of(world.at)).days - 3)
    assert kinds() == ["terms-due"]
    close(world, days=4)
    assert kinds() == ["terms-due", "terms-late"]
    assert (invoice(world, placed).status, stands(world).stop) == ("OVERDUE", "")
    close(world, days=29)
    assert kinds()[-1] == "terms-late-stopped"
    assert (stands(world).stop, told(world, SALES)[-1]) == ("OVERDUE", "terms-stopped")
    with pytest.raises(Refused, match="terms-overdue"):
        life.place(world, pay_by="TERMS", B1=1)
    life.place(world, pay_by="TRANSFER", B1=1)
    with world.desk(SALES) as actor:
        receivables.ask_let_pass(dealer_of(world), actor=actor, reason="they pay", at=world.at)
    life.place(world, pay_by="TERMS", B1=1)
    close(world, days=8)
    assert stands(world).stop == "OVERDUE"
    pay(world, 20_000)
    assert stands(world).stop == ""
    life.place(world, pay_by="TERMS", B1=1)
    with world.worker():
        assert [one.days for one in Reminder.objects.order_by("on")] == [-3, 1, 30]
    laws.hold(world)


def test_two_persons_where_the_house_wants_it(world: World) -> None:
    grant(world, days=1, grace_days=0)
    placed = sent(world)
    second = "second@seller.demo"
    with world.worker():
        chains.enrol(second, "Second", world.chain.seller, "sales-manager")
    with world.desk(SALES) as actor:
        for act in (receivables.LET_PASS, receivables.WRITE_OFF):
            approvals.set_levels(
                act, from_amount=0, levels=[People("terms", 1)], actor=actor, at=world.at
            )
    close(world, days=10)
    with world.desk(SALES) as actor:
        asked = receivables.ask_let_pass(
            dealer_of(world), actor=actor, reason="they pay", at=world.at
        )
    assert stands(world).stop == "OVERDUE"
    with world.desk(second) as actor:
        votes.vote(asked.id, agrees=True, actor=actor, at=world.at)
    assert stands(world).stop == ""
    with world.desk(SALES) as actor:
        asked = receivables.ask_write_off(placed.order.id, actor=actor, reason="gone", at=world.at)
    with world.desk(second) as actor:
        votes.vote(asked.id, agrees=True, actor=actor, at=world.at)
    assert invoice(world, placed).status == "WRITTEN_OFF"
    assert book(world, Code.CREDIT_LOSS, Code.CLAIM_WRITTEN_OFF, Code.DEBT_WRITTEN_OFF) == {
        Code.CREDIT_LOSS: 20_000, Code.CLAIM_WRITTEN_OFF: 20_000, Code.DEBT_WRITTEN_OFF: -20_000,
    }  # fmt: skip
    laws.hold(world)


def test_a_dispute_stops_nothing_and_a_credit_note_ends_it(world: World) -> None:
    grant(world, days=1, grace_days=0)
    placed = sent(world)
    one = invoice(world, placed)
    with world.desk(world.dealer) as actor:
        receivables.dispute(one.id, actor=actor, amount=20_000, reason="wrong bags", at=world.at)
    close(world, days=20)
    assert (invoice(world, placed).status, stands(world).stop) == ("DISPUTED", "")
    assert "terms-late" not in told(world, world.dealer)
    with world.desk(SALES) as actor:
        for _ in range(2):
            receivables.credit_note(
                one.id, actor=actor, amount=15_000, reason="wrong bags", key="k", at=world.at
            )
        with pytest.raises(Refused, match="more-than-open"):
            receivables.credit_note(
                one.id, actor=actor, amount=5_001, reason="more", key="l", at=world.at
            )
        receivables.dispute(one.id, actor=actor, amount=0, reason="", at=world.at)
    assert (invoice(world, placed).left, stands(world).stop) == (5_000, "OVERDUE")
    laws.hold(world)


def test_a_dispute_ends_where_interest_has_no_room(world: World) -> None:
    grant(world, days=10, late_rate=Decimal("18"), ceiling=40_000)
    placed = sent(world)
    bill = invoice(world, placed)
    with world.desk(world.dealer) as dealer:
        receivables.dispute(bill.number, actor=dealer, amount=20_000, reason="no", at=world.at)
    world.later(days=(bill.due_on - day_of(world.at)).days + 20)
    pay(world, 20_000)
    later = life.place(world, pay_by="TERMS", B1=20)  # the money paid gave room for it
    with world.desk(world.dealer) as dealer:
        receivables.dispute(bill.number, actor=dealer, amount=0, reason="", at=world.at)
    found = invoice(world, placed)
    assert (found.disputed, found.left, standing(world).credit) == (0, 20_000, 20_000)
    with world.desk(SALES) as seller:
        place_order.confirm(later.order.id, actor=seller, at=world.at)
    life.ship(world, later)  # nor does it keep goods from leaving
    pay(world, 30_000, key="more")
    assert invoice(world, placed).left == 0
    with world.worker():
        assert Invoice.objects.get(kind="INTEREST").amount == 200
    laws.hold(world)


def test_a_credit_note_is_for_one_instalment(world: World) -> None:
    grant(world, part_days=(5, 12), part_shares=(40, 60))
    placed = sent(world)
    with world.desk(SALES) as actor:
        later = queries.of_order(placed.order.id)[1]
        receivables.credit_note(
            later.id, actor=actor, amount=2_000, reason="less", key="k", at=world.at
        )
    with world.worker():
        assert [one.left for one in queries.of_order(placed.order.id)] == [8_000, 10_000]
    laws.hold(world)


def test_only_the_seller_with_the_right_sets_terms(world: World) -> None:
    with world.desk(world.dealer) as actor, pytest.raises((Forbidden, Refused)):
        receivables.stop_orders(dealer_of(world), actor=actor, at=world.at)
    sent(world)
    with pytest.raises(Refused, match="ceiling-short"):
        grant(world, ceiling=19_999)
    with world.desk(SALES) as actor:
        receivables.stop_orders(dealer_of(world), actor=actor, at=world.at)
    with pytest.raises(Refused, match="terms-stopped"):
        life.place(world, pay_by="TERMS", B1=1)
    laws.hold(world)


def test_money_that_came_by_the_bank_settles_what_it_fits(world: World) -> None:
    grant(world)
    first, second, third = (sent(world, pieces) for pieces in (1, 2, 4))

    def comes(amount: int, reference: str) -> None:
        with world.worker():
            sandbox.transfer(
                payer=dealer_of(world), payee=world.chain.seller, amount=amount,
                reference=reference, at=world.at,
            )  # fmt: skip
        close(world)

    comes(4_000, f"paying {invoice(world, second).number}")
    assert invoice(world, second).status == "PAID"
    comes(10_000, "thank you")  # the only choice that fits
    assert {invoice(world, one).status for one in (first, third)} == {"PAID"}
    after = sent(world, 3)
    comes(1_234, "hello")
    assert told(world, SALES)[-1] == "money-in-suspense"
    with world.worker():
        (lost,) = Incoming.objects.filter(status="SUSPENSE")
    with world.desk("credit@bank.demo") as actor, pytest.raises(Refused):
        incoming.settle(lost.id, buyer=dealer_of(world), actor=actor, at=world.at)
    with world.desk(SALES) as actor:
        payment = incoming.settle(lost.id, buyer=dealer_of(world), actor=actor, at=world.at)
    assert invoice(world, after).paid == 1_234
    with world.desk(SALES) as actor:
        receivables.take_back(payment.id, actor=actor, at=world.at)
        incoming.settle(lost.id, buyer=dealer_of(world), actor=actor, at=world.at)
    comes(4_766, "d001 pays")
    assert invoice(world, after).status == "PAID"
    with world.worker():
        assert sorted(Incoming.objects.values_list("status", flat=True)) == [
            "MATCHED", "MATCHED", "MATCHED", "SETTLED",
        ]  # fmt: skip
    laws.hold(world)


@pytest.mark.parametrize("more", [0, 1])
def test_a_transfer_that_names_an_invoice_and_its_order_pays_once(world: World, more: int) -> None:
    grant(world, discount=Decimal(2), discount_days=10)
    one = invoice(world, sent(world))
    with world.worker():
        sandbox.transfer(
            payer=dealer_of(world), payee=world.chain.seller, amount=20_000 + more,
            reference=f"{one.number} {one.order_number}", at=world.at,
        )  # fmt: skip
    close(world)
    with world.worker():
        (came,), paid = Incoming.objects.all(), Payment.objects.get()
    assert (came.status, paid.allocated) == ("MATCHED", 19_600)
    laws.hold(world)


def test_what_cannot_be_placed_waits_and_stops_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant(world)
    first, second = invoice(world, sent(world, 1)), invoice(world, sent(world, 2))
    pays = receivables.paid

    def breaks(terms: Terms, *, reference: str, **more: Any) -> Any:
        if first.number in reference:
            raise IntegrityError(first.number)
        return pays(terms, reference=reference, **more)

    monkeypatch.setattr(receivables, "paid", breaks)
    for one in (first, second):
        with world.worker():
            sandbox.transfer(
                payer=dealer_of(world), payee=world.chain.seller, amount=one.amount,
                reference=one.number, at=world.at,
            )  # fmt: skip
    close(world)
    with world.worker():
        states = {one.reference: one.status for one in Incoming.objects.all()}
    assert states == {first.number: "SUSPENSE", second.number: "MATCHED"}
    assert "money-in-suspense" in told(world, SALES)
    laws.hold(world)


def test_a_payment_taken_back_that_settled_one_invoice_in_two_parts(world: World) -> None:
    grant(world)
    placed = sent(world)
    one = invoice(world, placed)
    with world.desk(world.dealer) as actor:
        receivables.dispute(one.id, actor=actor, amount=8_000, reason="wet", at=world.at)
    paid = pay(world, 20_000)
    with world.desk(world.dealer) as actor:
        receivables.dispute(one.id, actor=actor, amount=0, reason="", at=world.at)
    assert invoice(world, placed).status == "PAID"
    with world.desk(SALES) as actor:
        receivables.take_back(paid.id, actor=actor, at=world.at)
    assert (invoice(world, placed).left, standing(world).open) == (20_000, 20_000)
    laws.hold(world)


def test_a_key_of_a_person_is_no_key_of_the_bank(world: World) -> None:
    grant(world)
    sent(world)
    paid = pay(world, 20_000, key="bank:abcdefgh")
    with world.desk(SALES) as actor:
        receivables.take_back(paid.id, actor=actor, at=world.at)
    assert standing(world).open == 20_000
    laws.hold(world)


def test_what_is_owed_is_paid_to_a_seller_that_is_suspended(world: World) -> None:
    grant(world)
    sent(world)
    with world.worker():
        TradingRelationship.objects.update(status="PAUSED")
    pay(world, 20_000)
    assert standing(world).open == 0


def test_nobody_agreed_to_write_off_what_came_later(world: World) -> None:
    grant(world)
    placed = life.place(world, pay_by="TERMS", B1=10)
    second = "second@seller.demo"
    with world.worker():
        chains.enrol(second, "Second", world.chain.seller, "sales-manager")
    line = placed.order.lines.get()
    with world.desk(SALES) as seller:
        approvals.set_levels(
            receivables.WRITE_OFF, from_amount=0, levels=[People("terms", 1)], actor=seller,
            at=world.at,
        )  # fmt: skip
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    for n in (1, 2):
        with world.desk(SALES) as seller:
            deliveries.ship(
                placed.order.id, actor=seller, carrier="", lines={line.pk: 5},
                at=world.later(hours=1),
            )  # fmt: skip
            if n == 1:
                asked = receivables.ask_write_off(
                    placed.order.id, actor=seller, reason="gone", at=world.at
                )
    with world.desk(second) as actor, pytest.raises(Refused, match="more-owed"):
        votes.vote(asked.id, agrees=True, actor=actor, at=world.at)
    assert standing(world).open == 20_000
    with world.desk(second) as actor:
        votes.vote(asked.id, agrees=False, reason="ask anew", actor=actor, at=world.at)
    laws.hold(world)


def test_money_for_what_was_written_off_is_recovered(world: World) -> None:
    grant(world, days=10, ceiling=40_000)
    placed = sent(world)
    with world.desk(SALES) as seller:
        receivables.ask_write_off(placed.order.id, actor=seller, reason="gone", at=world.at)
    recovery, claim = Code.RECOVERY_INCOME, Code.CLAIM_WRITTEN_OFF
    pay(world, 5_000, key="some")
    bill = invoice(world, placed)
    assert (bill.status, bill.paid, bill.written_off) == ("WRITTEN_OFF", 5_000, 15_000)
    assert book(world, recovery, claim) == {recovery: -5_000, claim: 15_000}
    last = pay(world, 17_000, key="rest")
    assert (invoice(world, placed).status, standing(world).credit) == ("PAID", 2_000)
    assert book(world, recovery)[recovery] == -20_000
    with world.desk(SALES) as seller:
        receivables.take_back(last.id, actor=seller, at=world.at)
    assert invoice(world, placed).written_off == 15_000
    assert (standing(world).credit, standing(world).open) == (0, 0)
    assert book(world, recovery, claim) == {recovery: -5_000, claim: 15_000}
    with world.worker():
        assert queries.check() == []
    laws.hold(world)


EXPECTED = ("limit-short", "terms-overdue", "more-than-open", "nothing-owed")
DEEDS = st.lists(
    st.tuples(st.sampled_from("osssppcdtrwn"), st.integers(1, 900)), min_size=4, max_size=14
)


@settings(max_examples=examples(4), deadline=None)
@given(deeds=DEEDS)
def test_whatever_happens_claim_debt_and_invoices_agree(
    laid: tuple[str, Chain],
    django_db_blocker: pytest.FixtureRequest,
    deeds: list[tuple[str, int]],
) -> None:
    """Orders, shipments, payments, credit notes, payments taken back, disputes, days: the claim is
    the debt and the sum of the ages less the credit, and the ceiling is never passed."""
    base, chain = laid
    with django_db_blocker.unblock(), cloned(base):
        world, waiting = World(chain), []
        grant(
            world, ceiling=60_000, days=5, grace_days=2, discount=Decimal("1.5"), discount_days=3,
            late_rate=Decimal(12),
        )  # fmt: skip
        for n, (deed, size) in enumerate(deeds):
            _do(world, deed, size, f"{world.at}:{n}", waiting)
            _agrees(world)
        laws.hold(world)


def _do(world: World, deed: str, size: int, key: str, waiting: list[Placed]) -> None:
    try:
        match deed:
            case "o":
                waiting.append(life.place(world, pay_by="TERMS", B1=1 + size % 12))
            case "s":
                waiting.append(life.place(world, pay_by="TERMS", B1=1 + size % 9))
                placed = waiting.pop(0)
                with world.desk(SALES) as seller:
                    place_order.confirm(placed.order.id, actor=seller, at=world.at)
                life.ship(world, placed)
            case "p":
                pay(world, size * 17, key=key, back=size % 3)
            case "n":
                close(world, days=1 + size % 9)
            case _:
                _with_one(world, deed, size, key)
    except Refused as refusal:
        if refusal.code not in EXPECTED:
            raise


def _with_one(world: World, deed: str, size: int, key: str) -> None:
    """Something with one of the invoices or payments there are."""
    with world.worker():
        rows = list(Invoice.objects.order_by("number"))
        payments = list(Payment.objects.order_by("number"))
    if not rows or (deed == "t" and not payments):
        return
    one = rows[size % len(rows)]
    with world.desk(world.dealer if deed == "d" else SALES) as actor:
        match deed:
            case "c" | "r":
                receivables.credit_note(
                    one.id, actor=actor, amount=size, reason="r", key=key, at=world.at
                )
            case "d":
                receivables.dispute(one.id, actor=actor, amount=size, reason="r", at=world.at)
            case "t":
                receivables.take_back(payments[size % len(payments)].id, actor=actor, at=world.at)
            case "w":
                receivables.ask_write_off(one.order_id, actor=actor, reason="r", at=world.at)


def _agrees(world: World) -> None:
    with world.worker():
        assert queries.check() == []
        assert books.check() == []
        claims = books.totals(Code.RECEIVABLE)
    found = standing(world)
    claim = claims.get((world.chain.seller, dealer_of(world)), 0)
    assert found.owed == claim <= 60_000
    assert sum(found.aged) == found.open
    with world.desk(SALES) as actor:
        shown = board(actor.own_org, on=day_of(world.at), most=9)
        (first, *others) = shown.rows
        assert first == found
        assert not any(one.open or one.credit for one in others)
        assert (shown.owed, shown.aged) == (found.owed, found.aged)
        assert shown.expected_loss == found.expected_loss
        late = board(actor.own_org, on=day_of(world.at), only="late", most=9)
        assert [one.buyer for one in late.rows] == [found.buyer] * (found.late > 0)
        assert shown.counts["late"] == len(late.rows)
    with world.desk(world.dealer) as actor:
        assert (
            queries.standing(
                actor, seller=world.chain.seller, buyer=dealer_of(world), on=day_of(world.at)
            )
            == found
        )


def test_a_ladder_of_its_own(world: World) -> None:
    grant(world, days=1)
    with world.desk(SALES) as actor:
        reminding.set_ladder(
            [Level(2, "STOP")], seller=world.chain.seller, actor=actor, at=world.at
        )
    sent(world)
    close(world, days=2)
    assert stands(world).stop == ""
    close(world, days=3)
    assert stands(world).stop == "OVERDUE"
