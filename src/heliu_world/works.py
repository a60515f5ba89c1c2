"""The platform's own work and the bank's: what the worker does, and what comes to the bank's door.

The worker is called by jobs as in real life, and sweeps and closes the day by the clock; it is torn
and killed in the middle like anything else.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from uuid import UUID

from heliu.capital.bank import operations as bank
from heliu.capital.bank.freezing import may_go
from heliu.capital.bank.models import InstructionStatus, PaymentInstruction, Purpose
from heliu.capital.bank.notices import Notice, read, written
from heliu.capital.bank.port import BankTimeout, Order, current_bank, sign
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.bank.sandbox.models import Fault, OutgoingNotice
from heliu.capital.registry.models import FilingKind
from heliu.capital.registry.sandbox import operations as registry
from heliu.capital.registry.sandbox.models import RegistryFault
from heliu.capital.vat.sandbox.models import AuthorityFault
from heliu.kernel.ids import new_id
from heliu.trade import (
    bank_answers,
    confirming,
    incoming,
    recurring,
    registry_answers,
    sweeper,
    tiers,
    vat,
)
from heliu.trade.close_of_day import close_of_day
from heliu_world import wire
from heliu_world.faults import AT_THE_BANK, AT_THE_REGISTRY, AT_THE_TAX, Died, Torn
from heliu_world.judge import Broken
from heliu_world.misprints import misprinted
from heliu_world.world import World

REASONS = ("AM04", "AC04", "MD01")
POOR = 6  # chances more in hard times that a seller has no money for what it owes a bank


class Works:
    """The worker and the bank of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._random: Random = world.random("works")
        self._names: dict[UUID, str] = {}  # faults to come

    def expect_trouble(self, deal: UUID) -> None:
        """Draw what the bank will do wrong with the payments of a new deal."""
        with self._world.ground.working():
            for purpose in Purpose.values:
                for name, kind in AT_THE_BANK.items():
                    if not self._is_met(name, purpose):
                        continue
                    fault = sandbox.script(
                        fault=kind,
                        purpose=purpose,
                        deal=deal,
                        reason=self._random.choice(REASONS),
                        delay=timedelta(days=self._random.randint(1, 3))
                        if name == "back-dated"
                        else timedelta(minutes=self._random.randint(5, 600)),
                    )
                    self._names[fault] = name
                    break

    def _is_met(self, fault: str, purpose: str) -> bool:
        is_poor = (fault, purpose) == ("bank-rejects", Purpose.REFUND)
        chances = 1 + POOR * (is_poor and self._world.market.is_hard)
        hits = [self._world.faults.draw(fault) for _ in range(chances)]
        return any(hits)

    def expect_the_registry(self, deal: UUID, dealer: UUID) -> None:
        """Draw what the registry will do wrong with the filings of a new deal, and whether somebody
        else has a claim on the dealer's goods."""
        faults = self._world.faults
        with self._world.ground.working():
            for kind in FilingKind.values:
                for name, fault in AT_THE_REGISTRY.items():
                    if faults.draw(name):
                        delay = timedelta(minutes=self._random.randint(5, 3_000))
                        made = registry.script(fault=fault, kind=kind, deal=deal, delay=delay)
                        self._names[made.pk] = name
                        break
            if faults.happens("registry-claims"):
                registry.enter(
                    debtor=dealer, secured="Bank of Elsewhere", amount=1_000_00,
                    content="all movables", at=self._world.at, days=self._random.randint(1, 4),
                )  # fmt: skip

    def count_trouble(self) -> None:
        """Note the faults that the bank really had."""
        for (pk,) in self._world.ground.judge.execute(
            "select id from sandbox_fault where times = 0"
            " union all select id from registry_sandbox_registryfault where times = 0"
        ):
            if name := self._names.pop(pk, ""):
                self._world.faults.note(name)

    def end_trouble(self) -> None:
        """From now on bank and registry do everything right."""
        with self._world.ground.working():
            Fault.objects.filter(times__gt=0).delete()
            RegistryFault.objects.filter(times__gt=0).delete()
            AuthorityFault.objects.filter(times__gt=0).delete()

    def is_called(self) -> bool:
        """Whether the worker has been called since it was last here; takes the calls."""
        done = self._world.ground.judge.execute(
            "delete from procrastinate_jobs where queue_name = 'bank'"
        )
        return done.rowcount > 0

    def talk_to_bank(self) -> None:
        """The worker does what it was called for, in whole or, when it is slow, in part."""
        parts: tuple[Callable[[], object], ...] = (
            lambda: registry_answers.file_written(at=self._world.at),
            lambda: bank.send_written(at=self._world.at),
            lambda: bank.collect(self._world.at),
            lambda: bank_answers.apply_answers(at=self._world.at),
        )
        whole = lambda: bank_answers.talk_to_bank(at=lambda: self._world.at)  # noqa: E731
        is_slow = self._random.random() < 0.25 and not self._world.is_ending
        self._work("bank", self._random.choice(parts) if is_slow else whole)

    def sweep(self) -> None:
        """The sweeper looks for what waits."""
        self._work("sweep", lambda: sweeper.sweep(at=self._world.at))

    def issue_vat(self) -> None:
        """What was written goes to the tax authority, which may do something wrong with it."""
        world = self._world
        is_new = world.ask("select 1 from vat_vatinvoice where status = 'QUEUED' limit 1")
        for name, fault in AT_THE_TAX.items():
            if is_new and world.faults.happens(name):
                with world.ground.working():
                    delay = timedelta(minutes=self._random.randint(5, 900))
                    AuthorityFault.objects.create(fault=fault, reason="title?", delay=delay)
                break
        self._work("issue VAT invoices", lambda: vat.run(at=world.at))

    def run_errands(self) -> None:
        """What the worker does every few seconds beside the bank: orders that come back, tiers,
        deposits that dealers pay in."""
        at = self._world.at
        self._work("read deposits", lambda: incoming.take_in_deposits(at=at, awaited_only=True))
        self._work("order what comes back", lambda: recurring.place_due(at=at))
        self._work("give what tiers have", lambda: tiers.run(at=at))
        self._work("confirm by tier", lambda: confirming.run(at=at))
        for one in self._world.ask(
            "select round, why from jobs_stuck where why !~ %s", Torn.__name__
        ):
            raise Broken("a round goes through for every row", f"{one['round']}: {one['why']}")

    def close(self) -> None:
        """The turn of the day; the bank's statement of the one before may be misprinted."""
        with misprinted(self._world, self._random):
            self._work("close of day", lambda: close_of_day(at=self._world.at))

    def die_after_sending(self) -> None:
        """The bank has an order, and the worker is gone before it could write that down."""
        world = self._world
        with world.ground.working():
            waiting = PaymentInstruction.objects.filter(status=InstructionStatus.CREATED)
            one = waiting.order_by("number").first()
            if (
                one is None
                or not may_go(one.pk)
                or not world.faults.happens("worker-died-after-sending")
            ):
                return
            order = Order(one.pk, one.purpose, one.from_number, one.to_number, one.amount, one.deal)
            with suppress(BankTimeout):
                current_bank().submit(order, world.at)
        world.tell(f"die after sending {one.number}", "died")

    def push_notices(self) -> None:
        """The bank sends its notices to our door instead of waiting to be asked for them."""
        world = self._world
        with world.ground.working():
            waiting = OutgoingNotice.objects.filter(delivered_at=None, due_at__lte=world.at)
            pushed = [(bytes(one.raw), one.signature) for one in waiting.order_by("id")]
            waiting.update(delivered_at=world.at)
        self._random.shuffle(pushed)
        for raw, signature in pushed:
            self._push(raw, signature, expected=202)
        if pushed:
            world.acts["push a notice"] += len(pushed)
            world.tell("push notices", str(len(pushed)))

    def mischief_at_the_door(self) -> None:
        """What else comes to the bank's door: repeated, contradicting, unknown, forged."""
        faults, world = self._world.faults, self._world
        old = world.ask(
            "select n.raw, n.signature from bank_banknotice n where status = 'APPLIED'"
            " order by number desc limit 30"
        )
        said = [(bytes(row["raw"]), row["signature"]) for row in old]
        if said and faults.happens("notice-repeated"):
            raw, signature = self._random.choice(said)
            self._push(raw, signature, expected=202)
            other = self._another(raw)
            self._push(other, sign(other), expected=202)
        if said and faults.happens("notice-contradicts"):
            raw = self._another(self._random.choice(said)[0], is_lie=True)
            self._push(raw, sign(raw), expected=202)
        if faults.happens("notice-unknown"):
            raw = written(Notice(f"odd-{new_id()}", new_id(), "BOOKED", 1, world.at))
            self._push(raw, sign(raw), expected=202)
        if said and faults.happens("notice-forged"):
            raw = self._another(self._random.choice(said)[0], is_lie=True)
            self._push(raw, "0" * 64, expected=403)

    def _another(self, raw: bytes, *, is_lie: bool = False) -> bytes:
        """The same said in another notice, or the contrary."""
        told = read(raw)
        outcome = told.outcome
        if is_lie:
            outcome = "REJECTED" if outcome == "BOOKED" else "BOOKED"
        return written(
            Notice(f"again-{new_id()}", told.instruction, outcome, told.amount, told.booked_at)
        )

    def _push(self, raw: bytes, signature: str, *, expected: int) -> None:
        with self._world.ground.being("web"):
            answer = wire.notice(raw, signature)
        if answer.status != expected:
            raise Broken("a signed notice is kept, any other refused", f"{answer.status}")

    def _work(self, name: str, do: Callable[[], object]) -> None:
        """A piece of work as the worker, perhaps torn or killed in the middle."""
        world, outcome = self._world, ""
        with world.ground.being("worker"):
            try:
                with (
                    world.faults.tearing("worker-died", lambda: Died("the process was killed")),
                    world.faults.tearing("worker-aborted", lambda: Torn("connection lost")),
                ):
                    outcome = str(do())
            except Torn:
                outcome = "torn"
            except Died:
                outcome = "died"
        world.acts[name] += 1
        world.tell(name, outcome)
