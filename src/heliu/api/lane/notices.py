"""What a bank tells, taken in as fast as it comes: kept as it is, applied in the background."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence

import msgspec
from django.db import connection

from heliu.api.lane.calls import JSON, Request, Said
from heliu.api.lane.gather import Turn
from heliu.api.lane.link import Links
from heliu.capital.bank.operations import Kept, Signed
from heliu.kernel import clock
from heliu.kernel.errors import Refused
from heliu.trade import bank_answers

LARGEST = 100_000  # bytes
SIGNATURE = re.compile(rb"[0-9a-f]{64}")


class Notices:
    """`POST /api/v1/bank/notices`. It is signed instead of sent by somebody."""

    method, path = "POST", "/api/v1/bank/notices"

    def takes(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether it bears a signature, right or wrong."""
        return SIGNATURE.fullmatch(headers.get(b"x-bank-signature", b"")) is not None

    def read(self, request: Request) -> Signed | None:
        """The notice, unread."""
        if len(request.body) > LARGEST or request.query:
            return None
        return Signed(request.body, request.headers[b"x-bank-signature"].decode())

    async def work(
        self, links: Links, batch: Sequence[Signed], turn: Turn
    ) -> list[Said | Exception]:
        """Keep them all in one transaction, which is Django's: it calls the worker too."""
        return [
            kept if isinstance(kept, Refused) else Said(202, msgspec.json.encode(kept), None, JSON)
            for kept in await asyncio.to_thread(_keep, batch)
        ]


def _keep(batch: Sequence[Signed]) -> list[Kept | Refused]:
    try:
        return bank_answers.notices_came(batch, at=clock.now())
    finally:
        connection.close()  # back to its pool
