"""Many hands on the same accounts: real commits, real connections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from random import Random
from threading import Barrier

import pytest
from django.db import connection
from tests.conftest import be

from heliu.kernel.access.door import acting_for
from heliu.kernel.ids import new_id
from heliu.kernel.posting.operations import (
    AccountSpec,
    HoldGone,
    Journal,
    LimitShort,
    Line,
    NewHold,
    balances,
    check,
    hold_state,
    open_accounts,
    post,
)

AT = datetime(2026, 11, 2, tzinfo=UTC)
DAY = date(2026, 11, 2)
HANDS = 16
TOGETHER = 8  # as many connections as the pool has


class Till:
    """Some purses that may not fall below zero, and a free account that nothing locks."""

    def __init__(self, purses: int, filled: int) -> None:
        be("heliu_web")
        self.org = new_id()
        group = f"book:{self.org}"
        floors = [None, *[0] * purses]
        specs = [
            AccountSpec(f"{self.org}:{n}", group, group, "CNY", self.org, floor=floor)
            for n, floor in enumerate(floors)
        ]
        with acting_for([self.org]):
            ids = open_accounts(specs)
            self.free, *self.purses = (ids[spec.key] for spec in specs)
            lines = [Line(self.free, -filled * purses), *(Line(p, filled) for p in self.purses)]
            if filled:
                post([self.journal(*lines)], at=AT)

    def journal(self, *lines: Line, key: str = "") -> Journal:
        return Journal(new_id(), key or str(new_id()), "test", lines, DAY, self.org)

    def do(self, *journals: Journal, **more: list[object]) -> str:
        try:
            with acting_for([self.org]):
                post(journals, at=AT, **more)  # type: ignore[arg-type]
        except (LimitShort, HoldGone) as refusal:
            return refusal.code
        return "done"

    def stands(self) -> list[int]:
        with acting_for([self.org]):
            stands = balances(self.purses)
        return [stands[purse].posted for purse in self.purses]


def at_once(deed: Callable[[int], Counter[str]]) -> Counter[str]:
    """Let all hands begin together; what they came back with, added up."""
    start = Barrier(TOGETHER, timeout=60)

    def run(hand: int) -> Counter[str]:
        if hand < TOGETHER:
            start.wait()
        try:
            return deed(hand)
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as pool:
        return sum(pool.map(run, range(HANDS)), Counter())


@pytest.fixture
def laws_hold(own_db: str):
    yield
    be("heliu_worker")
    assert check() == []
    be("heliu_web")


def test_sixteen_hands_empty_a_purse_and_not_more(laws_hold: None) -> None:
    till = Till(1, 1000)
    (purse,) = till.purses

    def take(_: int) -> Counter[str]:
        results: Counter[str] = Counter()
        while not results["limit-short"]:
            results[till.do(till.journal(Line(purse, -7), Line(till.free, 7)))] += 1
            connection.close()
        return results

    assert at_once(take) == {"done": 142, "limit-short": HANDS}
    assert till.stands() == [1000 - 7 * 142]


def test_sixteen_hands_hold_a_purse_to_its_end(laws_hold: None) -> None:
    till = Till(1, 100)
    (purse,) = till.purses

    def hold(_: int) -> Counter[str]:
        results: Counter[str] = Counter()
        for _ in range(4):
            results[till.do(holds=[NewHold(new_id(), purse, -3, till.org)])] += 1
            connection.close()
        return results

    assert at_once(hold) == {"done": 33, "limit-short": 31}
    with acting_for([till.org]):
        assert balances([purse])[purse].room_down == 1


def test_crossing_movements_never_lock_each_other_out(laws_hold: None) -> None:
    """Sets that name the same purses in every order, with holds among them."""
    till = Till(5, 50)

    def shuffle(hand: int) -> Counter[str]:
        dice, results = Random(hand), Counter[str]()
        for _ in range(15):
            journals = []
            for _ in range(3):
                one, other = dice.sample(till.purses, 2)
                amount = dice.randint(1, 20)
                journals.append(till.journal(Line(one, amount), Line(other, -amount)))
            hold = NewHold(new_id(), dice.choice(till.purses), -dice.randint(1, 5), till.org)
            results[till.do(*journals, holds=[hold])] += 1
            results[till.do(void=[hold.id])] += 1
            connection.close()
        return results

    results = at_once(shuffle)
    assert results.total() == HANDS * 15 * 2
    assert results["done"] > 0
    assert sum(till.stands()) == 250
    assert min(till.stands()) >= 0


def test_one_key_sent_sixteen_times_is_one_journal(laws_hold: None) -> None:
    till = Till(1, 0)
    (purse,) = till.purses

    def send(_: int) -> Counter[str]:
        return Counter([till.do(till.journal(Line(purse, 5), Line(till.free, -5), key="once"))])

    assert at_once(send) == {"done": HANDS}
    assert till.stands() == [5]


def test_one_hold_is_posted_once(laws_hold: None) -> None:
    till = Till(1, 100)
    (purse,) = till.purses
    hold = new_id()
    till.do(holds=[NewHold(hold, purse, -60, till.org)])

    def take(_: int) -> Counter[str]:
        lines = Line(purse, -25, hold), Line(till.free, 25)
        return Counter([till.do(till.journal(*lines))])

    assert at_once(take) == {"done": 2, "hold-gone": HANDS - 2}
    assert till.stands() == [50]
    with acting_for([till.org]):
        assert hold_state([hold]) == {hold: (-60, -50, True)}


def test_nobody_waits_for_an_account_without_limits(own_db: str) -> None:
    """While one hand has appended to it and not committed, others append and read it."""
    till = Till(0, 0)
    with acting_for([till.org]):
        key = f"{till.org}:other"
        group = f"book:{till.org}"
        other = open_accounts([AccountSpec(key, group, group, "CNY", till.org)])[key]

    def append() -> None:
        with connection.cursor() as cursor:
            cursor.execute("set local lock_timeout = '5s'")
        post([till.journal(Line(till.free, 1), Line(other, -1))], at=AT)

    def elsewhere() -> int:
        try:
            with acting_for([till.org]):
                append()
            with acting_for([till.org]):
                return balances([till.free])[till.free].posted
        finally:
            connection.close()

    with acting_for([till.org]), ThreadPoolExecutor(1) as pool:
        append()
        assert pool.submit(elsewhere).result() == 1  # not the uncommitted one
        assert balances([till.free])[till.free].posted == 2
