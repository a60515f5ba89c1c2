"""The lane's door: which requests it takes, and how it answers them over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils import translation
from pydantic import TypeAdapter, ValidationError

from heliu.api import problems
from heliu.api.lane import orders
from heliu.api.lane.gather import Gatherer, Overloaded
from heliu.api.lane.link import Link
from heliu.api.lane.orders import Answered, Sent
from heliu.api.orders import NewOrder
from heliu.api.writes import Key, content_of
from heliu.kernel.access.desks import digest_of
from heliu.kernel.errors import Refused

PATH = "/api/v1/orders"
LARGEST = 1_000_000  # bytes; what is longer is not in such a hurry
_key: TypeAdapter[str] = TypeAdapter(Key)


class Reply(NamedTuple):
    """An HTTP answer, without the headers that all answers bear."""

    status: int
    headers: dict[str, str]
    body: bytes
    language: str
    org: UUID | None = None


class Lane:
    """The lane of this process."""

    route = PATH.lstrip("/")

    def __init__(self, taken: Callable[[int], object] = lambda orders: None) -> None:
        """`taken` is told how many orders each batch has."""
        self._link, self._taken = Link(), taken
        self._orders: Gatherer[Sent, Answered] = Gatherer(self._place)

    @property
    def waiting(self) -> int:
        """How many orders wait for the next batch."""
        return self._orders.waiting

    def takes(self, method: str, path: str, query: bytes, headers: Mapping[bytes, bytes]) -> bool:
        """Whether the request is of the kind the lane answers; its content may still not be."""
        return (
            method == "POST"
            and path == PATH
            and not query
            and headers.get(b"authorization", b"")[:7].lower() == b"bearer "
            and b"idempotency-key" in headers
            and b"cookie" not in headers
            and _is_ours(headers.get(b"host", b"").decode("latin1"))
        )

    async def answer(self, headers: Mapping[bytes, bytes], body: bytes) -> Reply | None:
        """The answer, or None for what Django is to answer: all that is not plainly good."""
        sent = self._read(headers, body)
        if sent is None:
            return None
        language = _language(headers)
        try:
            done = await self._orders.ask(sent)
        except Refused as refusal:
            return _problem(language, refusal)
        except Overloaded:
            return self.busy(headers)
        replayed = {"Idempotent-Replayed": "true"} if done.is_repeat else {}
        kind = {"Content-Type": "application/json"}
        return Reply(201, kind | replayed, done.body, language, done.org)

    def broken(self, headers: Mapping[bytes, bytes]) -> Reply:
        """What is said when something went wrong here."""
        return _problem(_language(headers), None, 500)

    def busy(self, headers: Mapping[bytes, bytes]) -> Reply:
        """What is said when too many wait, or the database is away."""
        reply = _problem(_language(headers), None, 503)
        return reply._replace(headers={**reply.headers, "Retry-After": "1"})

    async def close(self) -> None:
        """Let go of the database."""
        await self._link.close()

    async def _place(self, batch: Sequence[Sent]) -> Sequence[Answered | Exception]:
        self._taken(len(batch))
        return await orders.place(self._link, batch)

    def _read(self, headers: Mapping[bytes, bytes], body: bytes) -> Sent | None:
        if len(body) > LARGEST:
            return None
        try:
            order = NewOrder.model_validate(msgspec.json.decode(body))
            key = _key.validate_python(headers[b"idempotency-key"].decode("latin1"))
        except (ValidationError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        secret = headers[b"authorization"][7:].decode("latin1").strip()
        content = content_of("POST", PATH, order)
        return orders.read(digest_of(secret), key, content, order)


def _problem(language: str, refusal: Refused | None, status: int = 0) -> Reply:
    with translation.override(language):
        made = problems.refused(refusal) if refusal else problems.for_status(status)
    return Reply(made.status_code, dict(made.headers.items()), made.content, language)


def _is_ours(host: str) -> bool:
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def _language(headers: Mapping[bytes, bytes]) -> str:
    """As `middleware.InTheirLanguage` finds it for a program without cookies."""
    accepted = headers.get(b"accept-language", b"").decode("latin1")
    asked: Any = SimpleNamespace(COOKIES={}, META={"HTTP_ACCEPT_LANGUAGE": accepted})
    return translation.get_language_from_request(asked)
