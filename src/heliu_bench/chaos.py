"""Orders under load while processes are killed: what was acknowledged is there, all else can be
sent again under its key, and nothing is there twice.

The log of acknowledged orders is ours alone: a line for each answer, on the disk before the next
order is sent. It, the database and `heliu check` must agree in the end.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from heliu.config import install, running
from heliu.config.postgres import Trouble
from heliu.config.running import Processes
from heliu.kernel import clock
from heliu_bench import ground as grounds
from heliu_bench import market as markets
from heliu_bench.cpu import children
from heliu_bench.ground import Ground

PATH = "/api/v1/orders"
VICTIMS = ("web", "lane", "worker", "database", "all")
RESTED = 0.3  # of a round before the blow falls, and again after it
PATIENCE = 30.0  # seconds for one answer
AGREE = """
select a.key, o.id, o.total from idempotency_answer a
  join ordering_order o on o.id = (a.body -> 'order' ->> 'id')::uuid"""


@dataclass(frozen=True)
class Options:
    """What was asked for: blows, clients and seconds of a round."""

    kills: int
    clients: int
    seconds: float
    seed: int
    port: int
    workers: int
    dealers: int
    skus: int


@dataclass
class Sent:
    """An order under its key, for as long as nobody answered it."""

    token: str
    key: str
    body: str


@dataclass
class Told:
    """What the clients know: answers by status, and orders of which they heard nothing."""

    log: Path
    statuses: Counter[int] = field(default_factory=Counter)
    unknown: list[Sent] = field(default_factory=list)

    def acknowledged(self, sent: Sent, answer: dict[str, Any]) -> None:
        """Write an answer down, on the disk before anything else is done."""
        order = answer["order"]
        line = json.dumps({"key": sent.key, "id": order["id"], "total": order["total"]})
        with self.log.open("a") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def kept(self) -> dict[str, tuple[str, int]]:
        """What was acknowledged, by key."""
        rows = [json.loads(line) for line in self.log.read_text().splitlines()]
        return {row["key"]: (row["id"], row["total"]) for row in rows}


def run(ground: Ground, options: Options, say: Callable[[str], None]) -> dict[str, Any]:
    """Play it through; what came of it. Raises `Trouble` when log and database disagree."""
    grounds.fresh_database(ground)
    market = markets.lay(ground, dealers=options.dealers, skus=options.skus, at=clock.now())
    install.disconnect()
    choose = random.Random(options.seed)  # noqa: S311  not a secret
    bodies = markets.bodies(market, 500, pay_by=["TERMS", "TRANSFER"])
    log = ground.cluster.data.parent / "chaos.log"
    log.write_text("")
    told = Told(log)

    def orders(prefix: str) -> Iterator[Sent]:
        number = 0
        while True:
            number += 1
            yield Sent(choose.choice(market.tokens), f"{prefix}-{number:06}", choose.choice(bodies))

    for blow in range(options.kills):
        victim = VICTIMS[blow % len(VICTIMS)]
        with _served(ground, options) as processes:
            street = _Street(processes.address, told)
            strike = partial(_kill, victim, processes, ground)
            asyncio.run(street.crowd(orders(f"blow-{blow}"), options, strike))
        say(f"{victim} killed: {sum(told.statuses.values()):,} answers so far,"
            f" {len(told.unknown)} orders without one")  # fmt: skip
    with _served(ground, options) as processes:
        again = asyncio.run(_Street(processes.address, told).again(options.clients))
    found = _agreed(ground, told)
    _require_sound()
    return {
        "kills": options.kills,
        "seed": options.seed,
        "acknowledged": len(told.kept()),
        "sent_again": again,
        "orders": found,
        "statuses": {str(status): count for status, count in sorted(told.statuses.items())},
    }


class _Street:
    """Clients that send orders over HTTP, one after the other each."""

    def __init__(self, address: str, told: Told) -> None:
        self.told, self.address, self.is_over = told, address, False

    async def crowd(
        self, orders: Iterator[Sent], options: Options, blow: Callable[[], None]
    ) -> None:
        """Let all send until the round is over; the blow falls in its midst."""
        async with self._web(options.clients) as web:
            clients = [
                asyncio.create_task(self._client(web, orders)) for _ in range(options.clients)
            ]
            await asyncio.sleep(options.seconds * RESTED)
            await asyncio.to_thread(blow)
            await asyncio.sleep(options.seconds * RESTED)
            self.is_over = True
            await asyncio.gather(*clients)

    async def again(self, clients: int) -> int:
        """Send every order nobody answered once more, under its key; each must be answered now."""
        waiting, self.told.unknown = self.told.unknown, []
        async with self._web(clients) as web:
            for sent in waiting:
                await self._send(web, sent)
        if self.told.unknown:
            raise Trouble(f"{len(self.told.unknown)} orders sent again got no answer.")
        return len(waiting)

    async def _client(self, web: httpx.AsyncClient, orders: Iterator[Sent]) -> None:
        while not self.is_over:
            if not await self._send(web, next(orders)):
                await asyncio.sleep(0.2)

    async def _send(self, web: httpx.AsyncClient, sent: Sent) -> bool:
        headers = {
            "Authorization": f"Bearer {sent.token}",
            "Idempotency-Key": sent.key,
            "Content-Type": "application/json",
        }
        try:
            answer = await web.post(PATH, content=sent.body, headers=headers)
        except httpx.TransportError:
            self.told.unknown.append(sent)
            return False
        self.told.statuses[answer.status_code] += 1
        if answer.status_code == 201:
            self.told.acknowledged(sent, answer.json())
        elif answer.status_code >= 500:
            self.told.unknown.append(sent)
        elif answer.status_code != 409:
            raise Trouble(f"An order was answered {answer.status_code}: {answer.text[:200]}")
        return answer.status_code < 500

    def _web(self, clients: int) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
        return httpx.AsyncClient(
            base_url=self.address, limits=limits, timeout=PATIENCE, trust_env=False
        )


@contextmanager
def _served(ground: Ground, options: Options) -> Iterator[Processes]:
    """The product's processes, and a database that runs, whatever became of it before."""
    ground.cluster.start()
    log = ground.cluster.data.parent / "log" / "chaos.log"
    with running.serving(
        host="127.0.0.1", port=options.port, workers=options.workers, log=log
    ) as processes:
        yield processes


