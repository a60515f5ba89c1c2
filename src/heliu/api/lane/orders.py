"""Orders placed by the lane: those of programs that name goods by id and pay by transfer or on
terms. The decision and the writing are `trade/placing`, as for everybody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from pydantic import TypeAdapter, ValidationError

from heliu.api.lane.calls import Request, Said, has_token, moment, orgs_of, senders
from heliu.api.lane.gather import Turn
from heliu.api.lane.link import Database, Link, row
from heliu.api.order_lines import Wanted, by_id, in_request
from heliu.api.orders import NewOrder, shown
from heliu.api.writes import Key, content_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import orgs_text
from heliu.kernel.arrays import digests, texts
from heliu.kernel.errors import Refused
from heliu.kernel.idempotency.operations import refuse_other
from heliu.trade import placing
from heliu.trade.placing import Accepted, Ask, Good, Known

LARGEST = 1_000_000  # bytes; what is longer is not in such a hurry
ANSWERED = "answered"  # what `trade_orders_written` says when a key was used meanwhile
_key: TypeAdapter[str] = TypeAdapter(Key)


@dataclass(frozen=True)
class Sent:
    """An order as it came in: who sends it, under which key, and what it says."""

    token: bytes
    key: str
    content: bytes
    order: NewOrder
    wanted: Wanted


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
        if order.pay_by == "FINANCE" or wanted is None:
            return None
        content = content_of(self.method, self.path, order)
        return Sent(request.token, key, content, order, wanted)

    async def work(self, link: Link, batch: Sequence[Sent], turn: Turn) -> list[Said | Exception]:
        """Place the orders of a batch as a set, each refused by itself.

        Three statements, each a transaction: who sends, what must be known, and what is written,
        which is guarded against all that happened since. While a batch is written the next one
        asks and decides.
        """
        self._taken(len(batch))
        try:
            return await _Batch(await link.open(), batch, turn).placed(locking=False)
        except Overtaken:
            # Again from the beginning, with what is counted on held fast: nobody overtakes that.
            async with link.transaction() as db:
                return await _Batch(db, batch, turn).placed(locking=True)


class _Batch:
    """One batch on its way: each order ends as an answer or as the refusal it gets."""

    def __init__(self, db: Database, batch: Sequence[Sent], turn: Turn) -> None:
        self.db, self.batch, self.turn = db, batch, turn
        self.answers: list[Said | Exception | None] = [None] * len(batch)
        self.actors: dict[int, Actor] = {}
        self.orgs: set[UUID] = set()

    async def placed(self, *, locking: bool) -> list[Said | Exception]:
        """The answers, in order of arrival."""
        at = await moment(self.db)
        await self._who_sends(at)
        while asks := self._to_place():
            await self._place(asks, at, locking=locking)
            self._repeats_within()
        return [answer for answer in self.answers if answer is not None]

    async def _who_sends(self, at: datetime) -> None:
        found = await senders(self.db, [sent.token for sent in self.batch], at)
        self.orgs = orgs_of(found)
        for n, one in enumerate(found):
            if isinstance(one, Actor):
                self.actors[n] = one
            else:
                self.answers[n] = one

    def _to_place(self) -> dict[int, Ask]:
        """The orders still open; of several under one key the first."""
        seen: set[tuple[UUID, str]] = set()
        asks = {}
        for n, actor in self.actors.items():
            sent = self.batch[n]
            name = (actor.own_org, sent.key)
            if self.answers[n] is None and name not in seen:
                seen.add(name)
                asks[n] = Ask(
                    actor,
                    sent.order.seller,
                    sent.wanted.by_sku(),
                    sent.order.pay_by,
                    sent.order.remark,
                    sent.order.external_id,
                )
        return asks

    async def _place(self, asks: dict[int, Ask], at: datetime, *, locking: bool) -> None:
        known = await self._known(asks, at, locking=locking)
        asks = {n: ask for n, ask in asks.items() if n in known}
        accepted: dict[int, Accepted] = {}
        decided = placing.decide(list(asks.values()), list(known.values()))
        for n, verdict in zip(asks, decided, strict=True):
            try:
                accepted[n] = _accepted(verdict, at)
            except Refused as refusal:
                self.answers[n] = in_request(refusal, self.batch[n].wanted)
        if accepted:
            await self._write(accepted, at, locking=locking)

    async def _known(
        self, asks: dict[int, Ask], at: datetime, *, locking: bool
    ) -> dict[int, Known]:
        """The facts of those orders whose keys were not answered before; the others are now."""
        answered, contents, bodies, *found = await row(
            self.db,
            placing.ASKED,
            [
                orgs_text(self.orgs),
                texts(self.batch[n].key for n in asks),
                *placing.facts_parameters(list(asks.values()), at, locking=locking),
            ],
        )
        known = dict(zip(asks, placing.facts(list(asks.values()), found), strict=True))
        places = list(asks)
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
        state = await row(self.db, placing.WRITTEN, parameters)
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


def _accepted(verdict: Good | Refused, at: datetime) -> Accepted:
    if isinstance(verdict, Refused):
        raise verdict
    return verdict.accepted(at, warehouse=verdict.ask.buyer)
