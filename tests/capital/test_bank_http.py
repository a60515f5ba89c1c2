"""The contract of docs/bank-http.md, held by a real bank in a process of its own."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from tests.banks import SECRET, bank_over_http
from tests.capital.test_bank import AT

from heliu.capital.bank.http import contract, rehearsal
from heliu.capital.bank.http.adapter import HttpBank, connect
from heliu.capital.bank.notices import Notice, read
from heliu.capital.bank.port import BankTimeout, Order, Outcome, current_bank, sealed
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.bank.sandbox.policies import Plan
from heliu.capital.bank.sandbox.process.books import Holding
from heliu.config.bank_beside import sandbox_bank
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.ids import new_id

PAGE = (Path(__file__).parents[2] / "docs" / "bank-http.md").read_text()
HOUR = timedelta(hours=1)


class Door:
    """A customer's door that keeps what is brought, or fails as often as it is told to."""

    def __init__(self) -> None:
        self.came: list[tuple[bytes, str]] = []
        self.failures = 0
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if door.failures:
                    door.failures -= 1
                    self.send_response(503)
                else:
                    door.came.append((body, self.headers[contract.SIGNATURE]))
                    self.send_response(202)
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                """Tests tell their own story."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"

    def notices(self) -> list[Notice]:
        """What came, each signed."""
        assert all(sealed(SECRET, body) == signature for body, signature in self.came)
        return [read(body) for body, _ in self.came]


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    door = Door()
    thread = Thread(target=door.server.serve_forever, args=(0.05,))
    thread.start()
    yield door
    door.server.shutdown()
    thread.join()
    door.server.server_close()


@pytest.fixture(scope="module")
def there(door: Door, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A bank's address; it brings notices to the door."""
    books = tmp_path_factory.mktemp("bank") / "books.sqlite3"
    with bank_over_http(books, door=door.address) as address:
        yield address


@pytest.fixture
def bank(there: str, door: Door) -> HttpBank:
    door.came.clear()
    door.failures = 0
    return HttpBank(there, SECRET)


