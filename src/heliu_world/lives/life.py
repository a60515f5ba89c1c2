"""What is next in the life of an order, as whoever is concerned sees it.

Nothing is planned ahead. Each look reads how things stand and draws what somebody does, so that a
life goes on through whatever happened to it; at the end of the world only what leads on is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from heliu.demo.sample import Behaviour
from heliu_world.lives import (
    changes,
    claims,
    complaints,
    default,
    exchanges,
    filings,
    gate,
    goods,
    lender,
    money,
    orders,
    papers,
    sales,
)
from heliu_world.lives.case import Case, hours

type Wait = timedelta | None

# Of dealers that pay late, in hard times of any: such a one pays nothing of this order any more.
BROKE = 0.35
# Of these: whoever is late with it by the end of the world, or nearly so, does not pay then either.
HOPELESS, NEARLY = 0.6, timedelta(days=10)
STUBBORN = 0.5  # of the sellers whose bank refused to pay for goods in default: they leave it so
UNPAID = 0.15  # of the deposits that dealers pay in themselves: it never comes
LEFT, STILL_LEFT = 0.5, 0.85  # of the orders refused refunds are left, and of the looks at one
FORGOTTEN = 0.05  # of the orders: the seller does not ship
CHANGEABLE = ("PLACED", "CONFIRMED", "PART_SHIPPED")
ARRIVING = ("PART_SHIPPED", "SHIPPED", "RECEIVED", "COMPLETED")
OVER = frozenset({"state-move", "already-shipped"})


@dataclass
class Life(Case):
    """An order that was placed, and those who look after it."""

    _late_acts: int = 1
    _is_broke: bool = field(init=False)
    _is_hopeless: bool = field(init=False)
    _is_stubborn: bool = field(init=False)
    _is_unpaid: bool = field(init=False)
    _is_forgotten: bool = field(init=False)
    _is_left: bool = field(init=False)
    _is_refused: bool = False  # the bank's officer may not approve it: the limit is too small

    def __post_init__(self) -> None:
        """Chance has it from the beginning whether this order ruins its dealer, whether its seller
        keeps its promises, and whether it is forgotten."""
        may_break = self._is_late_payer or self.world.market.is_hard
        self._is_broke = may_break and self.random.random() < BROKE
        self._is_hopeless = self._is_broke and self.random.random() < HOPELESS
        self._is_stubborn = self.random.random() < STUBBORN
        self._is_unpaid = self.random.random() < UNPAID
        self._is_forgotten = self.random.random() < FORGOTTEN
        self._is_left = self.random.random() < LEFT

    def look(self) -> Wait:
        """See how things stand and perhaps do something; returns when to look again, None never."""
        self.read()
        if self.stands["not_filed"] and (self.world.is_ending or self.luck(0.5)):
            filings.file_again(self)
            return hours(self.random, 0.5, 9)
        if self.stands["vat_refused"] and (self.world.is_ending or self.luck(0.5)):
            papers.again(self)
            return hours(self.random, 0.5, 9)
        if self.stands["not_invoiced"] and self.luck(0.15):
            papers.write(self)
            return hours(self.random, 0.5, 9)
        if self.stands["outcome"] != "OPEN":
            return self._afterwards()
        if self.stands["pay_by"] != "FINANCE":
            return self._plain()
        match self.stands["loan_status"]:
            case "REFERRED":
                return self._referred()
            case "QUOTED":
                return self._quoted()
            case "SELLER_PAID" | "OVERDUE" | "ENFORCING" | "REPAID":
                return self._running()
            case "UNWINDING":
                return self._unwinding()
            case "FUNDED_SHARE":
                return self._before_pay_out()
            case "AWAIT_DEPOSIT" | "DISBURSING" | "DISBURSED" | "PAYING_SELLER":
                if self.luck(0.05):
                    self._cancel()
                elif self.stands["pays_in"] and not self._is_unpaid:
                    money.pay_in(self)
                elif self.luck(0.08):
                    lender.lay_invoice(self)
                return hours(self.random, 0.3, 4)
            case _:
                # Called off with a part of the deposit there, which the bank refused to give back.
                if refused := self._to_pay_again():
                    money.pay_again(self, refused)
                return hours(self.random, 1, 6)

    @property
    def _is_late_payer(self) -> bool:
        return self.dealer.lateness in (Behaviour.SLOW, Behaviour.IRREGULAR)

    # By transfer and on terms.

    def _plain(self) -> Wait:
        stands = self.stands
        if stands["asked"] and self.dealer.second is not None:
            default.vote(self, self.dealer.second, agrees=self.random.random() < 0.8)
        elif stands["change_waits"] and (self.world.is_ending or self.luck(0.6)):
            changes.answer(self)
        elif stands["order_status"] in CHANGEABLE and self.luck(0.12):
            changes.ask(self)
        elif stands["to_ship"] and self.luck(0.06):
            changes.strike(self)
        elif self._talks():
            pass
        elif stands["order_status"] in ("PLACED", "CONFIRMED") and self.luck(0.08):
            self._cancel()
        elif stands["order_status"] == "PLACED":
            orders.confirm(self)
        elif stands["shipments"] and (not stands["to_ship"] or self.luck(0.6)):
            goods.receive(self, stands["shipments"][0], at=self.dealer.seat)
        elif stands["to_ship"]:
            goods.ship(self)
        elif self.luck(0.4):
            money.write_down(self)
        return hours(self.random, 2, 30)

    def _talks(self) -> bool:
        """Whether buyer and seller have to do with what the buyer is not content with; once goods
        came it may begin at any time."""
        stands = self.stands
        if stands["returns"] and (self.world.is_ending or self.luck(0.7)):
            complaints.go_on(self)
        elif stands["cases"] and (self.world.is_ending or self.luck(0.5)):
            complaints.talk(self)
        elif stands["order_status"] in ARRIVING and self.luck(0.2):
            complaints.give_back(self)
        elif stands["order_status"] in ARRIVING and self.luck(0.1):
            complaints.complain(self)
        else:
            return False
        return True

    def _cancel(self, refusals: frozenset[str] = orders.TOO_LATE) -> None:
        """Somebody calls it off."""
        orders.cancel(self, refusals=refusals)

    # Before the money.

    def _referred(self) -> Wait:
        draw = self.random.random()
        if draw < 0.15 or self._is_refused:
            orders.decide(self, approve=False)
        elif draw < 0.6 or self.world.is_ending:
            self._is_refused = not orders.decide(self, approve=True).is_done
            return hours(self.random, 0.2, 5)
        return hours(self.random, 4, 40)

    def _quoted(self) -> Wait:
        """The dealer signs, where its house wants it with a second person, before the quote runs
        out."""
        stands = self.stands
        if stands["expires_at"] <= self.world.at:
            return hours(self.random, 1, 4)
        draw = self.random.random()
        if draw < 0.08 and not self.world.is_ending:
            self._cancel()
        elif stands["asked"]:
            self._second_word()
            return timedelta(minutes=6)
        elif draw < 0.15 and not self.world.is_ending:
            orders.sign(self, digest="0" * 64, refusals=frozenset({"agreement-differs"}))
            return timedelta(minutes=2)
        elif draw < 0.28 and not self.world.is_ending:
            return timedelta(minutes=25)
        else:
            orders.sign(self, digest=stands["agreement_digest"])
            if self.dealer.second is not None:
                return timedelta(minutes=6)
        return hours(self.random, 0.1, 4)

    def _second_word(self) -> None:
        second = self.dealer.second
        assert second is not None
        draw = self.random.random()
        if draw < 0.7 or self.world.is_ending:
            default.vote(self, second, agrees=True)
        elif draw < 0.8:
            default.vote(self, second, agrees=False)
        elif draw < 0.9:
            default.withdraw(self, self.dealer.seat)

    def _before_pay_out(self) -> Wait:
        """The deposit is there; the registry has not answered yet, or named somebody's claim."""
        if self.stands["asked"]:
            lender.answer(self)
        elif self.luck(0.15):
            lender.lay_invoice(self)
        elif self.stands["is_claimed"] and (self.world.is_ending or self.luck(0.6)):
            filings.claim(self, goes_on=self.random.random() < 0.5)
        elif self.luck(0.1):
            self._cancel()
        return hours(self.random, 0.5, 9)

    # While it runs.

    def _running(self) -> Wait:
        stands = self.stands
        if (refused := self._to_pay_again()) and not self._leaves_it():
            money.pay_again(self, refused)
            return hours(self.random, 1, 8)
        if stands["differences"] and self.luck(0.5):
            goods.settle(self)
        if stands["returns"] and (self.world.is_ending or self.luck(0.5)):
            complaints.go_on_pledged(self)
            return hours(self.random, 1, 9)
        if (asked := stands["asked"]) and asked["act"] in lender.ASKED:
            if self.world.is_ending or self.luck(0.5):
                lender.answer(self)
            return hours(self.random, 3, 20)
        if choices := self._choices():
            weights, doings = zip(*choices, strict=True)
            self.random.choices(doings, weights)[0]()
            return hours(self.random, 3, 20 if stands["is_noticed"] else 50)
        return hours(self.random, 8, 60)

    def _choices(self) -> list[tuple[float, Callable[[], object]]]:
        """What may be done with a running order, each as likely as its weight."""
        stands, is_ending = self.stands, self.world.is_ending
        choices: list[tuple[float, Callable[[], object]]] = []
        is_awaited = is_ending or not self._is_forgotten
        if stands["to_ship"] and is_awaited and stands["order_status"] in CHANGEABLE[1:]:
            choices.append((5, lambda: goods.ship(self)))
            if stands["order_status"] == "CONFIRMED" and not is_ending:
                choices.append((0.8, self._cancel))
        if stands["shipments"]:
            choices.append((5, lambda: goods.at_the_gate(self, stands["shipments"][0])))
        if waiting := self._to_fetch():
            choices.append((4, lambda: gate.fetch(self, waiting[0])))
        if stands["sale"] and not stands["at_the_bank"]:
            choices.append((6, lambda: sales.settle(self)))
        elif stands["loan_status"] != "REPAID" and self._wants_to_pay():
            choices.append((3, lambda: money.repay(self)))
            if stands["margin"] and not is_ending:
                choices.append((1, lambda: money.set_off(self)))
        may_give_back = stands["bound"] and not stands["is_stock"] and not stands["returns"]
        if may_give_back and not is_ending:
            choices.append((0.3, lambda: complaints.give_back_pledged(self)))
        if not stands["is_stock"]:
            choices += exchanges.choices(self)
        if stands["loan_status"] == "REPAID" and stands["bound"]:
            choices.append((2, lambda: lender.ask_to_release(self)))
        if stands["principal_repaid"] and not is_ending:
            choices.append((0.15, lambda: lender.correct_day(self)))
        if stands["loan_status"] in ("OVERDUE", "ENFORCING") and not self._pays_at_last():
            choices.append((4, self._default))
        return choices

    def _to_fetch(self) -> list[dict[str, Any]]:
        return [one for one in self.stands["releases"] if one["status"] != "PICKED_UP"]

    def _wants_to_pay(self) -> bool:
        stands = self.stands
        if stands["at_the_bank"] or stands["is_paid_in"]:
            return False
        if self.world.is_ending:
            return self._pays_at_last()
        if self._is_broke:
            return False
        left = (stands["due_on"] - self.world.at.date()).days
        if self._is_late_payer and left > -14:
            return self.luck(0.15)
        return self.luck(0.9 if left < 3 else 0.35)

    def _pays_at_last(self) -> bool:
        """Whether the world is ending and the dealer pays then; who is broke for good does not
        where the bank can still show that it may enforce."""
        is_near = self.stands["due_on"] <= (self.world.at + NEARLY).date()
        return self.world.is_ending and not (self._is_hopeless and is_near)

    def _to_pay_again(self) -> UUID | None:
        """A refused payment that somebody orders once more."""
        if refused := self.stands["refused"]:
            return UUID(refused[0])
        return None if self._is_stubborn else self.stands["not_bought_back"]

    def _leaves_it(self) -> bool:
        """Whether nobody orders a refused refund of missing goods again for now: then the dealer
        may bring others."""
        is_left = self._is_left and self.stands["is_short"] and not self.world.is_ending
        return is_left and self.luck(STILL_LEFT)

    def _default(self) -> None:
        """The bank's next act on a dealer that does not pay."""
        stands = self.stands
        if stands["asked"]:
            if self.luck(0.1):
                default.withdraw(self, self.shop.bank)
            else:
                default.vote(self, self.shop.reviewer, agrees=self.random.random() < 0.8)
        elif stands["loan_status"] == "ENFORCING":  # by notice, or by a call that ended with it
            if not stands["bound"]:
                default.ask_to_write_off(self)
            elif not stands["sale"]:
                sales.ask(self)
        elif not stands["is_noticed"] and not stands["is_lost"]:
            default.give_notice(self)
        elif stands["may_enforce"] or stands["is_lost"]:
            default.ask_to_enforce(self)

    # When it is over.

    def _unwinding(self) -> Wait:
        if refused := self._to_pay_again():
            money.pay_again(self, refused)
        return hours(self.random, 1, 8)

    def _afterwards(self) -> Wait:
        """It is over, but for what is owed between buyer and seller; now and then somebody tries
        something that must not go any more."""
        stands = self.stands
        if stands["pay_by"] != "FINANCE" and self._talks():
            return hours(self.random, 2, 30)
        if stands["pay_by"] != "FINANCE" and money.open_amount(self):
            if stands["to_refund"] and self.luck(0.5):
                complaints.refund(self)
            elif stands["at_the_bank"]:
                pass
            elif stands["pay_by"] == "TERMS" and self.luck(0.2):
                claims.quarrel(self)
            elif stands["pay_by"] == "TERMS" and self.luck(0.06):
                claims.give_up(self)
            elif stands["pay_by"] == "TERMS" and self._late_acts and self.luck(0.1):
                self._late_acts -= 1
                claims.take_back(self)
            elif self.world.is_ending or self.luck(0.6):
                money.write_down(self)
            return hours(self.random, 5, 70)
        if waiting := self._to_fetch():  # a buyer's goods of a deal that ended in default
            gate.fetch(self, waiting[0])
            return hours(self.random, 3, 50)
        if stands["at_the_registry"] or stands["not_filed"]:
            return hours(self.random, 1, 9)
        if stands["pay_by"] == "FINANCE" and stands["returns"]:
            complaints.go_on_pledged(self)
            return hours(self.random, 1, 8)
        if stands["pay_by"] == "FINANCE" and (refused := self._to_pay_again()):
            money.pay_again(self, refused)
            return hours(self.random, 1, 8)
        if stands["loan_status"] == "WRITTEN_OFF":
            return self._given_up()
        if self._late_acts and self.luck(0.15):
            self._late_acts -= 1
            if stands["pay_by"] != "FINANCE" and (wrong := money.refunds_by_hand(self)):
                money.unrefund(self, wrong[0])
                return hours(self.random, 5, 70)
            if self.random.random() < 0.5:
                self._cancel(refusals=OVER)
            elif stands["loan_status"]:
                money.repay(self, refusals=frozenset({"not-to-repay"}))
        return None

    def _given_up(self) -> Wait:
        """It was written off; perhaps the seller pays by its duty, or the dealer after all, and
        what is too much goes back."""
        if self.stands["at_the_bank"]:
            return hours(self.random, 1, 8)
        if not self._late_acts:
            return None
        self._late_acts -= 1
        if (owed := money.duty_left(self)) and self.random.random() < 0.6:
            money.pay_by_duty(self, owed)
        elif self.random.random() < 0.7:
            money.repay(self)
        return hours(self.random, 1, 8)
