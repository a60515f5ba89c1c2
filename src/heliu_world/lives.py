"""The life of one order: whoever is concerned looks at it from time to time and does what is next.

Nothing is planned ahead. Each look reads how things stand and draws what somebody does, so that a
life goes on through whatever happened to it; at the end of the world only what leads on is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from django.conf import settings

from heliu.capital.terms import queries as invoices
from heliu.commerce.ordering import queries as orders
from heliu.demo.sample import Behaviour
from heliu.kernel.approvals import operations as questions
from heliu.kernel.clock import day_of
from heliu.logistics.pledges.policies import digest_of
from heliu.logistics.warehousing import operations as warehousing
from heliu.logistics.warehousing.models import Receiving
from heliu.logistics.warehousing.policies import Count
from heliu.trade import (
    approvals,
    deals,
    deliveries,
    enforcement,
    financed_order,
    open_account,
    place_order,
    registration,
    registry_answers,
    side_exits,
)
from heliu_world.acts import Act, Done, Hands
from heliu_world.judge import Broken
from heliu_world.market import Dealer, Seat, Shop
from heliu_world.world import World

type Wait = timedelta | None

STANDS = """
select d.number, d.outcome, o.id as order_id, o.number as order_number, o.status as order_status,
       o.pay_by, l.number as loan_number, l.status as loan_status, l.principal,
       l.principal_repaid, l.due_on, l.expires_at, l.agreement_digest, l.deposit_ratio,
       p.status as pledge_status, p.pledged_quantity - p.released_quantity as bound,
       l.default_noticed_on + g.notice_days < %s::date as may_enforce,
       l.default_noticed_on is not null as is_noticed,
       (select a.id from approvals_approval a where a.subject = d.id and a.status = 'WAITING'
         ) as asked,
       (select coalesce(jsonb_agg(jsonb_build_object('id', i.id,
                   'open', i.quantity - i.shipped - i.cancelled) order by i.position)
                   filter (where i.quantity > i.shipped + i.cancelled), '[]')
          from ordering_orderline i where i.order_id = o.id) as to_ship,
       (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'number', s.number,
                   'status', s.status) order by s.number), '[]')
          from transport_shipment s where s.order_id = o.id and s.status <> 'RECEIVED')
           as shipments,
       (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'number', r.number,
                   'status', r.status, 'digest', r.code_digest,
                   'taker', r.taker, 'is_late', r.code_valid_until <= %s)
                   order by r.number), '[]')
          from pledges_releaseorder r where r.deal = d.id) as releases,
       (select coalesce(jsonb_agg(c.id order by c.counted_at), '[]') from warehousing_receiving c
          join transport_shipment s on s.id = c.shipment
         where s.order_id = o.id and c.status = 'COUNTED') as differences,
       (select count(*) from bank_paymentinstruction b where b.deal = d.id
          and b.status in ('CREATED', 'SENT', 'UNKNOWN')) as at_the_bank,
       (select coalesce(jsonb_agg(b.id order by b.number), '[]') from bank_paymentinstruction b
         where b.deal = d.id and b.status = 'REJECTED'
           and b.purpose in ('REFUND', 'LOAN_BACK', 'DEPOSIT_BACK', 'UNAPPLIED_BACK')
           and not exists (select from bank_paymentinstruction n where n.deal = d.id
                              and n.key = right(b.key || '+' || b.number, 80))) as refused,
       (select f.id from registry_filing f where f.deal = d.id and f.status = 'REFUSED'
           and (d.outcome = 'OPEN' or f.kind = 'DISCHARGE')
           and not exists (select from registry_filing n where n.instead_of_id = f.id)
         order by f.written_at limit 1) as not_filed,
       exists (select from registry_filing f where f.deal = d.id
           and f.status in ('WRITTEN', 'SENT', 'UNKNOWN')) as at_the_registry,
       exists (select from registry_filing f where f.deal = d.id and f.kind = 'SEARCH'
           and f.against > 0 and not exists (select from registry_filing n
                where n.deal = d.id and n.kind = 'SEARCH' and n.written_at > f.written_at)
           and not exists (select from trade_dealstep t where t.deal_id = d.id
                and t.step = 'CONFLICT_ACCEPTED' and t.key = f.id::text)) as is_claimed
  from trade_deal d join ordering_order o on o.id = d.order_id
  left join lending_loan l on l.deal = d.id
  left join credit_programme g on g.id = l.programme_id
  left join pledges_pledge p on p.deal = d.id
 where d.id = %s
