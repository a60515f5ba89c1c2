"""Every write of the engine; each is one call of one SQL function that does all or nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from types import EllipsisType
from typing import Any
from uuid import UUID

from django.db import Error, transaction

from heliu.kernel.arrays import digests, ids, numbers, texts
from heliu.kernel.errors import Refused
from heliu.kernel.posting.database import rows
from heliu.kernel.posting.errors import (
    DayClosed,
    HoldGone,
    KeyReused,
    LimitShort,
    NotYours,
    Unbalanced,
    UnknownAccount,
)
from heliu.kernel.posting.queries import (
    account_ids,
    balance_on,
    balances,
    closed_to,
    hold_state,
    lines_of,
    standing,
    statement,
)
from heliu.kernel.posting.records import (
    AccountSpec,
    Balance,
    Finding,
    Head,
    HoldState,
    Journal,
    Line,
    LineRow,
    NewHold,
    Standing,
)
from heliu.kernel.posting.sealing import check, heads, seal, verify

# The whole engine is imported from here.
__all__ = [
    "AccountSpec",
    "Balance",
    "DayClosed",
    "Finding",
    "Head",
    "HoldGone",
    "HoldState",
    "Journal",
    "KeyReused",
    "LimitShort",
    "Line",
    "LineRow",
    "NewHold",
    "NotYours",
    "Standing",
    "Unbalanced",
    "UnknownAccount",
    "account_ids",
    "balance_on",
    "balances",
    "check",
    "closed_to",
    "heads",
    "hold_state",
    "lines_of",
    "lock",
    "open_accounts",
    "post",
    "refusal",
    "rehold",
    "seal",
    "set_limits",
    "sink",
    "standing",
    "statement",
    "verify",
]

POST = """select account, posted, held_out, held_in, floor, ceiling, refused, detail
  from posting_post(%s::uuid[], %s::text[], %s::text[], %s::date[], %s::uuid[], %s::uuid[],
    %s::bytea[], %s::int[], %s::bigint[], %s::bigint[], %s::uuid[],
    %s::uuid[], %s::bigint[], %s::bigint[], %s::uuid[], %s::timestamptz[], %s::uuid[], %s)"""
OPEN = """select key, id from posting_open(%s::text[], %s::text[], %s::text[], %s::text[],
    %s::uuid[], %s::uuid[], %s::bigint[], %s::bigint[], %s::smallint[])"""
REHOLD = """select refused, detail
  from posting_rehold(%s::uuid[], %s::bigint[], %s::bigint[], %s::uuid[], %s)"""
SINK = "select posting_sink(%s, %s)"
LIMIT = "select posting_limit(%s, %s, %s, %s, %s)"


def post(
    journals: Sequence[Journal] = (),
    *,
    holds: Sequence[NewHold] = (),
    void: Sequence[UUID] = (),
    at: datetime,
) -> dict[int, Balance]:
    """Post the journals, place the holds and let go of what is void: all of it or nothing.

    Returns the balances of the *limited* accounts touched. A journal whose key (a hold whose id)
    is known with the same content changes nothing; with other content it raises `KeyReused`.
    Limits are judged on what stands when the whole set is done, open holds counted and holds due
    by `at` not; `LimitShort` names the account. A line that posts a hold which is closed, due or
    too small raises `HoldGone`, as does voiding one that was not there before; voiding a hold that
    is closed does nothing. A line on a day that its chain has closed raises `DayClosed`. Also
    `Unbalanced`, `UnknownAccount`, and `NotYours` when the web role posts what touches no account
    of its own. A refusal leaves the caller's transaction usable.
    """
    lines = [(n, line) for n, journal in enumerate(journals, 1) for line in journal.lines]
    answers = rows(
        POST,
        ids(j.id for j in journals),
        texts(j.key for j in journals),
        texts(j.kind for j in journals),
        texts(j.effective.isoformat() for j in journals),
        ids(j.subject for j in journals),
        ids(j.reverses for j in journals),
        digests(_content(j) for j in journals),
        numbers(n for n, _ in lines),
        numbers(line.account for _, line in lines),
        numbers(line.amount for _, line in lines),
        ids(line.hold for _, line in lines),
        ids(h.id for h in holds),
        numbers(h.account for h in holds),
        numbers(h.amount for h in holds),
        ids(h.subject for h in holds),
        [h.expires_at for h in holds],
        ids(void),
        at,
    )
    if answers and answers[0][6]:
        raise refusal(answers[0][6], answers[0][7])
    return {row[0]: Balance(*row[:6]) for row in answers}


def lock(accounts: Iterable[int]) -> None:
    """Keep these accounts from others until the transaction ends, in the one order of the product:
    for whoever takes more than one step on them."""
    rows("select posting_lock(%s::bigint[])", numbers(accounts))


def rehold(holds: Sequence[NewHold], *, at: datetime) -> None:
    """Let holds stand as named: new ones are placed, known ones get this amount, 0 lets go.

    What was posted of a hold stays so; one that is over binds again where it is made larger. All of
    it or nothing: raises `LimitShort` where room is wanting, `HoldGone` for another's hold, one
    that runs out by itself, or less than was posted; `UnknownAccount` and `NotYours` as `post`
    does.
    """
    ((state, detail),) = rows(
        REHOLD,
        ids(h.id for h in holds),
        numbers(h.account for h in holds),
        numbers(h.amount for h in holds),
        ids(h.subject for h in holds),
        at,
    )
    if state:
        raise refusal(state, detail)


def open_accounts(specs: Sequence[AccountSpec]) -> dict[str, int]:
    """Open the accounts that are not there yet; key -> id. Existing ones stay as they are.

    The web role may open accounts whose `org` or `other` it acts for; else `NotYours`.
    """
    opened = _call(
        OPEN,
        [s.key for s in specs],
        [s.chain for s in specs],
        [s.balance_group for s in specs],
        [s.unit for s in specs],
        [s.org for s in specs],
        [s.other for s in specs],
        [s.floor for s in specs],
        [s.ceiling for s in specs],
        [s.lock_rank for s in specs],
    )
    return dict(opened)


def set_limits(
    account: int,
    *,
    floor: int | EllipsisType | None = ...,
    ceiling: int | EllipsisType | None = ...,
) -> None:
    """Change the limits of an account that was opened with one; what is not given stays.

    A limit that what stands (open holds counted) would already break raises `LimitShort`. An
    account opened without limits cannot get one (`UnknownAccount`): nobody locks it, so nobody
    could judge it. The web role may do it for accounts whose `org` it acts for (`NotYours`).
    """
    _call(
        LIMIT,
        account,
        floor is not ...,
        None if floor is ... else floor,
        ceiling is not ...,
        None if ceiling is ... else ceiling,
    )


def sink(account: int, to: int) -> int:
    """Let the ceiling of an account come down to `to`, or as near to it as what stands (open holds
    counted) lets it; returns what it is now. For one that was set below what stands: as that
    becomes less, nothing new takes its place. Raises as `set_limits` does, never `LimitShort`."""
    ((ceiling,),) = _call(SINK, account, to)
    return int(ceiling)


def _content(journal: Journal) -> bytes:
    """What a journal says; its id is not part of it, so that a retry may come with a new one."""
    said = [
        journal.kind,
        [[line.account, line.amount, line.hold] for line in journal.lines],
        journal.effective,
        journal.subject,
        journal.reverses,
    ]
    return hashlib.sha256(json.dumps(said, default=str).encode()).digest()


def _call(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    try:
        with transaction.atomic():
            return rows(sql, *parameters)
    except Error as error:
        cause = error.__cause__
        state = getattr(cause, "sqlstate", None) or ""
        if not state.startswith("HL"):
            raise
        raise refusal(state, cause.diag.message_detail) from None  # type: ignore[union-attr]


def refusal(state: str, words: str) -> Refused:
    """The engine's refusal: its SQL state and the JSON that says what stood in the way."""
    detail = json.loads(words)
    match state:
        case "HL409":
            return LimitShort(detail["account"], detail["key"], detail["short"])
        case "HL410":
            return HoldGone(UUID(detail["hold"]))
        case "HL423":
            return DayClosed(UUID(detail["org"]), date.fromisoformat(detail["last"]))
        case "HL422":
            return KeyReused(detail["key"])
        case "HL400":
            return Unbalanced(detail["key"])
        case "HL404":
            return UnknownAccount(detail["key"])
        case "HL403":
            return NotYours(detail["key"])
        case _:
            raise RuntimeError(f"The engine refused with {state}, which nobody knows: {detail}")
