"""Quotes: dealers ask for prices, sellers answer or let their rule do it, and what is offered is
ordered, negotiated, let go or forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from heliu.commerce.quotes import operations
from heliu.commerce.quotes.policies import Answer, Asked
from heliu.commerce.spending.operations import APPROVAL_NEEDED
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.trade import quoting
from heliu_world.acts import Act, Hands
from heliu_world.judge import Broken
from heliu_world.lives.case import yuan
from heliu_world.market import Dealer, Shop
from heliu_world.street import NOT_NOW
from heliu_world.world import World

WAITS = frozenset({"approval-waits"})  # an answer of which others at the seller are asked already
OVER = frozenset({"quote-over"})
ASKED_FOR = frozenset({"quote-asked-for"})  # by the buyer's house, which has not said its word yet
WISHED = (None, 60, 80, 90, 95, 100)  # per cent of the list price that a dealer wishes to pay
OFFERED = (75, 88, 95, 100, 104)  # per cent of it that a seller asks
STRUCK, OTHERWISE = 0.15, 0.2  # of the lines of an answer
LIVE = (
    "select q.id, q.number, q.buyer, q.seller, q.runs_out_at from quotes_quote q"
    " where q.status = %s and q.runs_out_at > %s and not exists ("
    " select from spending_purchaserequest r where r.quote = q.id"
    " and r.status in ('WAITING', 'AGREED')) order by q.number"
)
LINES = (
    "select l.position, l.sku_id, g.code, l.quantity, l.unit_price from quotes_quoteline l"
    " join quotes_quoteversion v on v.id = l.version_id join quotes_quote q"
    " on q.id = v.of_id and q.version = v.number join goods_sku g on g.id = l.sku_id"
    " where q.id = %s order by l.position"
)
# Offers that bind nobody any more: taken, let go, or past their last day.
BINDS_NO_MORE = (
    "select q.id, q.number, q.buyer, q.seller from quotes_quote q join quotes_quoteversion v"
    " on v.of_id = q.id and v.number = q.version and v.by_seller"
    " where q.ended_at is not null or q.runs_out_at < %s order by q.number"
)
PRICES = (
    "select p.sku_id, max(p.amount) as amount from pricing_listprice p"
    " where p.sku_id = any (%s) group by 1"
)


class Quotes:
    """Dealers and sellers of a world, as far as they agree on the prices of one order."""

    def __init__(self, world: World, hands: Hands) -> None:
        self._world, self._hands = world, hands
        self._random: Random = world.random("quotes")

    @property
    def day(self) -> tuple[tuple[Callable[[], None], float], ...]:
        """What a day brings, and how likely."""
        return (
            *[(self.quote_is_asked, 0.6)] * 2,
            *[(self.seller_answers, 0.8)] * 2,
            *[(self.dealer_answers, 0.7)] * 2,
            (self.what_is_over_is_taken, 0.2),
            (self.rule_is_set, 0.25),
        )

    def quote_is_asked(self) -> None:
        """A dealer asks a seller for its prices, and may say what it wishes to pay."""
        world, shop, dealer = self._world, self._shop(), self._dealer()
        lines, words = self._wishes(shop), "for the spring"
        said = {"seller": str(shop.seller.org), "lines": _told(lines), "words": words}
        self._hands.do(
            Act(
                "ask for a quote", dealer.seat, about=dealer.code, path="/quotes", body=said,
                changed={**said, "words": "another"}, page="/dealer/quotes/ask",
                form={"seller": self._code(shop), **self._typed(shop, lines, words)},
                desk=lambda who: quoting.ask(
                    actor=who, seller=shop.seller.org, lines=lines, words=words, at=world.now
                ),
            )
        )  # fmt: skip

    def seller_answers(self) -> None:
        """The seller offers line by line, or makes no offer; some wait in vain."""
        found = self._live("ASKED")
        if not found or self._random.random() < 0.1:
            return
        one = self._random.choice(found)
        if self._random.random() < 0.15:
            self._end(one, "decline", self._seller(one), "sold to another")
        else:
            self._offer(one)

    def _offer(self, one: dict[str, Any]) -> None:
        answers = self._answers(one)
        last = day_of(self._world.now) + timedelta(days=self._random.choice((0, 1, 3, 7)))
        said = {
            "lines": [_said(answer) for answer in answers], "valid_until": last.isoformat(),
            "words": "as long as it lasts",
        }  # fmt: skip
        self._hands.do(
            Act(
                "answer a quote", self._seller(one).seller, about=one["number"],
                path=f"/quotes/{one['number']}/answer", body=said,
                changed={**said, "words": "another"},
                page=f"/quotes/{one['number']}", form=_form(answers, last),
                desk=lambda who: self._answer(one, answers, last, who), refusals=WAITS,
            )
        )  # fmt: skip

    def _answer(self, one: dict[str, Any], answers: list[Answer], last: date, who: Actor) -> object:
        return quoting.answer(
            one["id"], actor=who, answers=answers, valid_until=last, words="as long as it lasts",
            at=self._world.now,
        )  # fmt: skip

    def _answers(self, one: dict[str, Any]) -> list[Answer]:
        """A price for each line, or none for some; now and then of other pieces."""
        random, lines = self._random, self._world.ask(LINES, one["id"])
        prices = self._prices([line["sku_id"] for line in lines])
        answers = []
        for line in lines:
            price = max(1, prices[line["sku_id"]] * random.choice(OFFERED) // 100)
            if line["unit_price"] and random.random() < 0.4:
                price = line["unit_price"]
            is_struck = len(lines) > 1 and line is not lines[0] and random.random() < STRUCK
            quantity = line["quantity"]
            if random.random() < OTHERWISE:
                quantity += random.randint(1, 9)
            answers.append(
                Answer(line["position"], is_struck=True)
                if is_struck
                else Answer(line["position"], price, quantity=quantity)
            )
        return answers

    def dealer_answers(self) -> None:
        """The dealer orders what it is offered, asks otherwise, wants none, or thinks it over."""
        found = self._live("OFFERED")
        if not found:
            return
        one, draw = self._random.choice(found), self._random.random()
        if draw < 0.5:
            self._take(one)
        elif draw < 0.7:
            self._negotiate(one)
        elif draw < 0.8:
            self._end(one, "withdraw", self._buyer(one), "too dear")

    def _take(self, one: dict[str, Any]) -> None:
        """An order of the offer, or the house of the dealer is asked about it first."""
        pay_by = self._random.choice(("FINANCE", "FINANCE", "TRANSFER", "TERMS"))
        said: dict[str, Any] = {"pay_by": pay_by, "remark": "as offered", "warehouse": None}
        if pay_by == "FINANCE":
            said["warehouse"] = str(self._seller(one).keeper.org)
        if self._order(one, said, NOT_NOW | {APPROVAL_NEEDED}) == APPROVAL_NEEDED:
            said["reason"] = "cheaper than ever"
            self._hands.do(
                Act(
                    "ask the house about a quote", self._buyer(one), about=one["number"],
                    path=f"/quotes/{one['number']}/purchase-request", body=said,
                    changed={**said, "reason": "another"}, refusals=NOT_NOW,
                )
            )  # fmt: skip

    def _order(self, one: dict[str, Any], said: dict[str, Any], refusals: frozenset[str]) -> str:
        house = said.get("warehouse")
        wish = said | {"warehouse": UUID(house) if house else None}
        return self._hands.do(
            Act(
                "order a quote", self._buyer(one), about=one["number"],
                path=f"/quotes/{one['number']}/accept", body=said,
                changed={**said, "remark": "another"},
                desk=lambda who: quoting.accept(
                    one["id"], actor=who, at=self._world.now, **wish
                ),
                refusals=refusals,
            )
        ).code  # fmt: skip

    def _negotiate(self, one: dict[str, Any]) -> None:
        """The dealer gives the offer up and asks otherwise."""
        shop = self._seller(one)
        lines, words = self._wishes(shop), "come a little nearer"
        said = {"lines": _told(lines), "words": words}
        self._hands.do(
            Act(
                "ask otherwise", self._buyer(one), about=one["number"],
                path=f"/quotes/{one['number']}/ask", body=said,
                changed={**said, "words": "another"}, page=f"/quotes/{one['number']}/again",
                form=self._typed(shop, lines, words),
                desk=lambda who: quoting.ask_otherwise(
                    one["id"], actor=who, lines=lines, words=words, at=self._world.now
                ),
            )
        )  # fmt: skip

    def _end(self, one: dict[str, Any], verb: str, who: Any, reason: str) -> None:
        seat = who.seller if isinstance(who, Shop) else who
        end = quoting.decline if verb == "decline" else quoting.withdraw
        self._hands.do(
            Act(
                f"{verb} a quote", seat, about=one["number"],
                path=f"/quotes/{one['number']}/{verb}", body={"reason": reason},
                changed={"reason": "another"}, page=f"/quotes/{one['number']}",
                form={"act": verb, "reason": reason},
                desk=lambda who: end(one["id"], reason=reason, actor=who, at=self._world.now),
            )
        )  # fmt: skip

    def what_is_over_is_taken(self) -> None:
        """Somebody orders an offer that is ordered already, was let go, or binds no longer. Raises
        `Broken` when it is done all the same."""
        world = self._world
        found = world.ask(BINDS_NO_MORE, world.at - timedelta(minutes=5))
        if not found:
            return
        one = self._random.choice(found)
        if not self._order(one, {"pay_by": "TRANSFER", "remark": "late"}, OVER):
            raise Broken("an offer is taken once, and while it binds", one["number"])

    def rule_is_set(self) -> None:
        """A seller lets quotes be answered without a person, or no more."""
        world, random, shop = self._world, self._random, self._shop()
        known = world.ask(
            "select min_quantity from quotes_autoanswer where seller = %s order by 1",
            shop.seller.org,
        )
        if known and random.random() < 0.4:
            self._drop(shop, random.choice(known)["min_quantity"])
            return
        least, percent = random.choice((1, 20)), random.choice((5, 15, 30))
        days, most = random.randint(1, 5), random.choice((None, 5_000_00))
        said = {"min_quantity": least, "percent": str(percent), "days": days, "most": most}
        typed = {**said, "most": yuan(most) if most else ""}
        self._hands.do(
            Act(
                "let quotes be answered", shop.seller, about=f"from {least}", path="/quote-rules",
                body=said, changed={**said, "percent": "1"},
                page="/seller/quote-rules", form=typed,
                desk=lambda who: operations.set_auto_answer(
                    actor=who, min_quantity=least, percent=Decimal(percent), days=days, most=most,
                    at=world.now,
                ),
            )
        )  # fmt: skip

    def _drop(self, shop: Shop, least: int) -> None:
        self._hands.do(
            Act(
                "answer quotes oneself", shop.seller, about=f"from {least}",
                path=f"/quote-rules/{least}/drop", page="/seller/quote-rules",
                form={"drop": least},
                desk=lambda who: operations.drop_auto_answer(least, actor=who),
            )
        )  # fmt: skip

    def nobody_waits(self) -> None:
        """Whoever asked lets it be; an offer that its house agreed to may still be ordered."""
        for status in ("ASKED", "OFFERED"):
            for one in self._live(status):
                self._end(one, "withdraw", self._buyer(one), "")

    def _live(self, status: str) -> list[dict[str, Any]]:
        """Those that wait for the seller, or for the buyer alone, and have not run out."""
        return self._world.ask(LIVE, status, self._world.at)

    def _wishes(self, shop: Shop) -> list[Asked]:
        random = self._random
        some = random.sample(sorted(shop.skus.values()), random.randint(1, 4))
        prices = self._prices(some)
        wishes = []
        for sku in some:
            share = random.choice(WISHED)
            price = None if share is None else max(1, prices[sku] * share // 100)
            wishes.append(Asked(sku, random.randint(1, 40), price))
        return wishes

    def _prices(self, skus: list[UUID]) -> dict[UUID, int]:
        """What goods cost at most by the seller's lists (minor units)."""
        return {row["sku_id"]: row["amount"] for row in self._world.ask(PRICES, skus)}

    def _typed(self, shop: Shop, lines: list[Asked], words: str) -> dict[str, Any]:
        """A question as it is typed into the form of a page."""
        codes = {sku: code for code, sku in shop.skus.items()}
        return {
            "code": [codes[line.sku] for line in lines],
            "quantity": [line.quantity for line in lines],
            "price": ["" if line.price is None else yuan(line.price) for line in lines],
            "words": ["" for _ in lines],
            "words_of_all": words,
        }

    def _code(self, shop: Shop) -> str:
        found = self._world.ask("select code from parties_organization where id = %s",
                                shop.seller.org)  # fmt: skip
        return str(found[0]["code"])

    def _seller(self, one: dict[str, Any]) -> Shop:
        return next(s for s in self._world.market.shops if s.seller.org == one["seller"])

    def _buyer(self, one: dict[str, Any]) -> Any:
        return next(d.seat for d in self._world.market.dealers if d.seat.org == one["buyer"])

    def _shop(self) -> Shop:
        return self._random.choice(self._world.market.shops)

    def _dealer(self) -> Dealer:
        return self._random.choice(self._world.market.dealers)


def _told(lines: list[Asked]) -> list[dict[str, Any]]:
    """What is asked, as the API takes it."""
    return [
        {"sku": str(line.sku), "quantity": line.quantity, "price": line.price} for line in lines
    ]


def _said(answer: Answer) -> dict[str, Any]:
    """The seller's word on a line, as the API takes it."""
    if answer.is_struck:
        return {"position": answer.position, "is_struck": True}
    return {"position": answer.position, "price": answer.price, "quantity": answer.quantity}


def _form(answers: list[Answer], last: date) -> dict[str, Any]:
    """An answer as it is typed into the page of a quote."""
    form: dict[str, Any] = {"act": "answer", "valid_until": last.isoformat(),
                            "words": "as long as it lasts"}  # fmt: skip
    for answer in answers:
        if answer.is_struck:
            form[f"strike-{answer.position}"] = "on"
        form[f"price-{answer.position}"] = "" if answer.price is None else yuan(answer.price)
        form[f"quantity-{answer.position}"] = answer.quantity or 1
    return form