"""
CARRIER = "Shunda"
BROKE = 0.2  # of dealers that pay late: such a one pays nothing of this order any more
# Answers of the rules that an act may meet when others were quicker or the bank is at work.
BUSY = frozenset({"bank-is-paying"})
NOT_NOW = frozenset({"not-to-repay", "seller-is-paying"})
CALLED_OFF = frozenset({"already-shipped", "state-move", "partly-repaid"}) | BUSY


def hours(random: Random, least: float, most: float) -> timedelta:
    """Some time between, in whole seconds."""
    return timedelta(seconds=random.randint(int(least * 3600), int(most * 3600)))


def yuan(amount: int) -> str:
    """Minor units as somebody types them into a form."""
    return f"{amount // 100}.{amount % 100:02}"


@dataclass
class Life:
    """An order that was placed, and those who look after it."""

    world: World
    hands: Hands
    shop: Shop
    dealer: Dealer
    deal: UUID
    random: Random
    codes: dict[str, str] = field(default_factory=dict)
    _late_acts: int = 1
    _is_broke: bool = field(init=False)
    _is_refused: bool = False  # the bank's officer may not approve it: the limit is too small
    _stands: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Chance has it from the beginning whether this order ruins its dealer."""
        self._is_broke = self._is_late_payer and self.random.random() < BROKE

    def look(self) -> Wait:
        """See how things stand and perhaps do something; returns when to look again, None never."""
        today = day_of(self.world.at)
        self._stands = self.world.ask(STANDS, today, self.world.at, self.deal)[0]
        if self._stands["not_filed"] and (self.world.is_ending or self._luck(0.5)):
            self._file_again()
            return hours(self.random, 0.5, 9)
        if self._stands["outcome"] != "OPEN":
            return self._afterwards()
        if self._stands["pay_by"] != "FINANCE":
            return self._plain()
        match self._stands["loan_status"]:
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
                if self._luck(0.05):
                    self._cancel()
                return hours(self.random, 0.3, 4)
            case _:
                return hours(self.random, 1, 6)

    @property
    def _is_late_payer(self) -> bool:
        return self.dealer.lateness in (Behaviour.SLOW, Behaviour.IRREGULAR)

    # Chance. At the end of the world nothing is left to it.

    def _luck(self, share: float) -> bool:
        return self.random.random() < share and not self.world.is_ending

    @property
    def _about(self) -> str:
        return str(self._stands["number"])

    # By transfer and on terms.

    def _plain(self) -> Wait:
        stands = self._stands
        if stands["order_status"] in ("PLACED", "CONFIRMED") and self._luck(0.08):
            self._cancel()
        elif stands["order_status"] == "PLACED":
            self._confirm()
        elif stands["shipments"] and (not stands["to_ship"] or self._luck(0.6)):
            self._receive(stands["shipments"][0], at=self.dealer.seat)
        elif stands["to_ship"]:
            self._ship()
        elif self._luck(0.4):
            self._write_down()
        return hours(self.random, 2, 30)

    # Before the money.

    def _referred(self) -> Wait:
        draw = self.random.random()
        if draw < 0.15 or self._is_refused:
            self._decide(approve=False)
        elif draw < 0.6 or self.world.is_ending:
            self._is_refused = not self._decide(approve=True).is_done
            return hours(self.random, 0.2, 5)
        return hours(self.random, 4, 40)

    def _quoted(self) -> Wait:
        stands = self._stands
        if stands["expires_at"] <= self.world.at:
            return hours(self.random, 1, 4)
        draw = self.random.random()
        if draw < 0.08 and not self.world.is_ending:
            self._cancel()
        elif draw < 0.15 and not self.world.is_ending:
            self._sign(digest="0" * 64, refusals=frozenset({"agreement-differs"}))
            return timedelta(minutes=2)
        elif draw < 0.28 and not self.world.is_ending:
            return timedelta(minutes=25)
        else:
            self._sign(digest=stands["agreement_digest"])
        return hours(self.random, 0.1, 4)

    def _before_pay_out(self) -> Wait:
        """The deposit is there; the registry has not answered yet, or named somebody's claim."""
        if self._stands["is_claimed"] and (self.world.is_ending or self._luck(0.6)):
            self._claim(goes_on=self.random.random() < 0.5)
        elif self._luck(0.1):
            self._cancel()
        return hours(self.random, 0.5, 9)

    # While it runs.

    def _running(self) -> Wait:
        stands = self._stands
        if stands["refused"]:
            self._pay_again()
            return hours(self.random, 1, 8)
        if stands["differences"] and self._luck(0.5):
            self._settle()
        choices: list[tuple[float, Callable[[], object]]] = []
        if stands["to_ship"] and stands["order_status"] in ("CONFIRMED", "PART_SHIPPED"):
            choices.append((5, self._ship))
            if stands["order_status"] == "CONFIRMED" and not self.world.is_ending:
                choices.append((0.8, self._cancel))
        if stands["shipments"]:
            choices.append((5, lambda: self._at_the_gate(stands["shipments"][0])))
        if waiting := self._to_fetch():
            choices.append((4, lambda: self._fetch(waiting[0])))
        if stands["loan_status"] != "REPAID" and self._wants_to_pay():
            choices.append((3, self._repay))
        if stands["loan_status"] in ("OVERDUE", "ENFORCING") and not self.world.is_ending:
            choices.append((4, self._default))
        if not choices:
            return hours(self.random, 8, 60)
        weights, doings = zip(*choices, strict=True)
        self.random.choices(doings, weights)[0]()
        return hours(self.random, 3, 50)

    def _to_fetch(self) -> list[dict[str, Any]]:
        return [one for one in self._stands["releases"] if one["status"] != "PICKED_UP"]

    def _wants_to_pay(self) -> bool:
        stands = self._stands
        if stands["at_the_bank"]:
            return False
        if self.world.is_ending:
            return True
        if self._is_broke:
            return False
        left = (stands["due_on"] - self.world.at.date()).days
        if self._is_late_payer and left > -14:
            return self._luck(0.15)
        return self._luck(0.9 if left < 3 else 0.35)

    def _default(self) -> None:
        """The bank's next act on a dealer that does not pay."""
        stands = self._stands
        if stands["asked"]:
            if self._luck(0.1):
                self._withdraw()
            else:
                self._vote(agrees=self.random.random() < 0.8)
        elif not stands["is_noticed"]:
            self._give_notice()
        elif stands["loan_status"] == "ENFORCING":
            if not stands["bound"]:
                self._ask("write-off", enforcement.ask_to_write_off)
        elif stands["may_enforce"]:
            self._ask("enforcement", enforcement.ask_to_enforce)

    def _unwinding(self) -> Wait:
        if self._stands["refused"]:
            self._pay_again()
        return hours(self.random, 1, 8)

    def _afterwards(self) -> Wait:
        """It is over, but for what is owed between buyer and seller; now and then somebody tries
        something that must not go any more."""
        if self._stands["pay_by"] != "FINANCE" and self._open_amount():
            if self.world.is_ending or self._luck(0.6):
                self._write_down()
            return hours(self.random, 5, 70)
        if waiting := self._to_fetch():  # a seller's goods of a deal that ended in default
            self._fetch(waiting[0])
            return hours(self.random, 3, 50)
        if self._stands["at_the_registry"] or self._stands["not_filed"]:
            return hours(self.random, 1, 9)
        if self._stands["loan_status"] == "WRITTEN_OFF":
            return self._given_up()
        if self._late_acts and self._luck(0.15):
            self._late_acts -= 1
            if self.random.random() < 0.5:
                self._cancel(refusals=frozenset({"state-move", "already-shipped"}))
            elif self._stands["loan_status"]:
                self._repay(refusals=frozenset({"not-to-repay"}))
        return None

    def _given_up(self) -> Wait:
        """It was written off; perhaps the dealer pays after all, and what is too much goes back."""
        stands = self._stands
        if stands["refused"]:
            self._pay_again()
        elif stands["at_the_bank"]:
            pass
        elif self._late_acts and self._luck(0.7):
            self._late_acts -= 1
            self._repay()
        else:
            return None
        return hours(self.random, 1, 8)

    # The acts.

    def _open_amount(self) -> int:
        """What buyer or seller owe the other of an order without a bank, as its page says."""
        with self.world.ground.desk(self.shop.seller.actor) as actor:
            order = orders.get(actor, self._stands["order_id"])
            account = open_account.account_of(
                deals.steps_of_order(order.pk, actor), invoices.of_order(order.pk)
            )
            return account.owed or account.owed_back

    def _write_down(self) -> None:
        """The seller writes down that money moved: all that is owed, or part of it."""
        owed, order, key = self._open_amount(), self._stands["order_id"], self.hands.fresh_key()
        if not owed:
            return
        amount = self.random.randint(1, owed) if self._luck(0.3) else owed
        today = day_of(self.world.at)
        self.hands.do(
            Act(
                "write down a payment", self.shop.seller, about=self._about,
                path=f"/orders/{order}/payments", body={"amount": amount},
                changed={"amount": amount + 1},
                page=f"/deals/{self._about}/settle", form={"amount": yuan(amount)},
                desk=lambda who: open_account.settle(
                    order, actor=who, amount=amount, value_day=today, reference="", key=key,
                    at=self.world.now,
                ),
            ),
            key,
        )  # fmt: skip

    def _confirm(self) -> None:
        order = self._stands["order_id"]
        self.hands.do(
            Act(
                "confirm", self.shop.seller, about=self._about, path=f"/orders/{order}/confirm",
                page=f"/deals/{self._about}/confirm",
                desk=lambda who: place_order.confirm(order, actor=who, at=self.world.now),
            )
        )  # fmt: skip

    def _cancel(self, refusals: frozenset[str] = CALLED_OFF) -> None:
        order = self._stands["order_id"]
        who = self.random.choice((self.dealer.seat, self.shop.seller))
        self.hands.do(
            Act(
                "cancel", who, about=self._about, path=f"/orders/{order}/cancel",
                body={"reason": "changed our mind"}, changed={"reason": "another reason"},
                page=f"/deals/{self._about}/cancel", form={"reason": "changed our mind"},
                desk=lambda who: side_exits.cancel(
                    order, actor=who, reason="changed our mind", at=self.world.now
                ),
                refusals=refusals,
            )
        )  # fmt: skip

    def _decide(self, *, approve: bool) -> Done:
        ratio = None
        if approve and self.random.random() < 0.3:
            ratio = Decimal(self._stands["deposit_ratio"]) + Decimal("0.05")
            ratio = min(ratio, Decimal("0.60"))
        share = None if ratio is None else f"{ratio:.4f}"
        return self.hands.do(
            Act(
                "approve" if approve else "decline", self.shop.bank, about=self._about,
                path=f"/deals/{self.deal}/decide",
                body={"approve": approve, "reason": "looked at it", "deposit_ratio": share},
                changed={"approve": not approve, "reason": "looked at it"},
                page="" if ratio else f"/bank/queue/{self._stands['loan_number']}",
                form={"approve": "yes" if approve else "no", "reason": "looked at it"},
                desk=lambda who: side_exits.decide(
                    self.deal, actor=who, approve=approve, reason="looked at it",
                    deposit_ratio=ratio, at=self.world.now,
                ),
                refusals=frozenset({"limit-short", "facility-not-active"}),
            )
        )  # fmt: skip

    def _sign(self, *, digest: str, refusals: frozenset[str] = frozenset()) -> None:
        self.hands.do(
            Act(
                "sign", self.dealer.seat, about=self._about, path=f"/deals/{self.deal}/sign",
                body={"agreement_digest": digest, "consent": True},
                changed={"agreement_digest": digest, "consent": False},
                page=f"/deals/{self._about}/sign",
                form={"digest": digest, "consent": "yes", "signature": self.dealer.seat.actor.name},
                desk=lambda who: financed_order.sign(
                    self.deal, actor=who, agreement_digest=digest, consent=True, at=self.world.now
                ),
                refusals=refusals,
            )
        )  # fmt: skip

    def _ship(self) -> None:
        """All that is open, some lines, or part of one."""
        order, lines = self._stands["order_id"], None
        open_lines = self._stands["to_ship"]
        if self._luck(0.35):
            some = self.random.sample(open_lines, self.random.randint(1, len(open_lines)))
            lines = {one["id"]: self.random.randint(1, one["open"]) for one in some}
        sent = lines and [{"line": line, "quantity": n} for line, n in lines.items()]
        going = lines or {one["id"]: one["open"] for one in open_lines}
        self.hands.do(
            Act(
                "ship in part" if lines else "ship", self.shop.seller, about=self._about,
                path=f"/orders/{order}/ship", body={"carrier": CARRIER, "lines": sent},
                changed={"carrier": "another", "lines": sent},
                page=f"/deals/{self._about}/ship",
                form={"carrier": CARRIER} | {f"line-{line}": n for line, n in going.items()},
                desk=lambda who: deliveries.ship(
                    order, actor=who, carrier=CARRIER, lines=lines, at=self.world.now
                ),
            )
        )  # fmt: skip

    def _at_the_gate(self, shipment: dict[str, Any]) -> None:
        if shipment["status"] == "IN_TRANSIT" and self._luck(0.5):
            self.hands.do(
                Act(
                    "note arrival", self.shop.keeper, about=shipment["number"],
                    path=f"/shipments/{shipment['id']}/arrived",
                    desk=lambda who: deliveries.arrived(
                        UUID(shipment["id"]), actor=who, at=self.world.now
                    ),
                )
            )  # fmt: skip
            return
        self._receive(shipment, at=self.shop.keeper)

    def _receive(self, shipment: dict[str, Any], *, at: Seat) -> None:
        """Counted line by line: exact, or as chance has it short or damaged."""
        lines = self.world.ask(
            "select id, quantity from transport_shipmentline where shipment_id = %s"
            " order by position",
            shipment["id"],
        )
        is_short = self.world.faults.happens("goods-short")
        is_damaged = self.world.faults.happens("goods-damaged")
        counts = []
        for line in lines:
            most = line["quantity"]
            lost = self.random.randint(0, most) if is_short else 0
            damaged = self.random.randint(0, most - lost) if is_damaged else 0
            counts.append(Count(line["id"], most - lost - damaged, damaged))
        told = [
            {"line": str(one.line_id), "good": one.good, "damaged": one.damaged} for one in counts
        ]
        self.hands.do(
            Act(
                "receive", at, about=shipment["number"],
                path=f"/shipments/{shipment['id']}/receive", body={"counts": told},
                changed={"counts": [*told, told[0]]},
                desk=lambda who: deliveries.goods_received(
                    UUID(shipment["id"]), actor=who, counts=counts, at=self.world.now
                ),
            )
        )  # fmt: skip

    def _settle(self) -> None:
        receiving = self._stands["differences"][0]
        self.hands.do(
            Act(
                "settle a difference", self.shop.seller, about=self._about,
                page=f"/seller/refunds/{receiving}/settle", form={"settlement": "refunded"},
                desk=lambda who: warehousing.settle(
                    Receiving.objects.get(pk=receiving), actor=who, settlement="refunded",
                    at=self.world.now,
                ),
            )
        )  # fmt: skip

    def _repay(self, refusals: frozenset[str] = NOT_NOW) -> None:
        key = self.hands.fresh_key()
        amount: int | None = None
        percent: Decimal | None = Decimal(self.random.choice((20, 35, 50, 100, 100)))
        if self._luck(0.2):
            amount, percent = self.random.randint(1, self._stands["principal"]), None
        if self.world.is_ending:
            amount, percent = None, Decimal(100)
        sent = {"amount": amount} if amount else {"percent": str(percent)}
        self.hands.do(
            Act(
                "repay", self.dealer.seat, about=self._about, path=f"/deals/{self.deal}/repay",
                body=sent, changed={"percent": "7"},
                page=f"/deals/{self._about}/repay" if amount else "",
                form={"amount": yuan(amount) if amount else ""},
                desk=lambda who: financed_order.repay(
                    self.deal, actor=who, key=key, amount=amount, percent=percent,
                    at=self.world.now,
                ),
                refusals=refusals,
            ),
            key,
        )  # fmt: skip

    def _give_notice(self) -> None:
        self.hands.do(
            Act(
                "give notice of default", self.shop.bank, about=self._about,
                path=f"/deals/{self.deal}/default-notice", page=f"/deals/{self._about}/default",
                desk=lambda who: enforcement.give_notice(
                    self.deal, actor=who, at=self.world.now
                ),
            )
        )  # fmt: skip

    def _ask(self, what: str, desk: Callable[..., Any]) -> None:
        reason = {"reason": "does not pay"}
        self.hands.do(
            Act(
                f"ask for {what}", self.shop.bank, about=self._about,
                path=f"/deals/{self.deal}/{what}", body=reason,
                changed={"reason": "does not answer"},
                page=f"/deals/{self._about}/default", form=reason,
                desk=lambda who: desk(self.deal, actor=who, at=self.world.now, **reason),
                refusals=frozenset({"goods-not-there", "notice-runs"}) | BUSY,
            )
        )  # fmt: skip

    def _vote(self, *, agrees: bool) -> None:
        asked = self._stands["asked"]
        why = "talk to them first"
        self.hands.do(
            Act(
                "agree" if agrees else "say no", self.shop.reviewer, about=self._about,
                path=f"/approvals/{asked}/votes",
                body={"agrees": agrees, "reason": why},
                changed={"agrees": not agrees, "reason": "no"},
                page=f"/approvals/{asked}",
                form={"agrees": "yes" if agrees else "no", "reason": why},
                desk=lambda who: approvals.vote(
                    asked, actor=who, agrees=agrees, reason=why, at=self.world.now
                ),
                refusals=frozenset({"not-overdue", "goods-not-there", "approval-over"}) | BUSY,
            )
        )  # fmt: skip

    def _withdraw(self) -> None:
        asked = self._stands["asked"]
        self.hands.do(
            Act(
                "withdraw a question", self.shop.bank, about=self._about,
                page=f"/approvals/{asked}", form={"withdraw": "yes"},
                desk=lambda who: questions.withdraw(asked, actor=who, at=self.world.now),
                refusals=frozenset({"approval-over"}),
            )
        )  # fmt: skip

    def _claim(self, *, goes_on: bool) -> None:
        why = "it ranks behind" if goes_on else "not on goods of others"
        act = registry_answers.go_on if goes_on else registry_answers.call_off
        self.hands.do(
            Act(
                "pay out in spite of a claim" if goes_on else "call a claimed order off",
                self.shop.bank, about=self._about,
                path=f"/deals/{self.deal}/claim", body={"go_on": goes_on, "reason": why},
                changed={"go_on": not goes_on, "reason": "no"},
                page=f"/bank/registry/{self._about}/decide",
                form={"go_on": "yes" if goes_on else "no", "reason": why},
                desk=lambda who: act(self.deal, actor=who, reason=why, at=self.world.now),
                refusals=frozenset({"not-waiting", "no-conflict"}) | BUSY,
            )
        )  # fmt: skip

    def _file_again(self) -> None:
        refused = UUID(str(self._stands["not_filed"]))
        self.hands.do(
            Act(
                "file again", self.shop.bank, about=self._about,
                path=f"/filings/{refused}/again", page=f"/bank/registry/{refused}/again",
                desk=lambda who: registration.file_again(
                    refused, actor=who, at=self.world.now
                ),
                refusals=frozenset({"deal-over"}),
            )
        )  # fmt: skip

    def _pay_again(self) -> None:
        refused = UUID(self._stands["refused"][0])
        payer = self.world.ask("select payer from bank_paymentinstruction where id = %s", refused)
        seats = {seat.org: seat for seat in (self.dealer.seat, self.shop.seller, self.shop.bank)}
        who = self.random.choice((seats[payer[0]["payer"]], self.shop.bank))
        self.hands.do(
            Act(
                "pay again", who, about=self._about,
                desk=lambda who: side_exits.pay_again(refused, actor=who, at=self.world.now),
                refusals=frozenset({"paid-meanwhile"}),
            )
        )  # fmt: skip

    def _fetch(self, release: dict[str, Any]) -> None:
        """The dealer shows its code at the gate, or gets a fresh one first."""
        code = self._code_of(release)
        if code is None or release["is_late"] or release["status"] == "EXPIRED":
            if code is not None and self._luck(0.4):
                self._pick_up(release, code, expected="expired")
                return
            self._renew(release)
            return
        if self._luck(0.4):
            return  # it takes its time, and the code may run out
        if self._luck(0.1):
            self._pick_up(release, "AAA AAA", expected="wrong")
        if self._luck(0.3):
            self._pick(release)
        self._pick_up(release, code, expected="go")
        if self._luck(0.3):
            self._pick_up(release, code, expected="used")

    def _pick_up(self, release: dict[str, Any], code: str, *, expected: str) -> None:
        done = self.hands.do(
            Act(
                f"pick up ({expected})", self.shop.keeper, about=release["number"],
                path="/pick-ups", body={"code": code}, changed={"code": "BBB BBB"},
                desk=lambda who: _verdict(
                    deliveries.pick_up(actor=who, code=code, at=self.world.now)
                ),
            )
        )  # fmt: skip
        if done.said["code"] not in (expected, "locked"):
            raise Broken(
                "the gate opens for the right code, once, in time",
                f"{release['number']}: {done.said['code']} instead of {expected}",
            )

    def _pick(self, release: dict[str, Any]) -> None:
        """The keeper takes the goods of a release out of their bin, before the owner comes."""
        row = self.world.ask(
            "select stock_row_id as id, quantity from pledges_releaseline where release_id = %s"
            " order by id limit 1",
            release["id"],
        )[0]
        self.hands.do(
            Act(
                "pick for a release", self.shop.keeper, about=release["number"],
                desk=lambda who: _verdict(
                    warehousing.pick(
                        actor=who, row_id=row["id"], quantity=row["quantity"],
                        release_order_id=UUID(release["id"]), at=self.world.now,
                    )
                ),
            )
        )  # fmt: skip

    def _renew(self, release: dict[str, Any]) -> None:
        done = self.hands.do(
            Act(
                "renew a code", self._taker(release), about=release["number"],
                path=f"/releases/{release['number']}/code",
            )
        )  # fmt: skip
        self.codes[release["id"]] = done.said["code"]

    def _taker(self, release: dict[str, Any]) -> Seat:
        """Who fetches the goods of a release."""
        is_given_up = UUID(release["taker"]) == self.shop.seller.org
        return self.shop.seller if is_given_up else self.dealer.seat

    def _code_of(self, release: dict[str, Any]) -> str | None:
        """The code that opens a release now, as the dealer's notices or a renewal told it."""
        told = self.world.ask(
            "select params ->> 'code' as code from events_notice where org = %s"
            " and kind = 'goods-released' and link = %s order by at, id",
            self._taker(release).org,
            f"/deals/{self._stands['number']}",
        )
        known = [row["code"] for row in told]
        known += [self.codes[release["id"]]] if release["id"] in self.codes else []
        for code in reversed(known):
            if digest_of(code, settings.SECRET_KEY) == release["digest"]:
                return str(code)
        return None


def _verdict(verdict: Any) -> dict[str, Any]:
    return {"go": verdict.go, "code": verdict.code}
