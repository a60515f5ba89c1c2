"""The sandbox bank's side of the contract: signed requests in, signed answers out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from heliu.capital.bank.http import contract
from heliu.capital.bank.http.contract import Problem
from heliu.capital.bank.port import Ack, sealed
from heliu.capital.bank.sandbox.policies import reference
from heliu.capital.bank.sandbox.process.books import Books, Differs
from heliu.capital.bank.sandbox.process.sender import Clock, Sender


class Refuses(Exception):
    """A request that is not taken; nothing has happened."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(code)
        self.status, self.problem = status, Problem(code, detail)


class Lost(Exception):
    """The answer gets lost on its way, as a fault has it."""


class House:
    """The bank: its books, its time and its sender, and what it does when it is asked."""

    def __init__(self, file: Path, *, secret: str, door: str) -> None:
        self.books, self.clock, self.secret = Books(file), Clock(), secret
        self.sender = Sender(self.books, self.clock, door=door, secret=secret)

    async def pay(self, request: Request, body: bytes) -> object:
        """Take a payment order."""
        asked = _read(body, contract.Submission)
        if asked.order.amount <= 0:
            raise Refuses(422, "malformed", "An amount is above zero.")
        self.clock.heard(asked.at)
        try:
            plan = self.books.take(asked.order, asked.at, time.time())
        except Differs as error:
            detail = "This id was used for another order."
            raise Refuses(409, "differs", detail) from error
        if plan.is_early:
            await self.sender.bring()
        if not plan.is_answered:
            raise Lost
        return Ack(reference(asked.order.id))

    async def status(self, request: Request, body: bytes) -> object:
        """Say what became of an order."""
        try:
            payment = UUID(request.path_params["payment"])
        except ValueError as error:
            raise Refuses(422, "malformed", "This is no id.") from error
        return self.books.status(payment)

    async def statement(self, request: Request, body: bytes) -> object:
        """Write out an account's day."""
        asked = _read(body, contract.StatementAsked)
        found = self.books.statement(asked.number, asked.day)
        if found is None:
            raise Refuses(404, "account-unknown", "There is no such account.")
        return found

    async def open_supervised(self, request: Request, body: bytes) -> object:
        """Open a supervised account, or name the one that is there."""
        return contract.Opened(self.books.open_supervised(_read(body, contract.SupervisedAsked)))

    async def notices(self, request: Request, body: bytes) -> object:
        """Hand out what cannot be brought to the door: that is tried first."""
        asked = _read(body, contract.NoticesAsked)
        self.clock.heard(asked.at)
        await self.sender.bring()
        return [
            contract.Waiting(one.number, one.said, sealed(self.secret, one.said.encode()))
            for one in self.books.hand_out(asked.at, time.time())
        ]

    async def kept(self, request: Request, body: bytes) -> object:
        """Forget the notices that the customer has kept."""
        handles = _read(body, contract.Handles)
        self.books.delivered(handles.handles)
        return handles

    async def open_account(self, request: Request, body: bytes) -> object:
        """Sandbox only: open an account with money on it."""
        return contract.Opened(self.books.open_account(_read(body, contract.AccountWanted)))

    async def script(self, request: Request, body: bytes) -> object:
        """Sandbox only: note a fault to come."""
        return contract.Scripted(self.books.script(_read(body, contract.FaultWanted)))

    async def transfer(self, request: Request, body: bytes) -> object:
        """Sandbox only: somebody's own transfer."""
        wanted = _read(body, contract.TransferWanted)
        self.books.transfer(wanted)
        return wanted


type Act = Callable[[House, Request, bytes], Awaitable[object]]


def bank(file: Path, *, secret: str, door: str) -> Starlette:
    """The bank as an ASGI application; `door` is where notices are brought, if anywhere."""

    @asynccontextmanager
    async def open_for_business(app: Starlette) -> AsyncIterator[None]:
        house = app.state.house = House(file, secret=secret, door=door)
        sending = asyncio.create_task(house.sender.go_on())
        try:
            yield
        finally:
            sending.cancel()
            house.books.close()

    def at(path: str, act: Act, method: str = "POST") -> Route:
        async def endpoint(request: Request) -> Response:
            house: House = request.app.state.house
            body = await request.body()
            seal = request.headers.get(contract.SIGNATURE, "")
            try:
                _believe(request, body, secret)
                status, said = 200, await act(house, request, body)
            except Refuses as refused:
                status, said = refused.status, refused.problem
            except Lost:
                return Response(status_code=504)  # as a gateway that gave up
            return _signed(status, msgspec.json.encode(said), seal, secret)

        return Route(path, endpoint, methods=[method])

    async def healthy(request: Request) -> Response:
        return Response(b"ok")

    return Starlette(
        lifespan=open_for_business,
        routes=[
            Route("/healthz", healthy),
            at(contract.PAYMENTS, House.pay),
            at(f"{contract.PAYMENTS}/{{payment}}", House.status, "GET"),
            at(contract.STATEMENTS, House.statement),
            at(contract.SUPERVISED, House.open_supervised),
            at(contract.NOTICES, House.notices),
            at(contract.KEPT, House.kept),
            at(contract.ACCOUNTS, House.open_account),
            at(contract.FAULTS, House.script),
            at(contract.TRANSFERS, House.transfer),
        ],
    )


def _believe(request: Request, body: bytes, secret: str) -> None:
    """Go on only with what the customer has signed just now."""
    target = request.scope["raw_path"].decode("latin1")
    if query := request.scope["query_string"].decode("latin1"):
        target += f"?{query}"
    stamp = request.headers.get(contract.TIMESTAMP, "")
    seal = contract.request_seal(secret, request.method, target, stamp, body)
    if not contract.is_same(seal, request.headers.get(contract.SIGNATURE, "")):
        raise Refuses(401, "bad-signature", "This request does not bear the agreed signature.")
    if not contract.is_fresh(stamp, time.time()):
        raise Refuses(401, "stale", "This request is not of now.")


def _signed(status: int, body: bytes, asked: str, secret: str) -> Response:
    stamp = str(int(time.time()))
    headers = {
        contract.TIMESTAMP: stamp,
        contract.SIGNATURE: contract.answer_seal(secret, status, asked, stamp, body),
    }
    return Response(body, status, headers, media_type="application/json")


def _read[T](body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise Refuses(422, "malformed", str(error)) from error
