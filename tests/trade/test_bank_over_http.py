"""The pledged order with a bank in another process: real HTTP, real commits, every fault."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from tests.banks import bank_gone, bank_over_http, door
from tests.conftest import be, cloned
from tests.trade import laws, life
from tests.trade.conftest import AT, DEALERS, FAMILIES, SKUS, World, note_history
from tests.trade.test_bank_faults import (
    FAULTS,
    RUNNING,
    STRAIGHT,
    act_on,
    expected,
    live_through,
    state_of,
)

from heliu.capital.bank.models import BankNotice, InstructionStatus, PaymentInstruction
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.bank.sandbox.models import Account, Order
from heliu.demo import chain as chains
from heliu.trade.models import Deal, Outcome

LAID = tuple[str, chains.Chain, Path]


@pytest.fixture(scope="module")
def laid_there(
    django_db_setup: None,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LAID]:
    """A chain whose accounts are at a bank of its own: a database and the bank's books, to copy."""
    books = tmp_path_factory.mktemp("bank") / "books.sqlite3"
    with django_db_blocker.unblock(), cloned(base := connection.settings_dict["NAME"]) as name:
        be("heliu_worker")
        with bank_over_http(books), transaction.atomic():
            chain = chains.lay(
                dealers=DEALERS, families=FAMILIES, skus=SKUS, at=AT, pieces=10_000, on_terms=1
            )
            note_history(chain)
        be("heliu_web", base)
        yield name, chain, books


@pytest.fixture
def world(
    laid_there: LAID,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    """The chain and its bank, each a copy; the bank finds the product's door."""
    base, chain, books = laid_there
    own = shutil.copy(books, tmp_path)
    with (
        django_db_blocker.unblock(),
        cloned(base),
        door() as address,
        bank_over_http(Path(own), door=address),
    ):
        world = World(chain)
        monkeypatch.setattr("heliu.kernel.clock.now", lambda: world.at)
        yield world


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("purpose", STRAIGHT)
def test_cell(world: World, purpose: str, fault: str) -> None:
    placed = life.place(world)
    with world.worker():
        sandbox.script(fault=fault, purpose=purpose, deal=placed.deal.id)
    live_through(world, placed, purpose)
    life.settle(world)
    assert state_of(world, placed) == expected(purpose, fault)
    laws.hold(world)


def test_an_order_to_its_close(world: World) -> None:
    placed = life.to_pledge(world)
    life.repay(world, placed.deal.id, 30)
    world.bank()
    assert life.pick_up(world).go
    life.repay(world, placed.deal.id, 100)
    world.bank()
    assert life.pick_up(world).go
    with world.worker():
        assert Deal.objects.get(pk=placed.deal.id).outcome == Outcome.CLOSED
        sent = PaymentInstruction.objects.filter(deal=placed.deal.id)
        assert {one.status for one in sent} == {InstructionStatus.BOOKED}
        # All of it was told by that other bank; the one in the house has heard of nothing.
        assert BankNotice.objects.filter(status="APPLIED").count() == sent.count() == 6
        assert not Order.objects.exists()
        assert not Account.objects.exists()
    laws.hold(world)


def test_a_bank_that_was_away_is_asked_when_it_is_back(
    laid_there: LAID, django_db_blocker: pytest.FixtureRequest, tmp_path: Path
) -> None:
    base, chain, books = laid_there
    own = Path(shutil.copy(books, tmp_path))
    with django_db_blocker.unblock(), cloned(base):
        world = World(chain)
        with bank_over_http(own):
            placed = life.place(world)
            life.sign(world, placed)
        with bank_gone():
            world.bank()
            life.settle(world, hours=1)
        with world.worker():
            (deposit,) = PaymentInstruction.objects.filter(deal=placed.deal.id)
            assert deposit.status == InstructionStatus.UNKNOWN
        with bank_over_http(own):
            life.settle(world, hours=1)
            assert state_of(world, placed) == RUNNING
            laws.hold(world)


def test_a_refused_repayment_is_repeated(world: World) -> None:
    placed = life.place(world)
    with world.worker():
        sandbox.script(fault="reject", purpose="REPAYMENT", deal=placed.deal.id)
    live_through(world, placed, "REPAYMENT")
    life.settle(world)
    act_on(world, placed, "REPAYMENT")
    laws.hold(world)
