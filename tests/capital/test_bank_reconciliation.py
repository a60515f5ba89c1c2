"""Comparing the bank's day with ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.capital.test_bank import AT, SYSTEM, Town

from heliu.capital.bank import operations, queries
from heliu.capital.bank.models import BankAccount, Verdict
from heliu.capital.bank.policies import Booking, compare
from heliu.capital.bank.port import StatementEntry, current_bank
from heliu.capital.bank.sandbox.models import Account, Entry, Order
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.ids import new_id

DAY = day_of(AT)


@pytest.fixture
def town(db: None, as_worker):
    with as_worker():
        yield Town()


def _compare(town: Town, kind: str = "CURRENT") -> list[str]:
    account = BankAccount.objects.get(org=town.dealer, kind=kind)
    statement = operations.reconcile(account, DAY, AT)
    assert (
        statement.opening + sum(line.theirs or 0 for line in statement.lines.all())
        == statement.closing
    )
    return [line.verdict for line in statement.lines.order_by("position")]


def test_a_day_without_trouble_matches_and_ties(town: Town) -> None:
    town.pay("DEPOSIT", 200_00)
    town.pay("DISBURSEMENT", 800_00)
    town.pay("OWN_SHARE", 200_00)
    town.pay("SELLER_PAYMENT", 1000_00)
    assert _compare(town) == ["MATCHED"]
    assert _compare(town, "SUPERVISED") == ["MATCHED"] * 3
    compared = operations.reconcile_day(DAY, AT)
    assert len(compared) == 4
    assert all(statement.is_tied for statement in compared)
    still = operations.reconcile_day(DAY + timedelta(days=1), AT)
    assert sorted((s.opening, s.closing, s.is_tied) for s in still) == [
        (-800_00, -800_00, True),
        (0, 0, True),
    ]
    assert queries.differences(SYSTEM).count() == 0
    assert queries.statements(SYSTEM).count() == 6


def test_what_is_here_is_read_for_all_accounts_at_once(town: Town) -> None:
    def asked_of_ours() -> int:
        with CaptureQueriesContext(connection) as asked:
            operations.reconcile_day(DAY, AT)
        return sum('"sandbox_' not in one["sql"] for one in asked.captured_queries)

    town.pay("DISBURSEMENT", 800_00)
    operations.reconcile_day(DAY, AT)
    few = asked_of_ours()
    town.pay("DEPOSIT", 200_00)
    town.pay("OWN_SHARE", 200_00)
    town.pay("SELLER_PAYMENT", 1000_00)
    assert asked_of_ours() == few


def test_the_next_day_opens_with_what_this_one_closed_with(town: Town) -> None:
    town.pay("DEPOSIT", 200_00)
    town.pay("REPAYMENT", 50_00, at=AT + timedelta(days=1))
    number = BankAccount.objects.get(org=town.dealer, kind="CURRENT").number
    first, second = (current_bank().statement(number, DAY + timedelta(days=n)) for n in (0, 1))
    assert (first.opening, first.closing) == (500_00, 300_00)
    assert (second.opening, second.closing) == (300_00, 250_00)
    assert second.closing == Account.objects.get(pk=number).balance


def test_every_difference_is_named(town: Town) -> None:
    for key in range(4):
        operations.send(town.instruct("REPAYMENT", 10_00 + key, key=str(key)), at=AT)
    town.listen()
    account = Account.objects.get(holder=town.dealer, funds=500_00)
    entries = list(Entry.objects.filter(account=account).order_by("pk"))
    entries[0].amount -= 1
    entries[0].save()
    entries[1].delete()
    entries[2].pk = None
    entries[2].save()
    Entry.objects.create(
        account=account, amount=5_00, reference="cash", counterparty="X", booked_at=AT
    )
    assert _compare(town) == [
        "AMOUNT_DIFF",
        "MATCHED",
        "MATCHED",
        "DUPLICATE",
        "MISSING_IN_BOOK",
        "MISSING_AT_BANK",
    ]
    assert not queries.statements(SYSTEM).get().is_tied
    assert queries.differences(SYSTEM).count() == 4
    lender = Actor(None, "L", town.lender, (town.lender,), frozenset())
    stranger = Actor(None, "S", town.seller, (town.seller,), frozenset())
    assert queries.differences(lender).count() == 4
    assert queries.differences(stranger).count() == 0


def test_what_the_bank_booked_and_we_do_not_know_yet_is_missing_in_our_book(town: Town) -> None:
    operations.send(town.instruct("DEPOSIT", 1_00), at=AT)
    account = BankAccount.objects.get(org=town.dealer, kind="CURRENT")
    statement = operations.reconcile(account, DAY, AT)
    (line,) = statement.lines.all()
    assert (line.verdict, line.instruction) == ("MISSING_IN_BOOK", Order.objects.get().pk)
    assert not statement.is_tied
    town.listen()
    assert operations.reconcile(account, DAY, AT).is_tied
    assert queries.differences(SYSTEM).count() == 0


amounts = st.integers(-3, 3).filter(bool)
people = st.sampled_from(["A", "B"])


@given(st.lists(st.tuples(amounts, people), max_size=6), st.data())
def test_every_entry_and_every_booking_stands_in_one_row(
    ours: list[tuple[int, str]], data: st.DataObject
) -> None:
    bookings = [Booking(new_id(), *one) for one in ours]
    references = st.sampled_from([str(b.id) for b in bookings] + ["", "?"])
    entries = [
        StatementEntry(str(n), amount, reference, person, datetime(2026, 1, 1, tzinfo=UTC))
        for n, (amount, person, reference) in enumerate(
            data.draw(st.lists(st.tuples(amounts, people, references), max_size=6))
        )
    ]
    rows = compare(entries, bookings)
    assert sorted(row.entry.id for row in rows if row.entry) == [e.id for e in entries]
    once = [r.booking.id for r in rows if r.booking and r.verdict != Verdict.DUPLICATE]
    assert sorted(once) == sorted(booking.id for booking in bookings)
    for row in rows:
        if row.verdict == Verdict.MATCHED:
            assert row.entry
            assert row.booking
            assert row.entry.amount == row.booking.amount
    # Where everything matched, the two sides moved the same.
    if all(row.verdict == Verdict.MATCHED for row in rows):
        assert sum(e.amount for e in entries) == sum(b.amount for b in bookings)
