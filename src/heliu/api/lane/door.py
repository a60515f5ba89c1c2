"""The lane's door: which requests it takes, and how it answers them over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils import translation

from heliu.api import problems
from heliu.api.lane.calls import Call, Request, Said
from heliu.api.lane.gather import Gatherer, Overloaded, Turn
from heliu.api.lane.link import Links
from heliu.api.lane.notices import Notices
from heliu.api.lane.orders import Orders
from heliu.api.lane.prices import Prices
from heliu.kernel.errors import Refused

KNOWN = 256  # programs send the same few headers again and again


class Reply(NamedTuple):
    """An HTTP answer, without the headers that all answers bear."""

    status: int
    headers: dict[str, str]
    body: bytes
    language: str
    org: UUID | None = None


class _Hot:
    """A hot call with its own connections, so that one kind does not wait for another."""

    def __init__(self, call: Call[Any]) -> None:
        self.call, self.links = call, Links()
        self.gatherer: Gatherer[Any, Said] = Gatherer(self._work)

    async def _work(self, batch: Sequence[Any], turn: Turn) -> Sequence[Said | Exception]:
        return await self.call.work(self.links, batch, turn)


class Lane:
    """The lane of this process."""

    def __init__(self, taken: Callable[[int], object] = lambda orders: None) -> None:
        """`taken` is told how many orders each batch has."""
        calls: list[Call[Any]] = [Orders(taken), Prices(), Notices()]
        self._hot = {(call.method, call.path): _Hot(call) for call in calls}

    @property
    def waiting(self) -> int:
        """How many requests wait for the next batch."""
        return sum(hot.gatherer.waiting for hot in self._hot.values())

    def has(self, method: str, path: str) -> bool:
        """Whether this is one of the hot calls."""
        return (method, path) in self._hot

    def takes(self, method: str, path: str, headers: Mapping[bytes, bytes]) -> bool:
        """Whether the request is of the kind the lane answers; its content may still not be."""
        hot = self._hot.get((method, path))
        return (
            hot is not None
            and hot.call.takes(headers)
            and b"cookie" not in headers
            and _is_ours(headers.get(b"host", b""), tuple(settings.ALLOWED_HOSTS))
        )

    async def answer(self, method: str, path: str, request: Request) -> Reply | None:
        """The answer, or None for what Django is to answer: all that is not plainly good."""
        hot = self._hot[method, path]
        asked = hot.call.read(request)
        if asked is None:
            return None
        language = _language(request.headers.get(b"accept-language", b""))
        try:
            said = await hot.gatherer.ask(asked)
        except Refused as refusal:
            return _problem(language, refusal)
        except Overloaded:
            return self.busy(request.headers)
        headers = {"Content-Type": "application/json", **said.headers}
        return Reply(said.status, headers, said.body, language, said.org)

    def broken(self, headers: Mapping[bytes, bytes]) -> Reply:
        """What is said when something went wrong here."""
        return _problem(_language(headers.get(b"accept-language", b"")), None, 500)

    def busy(self, headers: Mapping[bytes, bytes]) -> Reply:
        """What is said when too many wait, or the database is away."""
        reply = _problem(_language(headers.get(b"accept-language", b"")), None, 503)
        return reply._replace(headers={**reply.headers, "Retry-After": "1"})

    async def close(self) -> None:
        """Let go of the database."""
        for hot in self._hot.values():
            await hot.links.close()


def _problem(language: str, refusal: Refused | None, status: int = 0) -> Reply:
    with translation.override(language):
        made = problems.refused(refusal) if refusal else problems.for_status(status)
    return Reply(made.status_code, dict(made.headers.items()), made.content, language)


@lru_cache(maxsize=KNOWN)
def _is_ours(host: bytes, allowed: tuple[str, ...]) -> bool:
    domain, _ = split_domain_port(host.decode("latin1"))
    return bool(domain) and validate_host(domain, allowed)


@lru_cache(maxsize=KNOWN)
def _language(accepted: bytes) -> str:
    """As `middleware.InTheirLanguage` finds it for a program without cookies."""
    asked: Any = SimpleNamespace(
        COOKIES={}, META={"HTTP_ACCEPT_LANGUAGE": accepted.decode("latin1")}
    )
    return translation.get_language_from_request(asked)
