"""Whole lives of pledged orders over HTTP: what dealer, seller and keeper do, one after the other.

A process of its own, like the generator. One client is one dealer, who begins its next order when
the last one is closed. Nobody touches what the bank and the worker do; it is waited for.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvloop

PATIENCE = 60  # seconds for what the worker does by itself
OFTEN = 0.05  # seconds between two looks
RUN, NUMBERS = uuid4().hex[:12], count(1)

Body = dict[str, Any]


@dataclass(frozen=True)
class Cast:
    """Who acts: one token for each dealer, one for the seller, one for the keeper."""

    host: str
    port: int
    seconds: float
    dealers: list[str]
    seller: str
    keeper: str
    orders: list[Body]


@dataclass
class Told:
    """What was seen: seconds of every kind of step, lives that ended well, what went wrong."""

    took: dict[str, list[float]] = field(default_factory=dict)
    lives: list[float] = field(default_factory=list)
    requests: int = 0
    wrong: list[str] = field(default_factory=list)


class Wrong(Exception):
    """An answer that a life cannot go on with."""


class Line:
    """One kept connection that speaks for several people."""

    def __init__(
        self, cast: Cast, told: Told, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._cast, self._told, self._reader, self._writer = cast, told, reader, writer

    async def get(self, token: str, path: str) -> Any:
        """Read."""
        return await self._ask("GET", token, path, b"", "")

    async def post(self, token: str, path: str, body: Body | None = None) -> Any:
        """Write once, under a key of its own."""
        key = f"Idempotency-Key: {RUN}-{next(NUMBERS)}\r\n"
        return await self._ask("POST", token, path, json.dumps(body or {}).encode(), key)

    async def until(self, look: Callable[[], Awaitable[bool]], what: str) -> None:
        """Look again and again until it is so."""
        end = time.perf_counter() + PATIENCE
        while not await look():
            if time.perf_counter() > end:
                raise Wrong(f"waited {PATIENCE} seconds for {what}")
            await asyncio.sleep(OFTEN)

    async def _ask(self, method: str, token: str, path: str, body: bytes, key: str) -> Any:
        head = (
            f"{method} /api/v1{path} HTTP/1.1\r\nHost: {self._cast.host}\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n{key}"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        said = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = said.split(b"content-length:")[1].split(b"\r")[0]
        answer = json.loads(await self._reader.readexactly(int(length)))
        self._told.requests += 1
        if not 200 <= int(said[9:12]) < 300:
            raise Wrong(f"{method} {path}: {int(said[9:12])} {answer.get('detail', '')}")
        return answer


@dataclass
class Life:
    """One order of one dealer, from placing to closing."""

    line: Line
    cast: Cast
    told: Told
    dealer: str

    @asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[None]:
        """Keep how long a step took."""
        began = time.perf_counter()
        yield
        self.told.took.setdefault(name, []).append(time.perf_counter() - began)

    async def live(self, order: Body) -> None:
        """The straight path; what is repaid is all."""
        async with self.step("placed"):
            placed = await self.line.post(self.dealer, "/orders", order)
        if placed["loan_status"] != "QUOTED":
            raise Wrong(f"the loan is {placed['loan_status'] or 'missing'}")
        deal = f"/deals/{placed['deal_number']}"
        digest = (await self.line.get(self.dealer, f"{deal}/agreement"))["digest"]
        async with self.step("accepted to seller paid"):
            signature = {"agreement_digest": digest, "consent": True}
            await self.line.post(self.dealer, f"{deal}/sign", signature)
            await self._status(f"/loans/{placed['loan_number']}", "SELLER_PAID")
        await self._goods(placed["order"]["number"])
        async with self.step("repayment ordered to release seen"):
            payment = await self.line.post(self.dealer, f"{deal}/repay", {"percent": "100"})
            await self._status(f"/payments/{payment['number']}", "BOOKED")
            code = await self._code(deal)
        async with self.step("picked up"):
            verdict = await self.line.post(self.cast.keeper, "/pick-ups", {"code": code})
        if not verdict["go"]:
            raise Wrong(f"the gate stopped it: {verdict['words']}")

    async def _goods(self, order: str) -> None:
        async with self.step("shipped"):
            shipment = await self.line.post(
                self.cast.seller, f"/orders/{order}/ship", {"carrier": "bench"}
            )
        path = f"/shipments/{shipment['number']}"
        await self.line.post(self.cast.keeper, f"{path}/arrived")
        lines = (await self.line.get(self.cast.keeper, path))["lines"]
        counts = [{"line": line["id"], "good": line["quantity"]} for line in lines]
        async with self.step("received and pledged"):
            await self.line.post(self.cast.keeper, f"{path}/receive", {"counts": counts})

    async def _status(self, path: str, wanted: str) -> None:
        async def look() -> bool:
            status: str = (await self.line.get(self.dealer, path))["status"]
            return status == wanted

        await self.line.until(look, f"{path} to be {wanted}")

    async def _code(self, deal: str) -> str:
        found: list[str] = []

        async def look() -> bool:
            notices = (await self.line.get(self.dealer, "/notices?unread=true"))["items"]
            found.extend(
                notice["params"]["code"]
                for notice in notices
                if notice["kind"] == "goods-released" and notice["link"] == deal
            )
            return bool(found)

        await self.line.until(look, "the pick-up notice")
        return found[0]


async def client(cast: Cast, told: Told, number: int, began: float) -> None:
    """One dealer's orders until the time is over; the last one is lived to its end."""
    reader, writer = await asyncio.open_connection(cast.host, cast.port)
    line = Line(cast, told, reader, writer)
    for turn in count():
        if time.perf_counter() > began + cast.seconds:
            break
        start = time.perf_counter()
        order = cast.orders[(number * 31 + turn) % len(cast.orders)]
        try:
            await Life(line, cast, told, cast.dealers[number]).live(order)
        except Wrong as error:
            told.wrong.append(str(error))
        else:
            told.lives.append(time.perf_counter() - start)
    writer.close()


async def work(cast: Cast) -> Body:
    """All dealers side by side; what was seen, and what seeing it cost."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    told, began, used = Told(), time.perf_counter(), time.process_time()
    await asyncio.gather(*(client(cast, told, n, began) for n in range(len(cast.dealers))))
    return {
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - used,
        **asdict(told),
    }


def main() -> None:
    """Play the cast whose file is named."""
    cast = Cast(**json.loads(Path(sys.argv[1]).read_text()))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        told = runner.run(work(cast))
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
