"""The engine against a model of it in plain Python, driven by chance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.examples import examples

from heliu.kernel.ids import new_id
from heliu.kernel.posting.operations import (
    AccountSpec,
    HoldGone,
    Journal,
    KeyReused,
    LimitShort,
    Line,
    NewHold,
    Unbalanced,
    balance_on,
    balances,
    check,
    hold_state,
    open_accounts,
    post,
    rehold,
    set_limits,
)

START = datetime(2026, 11, 2, tzinfo=UTC)
DAY = date(2026, 11, 2)
SUBJECT = new_id()


@dataclass
class ModelAccount:
    group: tuple[str, str]
    floor: int | None
    ceiling: int | None
    is_limited: bool
    lines: list[tuple[date, int]] = field(default_factory=list)

    @property
    def posted(self) -> int:
        return sum(amount for _, amount in self.lines)


@dataclass
class ModelHold:
    account: int
    amount: int
    expires_at: datetime | None
    posted: int = 0
    is_open: bool = True

    @property
    def rest(self) -> int:
        return self.amount - self.posted


class Model:
    """What the engine means, one thing at a time, slowly."""

    def __init__(self) -> None:
        self.accounts: dict[int, ModelAccount] = {}
        self.holds: dict[UUID, ModelHold] = {}
        self.contents: dict[str, Any] = {}

    def held(self, account: int) -> tuple[int, int]:
        rests = [h.rest for h in self.holds.values() if h.account == account and h.is_open]
        return -sum(r for r in rests if r < 0), sum(r for r in rests if r > 0)

    def short(self, account: int) -> int:
        one, (out, into) = self.accounts[account], self.held(account)
        below = 0 if one.floor is None else one.floor - (one.posted - out)
        above = 0 if one.ceiling is None else one.posted + into - one.ceiling
        return max(below, above, 0)

    def post(
        self, journals: list[Journal], holds: list[NewHold], void: list[UUID], at: datetime
    ) -> None:
        for journal in journals:
            sums: dict[tuple[str, str], int] = {}
            for line in journal.lines:
                group = self.accounts[line.account].group
                sums[group] = sums.get(group, 0) + line.amount
            if any(sums.values()):
                raise Unbalanced(journal.key)
        fresh = []
        for journal in journals:
            said = (journal.kind, journal.lines, journal.effective)
            if self.contents.setdefault(journal.key, said) != said:
                raise KeyReused(journal.key)
            if self.contents[journal.key] is said:
                fresh.append(journal)
        touched = {line.account for journal in fresh for line in journal.lines}
        for new in holds:
            placed = ModelHold(new.account, new.amount, new.expires_at)
            known = self.holds.setdefault(new.id, placed)
            if (known.account, known.amount) != (new.account, new.amount):
                raise KeyReused(str(new.id))
            if known is placed:
                touched.add(new.account)
        touched |= {self.holds[one].account for one in void if self.holds[one].is_open}
        for hold in self.holds.values():
            if hold.account in touched and hold.expires_at is not None and hold.expires_at <= at:
                hold.is_open = False
        for journal in fresh:
            for line in journal.lines:
                self.accounts[line.account].lines.append((journal.effective, line.amount))
                if line.hold is not None:
                    self.post_hold(line)
        for one in void:
            self.holds[one].is_open = False
        for account in touched:
            if self.accounts[account].is_limited and self.short(account):
                raise LimitShort(account, "", self.short(account))

    def rehold(self, holds: list[NewHold], at: datetime) -> None:
        before = {account: self.held(account) for account in self.accounts}
        for new in holds:
            known = self.holds.get(new.id)
            if known and (
                known.expires_at is not None
                or new.amount * known.amount < 0
                or abs(new.amount) < abs(known.posted)
            ):
                raise HoldGone(new.id)
        for hold in self.holds.values():
            is_met = hold.account in {new.account for new in holds}
            if is_met and hold.expires_at is not None and hold.expires_at <= at:
                hold.is_open = False
        for new in holds:
            known = self.holds.get(new.id)
            if known is None and new.amount:
                self.holds[new.id] = ModelHold(new.account, new.amount, None)
            elif known and new.amount:
                known.amount, known.is_open = new.amount, new.amount != known.posted
            elif known:
                known.is_open = False
        for account in dict.fromkeys(new.account for new in holds):
            one, (out, into) = self.accounts[account], self.held(account)
            more_out, more_in = out > before[account][0], into > before[account][1]
            below = more_out and one.floor is not None and one.posted - out < one.floor
            above = more_in and one.ceiling is not None and one.posted + into > one.ceiling
            if below or above:
                raise LimitShort(account, "", 1)

    def post_hold(self, line: Line) -> None:
        assert line.hold is not None
        hold = self.holds[line.hold]
        same_way = (line.amount > 0) == (hold.amount > 0)
        fits = abs(line.amount) <= abs(hold.rest)
        if hold.account != line.account or not hold.is_open or not same_way or not fits:
            raise HoldGone(line.hold)
        hold.posted += line.amount
        hold.is_open = hold.rest != 0


AMOUNTS = st.integers(1, 60)


class Engine(RuleBasedStateMachine):
    """Rules do the same to the engine and to the model; both must say the same."""

    @initialize()
    def open(self) -> None:
        self.model, self.at, self.serial = Model(), START, 0
        self.last: tuple[list[Journal], list[NewHold], list[UUID]] | None = None
        stamp = new_id()
        shapes = [
            (book, unit, name, floor, ceiling)
            for book in ("a", "b")
            for unit in ("CNY", "USD")
            for name, floor, ceiling in (
                ("free", None, None),
                ("purse", 0, None),
                ("cap", None, 100),
                ("both", -50, 50),
            )
        ]
        specs = [
            AccountSpec(
                key=f"{stamp}:{book}:{unit}:{name}",
                chain=f"book:{book}",
                balance_group=f"book:{book}",
                unit=unit,
                org=stamp,
                floor=floor,
                ceiling=ceiling,
                lock_rank=10 + 10 * len(name),
            )
            for book, unit, name, floor, ceiling in shapes
        ]
        ids = open_accounts(specs)
        for spec in specs:
            self.model.accounts[ids[spec.key]] = ModelAccount(
                (spec.balance_group, spec.unit),
                spec.floor,
                spec.ceiling,
                spec.floor is not None or spec.ceiling is not None,
            )
        self.groups: dict[tuple[str, str], list[int]] = {}
        for account, one in self.model.accounts.items():
            self.groups.setdefault(one.group, []).append(account)
        self.limited = [a for a, one in self.model.accounts.items() if one.is_limited]

    def both(self, journals=(), holds=(), void=()) -> None:
        """Do it to both; a refusal must be the same one and change neither."""
        call = (list(journals), list(holds), list(void))
        before = copy_of(self.model)
        expected: Exception | None = None
        try:
            self.model.post(*call, self.at)
        except (LimitShort, HoldGone, KeyReused, Unbalanced) as refusal:
            self.model, expected = before, refusal
        if expected is None:
            after = post(call[0], holds=call[1], void=call[2], at=self.at)
            assert all(self.model.accounts[a].is_limited for a in after)
            self.last = call
        else:
            with pytest.raises(type(expected)) as got:
                post(call[0], holds=call[1], void=call[2], at=self.at)
            if isinstance(expected, LimitShort):
                assert before.accounts[got.value.account].is_limited
                assert got.value.short > 0

    def journal(self, *lines: Line, day: int = 0) -> Journal:
        self.serial += 1
        key = f"{id(self)}:{self.serial}"
        effective = DAY + timedelta(days=day)
        return Journal(new_id(), key, "test", lines, effective, SUBJECT)

    def pair(self, data: st.DataObject, group: tuple[str, str]) -> tuple[Line, Line]:
        source, target = data.draw(
            st.lists(st.sampled_from(self.groups[group]), min_size=2, max_size=2, unique=True)
        )
        amount = data.draw(AMOUNTS)
        return Line(target, amount), Line(source, -amount)

    @rule(data=st.data(), day=st.integers(-3, 3))
    def move(self, data: st.DataObject, day: int) -> None:
        groups = data.draw(st.lists(st.sampled_from(sorted(self.groups)), min_size=1, max_size=3))
        lines = [line for group in groups for line in self.pair(data, group)]
        self.both([self.journal(*lines, day=day)])

    @rule(data=st.data())
    def move_many(self, data: st.DataObject) -> None:
        groups = data.draw(st.lists(st.sampled_from(sorted(self.groups)), min_size=2, max_size=5))
        self.both([self.journal(*self.pair(data, group)) for group in groups])

    @rule(data=st.data())
    def move_unbalanced(self, data: st.DataObject) -> None:
        (one, _), (_, other) = (self.pair(data, g) for g in sorted(self.groups)[:2])
        self.both([self.journal(one, other)])

    @rule(
        data=st.data(),
        amount=st.integers(-60, 60).filter(bool),
        hours=st.none() | st.integers(1, 9),
    )
    def hold(self, data: st.DataObject, amount: int, hours: int | None) -> None:
        account = data.draw(st.sampled_from(self.limited))
        expires = None if hours is None else self.at + timedelta(hours=hours)
        self.both(holds=[NewHold(new_id(), account, amount, SUBJECT, expires)])

    @precondition(lambda self: self.model.holds)
    @rule(data=st.data(), amount=st.none() | AMOUNTS, lets_go=st.booleans())
    def post_hold(self, data: st.DataObject, amount: int | None, lets_go: bool) -> None:
        one = data.draw(st.sampled_from(sorted(self.model.holds)))
        hold = self.model.holds[one]
        size = amount or max(abs(hold.rest), 1)
        signed = size if hold.amount > 0 else -size
        free = self.groups[self.model.accounts[hold.account].group][0]
        lines = Line(hold.account, signed, one), Line(free, -signed)
        self.both([self.journal(*lines)], void=[one] if lets_go else [])

    @rule(data=st.data(), fresh=st.none() | st.integers(-60, 60))
    def rehold(self, data: st.DataObject, fresh: int | None) -> None:
        ids = st.sampled_from(sorted(self.model.holds) or [None])
        known = data.draw(st.lists(ids, max_size=3, unique=True))
        wanted = [
            NewHold(one, self.model.holds[one].account, data.draw(st.integers(-60, 60)), SUBJECT)
            for one in known
            if one is not None
        ]
        if fresh is not None:
            account = data.draw(st.sampled_from(self.limited))
            wanted.append(NewHold(new_id(), account, fresh, SUBJECT))
        before = copy_of(self.model)
        try:
            self.model.rehold(wanted, self.at)
        except (LimitShort, HoldGone) as refusal:
            self.model = before
            with pytest.raises(type(refusal)):
                rehold(wanted, at=self.at)
        else:
            rehold(wanted, at=self.at)

    @precondition(lambda self: self.model.holds)
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        ids = st.sampled_from(sorted(self.model.holds))
        self.both(void=data.draw(st.lists(ids, min_size=1, max_size=3, unique=True)))

    @precondition(lambda self: self.last is not None)
    @rule()
    def replay(self) -> None:
        assert self.last is not None
        journals, holds, void = self.last
        before = copy_of(self.model)
        self.both(journals, holds, void)
        assert [a.lines for a in self.model.accounts.values()] == [
            a.lines for a in before.accounts.values()
        ]

    @precondition(lambda self: self.last is not None and self.last[0])
    @rule(data=st.data())
    def reuse_a_key(self, data: st.DataObject) -> None:
        assert self.last is not None
        known = self.last[0][0]
        lines = self.pair(data, sorted(self.groups)[0])
        self.both([Journal(new_id(), known.key, "other", lines, known.effective, SUBJECT)])

    @rule(hours=st.integers(1, 5))
    def wait(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    @rule(data=st.data(), limit=st.integers(0, 200))
    def limit(self, data: st.DataObject, limit: int) -> None:
        account = data.draw(st.sampled_from(self.limited))
        one = self.model.accounts[account]
        before, one.ceiling = one.ceiling, limit
        if self.model.short(account):
            one.ceiling = before
            with pytest.raises(LimitShort):
                set_limits(account, ceiling=limit)
        else:
            set_limits(account, ceiling=limit)

    @invariant()
    def both_stand_alike(self) -> None:
        stands = balances(self.model.accounts)
        for account, one in self.model.accounts.items():
            got = stands[account]
            assert (got.posted, got.held_out, got.held_in) == (
                one.posted,
                *self.model.held(account),
            )
        for one_id, state in hold_state(self.model.holds).items():
            hold = self.model.holds[one_id]
            assert state == (hold.amount, hold.posted, hold.is_open)
        assert balance_on(self.model.accounts, DAY) == {
            account: sum(amount for day, amount in one.lines if day <= DAY)
            for account, one in self.model.accounts.items()
        }

    def teardown(self) -> None:
        assert check() == []


def copy_of(model: Model) -> Model:
    """A model that stands alike and does not move along."""
    twin = Model()
    twin.accounts = {
        a: ModelAccount(o.group, o.floor, o.ceiling, o.is_limited, list(o.lines))
        for a, o in model.accounts.items()
    }
    twin.holds = {
        h: ModelHold(o.account, o.amount, o.expires_at, o.posted, o.is_open)
        for h, o in model.holds.items()
    }
    twin.contents = dict(model.contents)
    return twin


@pytest.mark.django_db
def test_the_engine_is_its_model() -> None:
    class Machine(Engine):
        def __init__(self) -> None:
            super().__init__()
            self.door = transaction.atomic()
            self.door._from_testcase = True
            self.door.__enter__()
            with connection.cursor() as cursor:
                cursor.execute("set local role heliu_worker")

        def teardown(self) -> None:
            super().teardown()
            transaction.set_rollback(True)
            self.door.__exit__(None, None, None)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples(25),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
