"""How a deal is told: which facts, in which lanes, with what still to come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.capital.lending.models import LoanStatus
from heliu.commerce.ordering.models import OrderStatus
from heliu.kernel.ids import new_id
from heliu.logistics.pledges.models import PledgeStatus
from heliu.portal.deal.expected import still_to_come
from heliu.portal.deal.flow import confluence, fact_list
from heliu.portal.deal.sides import SIDES
from heliu.portal.deal.states import next_step, progress, state_of
from heliu.portal.deal.tellings import SAID_BY, TELLINGS, drawn_flows
from heliu.portal.ui.confluence import draw
from heliu.portal.ui.svg import FLOWS
from heliu.trade.standing import NEXT, next_of, status_of

START = datetime(2026, 10, 12, 3, 7, 41, tzinfo=UTC)


@dataclass
class Told:
    name: str
    flows: list[str]
    payload: dict[str, Any] = field(default_factory=dict)
    at: datetime = START
    actor_name: str = "Li Hongda"
    id: UUID = field(default_factory=new_id)


def the_pledged_order() -> list[Told]:
    def at(**later: float) -> datetime:
        return START + timedelta(**later)

    return [
        Told("commerce.order-placed", ["commerce"], {"number": "SO-1", "total": 13_700_000}),
        Told("capital.loan-signed", ["capital", "information"], {"number": "LN-1"}, at(seconds=41)),
        Told("capital.deposit-booked", ["capital"], {"amount": 2_740_000}, at(seconds=44)),
        Told("capital.loan-disbursed", ["capital"], {"principal": 10_960_000}, at(seconds=53)),
        Told(
            "capital.seller-paid", ["commerce", "capital"], {"amount": 13_700_000}, at(seconds=54)
        ),
        Told("commerce.order-confirmed", ["commerce"], {"number": "SO-1"}, at(seconds=54)),
        Told("logistics.goods-shipped", ["logistics"], {"quantity": 95}, at(hours=12)),
        Told(
            "logistics.goods-pledged",
            ["logistics", "capital"],
            {"quantity": 95, "value": 13_627_000},
            at(days=2, hours=6),
        ),
        Told(
            "capital.repaid",
            ["capital", "information"],
            {
                "amount": 5_480_000,
                "principal": 5_480_000,
                "interest": 0,
                "principal_left": 5_480_000,
            },
            at(days=37),
        ),
        Told(
            "logistics.goods-released",
            ["capital", "logistics"],
            {"quantity": 45, "value": 6_730_200},
            at(days=37, seconds=1),
        ),
    ]


def financed(status: str) -> SimpleNamespace:
    return SimpleNamespace(
        status=status,
        principal=10_960_000,
        to_repay=5_480_000,
        due_on=date(2026, 12, 11),
        instrument="LOAN",
    )


def test_every_fact_that_is_told_names_lanes_that_exist_and_words() -> None:
    for name, telling in TELLINGS.items():
        assert telling.title, name
        assert telling.head.count("|") <= 1, name
    assert {*SAID_BY, *chain.from_iterable(SAID_BY.values())} <= set(TELLINGS)


@given(st.sets(st.sampled_from(FLOWS), min_size=1))
def test_only_the_meeting_of_all_four_crosses_lanes_that_have_nothing_to_do_with_it(
    flows: set[str],
) -> None:
    drawn = drawn_flows(list(flows))
    assert set(drawn) <= flows
    assert drawn, flows
    assert list(drawn) == [flow for flow in FLOWS if flow in drawn]
    if len(flows) in (2, 3):
        assert "information" not in drawn


def test_an_event_that_two_rooms_write_down_is_told_once() -> None:
    told = fact_list(the_pledged_order(), [])
    titles = [fact.title for fact in told]
    assert "Order confirmed" not in titles  # the seller was paid, which says more
    assert titles.count("Seller paid") == 1


def test_the_confluence_ends_in_what_is_still_to_come_and_draws_debt_under_cover() -> None:
    facts = the_pledged_order()
    order = SimpleNamespace(status="RECEIVED", pay_by="FINANCE")
    pledge = SimpleNamespace(picked_up_quantity=0, pledged_quantity=95)
    to_come = still_to_come(
        "buyer", order, financed("SELLER_PAID"), pledge, {f.name for f in facts}
    )
    assert [step.key for step in to_come] == ["repay", "fetch", "close"]

    flow = confluence(facts, to_come, label="Partly released", at=START + timedelta(days=38))
    assert flow is not None
    assert flow.today_index == len(flow.events) - 3
    assert flow.cover is not None
    assert [step.minor for step in flow.cover.debt] == [10_960_000, 5_480_000]
    assert [step.minor for step in flow.cover.pledged] == [13_627_000, 6_896_800]
    drawing = draw(flow)
    assert "54 s from order to seller paid" in drawing
    assert 'class="hit"' in drawing


def test_a_deal_that_came_to_nothing_expects_nothing() -> None:
    cancelled = SimpleNamespace(status="CANCELLED", pay_by="FINANCE")
    assert still_to_come("buyer", cancelled, financed("CANCELLED"), None, set()) == []
    placed = SimpleNamespace(status="PLACED", pay_by="FINANCE")
    assert still_to_come("buyer", placed, financed("BANK_REJECTED"), None, set()) == []


def test_an_order_without_a_bank_ends_with_its_receipt() -> None:
    order = SimpleNamespace(status="PLACED", pay_by="TRANSFER")
    keys = [step.key for step in still_to_come("seller", order, None, None, set())]
    assert keys == ["confirmed", "shipped", "received", "completed"]


def test_a_side_expects_only_what_it_will_be_told() -> None:
    order = SimpleNamespace(status="PLACED", pay_by="FINANCE")
    assert [step.key for step in still_to_come("seller", order, None, None, set())] == [
        "capital.seller-paid", "logistics.goods-shipped", "logistics.goods-pledged", "close",
    ]  # fmt: skip
    told = {"logistics.goods-shipped", "logistics.goods-pledged"}
    keeper = still_to_come("custodian", None, None, None, told)
    assert [step.key for step in keeper] == ["repay", "fetch", "close"]


class Document(SimpleNamespace):
    given_to = None
    is_short = False
    deposit_until = None

    def get_status_display(self) -> str:
        return str(self.status).title()

    def get_outcome_display(self) -> str:
        return str(self.outcome).title()


@pytest.mark.parametrize(
    ("loan", "pledge", "order", "words", "side", "next_words"),
    [
        ("QUOTED", "PROPOSED", "PLACED", "Quoted", "buyer", "Sign the agreement"),
        ("QUOTED", "PROPOSED", "PLACED", "Quoted", "seller", "The buyer signs"),
        ("SELLER_PAID", "PROPOSED", "CONFIRMED", "Confirmed", "seller", "Ship the goods"),
        ("SELLER_PAID", "ACTIVE", "RECEIVED", "Active", "buyer", "Repay to free the goods"),
        ("OVERDUE", "ACTIVE", "RECEIVED", "Overdue", "buyer", "Repay now: the loan is overdue"),
        ("REPAID", "RELEASED", "RECEIVED", "Released", "buyer", "Pick up the goods"),
    ],
)
def test_the_document_that_matters_most_names_the_state(
    loan: str, pledge: str, order: str, words: str, side: Any, next_words: str
) -> None:
    deal = Document(outcome="OPEN")
    documents = (
        Document(status=order, tone="moving"),
        Document(status=loan, tone="moving"),
        Document(
            status=pledge,
            tone="bound",
            pledged_quantity=0,
            released_quantity=0,
            picked_up_quantity=0,
        ),
    )
    assert state_of(deal, *documents)[0] == words
    assert next_step(side, deal, *documents) == next_words
    assert 0 < progress(deal, *documents) <= 1


def standing(leads: str, **more: Any) -> tuple[Any, Any, Any, Any]:
    """A deal and the only document of it that its reader sees: order, loan or pledge."""
    document = Document(status=leads, **more)
    kinds = (OrderStatus, LoanStatus, PledgeStatus)
    order, loan, pledge = (document if leads in kind.values else None for kind in kinds)
    return Document(outcome="OPEN"), order, loan, pledge


@pytest.mark.parametrize("status", sorted({str(status) for status in NEXT}))
def test_whatever_a_deal_waits_for_every_side_reads_it_in_its_own_words(status: str) -> None:
    documents = standing(status, pay_by="TRANSFER")
    assert status_of(*documents) == status
    step = next_of(*documents)
    assert step is not None
    said = {side: next_step(side, *documents) for side in SIDES}
    assert all(said.values())
    others = {words for side, words in said.items() if side != step.by}
    assert len(others) == 1
    assert (step.by == "bank") == (set(said.values()) == others)


def test_a_seller_reads_that_the_bank_pays_first_for_it_does_not_see_the_loan() -> None:
    documents = standing("PLACED", pay_by="FINANCE")
    assert next_of(*documents) == ("pay", "bank")
    assert next_step("seller", *documents) == "The bank pays, then it is confirmed"


def test_a_deposit_that_the_dealer_pays_in_waits_for_the_dealer() -> None:
    documents = standing("AWAIT_DEPOSIT", deposit_until=date(2026, 11, 30))
    assert next_of(*documents) == ("pay-in", "buyer")
    assert next_step("buyer", *documents) != next_step("seller", *documents)


def test_goods_that_came_short_wait_for_the_seller() -> None:
    deal, pledge = Document(outcome="OPEN"), Document(status="ACTIVE", is_short=True, tone="bound")
    documents = (Document(status="RECEIVED"), Document(status="SELLER_PAID"), pledge)
    assert state_of(deal, *documents) == ("Goods short", "bad")
    assert next_step("buyer", deal, *documents) == "The seller refunds what is missing"
    assert next_step("seller", deal, *documents) == "Refund what is missing"


def test_goods_that_were_given_up_are_fetched_by_the_seller() -> None:
    documents = standing("RELEASED", given_to="the seller")
    documents[0].seller, documents[0].lender = "the seller", "the lender"
    assert next_of(*documents) == ("pick-up", "seller")
    assert next_step("seller", *documents) == "Pick up the goods"
    assert next_step("buyer", *documents) == "The goods are picked up"
    documents[-1].given_to = "somebody else"
    assert next_of(*documents) == ("pick-up", "bank")


def test_an_ended_deal_waits_for_nobody() -> None:
    deal = Document(outcome="CLOSED")
    assert state_of(deal, None, None, None) == ("Closed", "quiet")
    assert next_step("buyer", deal, None, None, None) == ""
    assert progress(deal, None, None, None) == 1
