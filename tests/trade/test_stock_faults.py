"""The bank misbehaves while a loan against stock is paid out, or repaid."""

from __future__ import annotations

import pytest
from tests.trade import laws, life, stock
from tests.trade.conftest import World
from tests.trade.test_bank_faults import FAULTS

from heliu.capital.bank.sandbox import operations as sandbox
from heliu.trade.models import Deal, Pool
from heliu.trade.paperwork import loan_of, pledge_of


def stands(world: World, deal: Deal) -> tuple[str, str, str]:
    """Loan, pledge and deal as they are now."""
    with world.worker():
        deal = Deal.objects.get(pk=deal.pk)
        pledge = pledge_of(deal)
        assert pledge is not None
        return loan_of(deal).status, pledge.status, deal.outcome


@pytest.mark.parametrize("fault", FAULTS)
def test_paying_out(world: World, fault: str) -> None:
    deal = stock.ask(world, stock.lay(world), 5_000_00)
    stock.sign(world, deal)
    world.bank()
    with world.worker():
        sandbox.script(fault=fault, purpose="PAY_OUT", deal=deal.pk)
    stock.count(world, stock.send(world, deal))
    world.bank()
    life.settle(world)
    if fault == "reject":
        assert stands(world, deal) == ("CANCELLED", "RELEASED", "CANCELLED")
        assert life.pick_up(world).go
    else:
        assert stands(world, deal) == ("SELLER_PAID", "ACTIVE", "OPEN")
        with world.worker():
            assert Pool.objects.get(deal=deal).exposure == 5_000_00
    laws.hold(world)


@pytest.mark.parametrize("fault", FAULTS)
def test_repaying(world: World, fault: str) -> None:
    deal = stock.running(world)
    with world.worker():
        sandbox.script(fault=fault, purpose="REPAYMENT", deal=deal.pk)
    life.repay(world, deal.pk, 100)
    world.bank()
    life.settle(world)
    if fault == "reject":
        assert stands(world, deal) == ("SELLER_PAID", "ACTIVE", "OPEN")
        life.repay(world, deal.pk, 100, key="again")
        world.bank()
    assert stands(world, deal) == ("REPAID", "RELEASED", "OPEN")
    laws.hold(world)
