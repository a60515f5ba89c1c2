"""One pledged order from preview to close over real HTTP, as the programs of its people."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

import httpx

from heliu.demo.baskets import LINES, Shelf, fill
from heliu.demo.chain import YUAN
from heliu.kernel.errors import Refused
from heliu.kernel.ids import new_id
from heliu.kernel.money import Money

WANTED = 40_000 * YUAN
LEAST = 500 * YUAN
NEARLY = 9  # tenths of what the limit would carry
PATIENCE = 180  # seconds for what the worker does by itself; the machine may be busy
OFTEN = 0.02  # seconds between two looks
CARRIER = "顺达物流"

type Body = dict[str, Any]


@dataclass
class Hand:
    """A person's program: its bearer token, and a key of its own for every write."""

    client: httpx.Client
    token: str
    keys: Iterator[int] = field(default_factory=lambda: count(1))
    run: str = field(default_factory=lambda: new_id().hex)

    def get(self, path: str, **query: str) -> Any:
        """Read."""
        return self._ask("GET", path, params=query)

    def post(self, path: str, body: Body | None = None) -> Any:
        """Write once."""
        key = {"Idempotency-Key": f"demo-{self.run}-{next(self.keys)}"}
        return self._ask("POST", path, json=body or {}, headers=key)

    def _ask(self, method: str, path: str, **sent: Any) -> Any:
        who = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}
        sent["headers"] = who | sent.get("headers", {})
        try:
            answer = self.client.request(method, path, **sent)
        except httpx.HTTPError as error:
            raise stopped(f"{path} was not answered ({error}); the log says why.") from error
        if answer.is_success:
            return answer.json()
        said = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        raise stopped(said.get("detail") or f"HTTP {answer.status_code}", said.get("help", ""))


def stopped(words: str, help: str = "") -> Refused:
    """The demo cannot go on, in one line."""
    return Refused("demo-stopped", "%(words)s", words=f"{words} {help}".rstrip())


@dataclass(frozen=True)
class Step:
    """Something that was done: in which flow, by whom, when, how long it took on the wall clock."""

    name: str
    flow: str
    by: str
    at: datetime
    milliseconds: float
    documents: tuple[str, ...]
    detail: str


@dataclass
class Note:
    """What is filled in while a step is done."""

    documents: tuple[str, ...] = ()
    detail: str = ""


