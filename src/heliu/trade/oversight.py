"""What an operator reads about everybody: counts, numbers, states, times and names of parties.

The functions behind (`sql/operator.sql`) check by themselves that the transaction acts for an
operator and give nobody else anything; the permission is asked here, so that a refusal is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection

from heliu.capital.bank.models import (
    INSTRUCTION_TONES,
    InstructionStatus,
    NoticeStatus,
    Purpose,
)
from heliu.capital.books.chart import currency_of, label
from heliu.capital.lending.models import LOAN_TONES, LoanStatus
from heliu.commerce.ordering.models import TONES as ORDER_TONES
from heliu.commerce.ordering.models import OrderStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.events.models import Fact
from heliu.kernel.events.queries import visible_to as facts_visible_to
from heliu.kernel.language import in_language, is_chinese
from heliu.kernel.parties.models import PartyRole, RelationshipStatus
from heliu.logistics.pledges.models import (
    PLEDGE_TONES,
    RELEASE_TONES,
    PledgeStatus,
    ReleaseStatus,
)
from heliu.trade.ledger_checks import LedgersChecked
from heliu.trade.models import Outcome, Step

TYPICAL_DAYS = 14
MOST_SECONDS = 5_000
MINUTE, HOUR = 60, 3_600  # for which a look over everything is kept, in seconds
ROLES = PartyRole.Role


@dataclass(frozen=True)
class PartyName:
    """A party as an operator names it."""

    id: UUID
    code: str
    name: str
    name_zh: str
    short_name: str
    short_name_zh: str

    @property
    def display(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name, self.name_zh)

    @property
    def short(self) -> str:
        """The short name in the reader's language."""
        return in_language(self.short_name, self.short_name_zh) or self.display


@dataclass(frozen=True)
class Slot:
    """Facts of a flow in one half hour of the day (0 to 47); `usual` is the mean of days before."""

    flow: str
    slot: int
    now: int
    usual: float


@dataclass(frozen=True)
class Waiting:
    """A thing that needs a person at the desk of `org`; `deal` is its deal's number, or ''.

    `kind` is REFERRED, PAYMENT, NOTICE, OVERDUE, FINDING, CLAIM, SLOW (a deal) or JOB.
    """

    kind: str
    number: str
    state: str
    since: datetime
    org: UUID | None
    deal: str

    @property
    def state_label(self) -> str:
        """The state in the reader's language; of a job its task."""
        if self.kind == "PAYMENT":
            return str(InstructionStatus(self.state).label)
        if self.kind == "NOTICE":
            return str(NoticeStatus(self.state).label)
        if self.kind == "JOB":
            return self.state
        return state_of("LOAN" if self.state in LoanStatus else "ORDER", self.state)[0]


@dataclass(frozen=True)
class Pulse:
    """How many things wait, whether one is pressing, how many seconds the worker is behind."""

    waiting: int
    is_pressing: bool
    behind: float


@dataclass(frozen=True)
class DealHead:
    """A deal without its goods and amounts."""

    number: str
    outcome: str
    opened_at: datetime
    moved_at: datetime
    closed_at: datetime | None
    buyer: UUID
    seller: UUID
    lender: UUID | None
    custodian: UUID | None

    @property
    def state(self) -> tuple[str, str]:
        """Words and tone of how it ended, if it did."""
        return str(Outcome(self.outcome).label), "moving" if self.outcome == "OPEN" else "quiet"


@dataclass(frozen=True)
class Document:
    """A document of a deal: its kind, number and state; `what` is a payment's purpose."""

    kind: str
    number: str
    what: str
    state: str
    at: datetime

    @property
    def purpose(self) -> str:
        """What a payment is for, in the reader's language."""
        return str(Purpose(self.what).label) if self.what else ""

    @property
    def pill(self) -> tuple[str, str]:
        """Words and tone of the state."""
        return state_of(self.kind, self.state)


@dataclass(frozen=True)
class Party(PartyName):
    """A party in the operator's list; `last_at` is when its newest deal began."""

    city: str
    city_zh: str
    roles: tuple[str, ...]
    is_active: bool
    since: datetime
    people: int
    relationships: int
    last_at: datetime | None

    @property
    def place(self) -> str:
        """The city in the reader's language."""
        return in_language(self.city, self.city_zh)

    @property
    def role_labels(self) -> list[str]:
        """What it does, in the reader's language."""
        return [str(PartyRole.Role(role).label) for role in self.roles]


@dataclass(frozen=True)
class RoleHeld:
    """A role and how many people hold it."""

    role: str
    name: str
    name_zh: str
    people: int
    last_at: datetime | None

    @property
    def display(self) -> str:
        """The role's name in the reader's language."""
        return (self.name_zh or self.name) if is_chinese() else self.name


