"""What a hot call is to the lane: it reads a request, works on a batch and says what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from django.conf import settings

from heliu.api.lane.gather import Turn
from heliu.api.lane.link import Database, Links, row
from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.desks import ACTORS, actors_of, digest_of
from heliu.kernel.access.request import BEHALF_HEADER
from heliu.kernel.arrays import digests
from heliu.kernel.errors import Refused

# As Django's door says it where no answer is kept for a key.
JSON = {"Content-Type": "application/json; charset=utf-8"}
ON_BEHALF = BEHALF_HEADER.lower().encode()  # Django's door knows customers


class Request(NamedTuple):
    """A request as it came in."""

    headers: Mapping[bytes, bytes]
    query: bytes
    body: bytes

    @property
    def token(self) -> bytes:
        """The digest of the bearer token."""
        return digest_of(self.headers[b"authorization"][7:].decode("latin1").strip())


class Said(NamedTuple):
    """What is answered to a request that was not refused."""

    status: int
    body: bytes
    org: UUID | None
    headers: Mapping[str, str] = {}


class Call[Q](Protocol):
    """One hot call."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...

    def takes(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether a request of this kind says as whom it is sent."""

    def read(self, request: Request) -> Q | None:
        """What is asked, or None for what the lane is not made for."""

    async def work(
        self, links: Links, batch: Sequence[Q], turn: Turn
    ) -> Sequence[Said | Exception]:
        """The answers to a batch, in its order; what is refused is refused by itself.

        The next batch begins when this one's turn has come, or when it is answered.
        """


def has_token(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a program sends it, with its token, and for nobody but its own house."""
    return headers.get(b"authorization", b"")[:7].lower() == b"bearer " and ON_BEHALF not in headers


async def moment(db: Database) -> datetime:
    """The present moment; in a demo with what its clock runs ahead (`kernel.clock`)."""
    if not settings.DEMO:
        return clock.now()
    (minutes,) = await row(db, clock.AHEAD, [])
    return datetime.now(UTC) + timedelta(minutes=minutes)


async def senders(db: Database, tokens: Sequence[bytes], at: datetime) -> list[Actor | Refused]:
    """Whom the tokens stand for."""
    (told,) = await row(db, ACTORS, [digests(set(tokens)), at])
    return each_of(told, tokens)


def each_of(told: str | None, tokens: Iterable[bytes]) -> list[Actor | Refused]:
    """For each of the tokens whom it stands for, by what the database told of them all."""
    holders = actors_of(told)
    found: list[Actor | Refused] = []
    for token in tokens:
        try:
            found.append(holders.actor(token))
        except Refused as refusal:
            found.append(refusal)
    return found


def orgs_of(found: Iterable[Actor | Refused]) -> set[UUID]:
    """The organisations for which they act: whose rows a batch of theirs may see."""
    return {org for one in found if isinstance(one, Actor) for org in one.orgs}
