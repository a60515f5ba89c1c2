"""Budgets and spending limits: every door meets them, nobody passes them, what is off comes back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import be
from tests.trade import laws
from tests.trade.behalf import allow, in_name_of
from tests.trade.conftest import World

from heliu.commerce.spending import operations as spending
from heliu.commerce.spending import queries
from heliu.commerce.spending.models import Charge, CostCentre
from heliu.commerce.spending.policies import next_span, span_of
from heliu.demo.chain import enrol
from heliu.kernel.access.door import acting_for
from heliu.kernel.errors import Refused
from heliu.kernel.events.models import Notice
from heliu.kernel.events.notices import words
from heliu.kernel.parties import operations as parties
from heliu.trade import changing, place_order, previewing, side_exits
from heliu.trade import spending as trade_spending
from heliu.trade.change_terms import Wanted
from heliu.trade.placed import Placed


def budget(world: World, amount: int, **of: object) -> None:
    with world.desk(world.dealer) as owner:
        spending.set_budget(period="MONTH", amount=amount, actor=owner, at=world.at, **of)  # type: ignore[arg-type]


def order(world: World, email: str = "", **quantities: int) -> Placed:
    with world.desk(email or world.dealer) as buyer:
        return place_order.place(
            actor=buyer, seller=world.chain.seller, lines=world.lines(**quantities),
            pay_by="TRANSFER", at=world.at,
        )  # fmt: skip


def use(world: World) -> queries.Use:
    with world.desk(world.dealer) as owner:
        (found,) = queries.uses(owner, on=date(2026, 11, 2), at=world.at).values()
        return found


def sound(world: World) -> None:
    with world.worker():
        assert queries.check() == []
    laws.hold(world)


def refusal(world: World, **quantities: int) -> Refused:
    with pytest.raises(Refused) as refused:
        order(world, **quantities)
    return refused.value


def test_an_order_holds_confirming_spends_and_calling_off_gives_back(world: World) -> None:
    budget(world, 50_000)
    first, second = order(world, M1=20), order(world, B1=5)
    assert (use(world).held, use(world).left) == (30_000, 20_000)
    assert refusal(world, M1=21).code == "budget-short"
    with world.desk("sales@seller.demo") as seller:
        place_order.confirm(first.order.id, actor=seller, at=world.at)
    assert (use(world).spent, use(world).held) == (20_000, 10_000)
    with world.desk(world.dealer) as owner:
        side_exits.cancel(second.order.id, actor=owner, reason="", at=world.at)
        side_exits.cancel(first.order.id, actor=owner, reason="", at=world.at)
    assert (use(world).spent, use(world).held, use(world).left) == (0, 0, 50_000)
    sound(world)


def change(world: World, placed: Placed, email: str = "", **quantities: int) -> None:
    with world.desk(email or world.dealer) as buyer:
        wanted = Wanted(quantities=dict(world.lines(**quantities)))
        changing.change(placed.order.pk, wanted, actor=buyer, at=world.at)


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_a_younger_budget_bears_what_an_order_rises_and_has_it_again(
    world: World, is_confirmed: bool
) -> None:
    """What an order came to before a budget was set is not the budget's; what it rises since is,
    until it falls again. One that is confirmed waits for its seller."""
    placed = order(world, M1=10)
    budget(world, 20_000)

    def changed(**quantities: int) -> None:
        change(world, placed, **quantities)
        if is_confirmed:
            with world.desk("sales@seller.demo") as seller:
                changing.answer(placed.order.pk, agrees=True, actor=seller, at=world.at)

    if is_confirmed:
        with world.desk("sales@seller.demo") as seller:
            place_order.confirm(placed.order.id, actor=seller, at=world.at)
    assert (use(world).spent, use(world).held) == (0, 0)
    for pieces, taken in ((25, 15_000), (28, 18_000), (20, 10_000), (5, 0), (12, 7_000)):
        changed(M1=pieces)
        assert use(world).spent + use(world).held == taken
        sound(world)
    assert bool(use(world).spent) is is_confirmed
    with pytest.raises(Refused, match="not let this change pass" if is_confirmed else "is short"):
        changed(M1=26)
    if is_confirmed:
        with world.desk(world.dealer) as owner:
            changing.withdraw(placed.order.pk, actor=owner, at=world.at)
    with world.desk(world.dealer) as owner:
        side_exits.cancel(placed.order.id, actor=owner, reason="", at=world.at)
    assert (use(world).spent, use(world).held) == (0, 0)
    sound(world)


def test_who_changes_another_s_order_is_bound_by_its_own_limit(world: World) -> None:
    with world.worker():
        enrol("chief@d001.demo", "Chief", world.chain.dealers["D001"], "owner")
    with world.desk("chief@d001.demo") as chief:
        person = chief.user_id
    placed = order(world, M1=10)
    budget(world, 5_000, person=person)
    with pytest.raises(Refused, match="is short"):
        change(world, placed, "chief@d001.demo", M1=16)
    change(world, placed, "chief@d001.demo", M1=15)
    assert use(world).held == 5_000
    change(world, placed, M1=10)
    assert use(world).held == 0
    sound(world)


def test_two_orders_at_once_never_pass_a_budget(world: World) -> None:
    budget(world, 100_000)
    buyer, together = world.actor(world.dealer), Barrier(8, timeout=60)

    def one(_: int) -> str:
        together.wait()
        try:
            with acting_for(buyer.orgs):
                place_order.place(
                    actor=buyer, seller=world.chain.seller, lines=world.lines(M1=30),
                    pay_by="TRANSFER", at=world.at,
                )  # fmt: skip
            return ""
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(one, range(8)))
    assert sorted(said) == [*[""] * 3, *["budget-short"] * 5]
    assert use(world).held == 90_000
    sound(world)


def test_a_limit_of_a_person_binds_that_person_alone(world: World) -> None:
    from heliu.demo.chain import enrol

    with world.worker():
        enrol("buyer@d001.demo", "Buyer", world.chain.dealers["D001"], "purchaser")
    budget(world, 10_000, person=world.actor("buyer@d001.demo").user_id)
    order(world, M1=50)
    order(world, "buyer@d001.demo", M1=10)
    with pytest.raises(Refused):
        order(world, "buyer@d001.demo", M1=1)


def test_a_cost_centre_is_asked_for_and_its_budget_counts(world: World) -> None:
    with world.desk(world.dealer) as owner:
        centre = spending.set_centre(code="north", name="North", actor=owner)
        spending.set_house(needs_centre=True, keeps_days=7, actor=owner)
    budget(world, 15_000, centre=centre.pk)
    assert refusal(world, M1=1).code == "centre-missing"
    with world.desk(world.dealer) as owner:
        spending.seat_spender(world.actor(world.dealer).user_id, centre.pk, actor=owner)  # type: ignore[arg-type]
    order(world, M1=10)
    assert refusal(world, M1=6).code == "budget-short"


def test_a_budget_counts_for_all_houses_below_it(world: World) -> None:
    """The second dealer is put below the first: its orders count, and it sees nothing of them."""
    one, two = (world.chain.dealers[code] for code in ("D001", "D002"))
    with world.worker() as system:
        parties.move_under(two, one, actor=system)
    budget(world, 40_000)
    placed = order(world, "owner@d002.demo", M1=30)
    with pytest.raises(Refused) as refused:
        order(world, "owner@d002.demo", M1=11)
    assert refused.value.code == "budget-short"
    with world.desk("sales@seller.demo") as seller:
        place_order.confirm(placed.order.id, actor=seller, at=world.at)
    assert (use(world).spent, use(world).held) == (30_000, 0)
    with world.desk("owner@d002.demo") as owner:
        assert owner.orgs == (two,)
        side_exits.cancel(placed.order.id, actor=owner, reason="", at=world.at)
    assert use(world).left == 40_000
    sound(world)


def test_the_period_turns_and_carries_what_is_left(world: World) -> None:
    budget(world, 50_000, carries=True)
    order(world, M1=20)
    world.later(days=30)
    order(world, M1=50)  # of December, which was opened ahead
    with world.worker():
        assert spending.roll_over(at=world.at) == 1
        assert spending.roll_over(at=world.at) == 0
    with world.desk(world.dealer) as owner:
        (december,) = queries.uses(owner, on=date(2026, 12, 2), at=world.at).values()
    assert (december.ceiling, december.held, december.left) == (80_000, 50_000, 30_000)
    sound(world)


def test_a_budget_is_not_set_below_what_stands_on_it(world: World) -> None:
    budget(world, 50_000)
    order(world, M1=30)
    with pytest.raises(Refused) as refused:
        budget(world, 20_000)
    assert refused.value.code == "budget-below-use"
    budget(world, 30_000)
    assert use(world).left == 0


def test_a_budget_that_warns_stops_nothing_and_is_told_once(world: World) -> None:
    budget(world, 10_000, only_warns=True)
    budget(world, 90_000)
    seller = world.chain.seller
    with world.desk(world.dealer) as owner:
        for quantity, is_warned in ((10, False), (11, True)):
            seen = previewing.preview(
                actor=owner, seller=seller, lines=world.lines(M1=quantity), at=world.at
            )
            assert [(one.amount, one.taken) for one in seen.warned] == [(10_000, 0)] * is_warned
    order(world, M1=10)
    with world.worker():
        assert trade_spending.warn(at=world.at) == 0
    order(world, M1=1)
    with world.worker():
        assert [trade_spending.warn(at=world.at) for _ in range(2)] == [1, 0]
        (told,) = Notice.objects.filter(kind="budget-passed")
        assert told.org == world.chain.dealers["D001"]
    with world.desk(world.dealer) as owner:
        found = queries.uses(owner, on=date(2026, 11, 2), at=world.at).values()
        assert sorted(one.left for one in found) == [-1_000, 79_000]
    budget(world, 5_000, only_warns=True)  # less than stands on it: it stops nothing
    assert refusal(world, M1=80).code == "budget-short"  # the other one stops
    sound(world)


def test_the_warning_is_that_of_the_cost_centre_named_and_tells_a_seller_no_figures(
    world: World,
) -> None:
    with world.desk(world.dealer) as owner:
        shop = spending.set_centre(code="SHOP", name="Shop", actor=owner).pk
    budget(world, 10_000, centre=shop, only_warns=True)
    wish: dict[str, Any] = {
        "seller": world.chain.seller, "lines": world.lines(M1=11), "at": world.at,
    }  # fmt: skip
    with world.desk(world.dealer) as owner:
        assert previewing.preview(actor=owner, **wish).warned == []
        (said,) = previewing.preview(actor=owner, cost_centre=shop, **wish).warned
        assert (said.cost_centre, said.amount, said.taken) == ("SHOP Shop", 10_000, 0)
    allow(world)
    with in_name_of(world) as sales:
        (said,) = previewing.preview(actor=sales, cost_centre=shop, **wish).warned
        assert (said.cost_centre, said.amount, said.taken) == ("SHOP Shop", None, None)


def test_a_warning_calls_the_cost_centre_as_its_reader_does(world: World) -> None:
    with world.desk(world.dealer) as owner:
        shop = spending.set_centre(code="SHOP", name="Shop", name_zh="门店", actor=owner).pk
    budget(world, 10_000, centre=shop, only_warns=True)
    wish = world.lines(M1=11)
    for language, called in (("en", "SHOP Shop"), ("zh-hans", "SHOP 门店")):
        with world.desk(world.dealer) as owner, override(language):
            (said,) = previewing.preview(
                actor=owner, seller=world.chain.seller, lines=wish, at=world.at, cost_centre=shop
            ).warned
            assert said.cost_centre == called
    with world.desk(world.dealer) as owner:
        place_order.place(
            actor=owner, seller=world.chain.seller, lines=wish, pay_by="TRANSFER", at=world.at,
            cost_centre=shop,
        )  # fmt: skip
    with world.worker():
        assert trade_spending.warn(at=world.at) == 1
        (told,) = Notice.objects.filter(kind="budget-passed")
        for language, called in (("en", "SHOP Shop"), ("zh-hans", "SHOP 门店")):
            with override(language):
                assert called in words(told)
    yard = CostCentre(code="YARD", name="Yard", name_zh="")
    assert yard.names.short_in(chinese=True) == "YARD Yard"


def test_a_house_without_rules_pays_nothing(world: World) -> None:
    """No statement more, and no row of this room."""
    from django.test.utils import CaptureQueriesContext

    counts = []
    for ruled in (False, True):
        if ruled:
            budget(world, 900_000)
        with world.desk(world.dealer) as buyer, CaptureQueriesContext(connection) as seen:
            place_order.place(
                actor=buyer, seller=world.chain.seller, lines=world.lines(M1=1),
                pay_by="TRANSFER", at=world.at,
            )  # fmt: skip
        counts.append(len(seen))
        with world.worker():
            assert Charge.objects.count() == int(ruled)
    assert counts[0] == counts[1]


def test_no_house_stands_below_itself_even_when_two_move_at_once(world: World) -> None:
    one, two = world.chain.dealers.values()
    be("heliu_worker")
    together = Barrier(2, timeout=60)

    def move(pair: tuple[UUID, UUID]) -> str:
        from heliu.kernel.access.actor import Actor

        together.wait()
        try:
            with transaction.atomic():
                parties.move_under(*pair, actor=Actor.system())
            return ""
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(move, [(one, two), (two, one)])) == ["", "tree-circle"]


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(["MONTH", "QUARTER", "YEAR"]))
def test_periods_lie_side_by_side_and_hold_their_day(day: date, kind: str) -> None:
    span = span_of(kind, day)
    after = next_span(kind, span)
    assert span.starts <= day <= span.ends
    assert (after.starts - span.ends).days == 1
    assert span_of(kind, after.starts) == after