@contextmanager
def answering(
    answer: Callable[[httpx.Request], tuple[int, dict[str, str], bytes]],
) -> Iterator[str]:
    """Somebody who says he is the bank."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = httpx.Request("GET", f"http://x{self.path}", headers=dict(self.headers))
            status, headers, body = answer(asked)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Tests tell their own story."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def account(funds: int = 100_00, *, is_bounded: bool = True) -> str:
    return rehearsal.open_account(holder=new_id(), funds=funds, is_bounded=is_bounded, at=AT)


def order(source: str, target: str, amount: int = 1_00, purpose: str = "DEPOSIT") -> Order:
    return Order(new_id(), purpose, source, target, amount, new_id(), number="PY-1")


def script(fault: str, deal: object) -> None:
    sandbox.script(fault=fault, deal=deal)  # type: ignore[arg-type]


def until(is_so: Callable[[], bool]) -> None:
    """Wait for what the bank does by itself."""
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


# --- signatures


def test_the_examples_of_the_page_are_signed_as_it_says() -> None:
    blocks = re.findall(r"```\n((?:POST|200).*?)\n```", PAGE, re.S)
    request, answer, notice = (dict(_parsed(block)) for block in blocks)
    seal = contract.request_seal(
        SECRET, "POST", "/v1/statements", request[contract.TIMESTAMP], request["body"].encode()
    )
    assert request[contract.SIGNATURE] == seal
    stamp, body = answer[contract.TIMESTAMP], answer["body"].encode()
    assert answer[contract.SIGNATURE] == contract.answer_seal(SECRET, 200, seal, stamp, body)
    assert notice[contract.SIGNATURE] == sealed(SECRET, notice["body"].encode())
    assert read(notice["body"].encode()).amount == 3_998_69


def _parsed(block: str) -> Iterator[tuple[str, str]]:
    head, _, body = block.partition("\n\n")
    yield "body", body
    for line in head.splitlines()[1:]:
        name, _, value = line.partition(": ")
        yield name, value


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"method": "GET"}, "bad-signature"),
        ({"target": "/v1/notices"}, "bad-signature"),
        ({"body": b"{}"}, "bad-signature"),
        ({"timestamp": "1"}, "bad-signature"),
        ({"secret": "another"}, "bad-signature"),
        ({"ago": 400}, "stale"),
        ({"ago": -400}, "stale"),
        ({"ago": 200}, ""),
    ],
)
def test_a_request_signed_otherwise_is_refused(bank: HttpBank, there: str, change, code) -> None:
    body = b'{"handles":[]}'
    stamp = str(int(time.time()) - change.get("ago", 0))
    seal = contract.request_seal(
        change.get("secret", SECRET), change.get("method", "POST"),
        change.get("target", contract.KEPT), change.get("timestamp", stamp),
        change.get("body", body),
    )  # fmt: skip
    headers = {contract.TIMESTAMP: stamp, contract.SIGNATURE: seal}
    answer = httpx.post(there + contract.KEPT, content=body, headers=headers)
    assert answer.status_code == (401 if code else 200)
    assert answer.json().get("code", "") == code


def test_an_answer_is_believed_only_when_it_is_signed_for_this_question(bank: HttpBank) -> None:
    body = b'{"outcome":"BOOKED"}'
    now = str(int(time.time()))

    def says(secret: str, *, asked: str = "", status: int = 200, stamp: str = now) -> str:
        def answer(request: httpx.Request) -> tuple[int, dict[str, str], bytes]:
            seal = asked or request.headers[contract.SIGNATURE]
            seal = contract.answer_seal(secret, 200, seal, stamp, body)
            return status, {contract.TIMESTAMP: stamp, contract.SIGNATURE: seal}, body

        with answering(answer) as address:
            try:
                return HttpBank(address, SECRET).status(new_id()).outcome
            except BankTimeout:
                return "no answer"

    assert says(SECRET) == Outcome.BOOKED
    assert says("another") == "no answer"
    assert says(SECRET, asked="0" * 64) == "no answer"
    assert says(SECRET, status=201) == "no answer"
    assert says(SECRET, stamp="1") == "no answer"


def test_a_bank_that_is_not_there_does_not_answer_and_is_not_knocked_at_by_everybody() -> None:
    with pytest.raises(BankTimeout, match="ConnectError"):
        HttpBank("http://127.0.0.1:9", SECRET).status(new_id())
    with pytest.raises(BankTimeout, match="not there just now"):
        HttpBank("http://127.0.0.1:9", SECRET).status(new_id())


# --- payments


def test_one_id_is_booked_once_and_other_content_refused(bank: HttpBank) -> None:
    source, target = account(), account(0)
    one = order(source, target, 30_00)
    first = bank.submit(one, AT)
    assert bank.submit(one, AT + HOUR) == first
    with pytest.raises(BankTimeout, match="differs"):
        bank.submit(replace(one, amount=31_00), AT)
    day = bank.statement(source, day_of(AT))
    assert [(entry.amount, entry.reference) for entry in day.entries] == [(-30_00, str(one.id))]
    assert (day.opening, day.closing) == (100_00, 70_00)
    following = bank.statement(source, day_of(AT) + timedelta(days=1))
    assert (following.opening, following.closing, following.entries) == (70_00, 70_00, ())


def test_nobody_pays_more_than_he_has_but_the_bank(bank: HttpBank) -> None:
    source, target, own = account(10_00), account(0), account(0, is_bounded=False)
    for payment, reason in (
        (order(source, target, 10_01), "AM04"),
        (order(source, "6228", 1), "AC01"),
        (order(source, target, 10_00), ""),
        (order(source, target, 1), "AM04"),
        (order(own, target, 5_000_00), ""),
    ):
        bank.submit(payment, AT)
        said = bank.status(payment.id)
        assert (said.outcome, said.reason) == ("REJECTED" if reason else "BOOKED", reason)
        assert said.booked_at == AT
    assert bank.status(new_id()).outcome == Outcome.NEVER_SEEN


def test_a_closed_account_neither_pays_nor_is_paid() -> None:
    open_one, closed = Holding(True, False, 5_00), Holding(True, True, 5_00)
    assert Plan().refusal(closed, open_one, 1) == Plan().refusal(open_one, closed, 1) == "AC04"
    assert Plan().refusal(open_one, open_one, 5_00) == ""


def test_what_makes_no_sense_is_not_taken(bank: HttpBank) -> None:
    with pytest.raises(BankTimeout, match="malformed"):
        bank.submit(order(account(), account(), -1_00), AT)
    with pytest.raises(BankTimeout, match="malformed"):
        bank.submit(order(account(), account()), AT.replace(tzinfo=None))
    with pytest.raises(BankTimeout, match="account-unknown"):
        bank.statement("6228", day_of(AT))


def test_a_supervised_account_is_opened_once(bank: HttpBank) -> None:
    dealer, lender = new_id(), new_id()
    first = bank.open_supervised(dealer=dealer, lender=lender, at=AT)
    assert bank.open_supervised(dealer=dealer, lender=lender, at=AT + HOUR) == first
    assert bank.open_supervised(dealer=new_id(), lender=lender, at=AT) != first


def test_the_bank_remembers_when_it_was_started_again(tmp_path: Path) -> None:
    with bank_over_http(tmp_path / "books"):
        one = order(account(), account(0))
        connect().submit(one, AT)
    with bank_over_http(tmp_path / "books"):
        assert connect().status(one.id).outcome == Outcome.BOOKED
        (waits,) = connect().ask(
            contract.NOTICES, contract.NoticesAsked(AT), list[contract.Waiting]
        )
        assert read(waits.said.encode()).instruction == one.id


# --- notices


def test_a_notice_is_brought_to_the_door(bank: HttpBank, door: Door) -> None:
    one = order(account(), account(0))
    bank.submit(one, AT)
    until(lambda: bool(door.came))
    (notice,) = door.notices()
    assert (notice.instruction, notice.outcome, notice.amount) == (one.id, "BOOKED", 1_00)
    assert notice.booked_at == AT


def test_a_door_that_fails_is_tried_again(bank: HttpBank, door: Door) -> None:
    door.failures = 2
    one = order(account(), account(0))
    bank.submit(one, AT)
    until(lambda: bool(door.came))
    assert (door.failures, door.notices()[0].instruction) == (0, one.id)


def test_what_the_door_did_not_take_is_fetched_and_not_again_when_kept(
    bank: HttpBank, door: Door
) -> None:
    door.failures = 10**6
    one = order(account(), account(0))
    bank.submit(one, AT)
    asked = contract.NoticesAsked(AT)
    (waits,) = bank.ask(contract.NOTICES, asked, list[contract.Waiting])
    assert (read(waits.said.encode()).instruction, sealed(SECRET, waits.said.encode())) == (
        one.id, waits.signature,
    )  # fmt: skip
    # Handed out it is not handed out again while it may still be kept.
    assert bank.ask(contract.NOTICES, asked, list[contract.Waiting]) == []
    bank.ask(contract.KEPT, contract.Handles([waits.handle]), contract.Handles)
    door.failures = 0
    later = order(account(), account(0))
    bank.submit(later, AT)
    until(lambda: bool(door.came))
    assert [notice.instruction for notice in door.notices()] == [later.id]


def test_a_delayed_notice_waits_for_the_customers_time(bank: HttpBank, door: Door) -> None:
    one = order(account(), account(0))
    script("delay", one.deal)
    bank.submit(one, AT)
    bank.ask(contract.NOTICES, contract.NoticesAsked(AT + HOUR / 2), list[contract.Waiting])
    assert door.came == []
    bank.ask(contract.NOTICES, contract.NoticesAsked(AT + HOUR), list[contract.Waiting])
    assert [notice.instruction for notice in door.notices()] == [one.id]


def test_the_faults_that_the_customer_sees(bank: HttpBank, door: Door) -> None:
    source, target = account(), account(0)
    early, twice, lost, unseen = (order(source, target) for _ in range(4))
    for fault, one in (
        ("early", early), ("duplicate", twice), ("lost", lost), ("lost_unbooked", unseen),
    ):  # fmt: skip
        script(fault, one.deal)
    bank.submit(early, AT)
    assert [notice.instruction for notice in door.notices()] == [early.id]
    bank.submit(twice, AT)
    until(lambda: len(door.came) == 3)
    assert door.notices()[1] == door.notices()[2]
    for one, outcome in ((lost, "BOOKED"), (unseen, "NEVER_SEEN")):
        with pytest.raises(BankTimeout, match="504"):
            bank.submit(one, AT)
        assert bank.status(one.id).outcome == outcome
    bank.submit(unseen, AT)
    assert bank.status(unseen.id).outcome == "BOOKED"


# --- settings


@pytest.mark.parametrize(
    ("url", "secret", "code"),
    [
        ("", SECRET, "bank-not-set-up"),
        ("https://bank.example", "", "bank-not-set-up"),
        ("http://bank.example", SECRET, "bank-in-the-clear"),
        ("http://10.0.0.1:8100", SECRET, "bank-in-the-clear"),
        ("ftp://127.0.0.1", SECRET, "bank-in-the-clear"),
    ],
)
def test_settings_that_are_not_fit_are_refused(settings, url, secret, code) -> None:
    settings.HELIU_BANK_URL, settings.HELIU_BANK_SECRET = url, secret
    with pytest.raises(Refused) as refused:
        connect()
    assert refused.value.code == code


@pytest.mark.parametrize("name", ["heliu.capital.bank.telex", "nothing"])
def test_a_bank_that_is_none_is_told(settings, name) -> None:
    settings.HELIU_BANK = name
    with pytest.raises(Refused) as refused:
        current_bank()
    assert refused.value.code == "bank-unknown"


def test_a_real_bank_is_no_sandbox(settings) -> None:
    settings.HELIU_BANK = "heliu.capital.bank"
    with pytest.raises(Refused) as refused:
        script("delay", None)
    assert refused.value.code == "bank-not-a-sandbox"


def test_the_bank_says_nothing_that_the_log_should_not_hold(tmp_path: Path) -> None:
    said = tmp_path / "log"
    with (
        open(said, "w") as log,
        sandbox_bank(tmp_path / "books", secret=SECRET, log=log) as address,
    ):
        bank = HttpBank(address, SECRET)
        wanted = contract.AccountWanted(new_id(), 0, True, AT)
        number = bank.ask(contract.ACCOUNTS, wanted, contract.Opened).number
        bank.submit(order(number, number), AT)
        bank.statement(number, day_of(AT))
    assert said.read_text() == ""