@dataclass(frozen=True)
class Link:
    """A trading relationship as one side has it; `side` is what the other one is to it."""

    other: UUID
    side: str
    status: str
    since: date

    @property
    def side_label(self) -> str:
        """Buyer or seller, in the reader's language."""
        return str(PartyRole.Role(self.side).label)

    @property
    def status_label(self) -> str:
        """Whether it holds, in the reader's language."""
        return str(RelationshipStatus(self.status).label)


@dataclass(frozen=True)
class Count:
    """How many documents of a kind stand in a state."""

    kind: str
    state: str
    n: int

    @property
    def pill(self) -> tuple[str, str]:
        """Words and tone of the state."""
        return state_of(self.kind, self.state)


@dataclass(frozen=True)
class Span:
    """How long a phase of a deal takes: middle and slow tenth, in seconds, of `n` deals."""

    phase: str
    n: int
    p50: float
    p90: float


@dataclass(frozen=True)
class ChainHead:
    """Where a chain of seals ends."""

    name: str
    org: UUID | None
    blocks: int
    lines: int
    hash: str
    sealed_at: datetime


@dataclass(frozen=True)
class Jobs:
    """A task of the worker, and how many of its jobs stand where; what is done is gone.

    `oldest` has been waiting since then; `by_clock` is when a regular task was last put in.
    """

    task: str
    todo: int
    doing: int
    failed: int
    oldest: datetime | None
    by_clock: datetime | None


@dataclass(frozen=True)
class Stuck:
    """A row that the worker could not deal with: of which round, its id, what kind of thing broke,
    how often it was tried, since when, and when it is tried again."""

    round: str
    subject: UUID
    why: str
    tries: int
    since: datetime
    next_try_at: datetime


@dataclass(frozen=True)
class Book:
    """Both sides of one book (minor units); they are equal when it balances."""

    org: UUID
    accounts: int
    debit: int
    credit: int


@dataclass(frozen=True)
class CodeSum:
    """One account of the chart over all books (minor units)."""

    code: str
    books: int
    debit: int
    credit: int

    @property
    def label(self) -> str:
        """The account's name in the reader's language."""
        return label(self.code)

    @property
    def currency(self) -> str:
        """The currency of its amounts."""
        return currency_of(self.code)


def flows(actor: Actor, day: date) -> list[Slot]:
    """Facts per flow and half hour of a day, beside the mean of up to 14 days before."""
    before = _kept(actor, HOUR, "operator_flows(%s, %s)", day, TYPICAL_DAYS)
    now = {row[:2]: row[2] for row in _rows(actor, "operator_flows(%s, %s)", day, 0)}
    usual = {row[:2]: float(row[3]) for row in before}
    return [
        Slot(flow, slot, now.get((flow, slot), 0), usual.get((flow, slot), 0.0))
        for flow, slot in sorted(now.keys() | usual.keys())
    ]


def counts(actor: Actor, day: date) -> dict[str, int]:
    """The day's orders and decisions, and what is in force, by name."""
    return dict(_rows(actor, "operator_counts(%s)", day))


def waiting(actor: Actor, at: datetime) -> list[Waiting]:
    """What needs a person at some desk, the oldest first."""
    rows = _rows(actor, "operator_waiting(%s) order by since nulls first", at)
    return [Waiting(kind, n, state, since or at, org, deal or "") for
            kind, n, state, since, org, deal in rows]  # fmt: skip


def pulse(actor: Actor, at: datetime) -> Pulse:
    """The operator's one glance, for the frame of every page; nothing for who may not operate."""
    if not actor.may("operate"):
        return Pulse(0, False, 0.0)
    rows = _rows(actor, "operator_pulse(%s)", at)
    return Pulse(*rows[0]) if rows else Pulse(0, False, 0.0)


def names(actor: Actor, ids: Iterable[UUID | None]) -> dict[UUID, PartyName]:
    """Parties by id, whoever they are."""
    wanted = list({one for one in ids if one is not None})
    return {row[0]: PartyName(*row) for row in _rows(actor, "operator_names(%s)", wanted)}


def deal(actor: Actor, number: str) -> DealHead | None:
    """One deal by its number."""
    rows = _rows(actor, "operator_deal(%s)", number)
    return DealHead(*rows[0]) if rows else None


def steps(actor: Actor, number: str) -> list[tuple[str, datetime]]:
    """What was done in a deal, in words, and when."""
    rows = _rows(actor, "operator_steps(%s)", number)
    return [(str(Step(step).label), at) for step, at in rows]


def documents(actor: Actor, number: str) -> list[Document]:
    """The documents of a deal by time."""
    return [Document(*row) for row in _rows(actor, "operator_documents(%s)", number)]


def parties(
    actor: Actor, *, text: str = "", role: str = "", most: int = 50, skipped: int = 0
) -> tuple[list[Party], int]:
    """A page of parties by code, and how many the filters leave."""
    rows = _rows(actor, "operator_parties(%s, %s, %s, %s)", text, role, most, skipped)
    found = [Party(*(*row[:8], tuple(row[8]), *row[9:14])) for row in rows]
    return found, rows[0][14] if rows else 0