@dataclass
class Walk:
    """The deal as it goes. `tell` hears of every step as it begins (None) and as it is done."""

    dealer: Hand
    seller: Hand
    keeper: Hand
    seller_id: UUID
    tell: Callable[[str, Step | None], None]
    steps: list[Step] = field(default_factory=list)
    offer: Body = field(default_factory=dict)
    lines: list[Body] = field(default_factory=list)
    placed: Body = field(default_factory=dict)
    shipment: Body = field(default_factory=dict)
    releases: list[Body] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, flow: str, by: str) -> Iterator[Note]:
        """Do a step and keep how long it took."""
        self.tell(name, None)
        at, began, note = datetime.now(UTC), time.perf_counter(), Note()
        yield note
        took = (time.perf_counter() - began) * 1000
        done = Step(name, flow, by, at, round(took, 1), note.documents, note.detail)
        self.steps.append(done)
        self.tell(name, done)

    @property
    def deal(self) -> str:
        """The path of the deal."""
        return f"/deals/{self.placed['deal_number']}"

    def go(self, shelves: list[Shelf], *, quantity: int, repay: tuple[int, ...]) -> None:
        """The whole way. Raises `Refused` (demo-stopped) where it ends before its time."""
        self.preview(shelves, quantity)
        self.order()
        self.sign()
        self.wait_for_money()
        self.ship()
        self.receive()
        for number, percent in enumerate(repay, start=1):
            is_last = number == len(repay) and sum(repay) == 100
            self.repay(percent, is_last=is_last)

    def preview(self, shelves: list[Shelf], quantity: int) -> None:
        """What the order would cost, and what the bank offers for it."""
        with self.step("preview", "commerce", "dealer") as note:
            wanted = (
                [(shelf.sku, quantity) for shelf in shelves[:LINES]]
                if quantity
                else fill(shelves, WANTED)
            )
            seen = self._ask(wanted)
            if not quantity and (most := _carried(seen)) < seen["total"]:
                seen = self._ask(fill(shelves, most) if most >= LEAST else [])
            _require_offer(seen)
            self.offer, self.lines = seen["offer"], seen["lines"]
            best = self.offer["recommended"]
            note.detail = (
                f"{len(self.lines)} lines, {Money(seen['total'])}; grade {self.offer['grade']},"
                f" deposit {_percent(best['deposit_ratio'])}, {best['rate']} % a year"
            )

    def order(self) -> None:
        """The dealer orders; goods and limit are held."""
        best = self.offer["recommended"]
        with self.step("order", "commerce", "dealer") as note:
            self.placed = self.dealer.post(
                "/orders",
                {
                    "seller": str(self.seller_id),
                    "pay_by": "FINANCE",
                    "lines": [_wanted(line["sku"]["id"], line["quantity"]) for line in self.lines],
                    "programme": self.offer["programme"],
                    "deposit_ratio": best["deposit_ratio"],
                    "days": best["days"],
                },
            )
            numbers = (self.placed["order"]["number"], self.placed["deal_number"])
            note.documents = (*numbers, self.placed["loan_number"])
            note.detail = f"{Money(self.placed['order']['total'])}, goods and limit held"
            # As they were written: what the order earned as a whole stands in its lines.
            self.lines = self.dealer.get(f"/orders/{numbers[0]}")["lines"]
        if self.placed["loan_status"] != "QUOTED":
            raise stopped(f"The bank's people decide on {self.placed['loan_number']} first.")

    def sign(self) -> None:
        """The dealer signs exactly the text it was shown."""
        with self.step("sign", "capital", "dealer") as note:
            agreement = self.dealer.get(f"{self.deal}/agreement")
            signature = {"agreement_digest": agreement["digest"], "consent": True}
            loan = self.dealer.post(f"{self.deal}/sign", signature)
            note.documents = (loan["number"],)
            note.detail = f"deposit {Money(loan['deposit'])}, loan {Money(loan['principal'])}"

    def wait_for_money(self) -> None:
        """The worker and the bank do the rest: deposit, loan, own share, seller's money."""
        path = f"/loans/{self.placed['loan_number']}"
        with self.step("seller paid", "capital", "bank") as note:
            self._until(lambda: self.dealer.get(path)["status"] == "SELLER_PAID", "the money")
            payments = self.dealer.get("/payments", deal=self.placed["deal"])["items"]
            note.documents = tuple(sorted(payment["number"] for payment in payments))
            note.detail = "deposit, loan and own share supervised; the seller has its money"

    def ship(self) -> None:
        """The seller sends everything."""
        with self.step("ship", "logistics", "seller") as note:
            path = f"/orders/{self.placed['order']['number']}/ship"
            self.shipment = self.seller.post(path, {"carrier": CARRIER})
            note.documents = (self.shipment["number"],)
            note.detail = "on the road to the supervised warehouse"

    def receive(self) -> None:
        """The keeper counts it in; it is pledged in the same moment."""
        path = f"/shipments/{self.shipment['number']}"
        with self.step("receive and pledge", "logistics", "keeper") as note:
            self.keeper.post(f"{path}/arrived")
            lines = self.keeper.get(path)["lines"]
            counts = [{"line": line["id"], "good": line["quantity"]} for line in lines]
            received = self.keeper.post(f"{path}/receive", {"counts": counts})
            pledge = self.dealer.get(self.deal)["pledge_number"]
            note.documents = (received["receipt_number"], pledge)
            note.detail = f"{sum(received['good'].values())} pieces counted and pledged"

    def repay(self, percent: int, *, is_last: bool) -> None:
        """The dealer repays a share, the last one with all that is owed; then it fetches."""
        with self.step(f"repay {percent} %", "capital", "dealer") as note:
            share = "100" if is_last else str(percent)
            payment = self.dealer.post(f"{self.deal}/repay", {"percent": share})
            path = f"/payments/{payment['number']}"
            self._until(lambda: self.dealer.get(path)["status"] == "BOOKED", "the repayment")
            waiting = self.dealer.get("/releases", deal=self.placed["deal"], status="RELEASED")[
                "items"
            ]
            released = tuple(n for r in waiting for n in (r["number"], r["notice_number"]))
            note.documents = (payment["number"], *released)
            freed = sum(release["quantity"] for release in waiting)
            note.detail = f"{Money(payment['amount'])}; {freed} pieces come free"
        for release in waiting:
            self.pick_up(release)

    def pick_up(self, release: Body) -> None:
        """The code of the notice opens the gate, once."""
        with self.step("pick up", "logistics", "keeper") as note:
            notices = self.dealer.get("/notices", unread="true")["items"]
            code = next(
                notice["params"]["code"]
                for notice in notices
                if notice["kind"] == "goods-released" and notice["link"] == self.deal
            )
            verdict = self.keeper.post("/pick-ups", {"code": code})
            if not verdict["go"]:
                raise stopped(f"The gate stopped {release['number']}: {verdict['words']}")
            note.documents = (release["number"], release["notice_number"])
            note.detail = f"{verdict['quantity']} pieces leave by code"
        self.releases.append(release)

    def _ask(self, wanted: list[tuple[UUID, int]]) -> Body:
        if not wanted:
            raise stopped(
                "This dealer's free limit, or what is in stock for it, is too small for an order."
            )
        lines = [_wanted(str(sku), quantity) for sku, quantity in wanted]
        seen: Body = self.dealer.post(
            "/orders/preview", {"seller": str(self.seller_id), "lines": lines}
        )
        return seen

    def _until(self, is_done: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not is_done():
            if time.monotonic() > end:
                raise stopped(f"Waited {PATIENCE} seconds for {what}; the log says why.")
            time.sleep(OFTEN)


def _wanted(sku: str, quantity: int) -> Body:
    return {"sku": sku, "quantity": quantity}


def _carried(seen: Body) -> int:
    """How large an order the free limit would carry, at the lowest deposit on offer."""
    offer = seen["offer"]
    if not offer or not offer["grid"]:
        return int(seen["total"])
    largest: int = max(terms["principal"] for terms in offer["grid"])
    most: int = offer["free"] * seen["total"] // largest * NEARLY // 10
    return most


def _require_offer(seen: Body) -> None:
    """Go on only where the rules approve; otherwise say what they said."""
    for line in seen["lines"]:
        if line["problem"]:
            raise stopped(f"{line['code']}: {line['words']}.")
    offer = seen["offer"]
    decided = offer["decision"] if offer else "DECLINE"
    why = "; ".join(reason["words"] for reason in offer["reasons"][:3]) if offer else ""
    if decided == "DECLINE":
        raise stopped(f"The bank's rules say no to financing this dealer: {why}.")
    if decided == "REFER":
        raise stopped(f"A person at the bank decides on an order like this: {why}.")
    way = next(way for way in seen["ways"] if way["pay_by"] == "FINANCE")
    if not way["is_open"] or offer["recommended"] is None:
        raise stopped(f"This order cannot be financed: {way['reason']}.")


def _percent(share: str) -> str:
    return f"{float(share) * 100:.0f} %"
