"""What the registry's answers lead to: claims of others, races, and ends."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import be
from tests.trade import laws, life, stock
from tests.trade.conftest import World

from heliu.capital.credit.models import Programme
from heliu.capital.registry import operations as registry
from heliu.capital.registry import policies
from heliu.capital.registry.models import Filing, Registration
from heliu.capital.registry.port import Entry
from heliu.capital.registry.sandbox import operations as sandbox
from heliu.capital.registry.sandbox.models import RegisterEntry
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, Refused
from heliu.kernel.events.models import Fact, Notice
from heliu.trade import registration, registry_answers, side_exits
from heliu.trade.bank_answers import apply_answers
from heliu.trade.close_of_day import close_of_day
from heliu.trade.models import Deal, DealStep
from heliu.trade.paperwork import loan_of
from heliu.trade.placed import Placed

DAY = date(2026, 11, 2)
OFFICER, RISK = "review@bank.demo", "credit@bank.demo"


def entry(**said: object) -> Entry:
    """A claim of another on everything, live."""
    of = {"number": "1", "secured": "other", "goods": (), "lot": "", "content": "", "amount": 1}
    return Entry(**{**of, "registered_on": DAY, "expires_on": DAY, **said})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "stands_against"),
    [
        ({}, True),
        ({"goods": ("M1", "B9")}, True),
        ({"lot": "SO-1", "goods": ("M1",)}, True),
        ({"goods": ("B9",)}, False),
        ({"lot": "SO-2", "goods": ("M1",)}, False),
        ({"lot": "SO-2"}, False),
        ({"secured": "us"}, False),
        ({"expires_on": DAY - timedelta(days=1)}, False),
    ],
)
def test_what_a_conflict_is(said: dict[str, object], stands_against: bool) -> None:
    one = entry(**said)
    found = policies.conflicts([one], lender="us", goods=["M1", "B1"], lot="SO-1", on=DAY)
    assert found == ([one] if stands_against else [])
    assert policies.read(policies.kept([one])) == [one]


@given(st.dates(date(2024, 1, 1), date(2060, 1, 1)), st.integers(1, 360))
def test_a_term_is_in_whole_months_and_is_renewed_within_its_last_third(
    today: date, months: int
) -> None:
    until = policies.months_after(today, months)
    assert (until.year - today.year) * 12 + until.month - today.month == months
    assert until.day == today.day or (until + timedelta(days=1)).day == 1
    assert timedelta() < policies.lead(months) <= policies.AHEAD
    assert 3 * policies.lead(months) <= until - today + timedelta(days=3)


def test_a_registration_runs_for_the_months_its_lender_chose_and_as_many_again(
    world: World,
) -> None:
    with world.worker():
        Programme.objects.filter(pk=world.chain.programme).update(register_months=1)
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    life.receive(world, life.ship(world, placed))
    with world.worker():  # what is made keeps the months under which it was made
        Programme.objects.filter(pk=world.chain.programme).update(register_months=12)
    world.bank()
    with world.worker():
        first = Registration.objects.get(deal=placed.deal.id).expires_on
        assert first == policies.months_after(day_of(world.at), 1)
    for days, until in ((12, first), (10, policies.months_after(first, 1))):
        world.at += timedelta(days=days)
        be("heliu_worker")
        close_of_day(at=world.at)
        world.bank()
        with world.worker():
            assert Registration.objects.get(deal=placed.deal.id).expires_on == until
    with world.worker():
        assert DealStep.objects.filter(deal=placed.deal.id, step="RENEWED").count() == 1
    laws.hold(world)


def test_a_refused_registration_that_is_filed_again_runs_for_all_its_months(world: World) -> None:
    with world.worker():
        Programme.objects.filter(pk=world.chain.programme).update(register_months=1)
        sandbox.script(fault="refuse", kind="REGISTER")
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    life.receive(world, life.ship(world, placed))
    world.bank()
    world.at += timedelta(days=9)
    with world.desk(OFFICER) as officer:
        refused = Filing.objects.get(deal=placed.deal.id, kind="REGISTER")
        registration.file_again(refused.pk, actor=officer, at=world.at)
    world.bank()
    with world.worker():
        entered = Registration.objects.get(deal=placed.deal.id)
        assert entered.expires_on == policies.months_after(day_of(world.at), 1)
    laws.hold(world)


@pytest.mark.parametrize("months", [0, 361])
def test_no_programme_registers_for_longer_than_the_registry_takes(
    world: World, months: int
) -> None:
    with world.worker(), pytest.raises(IntegrityError):
        Programme.objects.filter(pk=world.chain.programme).update(register_months=months)


def claimed(world: World, *, goods: tuple[str, ...] = ("M1",)) -> tuple[Placed, str]:
    """A deal whose deposit is there and whose goods another claims."""
    with world.worker():
        number = sandbox.enter(
            debtor=world.chain.dealers["D001"], secured="Bank of Elsewhere", amount=5_000_00,
            goods=goods, content="stock", at=world.at,
        ).number  # fmt: skip
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    assert status_of(world, placed) == "FUNDED_SHARE"
    return placed, number


def status_of(world: World, placed: Placed) -> str:
    with world.worker():
        return str(loan_of(Deal.objects.get(pk=placed.deal.id)).status)


def test_a_claim_waits_for_a_person_and_is_gone_on_in_spite_of(world: World) -> None:
    placed, number = claimed(world)
    life.settle(world)
    assert status_of(world, placed) == "FUNDED_SHARE"
    with world.desk(OFFICER) as officer:
        assert [one.deal for one in registration.in_conflict(officer)] == [placed.deal.id]
        assert Notice.objects.get(kind="claim-found").params["entry"] == number
        with pytest.raises(Forbidden):
            registry_answers.go_on(placed.deal.id, actor=officer, reason="so", at=world.at)
    with world.desk(world.dealer) as dealer, pytest.raises(Forbidden):
        registry_answers.call_off(placed.deal.id, actor=dealer, reason="so", at=world.at)
    with world.desk(RISK) as risk:
        with pytest.raises(Invalid):
            registry_answers.go_on(placed.deal.id, actor=risk, reason=" ", at=world.at)
        registry_answers.go_on(placed.deal.id, actor=risk, reason="ranks behind", at=world.at)
        assert not registration.in_conflict(risk).exists()
    world.bank()
    assert status_of(world, placed) == "SELLER_PAID"
    with world.desk(RISK) as risk, pytest.raises(Refused):
        registry_answers.go_on(placed.deal.id, actor=risk, reason="again", at=world.at)
    with world.worker():
        assert DealStep.objects.filter(deal=placed.deal.id, step="CONFLICT_ACCEPTED").exists()
        told = Fact.objects.get(name="capital.claim-accepted")
        assert (told.payload["reason"], told.audience) == ("ranks behind", [world.chain.bank])
    laws.hold(world)


@pytest.mark.parametrize("who", ["lender", "dealer"])
def test_a_claimed_deal_is_called_off_and_the_deposit_goes_back(world: World, who: str) -> None:
    placed, _ = claimed(world, goods=())
    if who == "lender":
        with world.desk(OFFICER) as officer:
            registry_answers.call_off(placed.deal.id, actor=officer, reason="no", at=world.at)
    else:
        with world.desk(world.dealer) as dealer:
            side_exits.cancel(placed.order.id, actor=dealer, reason="no", at=world.at)
    world.bank()
    with world.worker():
        assert Deal.objects.get(pk=placed.deal.id).outcome == "CANCELLED"
        assert not Registration.objects.exists()
    laws.hold(world)


def test_a_claimed_stock_loan_is_called_off_when_its_goods_are_counted(world: World) -> None:
    with world.worker():
        sandbox.enter(
            debtor=world.chain.dealers["D001"], secured="Bank of Elsewhere", amount=5_000_00,
            content="stock", at=world.at,
        )  # fmt: skip
    deal = stock.ask(world, stock.lay(world), 5_000_00)
    stock.sign(world, deal)
    world.bank()
    sent = stock.send(world, deal)
    with world.desk(OFFICER) as officer, pytest.raises(Refused) as refused:
        registry_answers.call_off(deal.pk, actor=officer, reason="no", at=world.at)
    assert refused.value.code == "goods-on-the-way"
    stock.count(world, sent)
    with world.desk(OFFICER) as officer:
        registry_answers.call_off(deal.pk, actor=officer, reason="no", at=world.at)
    world.bank()
    with world.worker():
        over = Deal.objects.get(pk=deal.pk)
        assert (over.outcome, loan_of(over).status) == ("CANCELLED", "CANCELLED")
    assert life.pick_up(world).go
    laws.hold(world)


def test_a_claim_on_other_goods_or_struck_off_holds_nothing_up(world: World) -> None:
    with world.worker():
        dealer = world.chain.dealers["D001"]
        said = {"debtor": dealer, "secured": "other", "amount": 1, "content": "", "at": world.at}
        sandbox.enter(goods=["M2"], **said)  # type: ignore[arg-type]
        over = sandbox.enter(**said)  # type: ignore[arg-type]
        sandbox.strike_off(over.number, at=world.at)
    placed = life.place(world)
    life.sign(world, placed)
    world.bank()
    assert status_of(world, placed) == "SELLER_PAID"


def test_whichever_comes_last_goes_on_deposit_or_answer(world: World) -> None:
    first, second = life.place(world, M1=50), life.place(world, M1=60)
    with world.worker():
        sandbox.script(fault="slow", kind="SEARCH", deal=first.deal.id)
    life.sign(world, first)
    life.sign(world, second)
    be("heliu_worker")
    apply_answers(at=world.at)
    assert status_of(world, second) == "AWAIT_DEPOSIT"
    world.bank()  # the answer is quicker than the deposit for the second, slower for the first
    assert [status_of(world, one) for one in (first, second)] == ["FUNDED_SHARE", "SELLER_PAID"]
    life.settle(world)
    assert status_of(world, first) == "SELLER_PAID"
    laws.hold(world)


def test_an_old_answer_is_no_ground_to_pay_on(world: World) -> None:
    placed = life.place(world)
    life.sign(world, placed)
    be("heliu_worker")
    registry_answers.file_written(at=world.at)  # clean, and then the bank is slow
    with world.worker():
        sandbox.enter(
            debtor=world.chain.dealers["D001"], secured="other", amount=1, content="", at=world.at
        )
    world.later(days=2)
    world.bank()
    assert status_of(world, placed) == "FUNDED_SHARE"
    with world.worker():
        assert Filing.objects.filter(deal=placed.deal.id, kind="SEARCH").count() == 2


def test_what_is_registered_after_the_end_is_struck_off_at_once(world: World) -> None:
    placed = life.place(world)
    with world.worker():
        sandbox.script(fault="slow", kind="REGISTER", deal=placed.deal.id, delay=timedelta(days=90))
    life.sign(world, placed)
    world.bank()
    life.receive(world, life.ship(world, placed))
    life.repay(world, placed.deal.id, 100)
    world.bank()
    life.pick_up(world)
    with world.worker():
        assert Deal.objects.get(pk=placed.deal.id).outcome == "CLOSED"
        assert not Registration.objects.exists()
    world.later(days=100)
    life.settle(world)
    with world.worker():
        assert not Registration.objects.get(deal=placed.deal.id).is_live
        assert not RegisterEntry.objects.filter(discharged_at=None).exists()
    laws.hold(world)


def test_a_filing_is_answered_once_and_what_fails_waits(world: World) -> None:
    placed = life.place(world)
    life.sign(world, placed)
    be("heliu_worker")

    def fails(filing: Filing) -> None:
        raise ValueError("out of order")

    assert registry.hand_over_written(world.at, fails) == 0
    assert Filing.objects.get().trouble == "out of order"
    seen: list[Filing] = []
    assert registry.hand_over_written(world.at, seen.append) == 1
    assert registry.hand_over_written(world.at, seen.append) == 0
    assert registry.ask_again(world.at, seen.append) == 0
    assert [one.status for one in seen] == ["ANSWERED"]
    assert Filing.objects.get().trouble == ""


def test_a_search_by_hand_is_answered_at_the_desk(world: World) -> None:
    with world.worker():
        sandbox.enter(
            debtor=world.chain.dealers["D002"], secured="other", amount=7, content="", at=world.at
        )
    with world.desk(OFFICER) as officer:
        asked = registration.search_by_hand(
            debtor=world.chain.dealers["D002"], actor=officer, at=world.at
        )
    world.bank()
    with world.desk(OFFICER):
        found = Filing.objects.get(pk=asked.pk)
        assert [row["amount"] for row in found.found] == [7]
    with world.desk(world.dealer) as dealer:
        assert not Filing.objects.filter(pk=asked.pk).exists()
        with pytest.raises(Forbidden):
            registration.search_by_hand(debtor=uuid4(), actor=dealer, at=world.at)


def test_pledges_that_were_never_filed_are_entered_late(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those that were made before there was a register."""
    with monkeypatch.context() as before:
        before.setattr(registration, "register", lambda *said, **how: None)
        placed = life.to_pledge(world)
        world.bank()
    with world.worker():
        assert not Filing.objects.filter(kind="REGISTER").exists()
        assert registration.register_missing(at=world.at) == 1
        assert registration.register_missing(at=world.at) == 0
    world.bank()
    with world.worker():
        assert Filing.objects.get(kind="REGISTER").deal == placed.deal.id
        assert DealStep.objects.filter(deal=placed.deal.id, step="REGISTERED").exists()
    laws.hold(world)
