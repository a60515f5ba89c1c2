"""The bank fault matrix: each payment of a deal, each way a bank can misbehave.

Every cell ends with balanced books that agree with the bank's statement, and in a state in which
somebody can act. The table in docs/bank-faults.md is made from the outcomes seen here.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.conftest import be
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.bank.models import InstructionStatus, PaymentInstruction
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.credit.models import DepositMode, Instrument, Programme, ReleaseMode
from heliu.kernel.errors import Refused
from heliu.trade import side_exits
from heliu.trade.close_of_day import close_of_day
from heliu.trade.models import Deal
from heliu.trade.paperwork import loan_of, order_of
from heliu.trade.placed import Placed

STRAIGHT = ("DEPOSIT", "DISBURSEMENT", "OWN_SHARE", "SELLER_PAYMENT")
PURPOSES = (*STRAIGHT, "REPAYMENT", "UNAPPLIED_BACK", "REFUND", "LOAN_BACK", "DEPOSIT_BACK")
# The same where the deposit stays as margin, and of a bill, as far as it goes another way.
MARGIN, BILL = "with a margin", "of a bill"
MODES: dict[str, dict[str, object]] = {
    MARGIN: {"deposit_mode": DepositMode.CASH_MARGIN},
    BILL: {
        "instrument": Instrument.ACCEPTANCE_BILL,
        "deposit_mode": DepositMode.CASH_MARGIN,
        "release_mode": ReleaseMode.DEPOSIT_FIRST,
    },
}
ROWS = (
    *PURPOSES,
    *(f"{one} {MARGIN}" for one in ("DISBURSEMENT", "SELLER_PAYMENT", "REFUND", "DEPOSIT_BACK")),
    *(f"{one} {BILL}" for one in ("DEPOSIT", "REPAYMENT", "DEPOSIT_BACK", "BILL_PAYMENT")),
)
FAULTS = ("delay", "reject", "duplicate", "lost", "lost_unbooked", "out_of_order", "early")
TABLE = Path(__file__).parents[2] / "docs" / "bank-faults.md"

RUNNING = "open, loan running, goods may leave"
REPAID = "open, loan repaid, goods ready to fetch"
OFF = "cancelled, all money back"
PAID_IN = "open, all is paid in, goods ready to fetch"
PAYMENT_REFUSED = "open, the refused payment can be ordered again"
RETURN_REFUSED = "open, the refused return can be ordered again"


def expected(row: str, fault: str) -> str:
    """How a cell ends: as without the fault, unless the bank says no."""
    purpose, _, mode = row.partition(" ")
    if fault == "reject":
        if purpose in STRAIGHT:
            return OFF
        refused = {"REPAYMENT": RUNNING, "BILL_PAYMENT": PAYMENT_REFUSED}
        return refused.get(purpose, RETURN_REFUSED)
    if purpose in STRAIGHT:
        return RUNNING
    if purpose == "BILL_PAYMENT":
        return REPAID
    if (purpose, mode) == ("REPAYMENT", BILL):
        return PAID_IN
    if (purpose, mode) == ("DEPOSIT_BACK", MARGIN):  # it comes back when the loan is repaid
        return REPAID
    return REPAID if purpose in ("REPAYMENT", "UNAPPLIED_BACK") else OFF


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("row", ROWS)
def test_cell(world: World, row: str, fault: str) -> None:
    purpose, _, mode = row.partition(" ")
    if mode:
        with world.worker():
            Programme.objects.update(**MODES[mode])
    placed = life.place(world)
    with world.worker():
        sandbox.script(fault=fault, purpose=purpose, deal=placed.deal.id)
        if row in ("LOAN_BACK", "DEPOSIT_BACK"):
            sandbox.script(fault="reject", purpose="SELLER_PAYMENT", deal=placed.deal.id)
    live_through(world, placed, row)
    life.settle(world)
    assert state_of(world, placed) == expected(row, fault)
    laws.hold(world)
    if fault == "reject" and purpose not in STRAIGHT:
        act_on(world, placed, row)
        laws.hold(world)


def live_through(world: World, placed: Placed, row: str) -> None:
    """As far as the payment in question."""
    purpose = row.split()[0]
    life.sign(world, placed)
    world.bank()
    if purpose == "REPAYMENT" or row == f"DEPOSIT_BACK {MARGIN}":
        life.receive(world, life.ship(world, placed))
        life.repay(world, placed.deal.id, 100)
        world.bank()
    if purpose == "UNAPPLIED_BACK":
        life.receive(world, life.ship(world, placed))
        life.overpay(world, placed)
        world.bank()
    if purpose == "BILL_PAYMENT":
        life.receive(world, life.ship(world, placed))
        life.repay(world, placed.deal.id, 100)
        world.bank()
        be("heliu_worker")
        close_of_day(at=world.later(days=30))
        world.bank()
    if purpose == "REFUND" or row == f"DEPOSIT_BACK {BILL}":
        with world.desk("sales@seller.demo") as seller:
            side_exits.cancel(placed.order.id, actor=seller, reason="sold out", at=world.at)
        world.bank()


def act_on(world: World, placed: Placed, row: str) -> None:
    """What a person does after a refusal, and how it ends."""
    purpose = row.split()[0]
    if purpose == "REPAYMENT":
        life.repay(world, placed.deal.id, 100, key="again")
        life.settle(world)
        assert state_of(world, placed) == expected(row, "delay")
        return
    with world.worker() as system:
        refused = PaymentInstruction.objects.get(
            deal=placed.deal.id, purpose=purpose, status=InstructionStatus.REJECTED
        )
        side_exits.pay_again(refused.pk, actor=system, at=world.at)
    life.settle(world)
    assert state_of(world, placed) == expected(row, "delay")


def state_of(world: World, placed: Placed) -> str:
    """The deal in the words of the table."""
    with world.worker():
        deal = Deal.objects.get(pk=placed.deal.id)
        loan = loan_of(deal)
        found = (deal.outcome, loan.status, order_of(deal).status)
        refused = PaymentInstruction.objects.filter(
            deal=deal.id, purpose="BILL_PAYMENT", status=InstructionStatus.REJECTED
        ).exists()
    if loan.is_promised and not loan.to_repay:
        return PAYMENT_REFUSED if refused else PAID_IN
    if loan.unapplied or (loan.status == "REPAID" and loan.deposit_back):
        return RETURN_REFUSED
    return {
        ("OPEN", "SELLER_PAID", "CONFIRMED"): RUNNING,
        ("OPEN", "SELLER_PAID", "RECEIVED"): RUNNING,
        ("OPEN", "REPAID", "RECEIVED"): REPAID,
        ("CANCELLED", "CANCELLED", "CANCELLED"): OFF,
        ("OPEN", "UNWINDING", "CANCELLED"): RETURN_REFUSED,
    }.get(found, str(found))


def test_a_refused_bill_that_fell_with_its_order_is_not_paid_again(world: World) -> None:
    with world.worker():
        Programme.objects.update(**MODES[BILL])
    placed = life.place(world)
    with world.worker():
        sandbox.script(fault="reject", purpose="BILL_PAYMENT", deal=placed.deal.id)
    life.sign(world, placed)
    world.bank()
    be("heliu_worker")
    close_of_day(at=world.later(days=30))
    world.bank()
    with world.desk("sales@seller.demo") as seller:
        side_exits.cancel(placed.order.id, actor=seller, reason="sold out", at=world.at)
    world.bank()
    with world.desk("credit@bank.demo") as officer:
        refused = PaymentInstruction.objects.get(
            deal=placed.deal.id, purpose="BILL_PAYMENT", status=InstructionStatus.REJECTED
        )
        with pytest.raises(Refused, match="bill-over"):
            side_exits.pay_again(refused.pk, actor=officer, at=world.at)
    life.settle(world)
    assert state_of(world, placed) == OFF
    laws.hold(world)


def test_the_table_in_the_docs_is_this_matrix() -> None:
    lines = [
        "| payment | " + " | ".join(FAULTS) + " |",
        "| --- |" + " --- |" * len(FAULTS),
        *(
            f"| {row} | " + " | ".join(expected(row, fault) for fault in FAULTS) + " |"
            for row in ROWS
        ),
    ]
    table = "\n".join(lines)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        head, _, _ = TABLE.read_text().partition("| payment |")
        TABLE.write_text(head + table + "\n")
    assert table in TABLE.read_text()
