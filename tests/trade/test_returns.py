"""Goods given back, and the money for them: for every sequence of acts goods and money agree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import cloned
from tests.examples import examples
from tests.trade import laws, life
from tests.trade import test_terms as terms
from tests.trade.conftest import World
from tests.trade.test_rewards import promote, spent

from heliu.capital.books import queries as books
from heliu.capital.books.chart import Code
from heliu.capital.terms.models import Invoice
from heliu.commerce.pricing.models import Effect
from heliu.commerce.returns import queries
from heliu.commerce.returns.models import GivenBack, Return
from heliu.commerce.returns.policies import Judged
from heliu.demo import chain as chains
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.policies import Level
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.logistics.stock.models import StockRow
from heliu.trade import approvals as votes
from heliu.trade import cases, deals, deliveries, open_account, place_order, receivables, returns
from heliu.trade.placed import Placed

SALES, OTHER = "sales@seller.demo", "owner@d002.demo"


def delivered(world: World, pay_by: str = "TRANSFER", **quantities: int) -> Placed:
    placed = life.place(world, pay_by=pay_by, **(quantities or {"M1": 10}))
    with world.desk(SALES) as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    life.receive(world, life.ship(world, placed), who=world.dealer)
    return placed


def ask(world: World, placed: Placed, n: int, remedy: str = "CREDIT", **more: Any) -> Return:
    with world.desk(world.dealer) as dealer:
        return returns.ask(
            placed.order.number, actor=dealer, remedy=remedy, quantities={1: n},
            reason="not what we need", at=world.at, **more,
        )  # fmt: skip


def do(world: World, email: str, deed: Any, found: Return, *args: Any, **more: Any) -> Any:
    with world.desk(email) as actor:
        return deed(found.number, *args, actor=actor, at=world.later(minutes=1), **more)


def to_warehouse(world: World, found: Return) -> None:
    do(world, SALES, returns.agree, found)
    do(world, world.dealer, returns.send, found)


def now(world: World, found: Return) -> Return:
    with world.worker():
        return Return.objects.get(pk=found.pk)


def good(world: World, owner: Any, code: str = "M1") -> int:
    with world.worker():
        rows = StockRow.objects.filter(owner=owner, sku__code=code, quality="GOOD", pledge=None)
        return sum(row.quantity for row in rows)


def balance(world: World, org: Any, code: str) -> int:
    with world.worker():
        rows = books.trial_balance(Actor.system(), org=org)
        return sum(row.debit - row.credit for row in rows if row.code == code)


def test_on_terms_what_comes_back_is_not_owed(world: World) -> None:
    placed = delivered(world, "TERMS", M1=10)
    before = good(world, world.chain.seller)
    found = ask(world, placed, 4)
    to_warehouse(world, found)
    assert good(world, world.chain.dealers["D001"]) == 6
    do(world, SALES, returns.receive, found, [Judged(1, 3, 1, 4)])
    over = now(world, found)
    assert (over.status, over.credited, over.refund) == ("SETTLED", 4_000, 0)
    assert good(world, world.chain.seller) == before + 3  # the damaged one lies in quarantine
    with world.worker():
        assert sum(one.left for one in Invoice.objects.filter(order_id=placed.order.id)) == 6_000
    assert balance(world, world.chain.dealers["D001"], Code.PAYABLE) == -6_000
    laws.hold(world)


def test_what_was_given_up_is_owed_no_more_and_nobody_owes_it_back(world: World) -> None:
    placed = delivered(world, "TERMS", M1=10)
    with world.desk(SALES) as seller:
        receivables.ask_write_off(placed.order.id, actor=seller, reason="gone", at=world.at)
    found = ask(world, placed, 4)
    to_warehouse(world, found)
    do(world, SALES, returns.receive, found, [Judged(1, 4, 0, 4)])
    assert (now(world, found).credited, now(world, found).refund) == (4_000, 0)
    seller, dealer = world.chain.seller, world.chain.dealers["D001"]
    assert balance(world, seller, Code.REFUND_PAYABLE) == 0
    assert balance(world, seller, Code.CREDIT_LOSS) == 6_000
    assert balance(world, dealer, Code.DEBT_WRITTEN_OFF) == -6_000
    laws.hold(world)
    rest = ask(world, placed, 6)
    to_warehouse(world, rest)
    do(world, SALES, returns.receive, rest, [Judged(1, 6, 0, 6)])
    assert balance(world, seller, Code.CREDIT_LOSS) == 0
    with world.worker():
        one = Invoice.objects.get(order_id=placed.order.id)
    assert (one.status, one.credited, one.written_off) == ("PAID", 10_000, 0)
    laws.hold(world)


def test_returns_give_back_no_more_than_was_paid(world: World) -> None:
    """Two consignments, the second paid early with a discount; all comes back, in two returns."""
    terms.grant(world, discount=Decimal(2), discount_days=10)
    placed = life.place(world, pay_by="TERMS", M1=10)
    with world.desk(SALES) as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    for paid_after, paid in ((15, 5_000), (0, 4_900)):
        with world.desk(SALES) as seller:
            line = placed.order.lines.get()
            sent = deliveries.ship(
                placed.order.id, actor=seller, carrier="Shunda", lines={line.pk: 5},
                at=world.later(hours=1),
            )  # fmt: skip
        life.receive(world, sent, who=world.dealer)
        world.later(days=paid_after)
        terms.pay(world, paid)
    refunds = []
    for _ in range(2):
        found = ask(world, placed, 5)
        to_warehouse(world, found)
        do(world, SALES, returns.receive, found, [Judged(1, 5, 0, 5)])
        refunds.append(now(world, found).refund)
    assert refunds == [5_000, 4_900]
    laws.hold(world)


def test_what_a_credit_note_gave_up_was_never_paid(world: World) -> None:
    placed = delivered(world, "TERMS", M1=10)
    with world.desk(SALES) as seller:
        (bill,) = terms.queries.of_order(placed.order.id)
        receivables.credit_note(
            bill.number, actor=seller, amount=3_000, reason="scratched", key="n", at=world.at
        )
    terms.pay(world, 7_000)
    found = ask(world, placed, 10)
    to_warehouse(world, found)
    do(world, SALES, returns.receive, found, [Judged(1, 10, 0, 10)])
    assert now(world, found).refund == 7_000
    laws.hold(world)


def test_the_bank_pays_back_no_more_than_is_owed(world: World) -> None:
    """Of two refunds one was noted by hand: of what is on its way no more is let go."""
    placed = delivered(world, M1=10)
    two = []
    for _ in range(2):
        found = ask(world, placed, 3)
        to_warehouse(world, found)
        do(world, SALES, returns.receive, found, [Judged(1, 3, 0, 3)])
        two.append(found)
    with world.desk(SALES) as seller:
        open_account.settle(
            placed.order.id, actor=seller, amount=3_000, value_day=day_of(world.at),
            reference="by hand", key="hand", at=world.at,
        )  # fmt: skip
    do(world, SALES, returns.refund, two[0])
    with pytest.raises(Refused, match="nothing-owed"):
        do(world, SALES, returns.refund, two[1])
    with world.desk(SALES) as seller, pytest.raises(Refused, match="nothing-owed"):
        open_account.settle(
            placed.order.id, actor=seller, amount=3_000, value_day=day_of(world.at),
            reference="by hand", key="again", at=world.at,
        )  # fmt: skip
    world.bank()
    assert balance(world, world.chain.seller, Code.REFUND_PAYABLE) == 0
    laws.hold(world)


def test_what_was_paid_is_refunded_by_the_bank_once(world: World) -> None:
    placed = delivered(world, M1=10)
    found = ask(world, placed, 4)
    to_warehouse(world, found)
    do(world, SALES, returns.receive, found, [Judged(1, 4, 0, 4)])
    assert now(world, found).refund == 4_000
    with world.desk(world.dealer) as dealer, pytest.raises(Forbidden):
        returns.refund(found.number, actor=dealer, at=world.at)
    do(world, SALES, returns.refund, found)
    with pytest.raises(Refused, match="refund-ordered"):
        do(world, SALES, returns.refund, found)
    world.bank()
    with world.desk(SALES) as seller:
        steps = deals.steps_of_order(placed.order.id, seller)
        assert open_account.account_of(steps, ()).owed_back == 0
    assert balance(world, world.chain.seller, Code.REFUND_PAYABLE) == 0
    with pytest.raises(Refused):
        do(world, SALES, returns.refund, found)
    laws.hold(world)


def test_new_goods_for_what_was_accepted_and_no_money(world: World) -> None:
    placed = delivered(world, M1=10)
    before = good(world, world.chain.seller)
    found = ask(world, placed, 4, "REPLACEMENT")
    to_warehouse(world, found)
    do(world, SALES, returns.receive, found, [Judged(1, 1, 3, 3)])
    do(world, SALES, returns.replace, found)
    do(world, world.dealer, returns.come, found)
    over = now(world, found)
    assert (over.status, over.credited) == ("SETTLED", 0)
    assert good(world, world.chain.dealers["D001"]) == 6 + 3
    assert good(world, world.chain.seller) == before + 1 - 3
    # What was replaced is its buyer's as before: nine of them may go back, the tenth never came.
    with pytest.raises(Refused, match="cannot be given back"):
        ask(world, placed, 10)
    again = ask(world, placed, 9)
    to_warehouse(world, again)
    do(world, SALES, returns.receive, again, [Judged(1, 9, 0, 9)])
    assert now(world, again).credited == 9_000
    laws.hold(world)


def test_goods_may_be_kept_for_less(world: World) -> None:
    placed = delivered(world, "TERMS", M1=10)
    with pytest.raises(Invalid, match="allowance-beyond-worth"):
        ask(world, placed, 2, "ALLOWANCE", allowance=2_001)
    found = ask(world, placed, 2, "ALLOWANCE", allowance=500)
    do(world, SALES, returns.agree, found)
    assert (now(world, found).status, now(world, found).credited) == ("SETTLED", 500)
    assert good(world, world.chain.dealers["D001"]) == 10
    laws.hold(world)


@pytest.mark.parametrize("remedy", ["CREDIT", "REPLACEMENT"])
def test_goods_that_were_free_go_back_by_themselves(world: World, remedy: str) -> None:
    promote(
        world, Effect.GOODS, gift_quantity=1, min_quantity=5, budget=10_000,
        skus=[world.chain.skus["M1"]],
    )  # fmt: skip
    placed = delivered(world, M1=10)
    assert spent(world) == 2_000
    with world.desk(world.dealer) as dealer:
        found = returns.ask(
            placed.order.number, actor=dealer, remedy=remedy, quantities={2: 2},
            reason="broken", at=world.at,
        )  # fmt: skip
    to_warehouse(world, found)
    do(world, SALES, returns.receive, found, [Judged(2, 0, 2, 2)])
    if remedy == "REPLACEMENT":
        do(world, SALES, returns.replace, found)
        do(world, world.dealer, returns.come, found)
    over = now(world, found)
    assert (over.status, over.amount, over.credited, over.refund) == ("SETTLED", 0, 0, 0)
    assert good(world, world.chain.dealers["D001"]) == (10 if remedy == "CREDIT" else 12)
    assert spent(world) == (0 if remedy == "CREDIT" else 2_000)
    laws.hold(world)


def test_no_more_is_given_back_than_came_good(world: World) -> None:
    placed = life.place(world, pay_by="TRANSFER", M1=10)
    with world.desk(SALES) as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    shipment = life.ship(world, placed)
    with pytest.raises(Refused, match="more-than-received"):
        ask(world, placed, 1)
    life.receive(world, shipment, who=world.dealer, lost=1, damaged=1)
    with pytest.raises(Refused, match="more-than-received"):
        ask(world, placed, 9)
    first = ask(world, placed, 5)
    with pytest.raises(Refused, match="more-than-received"):
        ask(world, placed, 4)
    do(world, SALES, returns.refuse, first, reason="used")
    ask(world, placed, 8)


def test_two_at_once_do_not_give_the_same_pieces_back(world: World) -> None:
    placed = delivered(world, M1=10)
    start, said = Barrier(2, timeout=60), []

    with world.desk(world.dealer) as dealer:
        pass

    def once() -> None:
        try:
            with acting_for(dealer.orgs):
                start.wait()
                returns.ask(
                    placed.order.number, actor=dealer, remedy="CREDIT", quantities={1: 6},
                    reason="too many", at=world.at,
                )  # fmt: skip
            said.append("asked")
        except Refused as refused:
            said.append(refused.code)
        finally:
            connection.close()

    hands = [Thread(target=once) for _ in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(said) == ["asked", "more-than-received"]


def test_from_an_amount_on_the_house_must_agree(world: World) -> None:
    with world.worker():
        chains.enrol("boss@seller.demo", "Boss", world.chain.seller, "sales-manager")
    with world.desk("boss@seller.demo") as boss:
        approvals.set_levels(
            returns.AGREE, from_amount=1_500, levels=[Level("manage")], actor=boss, at=world.at
        )
    placed = delivered(world, M1=10)
    small, large = ask(world, placed, 1), ask(world, placed, 2)
    assert do(world, SALES, returns.agree, small) is None
    asked = do(world, SALES, returns.agree, large)
    assert now(world, large).status == "ASKED"
    with world.desk("boss@seller.demo") as boss:
        votes.vote(asked.pk, agrees=True, actor=boss, at=world.at)
    assert now(world, large).status == "AGREED"


def test_a_financed_order_says_the_way_out(world: World) -> None:
    placed = life.place(world)
    with pytest.raises(Refused, match="return-financed") as refused:
        ask(world, placed, 1)
    assert refused.value.help()


def test_a_return_is_of_its_two_sides(world: World) -> None:
    placed = delivered(world, M1=10)
    with world.desk(world.dealer) as dealer:
        case = cases.open_case(
            placed.order.number, actor=dealer, kind="WRONG", text="Not ours", position=1,
            quantity=3, at=world.at,
        )  # fmt: skip
    found = ask(world, placed, 3, case=case.number)
    assert found.case == case.pk
    with world.desk(OTHER) as other, pytest.raises(NotFound):
        returns.agree(found.number, actor=other, at=world.at)
    with world.desk(OTHER):
        assert not Return.objects.exists()
    for email, deed in ((world.dealer, returns.agree), (SALES, returns.send)):
        with pytest.raises((Forbidden, Refused)):
            do(world, email, deed, found)
    with pytest.raises(Refused, match="return-not-so-far"):
        do(world, SALES, returns.receive, found, [Judged(1, 3, 0, 3)])


@dataclass
class Told:
    """The reference: where the pieces are and what is owed, in plain numbers."""

    buyer: int
    seller: int
    taken: int = 0
    credited: int = 0
    live: dict[Any, tuple[str, int]] = field(default_factory=dict)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "ask", "agree", "refuse", "withdraw", "send", "receive", "replace",
                         "come", "refund"]),
        st.sampled_from(["CREDIT", "CREDIT", "REPLACEMENT", "ALLOWANCE"]),
        st.integers(1, 6),
        st.integers(0, 6),
    ),
    min_size=6,
    max_size=14,
)  # fmt: skip


@given(ACTS, st.sampled_from(["TRANSFER", "TERMS"]), st.integers(0, 10_000))
@settings(max_examples=examples(4))
def test_goods_and_money_agree_whatever_is_done(
    laid: Any, django_db_blocker: Any, acts: Any, pay_by: str, paid: int
) -> None:
    with a_world(laid, django_db_blocker) as world:
        placed = delivered(world, pay_by, M1=10)
        if pay_by == "TERMS" and paid:
            with world.desk(SALES) as seller:
                open_account.settle(
                    placed.order.id, actor=seller, amount=paid, value_day=world.at.date(),
                    reference="slip", key="paid", at=world.at,
                )  # fmt: skip
        dealer = world.chain.dealers["D001"]
        told = Told(good(world, dealer), good(world, world.chain.seller))
        for act in acts:
            play(world, placed, told, *act)
        world.bank()
        with world.worker():
            assert queries.check() == []
            assert sum(GivenBack.objects.values_list("taken", flat=True)) == told.taken
            assert sum(Return.objects.values_list("credited", flat=True)) == told.credited
        assert good(world, dealer) == told.buyer
        assert good(world, world.chain.seller) == told.seller
        # What the buyer holds is worth what it owes, has paid, or has back of it.
        assert balance(world, dealer, Code.INVENTORY_FREE) == 10_000 - told.credited
        receivable = balance(world, world.chain.seller, Code.RECEIVABLE)
        refund = -balance(world, world.chain.seller, Code.REFUND_PAYABLE)
        if pay_by == "TERMS":
            assert receivable == max(0, 10_000 - paid - told.credited)
        assert refund >= 0
        laws.hold(world)


def play(world: World, placed: Placed, told: Told, act: str, remedy: str, n: int, m: int) -> None:
    """One act on whatever stands so that it can be done; what cannot be is refused and counts not."""
    if act == "ask":
        try:
            found = ask(
                world,
                placed,
                n,
                remedy,
                **({"allowance": n * 100} if remedy == "ALLOWANCE" else {}),
            )
        except Refused:
            assert told.taken + n > 10
            return
        told.taken += n
        told.live[found.number] = (remedy, n)
        return
    wants = {
        "agree": "ASKED", "refuse": "ASKED", "withdraw": "ASKED", "send": "AGREED",
        "receive": "SENT", "replace": "JUDGED", "come": "REPLACING", "refund": "SETTLED",
    }[act]  # fmt: skip
    with world.worker():
        found = Return.objects.filter(status=wants).order_by("-asked_at", "-id").first()
    if found is None:
        return
    remedy, asked = told.live[found.number]
    if act == "agree":
        do(world, SALES, returns.agree, found)
        told.credited += asked * 100 if remedy == "ALLOWANCE" else 0
    elif act in ("refuse", "withdraw"):
        email, more = (SALES, {"reason": "no"}) if act == "refuse" else (world.dealer, {})
        do(world, email, getattr(returns, act), found, **more)
        told.taken -= asked
    elif act == "send":
        do(world, world.dealer, returns.send, found)
        told.buyer -= asked
    elif act == "receive":
        came = min(asked, m)
        whole, accepted = came - came // 3, came - came // 4
        do(world, SALES, returns.receive, found, [Judged(1, whole, came // 3, accepted)])
        told.seller += whole
        told.credited += accepted * 1_000 if remedy == "CREDIT" else 0
        told.live[found.number] = (remedy, accepted)
    elif act == "replace":
        do(world, SALES, returns.replace, found)
        told.seller -= asked
    elif act == "come":
        do(world, world.dealer, returns.come, found)
        told.buyer += asked
    elif found.refund and not found.refund_by_bank:
        do(world, SALES, returns.refund, found)


@contextmanager
def a_world(laid: Any, django_db_blocker: Any) -> Iterator[World]:
    base, chain = laid
    with django_db_blocker.unblock(), cloned(base):
        yield World(chain)
