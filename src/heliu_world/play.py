"""A seed played: the market laid, its days lived through in the order of time, everything driven
to rest at the end, and a report of what happened."""

from __future__ import annotations

import heapq
import logging
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from heliu_world import market, rhythm
from heliu_world.acts import Hands
from heliu_world.banks import Banks
from heliu_world.chance import governed, stream
from heliu_world.courts import Courts
from heliu_world.faults import Faults, chosen
from heliu_world.ground import fresh
from heliu_world.houses import Houses
from heliu_world.judge import Broken, Judge
from heliu_world.lives.life import Life
from heliu_world.quotes import Quotes
from heliu_world.relations import Relations
from heliu_world.rest import require_rest
from heliu_world.season import Season
from heliu_world.street import Street
from heliu_world.tills import Tills
from heliu_world.works import Works
from heliu_world.world import BEGINS, World

DAY = timedelta(days=1)
SEALS_AFTER = 5  # days: to verify them all takes ever longer
READINGS = 3  # pages that are looked at in a day, at most
ROUND = timedelta(hours=8)  # of the worker, at the end
LONGEST_END = 400  # rounds after which what has not come to rest never will; bills end when due
Say = Callable[[str], None]


@dataclass
class Violation:
    """A law that was broken, and where."""

    law: str
    offender: str
    seed: int
    day: int
    step: int
    last: list[str]
    replay: str
    trace: str = ""


