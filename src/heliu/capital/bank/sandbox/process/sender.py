"""Bringing notices to the customer's door, with retries."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime, timedelta

import httpx

from heliu.capital.bank.http.contract import SIGNATURE
from heliu.capital.bank.port import sealed
from heliu.capital.bank.sandbox.process.books import Books

OFTEN = 0.2  # seconds between two looks at what is due
LATE = 2.0  # seconds in which another notice may overtake a late one
PATIENCE = 5.0  # seconds for the door to answer

log = logging.getLogger(__name__)


class Clock:
    """The customer's time, as it was last told and has gone on since. Untold, nothing is due."""

    def __init__(self) -> None:
        self._ahead: timedelta | None = None

    def heard(self, at: datetime) -> None:
        """The customer has said what time it is there: a demo's clock is moved by days."""
        self._ahead = at - datetime.now(UTC)

    def now(self) -> datetime | None:
        """The customer's time, or None before it was told."""
        return None if self._ahead is None else datetime.now(UTC) + self._ahead


class Sender:
    """Brings what is due to `door`; without a door everything waits to be fetched."""

    def __init__(self, books: Books, clock: Clock, *, door: str, secret: str) -> None:
        self._books, self._clock, self._door, self._secret = books, clock, door, secret
        self._one_at_a_time = asyncio.Lock()
        self._web = httpx.AsyncClient(timeout=PATIENCE)

    async def bring(self, *, late_after: float = 0) -> None:
        """One round: everything that is due, until the door does not answer."""
        at = self._clock.now()
        if not self._door or at is None:
            return
        async with self._one_at_a_time:
            for one in self._books.to_bring(at, time.time(), late_after=late_after):
                if await self._arrives(one.said):
                    self._books.delivered([one.number])
                else:
                    self._books.failed(one.number, time.time())
                    break

    async def go_on(self) -> None:
        """Bring what is due for as long as the process runs."""
        while True:
            try:
                await self.bring(late_after=LATE)
            except Exception:
                log.exception("notices could not be brought")
            await asyncio.sleep(OFTEN)

    async def _arrives(self, said: str) -> bool:
        body = said.encode()
        headers = {SIGNATURE: sealed(self._secret, body), "Content-Type": "application/json"}
        try:
            answer = await self._web.post(self._door, content=body, headers=headers)
        except httpx.HTTPError as error:
            log.info("the door does not answer: %s", type(error).__name__)
            return False
        if answer.status_code != 202:
            log.warning("the door answers %s", answer.status_code)
        return answer.status_code == 202
