"""Orders placed by the lane: those of programs that name goods by id and pay by transfer or on
terms. The decision and the writing are `trade/placing`, as for everybody else."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from pydantic import TypeAdapter, ValidationError

from heliu.api.lane.calls import Database, Request, Said, moment, senders
from heliu.api.lane.link import Link, row, rows
from heliu.api.order_lines import Wanted, by_id, in_request
from heliu.api.orders import NewOrder, shown
from heliu.api.writes import Key, content_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import WIDEN
from heliu.kernel.errors import Refused
from heliu.kernel.idempotency.operations import KNOWN, STORE, refuse_other
from heliu.trade import placing
from heliu.trade.place_order import Placed
from heliu.trade.placing import Accepted, Ask, Good

LARGEST = 1_000_000  # bytes; what is longer is not in such a hurry
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
    """Somebody outside the batch took what was counted on."""


class Orders:
    """`POST /api/v1/orders`. `taken` is told how many orders each batch has."""

    method, path = "POST", "/api/v1/orders"

    def __init__(self, taken: Callable[[int], object]) -> None:
        self._taken = taken

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

    async def work(self, link: Link, batch: Sequence[Sent]) -> list[Said | Exception]:
        """Place the orders of a batch in one transaction, each refused by itself."""
        self._taken(len(batch))
        try:
            async with link.transaction() as db:
                return await _Batch(db, batch).placed(locking=False)
        except Overtaken:
            # Again from the beginning, with what is counted on held fast: nobody overtakes that.
            async with link.transaction() as db:
                return await _Batch(db, batch).placed(locking=True)


class _Batch:
    """One batch on its way: each order ends as an answer or as the refusal it gets."""

    def __init__(self, db: Database, batch: Sequence[Sent]) -> None:
        self.db, self.batch = db, batch
        self.answers: list[Said | Exception | None] = [None] * len(batch)
        self.actors: dict[int, Actor] = {}

    async def placed(self, *, locking: bool) -> list[Said | Exception]:
        """The answers, in order of arrival."""
        at = await moment(self.db)
        await self._who_sends(at)
        await self._answered_before()
        while asks := self._to_place():
            await self._place(asks, at, locking=locking)
            self._repeats_within()
        return [answer for answer in self.answers if answer is not None]

    async def _who_sends(self, at: datetime) -> None:
        found = await senders(self.db, [sent.token for sent in self.batch], at)
        for n, one in enumerate(found):
            if isinstance(one, Actor):
                self.actors[n] = one
            else:
                self.answers[n] = one

    async def _answered_before(self) -> None:
        asked = list(self.actors)
        orgs = [self.actors[n].own_org for n in asked]
        keys = [self.batch[n].key for n in asked]
        for place, content, _, body in await rows(self.db, KNOWN, [orgs, keys]):
            n = asked[place - 1]
            self.answers[n] = self._repeat(n, content, _written(body))

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
        facts = placing.facts(
            list(asks.values()),
            await row(self.db, *placing.facts_query(list(asks.values()), at, locking=locking)),
        )
        accepted: dict[int, Accepted] = {}
        for n, verdict in zip(asks, placing.decide(list(asks.values()), facts), strict=True):
            try:
                accepted[n] = _accepted(verdict, at)
            except Refused as refusal:
                self.answers[n] = in_request(refusal, self.batch[n].wanted)
        if not accepted:
            return
        sides = {side for one in accepted.values() for side in (one.deal.buyer, one.deal.seller)}
        await self.db.execute(WIDEN, [list(sides)])
        written = list(accepted.values())
        overtaken = placing.refusal(written, await row(self.db, *placing.post_query(written, at)))
        if overtaken:
            raise overtaken if locking else Overtaken
        await self._store(accepted, at)

    async def _store(self, accepted: dict[int, Accepted], at: datetime) -> None:
        texts = []
        for n, one in accepted.items():
            body = shown(Placed(one.draft.order, one.deal, None)).model_dump(mode="json")
            texts.append(_written(body).decode())
            self.answers[n] = Said(201, texts[-1].encode(), one.deal.buyer)
        await self.db.execute(
            STORE,
            [
                at,
                [one.deal.buyer for one in accepted.values()],
                [self.batch[n].key for n in accepted],
                [self.batch[n].content for n in accepted],
                [201] * len(accepted),
                texts,
            ],
        )

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


def _written(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