@dataclass
class Report:
    """What happened in a run; see docs/simulate.schema.json."""

    seed: int
    days: int
    faults_allowed: list[str]
    steps: int = 0
    acts: dict[str, int] = field(default_factory=dict)
    ways: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    states: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    digest: str = ""
    seconds: float = 0.0
    violations: list[Violation] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report as plain JSON."""
        return asdict(self)


def simulate(
    seed: int, days: int, faults: str = "all", *, template: str = "", say: Say = lambda words: None
) -> Report:
    """Play a seed on a database of its own; `template` is a migrated one to copy.

    Stops at the first violation, which stands in the report with the command that replays it.
    """
    allowed = chosen(faults)
    report = Report(seed, days, sorted(allowed))
    began = time.monotonic()
    with (
        fresh(f"heliu_world_{seed}_{time.time_ns():x}", template=template) as ground,
        TemporaryDirectory(prefix="heliu-world-") as folder,
        _quiet(),
    ):
        judge = Judge(ground, Path(folder))
        world = World(seed, ground, judge, Faults(stream(seed, "faults"), allowed))
        with governed(seed, lambda: world.now):
            play = Play(world, days, say)
            play.begin()
            try:
                play.live()
                play.end()
            except Broken as broken:
                report.violations.append(_violation(world, broken, days, faults))
            except Exception as error:
                crash = Broken("nothing breaks", f"{type(error).__name__}: {error}"[:400])
                told = "".join(traceback.format_exception(error)[-12:])
                report.violations.append(_violation(world, crash, days, faults, trace=told))
        play.works.count_trouble()
        report.steps, report.digest = world.step, world.digest
        report.acts = dict(sorted(world.acts.items()))
        report.ways = dict(sorted(world.ways.items()))
        report.refusals = dict(sorted(world.refusals.items()))
        report.faults = dict(sorted(world.faults.fired.items()))
        report.states = world.judge.states()
    report.seconds = round(time.monotonic() - began, 1)
    return report


class Play:
    """The order of things: what happens next, and after it whether everything holds."""

    def __init__(self, world: World, days: int, say: Say) -> None:
        self.world, self.days, self.say = world, days, say
        self.hands = Hands(world)
        self.works = Works(world)
        self.street = Street(world, self.hands)
        self.season = Season(world, self.hands)
        self.banks = Banks(world, self.hands)
        self.houses = Houses(world, self.hands)
        self.tills = Tills(world, self.hands)
        self.courts = Courts(world, self.hands)
        self.relations = Relations(world, self.hands)
        self.quotes = Quotes(world, self.hands)
        self.random = world.random("play")
        self.lives: list[Life] = []
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._number = 0

    def begin(self) -> None:
        """Lay the market and put into the queue what is known beforehand."""
        world = self.world
        with world.ground.working():
            world.market = market.lay(world.random("market"), at=world.at)
        world.judge.take_stock()
        world.judge.take_seat()
        wanted = rhythm.wishes(world.market, world.random("rhythm"), begins=BEGINS, days=self.days)
        for wish in wanted:
            self._put(wish.at, partial(self._order, wish))
        for day in range(self.days):
            self._day(day)

    def live(self) -> None:
        """Live through the days."""
        end = BEGINS + self.days * DAY
        while self._queue and self._queue[0][0] < end:
            self._next()

    def end(self) -> None:
        """No more chance: drive on whatever can go on, then see that all is at rest."""
        world = self.world
        world.is_ending = world.faults.is_over = True
        self.works.end_trouble()
        self._queue.clear()
        self._step(self.houses.nobody_waits)
        self._step(self.quotes.nobody_waits)
        self._step(self._found)
        for life in self.lives:
            self._later(life, timedelta())
        for _ in range(LONGEST_END):
            self._catch_up()
            for work in (self.works.push_notices, self.works.sweep, self.works.issue_vat):
                self._step(work)
            self._step(self.season.waited_for_come)
            for do in (
                self.tills.stray_money_is_placed,
                self.tills.what_is_missing_is_settled,
                self.banks.second_word,
                self.courts.lift,
            ):
                self._step(do)
            world.at += ROUND
            if world.at.hour < 8:
                self._step(self.works.close)
                self._step(self.tills.months_end)
            if not self._queue and not self._woken():
                break
        world.at += timedelta(days=2)
        self._step(self.works.issue_vat)
        self._step(self.works.sweep)
        self._step(self.works.close)
        for do in (self.tills.months_end, self.tills.month_opens, self.tills.months_end):
            self._step(do)
        require_rest(world)
        world.judge.compare_with_bank(world.at)
        self._check()
        world.judge.look_at_seals()

    def _catch_up(self) -> None:
        """Whoever meant to look again by now does so."""
        due = []
        while self._queue and self._queue[0][0] <= self.world.at:
            due.append(heapq.heappop(self._queue)[2])
        for do in due:
            self._step(do)

    def _woken(self) -> bool:
        """Whether one that had nothing to look after any more has again."""
        for life in self.lives:
            self._later(life, timedelta())
        self._catch_up()
        return bool(self._queue)

    # The queue.

    def _put(self, at: datetime, do: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._queue, (at, self._number, do))

    def _next(self) -> None:
        at, _, do = heapq.heappop(self._queue)
        self.world.at = max(self.world.at, at)
        self._step(do)
        if self.works.is_called():
            self._call_worker()

    def _step(self, do: Callable[[], None]) -> None:
        self.world.step += 1
        do()
        self.world.judge.look(self.world.at)

    def _call_worker(self) -> None:
        """The worker comes within seconds, or the call is lost and the sweeper must find it."""
        if self.world.faults.happens("call-lost"):
            return
        at = self.world.at + timedelta(seconds=self.random.randint(1, 90))
        self._put(at, self.works.die_after_sending)
        self._put(at, self.works.talk_to_bank)

    def _day(self, day: int) -> None:
        """What a day has besides orders: the turn of the day, sweeps, goods, prices, mischief."""
        world, random, start = self.world, self.random, BEGINS + day * DAY
        self._put(start + timedelta(hours=16, minutes=5), self._turn_of_day)
        for hour in range(0, 24, 4):
            self._put(start + timedelta(hours=hour, minutes=random.randint(1, 50)), self._sweep)
        for hour in (6, 18):
            self._put(start + timedelta(hours=hour), self._seal)
        others: tuple[tuple[Callable[[], None], float], ...] = (
            (self.street.goods_come, 0.6),
            (self.street.prices_change, 0.5),
            (self.street.consent_ends, 0.15),
            (self.street.pledged_goods_are_asked_for, 0.9),
            (self.street.codes_are_guessed, 0.2),
            (self.season.promotion, 0.5),
            (self.season.contract, 0.7),
            (self.season.sells_ahead, 0.5),
            (self.season.waited_for_come, 0.9),
            (self.works.issue_vat, 1),
            (self.works.issue_vat, 1),
            (self.works.mischief_at_the_door, 1),
            (self.works.push_notices, 1),
            (self.works.run_errands, 1),
            (self.works.run_errands, 1),
            (self._borrow, 0.5),
            (self._borrow, 0.2),
            *[(self._found, 1)] * 3,
            *self.banks.day,
            *self.houses.day,
            *self.tills.day,
            *self.courts.day,
            *self.relations.day,
            *self.quotes.day,
            *[(self.street.somebody_reads, 0.9)] * READINGS,
        )
        for do, share in others:
            if random.random() < share:
                self._put(start + timedelta(seconds=random.randrange(86_400)), do)
        if world.faults.happens("stranger-tries") or random.random() < 0.3:
            at = start + timedelta(seconds=random.randrange(86_400))
            self._put(at, self.street.stranger_tries)

    # What is put into it.

    def _order(self, wish: rhythm.Wish) -> None:
        self._begin(self.street.order(wish))

    def _borrow(self) -> None:
        self._begin(self.street.borrow())

    def _found(self) -> None:
        for life in self.street.found():
            self._begin(life)

    def _begin(self, life: Life | None) -> None:
        if life is None:
            return
        self.works.expect_trouble(life.deal)
        self.works.expect_the_registry(life.deal, life.dealer.seat.org)
        self.lives.append(life)
        self._later(life, timedelta(minutes=life.random.randint(1, 20)))

    def _later(self, life: Life, wait: timedelta) -> None:
        def look() -> None:
            again = life.look()
            if again is not None:
                self._later(life, again)

        self._put(self.world.at + wait, look)

    def _sweep(self) -> None:
        if not self.world.faults.happens("sweeper-down"):
            self.works.sweep()

    def _seal(self) -> None:
        sealed = self.world.judge.seal(self.world.at)
        self.world.acts["seal"] += 1
        self.world.tell("seal", "lines" if sealed else "nothing")

    def _turn_of_day(self) -> None:
        world = self.world
        if world.faults.happens("clock-jump"):
            world.at += timedelta(days=self.random.randint(1, 3))
        if not world.faults.happens("close-skipped"):
            self.works.close()
        self._check()
        if world.day % SEALS_AFTER == 0:
            world.judge.look_at_seals()
        if world.day.bit_count() == 1:  # the young grow fast: after 1, 2, 4, 8, … days
            world.judge.take_stock()
        self.say(f"day {world.day}: {world.step} steps, {len(self.lives)} orders")

    def _check(self) -> None:
        """Everything there is; new lines are sealed first."""
        self.world.judge.seal(self.world.at)
        self.world.judge.look_at_all(self.world.at)


def _violation(world: World, broken: Broken, days: int, faults: str, trace: str = "") -> Violation:
    return Violation(
        law=broken.law,
        offender=broken.offender,
        seed=world.seed,
        day=world.day,
        step=world.step,
        last=list(world.last),
        replay=f"heliu simulate --seed {world.seed} --days {days} --faults {faults}",
        trace=trace,
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """What the product logs about the faults it is given is no news here."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
