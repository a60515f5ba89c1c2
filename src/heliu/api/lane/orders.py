"""Orders placed by the lane: those of programs that name goods by id and pay by transfer or on
terms. The decision and the writing are `trade/placing`, as for everybody else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from psycopg import AsyncConnection

from heliu.api.lane.link import Link, row, rows
from heliu.api.order_lines import Wanted, by_id, in_request
from heliu.api.orders import NewOrder, shown
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.desks import ACTORS, Holders, actors_of
from heliu.kernel.access.door import NAME, WIDEN, orgs_text
from heliu.kernel.clock import DEMO_DAYS
from heliu.kernel.errors import Refused
from heliu.kernel.idempotency.operations import KNOWN, STORE, refuse_other
from heliu.trade import placing
from heliu.trade.place_order import Placed
from heliu.trade.placing import Accepted, Ask, Good


@dataclass(frozen=True)
class Sent:
    """An order as it came in: who sends it, under which key, and what it says."""

    token: bytes
    key: str
    content: bytes
    order: NewOrder
    wanted: Wanted


class Answered(NamedTuple):
    """What is answered: the body as it was stored, and whether it was answered before."""

    body: bytes
    is_repeat: bool
    org: UUID


class Overtaken(Exception):
    """Somebody outside the batch took what was counted on."""


def read(token: bytes, key: str, content: bytes, order: NewOrder) -> Sent | None:
    """The order if it is one for the lane, else None."""
    wanted = by_id(order.lines)
    if order.pay_by == "FINANCE" or wanted is None:
        return None
    return Sent(token, key, content, order, wanted)


async def place(link: Link, batch: Sequence[Sent]) -> list[Answered | Exception]:
    """Place the orders of a batch in one transaction, each refused by itself."""
    try:
        async with link.transaction() as db:
            return await _Batch(db, batch).placed(locking=False)
    except Overtaken:
        # Again from the beginning, with what is counted on held fast: this cannot be overtaken.
        async with link.transaction() as db:
            return await _Batch(db, batch).placed(locking=True)


class _Batch:
    """One batch on its way: each order ends as an answer or as the refusal it gets."""

    def __init__(self, db: AsyncConnection[tuple[Any, ...]], batch: Sequence[Sent]) -> None:
        self.db, self.batch = db, batch
        self.answers: list[Answered | Exception | None] = [None] * len(batch)
        self.actors: dict[int, Actor] = {}

    async def placed(self, *, locking: bool) -> list[Answered | Exception]:
        """The answers, in order of arrival."""
        at = await self._now()
        await self._who_sends(at)
        await self._answered_before()
        while asks := self._to_place():
            await self._place(asks, at, locking=locking)
            self._repeats_within()
        return [answer for answer in self.answers if answer is not None]

    async def _now(self) -> datetime:
        real = datetime.now(UTC)
        if not settings.DEMO:
            return real
        (days,) = await row(self.db, DEMO_DAYS, [])
        return real + timedelta(days=days)

    async def _who_sends(self, at: datetime) -> None:
        digests = list({sent.token for sent in self.batch})
        holders: Holders = actors_of(await rows(self.db, ACTORS, [digests, at]))
        for n, sent in enumerate(self.batch):
            try:
                self.actors[n] = holders.actor(sent.token)
            except Refused as refusal:
                self.answers[n] = refusal
        orgs = {org for actor in self.actors.values() for org in actor.orgs}
        await self.db.execute(NAME, [orgs_text(orgs)])

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
            self.answers[n] = Answered(texts[-1].encode(), False, one.deal.buyer)
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
            if first != n and self.answers[n] is None and isinstance(answer, Answered):
                self.answers[n] = self._repeat(n, self.batch[first].content, answer.body)
            elif isinstance(answer, Exception):
                firsts[name] = n

    def _repeat(self, n: int, content: bytes, body: bytes) -> Answered | Refused:
        try:
            refuse_other(content, self.batch[n].content)
        except Refused as refusal:
            return refusal
        return Answered(body, True, self.actors[n].own_org)


def _accepted(verdict: Good | Refused, at: datetime) -> Accepted:
    if isinstance(verdict, Refused):
        raise verdict
    return verdict.accepted(at, warehouse=verdict.ask.buyer)


def _written(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
