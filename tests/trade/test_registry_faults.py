"""The registry's fault matrix: each filing of a deal, each way the registry can misbehave.

Every cell ends with the register saying what we say, and in a state in which somebody can act. The
table in docs/registry-faults.md is made from the outcomes seen here.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from tests.conftest import be
from tests.trade import laws, life, stock
from tests.trade import test_exchange as exchanging
from tests.trade.conftest import World

from heliu.capital.registry.models import Filing, FilingStatus, Registration
from heliu.capital.registry.sandbox import operations as sandbox
from heliu.capital.registry.sandbox.models import RegisterEntry
from heliu.trade import registration
from heliu.trade.close_of_day import close_of_day
from heliu.trade.models import Deal
from heliu.trade.paperwork import loan_of
from heliu.trade.placed import Placed

KINDS = ("SEARCH", "REGISTER", "AMEND", "AMEND goods", "DISCHARGE")
FAULTS = ("refuse", "slow", "lost", "lost_unfiled")
TABLE = Path(__file__).parents[2] / "docs" / "registry-faults.md"
GOOD = {
    "SEARCH": "open, seller paid",
    "REGISTER": "open, goods pledged, registered",
    "AMEND": "open, registered for another year",
    "AMEND goods": "open, goods exchanged, the new ones registered",
    "DISCHARGE": "closed, struck off",
}
REFUSED = {
    "SEARCH": "open, deposit waits for the search to be filed again",
    "REGISTER": "open, goods pledged, the registration can be filed again",
    "AMEND": "open, registered as before, the renewal can be filed again",
    "AMEND goods": "open, goods exchanged, registered as before, the change can be filed again",
    "DISCHARGE": "closed, the striking off can be filed again",
}


def expected(kind: str, fault: str) -> str:
    """How a cell ends: as without the fault, unless the registry says no."""
    return (REFUSED if fault == "refuse" else GOOD)[kind]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", KINDS)
def test_cell(world: World, kind: str, fault: str) -> None:
    placed = life.place(world)
    with world.worker():
        sandbox.script(fault=fault, kind=kind.split()[0], deal=placed.deal.id)
    live_through(world, placed, kind)
    life.settle(world)
    assert state_of(world, placed, kind) == expected(kind, fault)
    laws.hold(world)
    agrees(world)
    if fault == "refuse":
        file_again(world, placed)
        life.settle(world)
        assert state_of(world, placed, kind) == GOOD[kind]
        laws.hold(world)
        agrees(world)


def live_through(world: World, placed: Placed, kind: str) -> None:
    """As far as the filing in question."""
    life.sign(world, placed)
    world.bank()
    if kind == "SEARCH":
        return
    life.receive(world, life.ship(world, placed))
    world.bank()
    if kind == "AMEND":
        world.at += timedelta(days=340)
        be("heliu_worker")
        close_of_day(at=world.at)
    if kind == "AMEND goods":
        stock.buy(world, M2=100)
        exchanging.ask(world, placed)
        exchanging.vote(world)
        stock.count(world, stock.send(world, placed.deal))
        world.bank()
    if kind == "DISCHARGE":
        life.repay(world, placed.deal.id, 100)
        world.bank()
        life.pick_up(world)


def file_again(world: World, placed: Placed) -> None:
    """The lender's officer has the refused filing filed once more; twice is once."""
    with world.desk("credit@bank.demo") as officer:
        refused = Filing.objects.get(deal=placed.deal.id, status=FilingStatus.REFUSED)
        again = registration.file_again(refused.pk, actor=officer, at=world.at)
        assert registration.file_again(refused.pk, actor=officer, at=world.at) == again


def state_of(world: World, placed: Placed, kind: str) -> str:
    """The deal in the words of the table."""
    with world.worker():
        deal = Deal.objects.get(pk=placed.deal.id)
        loan = loan_of(deal)
        registered = Registration.objects.filter(deal=deal.pk).first()
        filed = Filing.objects.filter(deal=deal.pk, kind=kind.split()[0])
        last = filed.latest("written_at", "id")
        is_named = RegisterEntry.objects.filter(goods__contains="M2").exists()
    term = registered and (registered.expires_on - registered.registered_at.date()).days
    found = (deal.outcome, loan.status, last.status, term, registered and registered.is_live)
    if kind == "AMEND goods" and term == 365 and deal.outcome == "OPEN":
        words = {("ANSWERED", True): GOOD, ("REFUSED", False): REFUSED}
        return words.get((last.status, is_named), {}).get(kind, str(found))
    return {
        ("OPEN", "SELLER_PAID", "ANSWERED", None, None): GOOD["SEARCH"],
        ("OPEN", "FUNDED_SHARE", "REFUSED", None, None): REFUSED["SEARCH"],
        ("OPEN", "SELLER_PAID", "ANSWERED", 365, True): GOOD["REGISTER"],
        ("OPEN", "SELLER_PAID", "REFUSED", None, None): REFUSED["REGISTER"],
        ("OPEN", "OVERDUE", "ANSWERED", 730, True): GOOD["AMEND"],
        ("OPEN", "OVERDUE", "ANSWERED", 731, True): GOOD["AMEND"],
        ("OPEN", "OVERDUE", "REFUSED", 365, True): REFUSED["AMEND"],
        ("CLOSED", "CLOSED", "ANSWERED", 365, False): GOOD["DISCHARGE"],
        ("CLOSED", "CLOSED", "REFUSED", 365, True): REFUSED["DISCHARGE"],
    }.get(found, str(found))


def agrees(world: World) -> None:
    """The public register says of our claims what we say."""
    with world.worker():
        ours = Registration.objects.values_list("number", "expires_on", "discharged_at")
        theirs = RegisterEntry.objects.filter(secured=str(world.chain.bank))
        said = [
            (number, until, bool(over))
            for number, until, over in theirs.values_list("number", "expires_on", "discharged_at")
        ]
        assert sorted((n, until, bool(over)) for n, until, over in ours) == sorted(said)


def test_the_table_in_the_docs_is_this_matrix() -> None:
    lines = [
        "| filing | " + " | ".join(FAULTS) + " |",
        "| --- |" + " --- |" * len(FAULTS),
        *(
            f"| {kind} | " + " | ".join(expected(kind, fault) for fault in FAULTS) + " |"
            for kind in KINDS
        ),
    ]
    table = "\n".join(lines)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        head, _, _ = TABLE.read_text().partition("| filing |")
        TABLE.write_text(head + table + "\n")
    assert table in TABLE.read_text()
