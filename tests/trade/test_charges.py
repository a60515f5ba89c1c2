"""Holds, commits and give-backs of a budget against a plain reference, in any order."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.trade.conftest import World

from heliu.commerce.spending import operations as spending
from heliu.commerce.spending import queries
from heliu.kernel.errors import Refused
from heliu.trade import place_order, side_exits

CEILING = 20_000
codes = count()
deeds = st.lists(
    st.one_of(
        st.tuples(st.just("place"), st.integers(1, 12)),
        st.tuples(st.sampled_from(("confirm", "cancel")), st.integers(0, 5)),
    ),
    min_size=3,
    max_size=9,
)


@settings(max_examples=examples(6), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds)
def test_a_budget_stands_as_plain_sums_say(world: World, todo: list[tuple[str, int]]) -> None:
    with world.desk(world.dealer) as owner:
        centre = spending.set_centre(code=f"C{next(codes)}", name="Test", actor=owner).pk
        spending.set_budget(period="MONTH", amount=CEILING, centre=centre, actor=owner, at=world.at)
    held: dict[int, int] = {}  # by the place of the order among those that were placed
    spent: dict[int, int] = {}
    placed = []
    for deed, n in todo:
        if deed == "place":
            amount = 1_000 * n
            fits = sum(held.values()) + sum(spent.values()) + amount <= CEILING
            with world.desk(world.dealer) as owner:
                wish = {"seller": world.chain.seller, "lines": world.lines(M1=n), "at": world.at}
                if not fits:
                    with pytest.raises(Refused):
                        place_order.place(
                            actor=owner, pay_by="TRANSFER", cost_centre=centre, **wish
                        )
                    continue
                order = place_order.place(
                    actor=owner, pay_by="TRANSFER", cost_centre=centre, **wish
                ).order
            held[len(placed)] = amount
            placed.append(order)
        elif n < len(placed) and deed == "confirm" and n in held:
            with world.desk("sales@seller.demo") as seller:
                place_order.confirm(placed[n].pk, actor=seller, at=world.at)
            spent[n] = held.pop(n)
        elif n < len(placed) and deed == "cancel" and (n in held or n in spent):
            with world.desk(world.dealer) as owner:
                side_exits.cancel(placed[n].pk, actor=owner, reason="", at=world.at)
            held.pop(n, 0)
            spent.pop(n, 0)
        with world.desk(world.dealer) as owner:
            budget = queries.budgets(owner).get(cost_centre=centre)
            use = queries.uses(owner, on=world.at.date(), at=world.at)[budget.pk]
        assert (use.held, use.spent) == (sum(held.values()), sum(spent.values()))
    with world.worker():
        assert queries.check() == []