def _kill(victim: str, processes: Processes, ground: Ground) -> None:
    """End one of them, or all, without a word."""
    pids = processes.pids()
    lanes = sorted(children(pids["web"]))
    doomed = {
        "web": [pids["web"]],
        "lane": lanes[-1:],
        "worker": [pids["worker"]],
        "database": [ground.postmaster],
        "all": [*pids.values(), *lanes, ground.postmaster],
    }
    for pid in doomed[victim]:
        os.kill(pid, signal.SIGKILL)


def _agreed(ground: Ground, told: Told) -> int:
    """How many orders there are. Raises `Trouble` unless each has its key, and each key its own."""
    with ground.link() as admin:
        found = {key: (str(order), total) for key, order, total in admin.execute(AGREE).fetchall()}
        row = admin.execute("select count(*) from ordering_order").fetchone()
    stand = row[0] if row else 0
    kept = told.kept()
    lost = [key for key, order in kept.items() if found.get(key) != order]
    if lost:
        raise Trouble(f"{len(lost)} acknowledged orders are not there, the first under {lost[0]}.")
    if stand != len(found) or len(found) != len(kept):
        raise Trouble(f"{stand} orders, {len(found)} keys, {len(kept)} acknowledged.")
    return int(stand)


def _require_sound() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "heliu.cli", "check"], capture_output=True, text=True, check=False
    )
    if checked.returncode:
        raise Trouble(f"heliu check is not clean: {checked.stdout.strip()[-500:]}")
