"""What the sandbox bank keeps, in one SQLite file; every write is one transaction on the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from heliu.capital.bank.http.contract import (
    AccountWanted,
    FaultWanted,
    SupervisedAsked,
    TransferWanted,
)
from heliu.capital.bank.notices import written
from heliu.capital.bank.port import BankStatement, BankStatus, Order, Outcome, StatementEntry
from heliu.capital.bank.sandbox.policies import Plan, new_number, notice_of, span, statement
from heliu.kernel.ids import new_id

TABLES = Path(__file__).with_name("books.sql")
MOST = 500  # notices at once
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds between two tries to bring a notice
LENT = 60.0  # seconds in which the customer says that it has kept what was handed out


class Differs(Exception):
    """An id that was used for another order."""


@dataclass(frozen=True)
class Holding:
    """An account as it stands."""

    is_bounded: bool
    is_closed: bool
    balance: int


@dataclass(frozen=True)
class Due:
    """A notice that is to go out."""

    number: int
    said: str


class Books:
    """Accounts, payments, entries, notices and faults. For one thread."""

    def __init__(self, file: Path) -> None:
        self._link = sqlite3.connect(file, isolation_level=None)
        self._link.execute("pragma journal_mode = wal")
        self._link.execute("pragma foreign_keys = on")
        self._link.executescript(TABLES.read_text())

    def open_account(self, wanted: AccountWanted) -> str:
        """Open an account with money on it."""
        return self._open(wanted.holder, wanted.funds, wanted.is_bounded, None, wanted.at)

    def open_supervised(self, asked: SupervisedAsked) -> str:
        """The dealer's supervised account for a lender; opened the first time."""
        opened_for = f"{asked.dealer} {asked.lender}"
        for (number,) in self._link.execute(
            "select number from account where opened_for = ?", [opened_for]
        ):
            return str(number)
        return self._open(asked.dealer, 0, True, opened_for, asked.at)

    def script(self, wanted: FaultWanted) -> UUID:
        """Note a fault to come."""
        made, deal = new_id(), str(wanted.deal) if wanted.deal else None
        self._link.execute(
            "insert into fault (id, kind, deal, purpose, reason, delay, times)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            [str(made), wanted.fault, deal, wanted.purpose, wanted.reason,
             wanted.delay.total_seconds(), wanted.times],
        )  # fmt: skip
        return made

    def transfer(self, wanted: TransferWanted) -> None:
        """Move money as somebody bade, beside the platform."""
        ends = (wanted.source, wanted.target)
        with self._writing():
            self._enter(ends, wanted.amount, wanted.reference, wanted.at)

    def take(self, order: Order, at: datetime, now: float) -> Plan:
        """Book or reject an order and queue its notice; a known id changes nothing.

        Raises `Differs` when the id is known for another order.
        """
        content = msgspec.json.encode(order).decode()
        with self._writing():
            for (known,) in self._link.execute(
                "select content from payment where id = ?", [str(order.id)]
            ):
                if known != content:
                    raise Differs(str(order.id))
                return Plan()
            plan = self._plan_for(order)
            if plan.is_seen:
                reason = self._book(order, plan, at)
                self._link.execute(
                    "insert into payment values (?, ?, ?, ?)",
                    [str(order.id), content, reason, stamp(at)],
                )
                self._queue(order, reason, plan, at, now)
        return plan

    def status(self, payment: UUID) -> BankStatus:
        """What became of an order."""
        for reason, at in self._link.execute(
            "select reason, at from payment where id = ?", [str(payment)]
        ):
            outcome = Outcome.REJECTED if reason else Outcome.BOOKED
            return BankStatus(outcome, reason, datetime.fromisoformat(at))
        return BankStatus(Outcome.NEVER_SEEN)

    def statement(self, number: str, day: date) -> BankStatement | None:
        """An account's day in the order of its bookings; None: there is no such account."""
        start, end = map(stamp, span(day))
        opening = self._link.execute(
            "select funds + (select coalesce(sum(amount), 0) from entry"
            " where account = account.number and booked_at < ?) from account where number = ?",
            [start, number],
        ).fetchone()
        if opening is None:
            return None
        rows = self._link.execute(
            "select number, amount, reference, counterparty, booked_at from entry"
            " where account = ? and booked_at >= ? and booked_at < ? order by booked_at, number",
            [number, start, end],
        )
        entries = [
            StatementEntry(str(entry), amount, reference, other, datetime.fromisoformat(at))
            for entry, amount, reference, other, at in rows
        ]
        return statement(number, day, opening[0], entries)

    def to_bring(self, at: datetime, now: float, *, late_after: float = 0) -> list[Due]:
        """What is to be brought to the customer's door: due by its time, late ones last.

        Late ones only when they have lain here for so many seconds.
        """
        return self._due(
            "bring_after <= ? and (not is_late or queued <= ?)", at, now, now - late_after
        )

    def hand_out(self, at: datetime, now: float) -> list[Due]:
        """All that is due and did not arrive; not again for a while, unless it is not kept."""
        due = self._due("hand_out_after <= ?", at, now)
        self._link.executemany(
            "update notice set hand_out_after = ?, bring_after = ? where number = ?",
            [[now + LENT, now + LENT, one.number] for one in due],
        )
        return due

    def delivered(self, numbers: list[int]) -> None:
        """These notices have arrived."""
        self._link.executemany(
            "update notice set is_delivered = 1 where number = ?", [[one] for one in numbers]
        )

    def failed(self, number: int, now: float) -> None:
        """A notice could not be brought: try again after a pause that grows."""
        self._link.execute(
            "update notice set tries = tries + 1,"
            " bring_after = ? + min(? * (1 << min(tries, 10)), ?) where number = ?",
            [now, FIRST_PAUSE, LONGEST_PAUSE, number],
        )

    def close(self) -> None:
        """Let go of the file."""
        self._link.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._link.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._link.execute("rollback")
            raise
        self._link.execute("commit")

    def _open(
        self, holder: UUID, funds: int, is_bounded: bool, opened_for: str | None, at: datetime
    ) -> str:
        number = new_number()
        self._link.execute(
            "insert into account (number, holder, funds, is_bounded, opened_for, opened_at)"
            " values (?, ?, ?, ?, ?, ?)",
            [number, str(holder), funds, is_bounded, opened_for, stamp(at)],
        )
        return number

    def _plan_for(self, order: Order) -> Plan:
        for number, kind, reason, delay in self._link.execute(
            "select number, kind, reason, delay from fault where times > 0"
            " and (deal = ? or deal is null) and (purpose = ? or purpose = '')"
            " order by deal is null, number limit 1",
            [str(order.deal), order.purpose],
        ):
            self._link.execute("update fault set times = times - 1 where number = ?", [number])
            return Plan(kind, reason, timedelta(seconds=delay))
        return Plan()

    def _book(self, order: Order, plan: Plan, at: datetime) -> str:
        """Move the money; returns the reason why not, or ''."""
        ends = (order.from_number, order.to_number)
        source, target = map(self._holding, ends)
        reason = plan.refusal(source, target, order.amount)
        if not reason:
            self._enter(ends, order.amount, str(order.id), at)
        return reason

    def _enter(self, ends: tuple[str, str], amount: int, reference: str, at: datetime) -> None:
        source, target = ends
        self._link.executemany(
            "insert into entry (account, amount, reference, counterparty, booked_at)"
            " values (?, ?, ?, ?, ?)",
            [
                [source, -amount, reference, target, stamp(at)],
                [target, amount, reference, source, stamp(at)],
            ],
        )

    def _holding(self, number: str) -> Holding | None:
        for is_bounded, is_closed, balance in self._link.execute(
            "select is_bounded, is_closed, funds + (select coalesce(sum(amount), 0) from entry"
            " where account = account.number) from account where number = ?",
            [number],
        ):
            return Holding(bool(is_bounded), bool(is_closed), balance)
        return None

    def _due(self, which: str, at: datetime, *values: float) -> list[Due]:
        rows = self._link.execute(
            "select number, said from notice where not is_delivered and due_at <= ?"
            f" and {which} order by is_late, number limit ?",
            [stamp(at), *values, MOST],
        )
        return [Due(number, said) for number, said in rows]

    def _queue(self, order: Order, reason: str, plan: Plan, at: datetime, now: float) -> None:
        said = written(notice_of(order, reason, at)).decode()
        self._link.executemany(
            "insert into notice (said, due_at, is_late, queued) values (?, ?, ?, ?)",
            [[said, stamp(one.due_at), one.is_late, now] for one in plan.deliveries(at)],
        )


def stamp(at: datetime) -> str:
    """A moment as it is kept: always of one length, so that text sorts as time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
