"""Orders placed by the lane: those of programs that name goods by id and pay by transfer or on
terms. What is decided (`trade/deciding`) and written (`trade/placing`) is as for everybody else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any
from uuid import UUID

import msgspec
from pydantic import TypeAdapter, ValidationError

from heliu.api.lane.calls import Request, Said, each_of, has_token, moment, orgs_of
from heliu.api.lane.gather import Turn
from heliu.api.lane.link import Links, row
from heliu.api.order_lines import Wanted, by_id, in_request
from heliu.api.orders import NewOrder, shown
from heliu.api.writes import Key, content_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import orgs_text
from heliu.kernel.arrays import digests, texts
from heliu.kernel.errors import Refused
from heliu.kernel.idempotency.operations import refuse_other
from heliu.trade import placing
from heliu.trade.accepted import Accepted, Good
from heliu.trade.deciding import decide
from heliu.trade.wishes import Ask, Known, Wish

LARGEST = 1_000_000  # bytes; what is longer is not in such a hurry
ANSWERED = "answered"  # what `trade_orders_written` says when a key was used meanwhile
_key: TypeAdapter[str] = TypeAdapter(Key)

# Runs a statement that answers with one row.
type Row = Callable[[str, Sequence[Any]], Awaitable[tuple[Any, ...]]]


@dataclass(frozen=True)
class Sent:
    """An order as it came in: who sends it, under which key, and what it says."""

    token: bytes
    key: str
    order: NewOrder
    wanted: Wanted
    wish: Wish

    @cached_property
    def content(self) -> bytes:
        """The digest of what it says."""
        return content_of(Orders.method, Orders.path, self.order)


class Overtaken(Exception):
    """Somebody outside the batch took what was counted on, or used one of the keys."""


class Orders:
    """`POST /api/v1/orders`. `taken` is told how many orders each batch has."""

    method, path = "POST", "/api/v1/orders"

    def __init__(self, taken: Callable[[int], object]) -> None:
        self._taken = taken

    def takes(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether it comes with a token."""
        return has_token(headers)

    def read(self, request: Request) -> Sent | None:
        """The order if it is plainly good and one for the lane."""
        if len(request.body) > LARGEST or request.query:
            return None
        try:
            order = NewOrder.model_validate(msgspec.json.decode(request.body))
            key = _key.validate_python(request.headers[b"idempotency-key"].decode("latin1"))
        except (KeyError, ValidationError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        wanted = by_id(order.lines)
        if wanted is None or wanted.parts or order.waiting:
            return None
        if order.pay_by == "FINANCE" or order.cost_centre:
            return None
        wish = Wish(
            order.seller,
            wanted.by_sku(),
            order.pay_by,
            order.remark,
            order.external_id,
            wanted_on=order.wanted_on,
            days=wanted.days,
            address=order.address,
            currency=order.currency or "",
        )
        return Sent(request.token, key, order, wanted, wish)

    async def work(self, links: Links, batch: Sequence[Sent], turn: Turn) -> list[Said | Exception]:
        """Place the orders of a batch as a set, each refused by itself.

        Two statements, each a transaction: what must be known, and what is written, which is
        guarded against all that happened since. While a batch is written the next one asks and
        decides, so one connection asks and another writes.
        """
        self._taken(len(batch))
        try:
            async with links.one(placing.ASKED) as link:
                at = await moment(await link.open())
            return await _Batch(links.row, batch, turn).placed(at, locking=False)
        except Overtaken:
            # Again from the beginning, with what is counted on held fast: nobody overtakes that.
            async with links.one(placing.WRITTEN) as link, link.transaction() as db:
                at = await moment(db)
                return await _Batch(partial(row, db), batch, turn).placed(at, locking=True)


class _Batch:
    """One batch on its way: each order ends as an answer or as the refusal it gets."""

    def __init__(self, row: Row, batch: Sequence[Sent], turn: Turn) -> None:
        self.row, self.batch, self.turn = row, batch, turn
        self.answers: list[Said | Exception | None] = [None] * len(batch)
        self.actors: dict[int, Actor] = {}
        self.orgs: set[UUID] = set()

    async def placed(self, at: datetime, *, locking: bool) -> list[Said | Exception]:
        """The answers, in order of arrival."""
        while open_ones := self._firsts():
            await self._place(open_ones, at, locking=locking)
            self._repeats_within()
        return [answer for answer in self.answers if answer is not None]

    def _firsts(self) -> list[int]:
        """The orders still open; of several under one key the first."""
        seen: set[tuple[UUID | bytes, str]] = set()
        firsts = []
        for n, sent in enumerate(self.batch):
            # Two tokens may be of one organisation, which is known when they were asked about.
            who = self.actors[n].own_org if n in self.actors else sent.token
            if self.answers[n] is None and (who, sent.key) not in seen:
                seen.add((who, sent.key))
                firsts.append(n)
        return firsts

    async def _place(self, open_ones: list[int], at: datetime, *, locking: bool) -> None:
        known = await self._known(open_ones, at, locking=locking)
        asks = {n: Ask(self.actors[n], self.batch[n].wish) for n in self._firsts() if n in known}
        decided = decide(list(asks.values()), [known[n] for n in asks])
        accepted: dict[int, Accepted] = {}
        for n, verdict in zip(asks, decided, strict=True):
            try:
                accepted[n] = _accepted(verdict, at)
            except Refused as refusal:
                self.answers[n] = in_request(refusal, self.batch[n].wanted)
        if accepted:
            await self._write(accepted, at, locking=locking)

    async def _known(self, places: list[int], at: datetime, *, locking: bool) -> dict[int, Known]:
        """The facts of the orders at these places of the batch. Those whose sender is not known or
        whose key was answered before are answered now."""
        batch = [self.batch[n] for n in places]
        wishes = [sent.wish for sent in batch]
        (told, answered, contents, bodies, *found), _ = await asyncio.gather(
            self.row(
                placing.ASKED,
                [
                    digests(sent.token for sent in batch),
                    texts(sent.key for sent in batch),
                    *placing.asked_parameters(wishes, at, locking=locking),
                ],
            ),
            _digested(batch),
        )
        senders = each_of(told, [sent.token for sent in batch])
        self.orgs |= orgs_of(senders)
        known = dict(zip(places, placing.facts(wishes, found), strict=True))
        for n, sender in zip(places, senders, strict=True):
            if isinstance(sender, Actor):
                self.actors[n] = sender
            else:
                self.answers[n] = sender
                del known[n]
        for place, content, body in zip(answered or (), contents or (), bodies or (), strict=True):
            n = places[place - 1]
            self.answers[n] = self._repeat(n, content, body.encode())
            del known[n]
        return known

    async def _write(self, accepted: dict[int, Accepted], at: datetime, *, locking: bool) -> None:
        bodies = {
            n: msgspec.json.encode(shown(one.draft, one.deal_id, one.deal_number))
            for n, one in accepted.items()
        }
        written = list(accepted.values())
        sides = {side for one in written for side in (one.draft.buyer, one.draft.seller)}
        parameters = [
            orgs_text(self.orgs | sides),
            texts(self.batch[n].key for n in accepted),
            digests(self.batch[n].content for n in accepted),
            texts(body.decode() for body in bodies.values()),
            *placing.post_parameters(written, at),
        ]
        await self.turn.comes()
        state = await self.row(placing.WRITTEN, parameters)
        if state[0] == ANSWERED:
            raise Overtaken
        if overtaken := placing.refusal(written, state):
            raise overtaken if locking else Overtaken
        for n, one in accepted.items():
            self.answers[n] = Said(201, bodies[n], one.draft.buyer)

    def _repeats_within(self) -> None:
        """Orders of this batch sent under a key that was answered in this batch."""
        firsts: dict[tuple[UUID, str], int] = {}
        for n, actor in self.actors.items():
            name = (actor.own_org, self.batch[n].key)
            first = firsts.setdefault(name, n)
            answer = self.answers[first]
            if first != n and self.answers[n] is None and isinstance(answer, Said):
                self.answers[n] = self._repeat(n, self.batch[first].content, answer.body)
            elif isinstance(answer, Exception):
                firsts[name] = n

    def _repeat(self, n: int, content: bytes, body: bytes) -> Said | Refused:
        try:
            refuse_other(content, self.batch[n].content)
        except Refused as refusal:
            return refusal
        return Said(201, body, self.actors[n].own_org, {"Idempotent-Replayed": "true"})


async def _digested(batch: Sequence[Sent]) -> list[bytes]:
    """What the orders say, digested while the database looks for their facts."""
    return [sent.content for sent in batch]


def _accepted(verdict: Good | Refused, at: datetime) -> Accepted:
    if isinstance(verdict, Refused):
        raise verdict
    return verdict.accepted(at, warehouse=verdict.ask.buyer)
