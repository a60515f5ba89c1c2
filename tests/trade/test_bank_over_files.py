"""The pledged order with a bank that is spoken with by files alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from tests.capital.test_bank_files import balance, camt, entry, pain002
from tests.trade import laws, life
from tests.trade.conftest import World

from heliu.capital.bank import operations as bank
from heliu.capital.bank.files.adapter import folders
from heliu.capital.bank.files.pain001 import NAMESPACE, decimal
from heliu.capital.bank.models import BankAccount, PaymentInstruction, Statement
from heliu.kernel.clock import day_of
from heliu.trade.models import Deal, Outcome

SPACE = {"p": NAMESPACE}


@dataclass
class Clerk:
    """Somebody at the bank who books what lies in the outbox and writes back."""

    world: World
    refuses: set[str] = field(default_factory=set)
    entries: dict[str, list[str]] = field(default_factory=dict)
    balances: dict[str, int] = field(default_factory=dict)
    files: int = 0

    def work(self) -> None:
        """Until nobody has anything to say: the worker sends, the clerk answers."""
        self.world.bank()
        while orders := sorted((folders().root / "out").glob("*.xml")):
            for order in orders:
                self._answer(order)
            self.world.bank()

    def _answer(self, file: Path) -> None:
        order = fromstring(file.read_bytes())
        file.unlink()
        ref = str(order.findtext(".//p:InstrId", namespaces=SPACE))
        text = str(order.findtext(".//p:Ustrd", namespaces=SPACE))
        amount = str(order.findtext(".//p:InstdAmt", namespaces=SPACE))
        ends = [
            str(order.findtext(f".//p:{side}/p:Id/p:Othr/p:Id", namespaces=SPACE))
            for side in ("DbtrAcct", "CdtrAcct")
        ]
        self.files += 1
        name, names = f"{self.files:03}.xml", f"<InstrId>{ref}</InstrId>"
        if any(word in text for word in self.refuses):
            with self.world.worker():
                payment = PaymentInstruction.objects.get(pk=ref)
            self._bring(name, pain002(payment, "RJCT", reason="AM04"))
            return
        minor = int(amount.replace(".", ""))
        for number, other, sign in ((ends[0], ends[1], -1), (ends[1], ends[0], 1)):
            said = entry(
                amount, "CRDT" if sign > 0 else "DBIT", names=names, other=other,
                id=f"E{self.files}{sign:+}",
            ).replace("2026-11-02", str(day_of(self.world.at)))  # fmt: skip
            self.entries.setdefault(number, []).append(said)
            self.balances[number] = self.balances.get(number, 0) + sign * minor
        self._bring(name, camt("054", ends[0], self.entries[ends[0]][-1]))

    def tell_the_day(self) -> None:
        """A statement of every account for which something was booked, of this one day."""
        with self.world.worker():
            openings = dict(BankAccount.objects.values_list("number", "opening"))
        for number, entries in self.entries.items():
            opening, closing = openings[number], openings[number] + self.balances[number]
            ends = balance("OPBD", decimal(abs(opening)), sign(opening))
            ends += balance("CLBD", decimal(abs(closing)), sign(closing))
            ends = ends.replace("2026-11-02", str(day_of(self.world.at)))
            self._bring(f"day-{number}.xml", camt("053", number, "".join(entries), balances=ends))

    def _bring(self, name: str, content: str) -> None:
        folders().bring(name, content.encode())


def sign(minor: int) -> str:
    return "CRDT" if minor >= 0 else "DBIT"


@pytest.fixture
def clerk(world: World, settings, tmp_path: Path) -> Iterator[Clerk]:
    """The chain's bank takes files; the dealers' supervised accounts were opened by hand."""
    settings.HELIU_BANK, settings.HELIU_BANK_FILES = "heliu.capital.bank.files", tmp_path
    with world.worker() as system:
        for code, dealer in world.chain.dealers.items():
            bank.register_account(
                org=dealer, bank=world.chain.bank, kind="SUPERVISED", number=f"6229{code}",
                opening=0, actor=system, at=world.at,
            )  # fmt: skip
    return Clerk(world)


def test_an_order_to_its_close(world: World, clerk: Clerk) -> None:
    placed = life.place(world)
    life.sign(world, placed)
    clerk.work()
    clerk.tell_the_day()
    world.bank()
    with world.worker():
        compared = bank.reconcile_day(day_of(world.at), world.at)
        assert len(compared) == len(clerk.entries) == 4
        verdicts = {line.verdict for one in compared for line in one.lines.all()}
        assert (verdicts, {one.is_tied for one in compared}) == ({"MATCHED"}, {True})
    life.receive(world, life.ship(world, placed))
    life.repay(world, placed.deal.id, 100)
    clerk.work()
    assert life.pick_up(world).go
    with world.worker():
        assert Deal.objects.get(pk=placed.deal.id).outcome == Outcome.CLOSED
        assert Statement.objects.count() == 4
    assert list((folders().root / "in").iterdir()) == []
    laws.hold(world)


def test_a_refused_payment_calls_the_deal_off(world: World, clerk: Clerk) -> None:
    clerk.refuses.add("SELLER_PAYMENT")
    placed = life.place(world)
    life.sign(world, placed)
    clerk.work()
    with world.worker():
        assert Deal.objects.get(pk=placed.deal.id).outcome == Outcome.CANCELLED
        paid = PaymentInstruction.objects.filter(deal=placed.deal.id).order_by("number")
        assert [(one.purpose, one.status) for one in paid] == [
            ("DEPOSIT", "BOOKED"), ("DISBURSEMENT", "BOOKED"), ("OWN_SHARE", "BOOKED"),
            ("SELLER_PAYMENT", "REJECTED"), ("LOAN_BACK", "BOOKED"), ("DEPOSIT_BACK", "BOOKED"),
        ]  # fmt: skip
    laws.hold(world)
