"""A bank over HTTP behind the port. Whatever is no signed answer of the contract is no answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from ipaddress import ip_address
from uuid import UUID

import httpx
import msgspec
from django.conf import settings
from django.db import transaction

from heliu.capital.bank.http import contract
from heliu.capital.bank.port import (
    Ack,
    BankStatement,
    BankStatus,
    BankTimeout,
    Order,
    SignedNotice,
)
from heliu.kernel.errors import Refused

TIMEOUT = httpx.Timeout(10, connect=3)
AWAY = 5.0  # seconds in which a bank whose door did not open is not knocked at again

log = logging.getLogger(__name__)
_away_until: dict[str, float] = {}  # by address, in the time of `time.monotonic`


class HttpBank:
    """The contract's client. Without a believable answer it raises `BankTimeout`."""

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._secret = url.rstrip("/"), secret

    def submit(self, order: Order, at: datetime) -> Ack:
        """Hand over an order; the bank books one id at most once."""
        return self.ask(contract.PAYMENTS, contract.Submission(order, at), Ack)

    def status(self, instruction: UUID) -> BankStatus:
        """What became of the order with this id."""
        return self.ask(f"{contract.PAYMENTS}/{instruction}", None, BankStatus)

    def notices(self, at: datetime) -> Sequence[SignedNotice]:
        """Notices the bank could not bring to our door; it hears when they are kept."""
        waiting = self.ask(contract.NOTICES, contract.NoticesAsked(at), list[contract.Waiting])
        if waiting:
            handles = [one.handle for one in waiting]
            transaction.on_commit(lambda: self._kept(handles))
        return [SignedNotice(one.said.encode(), one.signature) for one in waiting]

    def statement(self, number: str, day: date) -> BankStatement:
        """The account's bookings of one business day."""
        asked = contract.StatementAsked(number, day)
        return self.ask(contract.STATEMENTS, asked, BankStatement)

    def open_supervised(self, *, dealer: UUID, lender: UUID, at: datetime) -> str:
        """Open the dealer's supervised account; asked again the bank names the same one."""
        asked = contract.SupervisedAsked(dealer, lender, at)
        return self.ask(contract.SUPERVISED, asked, contract.Opened).number

    def ask[T](self, path: str, said: object | None, kind: type[T]) -> T:
        """Ask at an address of the contract (None: GET) and understand the answer as `kind`."""
        method, body = ("GET", b"") if said is None else ("POST", msgspec.json.encode(said))
        request = _client().build_request(method, self._url + path, content=body)
        target, stamp = request.url.raw_path.decode(), str(int(time.time()))
        seal = contract.request_seal(self._secret, method, target, stamp, body)
        request.headers[contract.TIMESTAMP], request.headers[contract.SIGNATURE] = stamp, seal
        if said is not None:
            request.headers["Content-Type"] = "application/json"
        answer = self._send(request, path)
        if not self._is_signed(answer, seal):
            raise BankTimeout(f"{path}: status {answer.status_code}, without a valid signature")
        try:
            if not answer.is_success:
                problem = msgspec.json.decode(answer.content, type=contract.Problem)
                log.error("the bank does not take %s: %s", path, problem.code)
                raise BankTimeout(f"{path}: {problem.code}")
            return msgspec.json.decode(answer.content, type=kind)
        except msgspec.DecodeError as error:
            raise BankTimeout(f"{path}: an answer that is none of the contract") from error

    def _send(self, request: httpx.Request, path: str) -> httpx.Response:
        """Send; the many who wait do not each wait for a bank that is not there."""
        if time.monotonic() < _away_until.get(self._url, 0):
            raise BankTimeout(f"{path}: the bank was not there just now")
        try:
            return _client().send(request)
        except httpx.HTTPError as error:
            if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
                _away_until[self._url] = time.monotonic() + AWAY
            raise BankTimeout(f"{path}: {type(error).__name__}") from error

    def _is_signed(self, answer: httpx.Response, asked: str) -> bool:
        stamp = answer.headers.get(contract.TIMESTAMP, "")
        seal = contract.answer_seal(self._secret, answer.status_code, asked, stamp, answer.content)
        said = answer.headers.get(contract.SIGNATURE, "")
        return contract.is_fresh(stamp, time.time()) and contract.is_same(seal, said)

    def _kept(self, handles: list[int]) -> None:
        """Tell the bank what need not come again; unheard, it comes again and changes nothing."""
        try:
            self.ask(contract.KEPT, contract.Handles(handles), contract.Handles)
        except BankTimeout as silence:
            log.warning("the bank did not hear what is kept: %s", silence)


def connect() -> HttpBank:
    """The bank at HELIU_BANK_URL. Raises `Refused` when address or secret are not fit for it."""
    url, secret = settings.HELIU_BANK_URL, settings.HELIU_BANK_SECRET
    if not url or not secret:
        raise Refused(
            "bank-not-set-up",
            "This bank needs HELIU_BANK_URL and HELIU_BANK_SECRET.",
            help="See docs/bank-http.md.",
        )
    if not _is_safe(httpx.URL(url)):
        raise Refused(
            "bank-in-the-clear",
            "HELIU_BANK_URL must begin with https:// unless the bank is on this machine.",
        )
    return HttpBank(url, secret)


def _is_safe(url: httpx.URL) -> bool:
    if url.scheme != "http":
        return url.scheme == "https"
    try:
        return url.host == "localhost" or ip_address(url.host).is_loopback
    except ValueError:
        return False


@cache
def _client() -> httpx.Client:
    """One for the process: connections are kept, and its certificates are read once."""
    return httpx.Client(timeout=TIMEOUT, follow_redirects=False)