def party(actor: Actor, code: str) -> Party:
    """One party by its code, or `NotFound`."""
    found, _ = parties(actor, text=code)
    exact = next((one for one in found if one.code == code), None)
    if exact is None:
        raise NotFound()
    return exact


def people(actor: Actor, party: UUID) -> list[RoleHeld]:
    """How many people of a party hold which role."""
    return [RoleHeld(*row) for row in _rows(actor, "operator_people(%s)", party)]


def relationships(actor: Actor, party: UUID, most: int) -> tuple[list[Link], int]:
    """With whom a party trades, the newest first, and how many they are in all."""
    rows = _rows(actor, "operator_relationships(%s, %s)", party, most)
    return [Link(*row[:4]) for row in rows], rows[0][4] if rows else 0


def states(actor: Actor, party: UUID) -> list[Count]:
    """How many documents of a party stand in which state."""
    return [Count(*row) for row in _rows(actor, "operator_states(%s)", party)]


def spans(actor: Actor, start: datetime) -> dict[str, Span]:
    """How long the phases of deals took since a moment, by phase."""
    return {row[0]: Span(*row) for row in _rows(actor, "operator_spans(%s)", start)}


def seconds_to_money(actor: Actor, start: datetime) -> list[float]:
    """Seconds from signature to the seller being paid, for the newest deals."""
    return [row[0] for row in _rows(actor, "operator_seconds(%s, %s)", start, MOST_SECONDS)]


def heads(actor: Actor, *, most: int = 50, skipped: int = 0) -> tuple[list[ChainHead], int]:
    """Where the chains of seals end, the longest first, and how many there are."""
    rows = _rows(actor, "operator_heads(%s, %s)", most, skipped)
    return [ChainHead(*row[:6]) for row in rows], rows[0][6] if rows else 0


def jobs(actor: Actor) -> list[Jobs]:
    """The worker's queue by task."""
    return [Jobs(*row) for row in _rows(actor, "operator_jobs()")]


def stuck(actor: Actor, *, most: int = 50) -> list[Stuck]:
    """What the worker could not deal with yet, what has waited longest first."""
    return [Stuck(*row) for row in _rows(actor, "operator_stuck(%s)", most)]


def workers_alive(actor: Actor) -> int:
    """How many workers gave a sign of life within the last half minute."""
    return sum(row[0] for row in _rows(actor, "operator_workers()"))


def books(actor: Actor, *, most: int = 50, skipped: int = 0) -> tuple[list[Book], int]:
    """The books with their two sides, those out of balance first, and how many there are."""
    rows = _kept(actor, MINUTE, "operator_books(%s, %s)", most, skipped)
    found = [Book(org, n, int(debit), int(credit)) for org, n, debit, credit, _total in rows]
    return found, rows[0][4] if rows else 0


def closed_to(actor: Actor, books: Iterable[UUID]) -> dict[UUID, date]:
    """Up to which day each of these books is closed, of those that are at all."""
    return dict(_rows(actor, "operator_closed(%s)", list(books)))


def codes(actor: Actor) -> list[CodeSum]:
    """The chart of accounts over all books."""
    rows = _kept(actor, MINUTE, "operator_codes()")
    return [CodeSum(code, n, int(debit), int(credit)) for code, n, debit, credit in rows]


def checked(actor: Actor, most: int = 1) -> list[Fact]:
    """The newest runs of the ledger checks, newest first."""
    actor.require("operate")
    found = facts_visible_to(actor).filter(name=LedgersChecked.name, subject__in=actor.orgs)
    return list(found.order_by("-number")[:most])


def state_of(kind: str, state: str) -> tuple[str, str]:
    """Words and tone of a state, in the reader's language."""
    choices, tones = STATES[kind]
    known = choices(state)
    return str(known.label), str(tones[known])


STATES: dict[str, tuple[Any, Any]] = {
    "ORDER": (OrderStatus, ORDER_TONES),
    "LOAN": (LoanStatus, LOAN_TONES),
    "PLEDGE": (PledgeStatus, PLEDGE_TONES),
    "RELEASE": (ReleaseStatus, RELEASE_TONES),
    "PAYMENT": (InstructionStatus, INSTRUCTION_TONES),
}


def _kept(actor: Actor, seconds: int, call: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """What a look over everything found, for a while: it is the same for every operator."""
    actor.require("operate")
    key = f"oversight-{connection.settings_dict['NAME']}-{call}-{parameters}".replace(" ", "")
    found: list[tuple[Any, ...]] | None = cache.get(key)
    if found is None:
        found = _rows(actor, call, *parameters)
        cache.set(key, found, seconds)
    return found


def _rows(actor: Actor, call: str, *parameters: Any) -> list[tuple[Any, ...]]:
    actor.require("operate")
    with connection.cursor() as cursor:
        cursor.execute(f"select * from {call}", list(parameters))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
