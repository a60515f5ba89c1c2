"""Goods of a circle are ordered by its buyers only."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from tests.trade import life
from tests.trade.conftest import World

from heliu.commerce.catalogue import operations
from heliu.kernel.errors import NotFound
from heliu.trade import previewing


@pytest.mark.parametrize("is_member", [True, False])
def test_restricted_goods_are_ordered_from_within_their_circle(world: World, is_member) -> None:
    with world.desk("sales@seller.demo") as seller:
        circle = operations.draw_circle(
            actor=seller, seller=world.chain.seller, code="few", name="A few"
        )
        operations.set_goods(circle, [world.chain.skus["M1"]], actor=seller)
        buyer = world.chain.dealers["D001" if is_member else "D002"]
        operations.set_members(circle, [buyer], actor=seller)
    may = nullcontext() if is_member else pytest.raises(NotFound)
    with world.desk(world.dealer) as dealer, may:
        previewing.preview(
            actor=dealer, seller=world.chain.seller, lines=world.lines(M1=1), at=world.at
        )
    may = nullcontext() if is_member else pytest.raises(NotFound)
    with may:
        life.place(world, pay_by="TRANSFER", M1=1)
    life.place(world, pay_by="TRANSFER", M2=1)
