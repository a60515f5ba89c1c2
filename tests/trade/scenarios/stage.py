"""Plays a scenario with the real operations and holds what comes against the text.

The vocabulary of the column "what" stands here, a function each: `@says(who, pattern)`. An act may
be refused (`…: refused, short`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

import pytest
from tests.conftest import be
from tests.trade import laws, life
from tests.trade.conftest import World
from tests.trade.scenarios.document import (
    YEAR,
    ZONE,
    Journal,
    Place,
    Scenario,
    Step,
    Unreadable,
    amount,
    minor,
    whole,
)
from tests.trade.scenarios.document import shown as in_words
from tests.trade.test_vat import titled

from heliu.capital.bank import freezing as frozen
from heliu.capital.bank import operations as bank
from heliu.capital.bank.models import (
    AccountKind,
    Incoming,
    InstructionStatus,
    PaymentInstruction,
    Purpose,
)
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.books import queries as books
from heliu.capital.books.models import Account
from heliu.capital.credit import operations as credit
from heliu.capital.credit.models import (
    DepositBy,
    DepositMode,
    Instrument,
    Programme,
    ReleaseMode,
    SellerDuty,
)
from heliu.capital.lending.models import RUNNING, Loan
from heliu.capital.lending.policies.allocating import SaleCosts
from heliu.capital.registry.sandbox import operations as register
from heliu.capital.terms import queries as terms
from heliu.capital.terms.operations.granting import Wanted
from heliu.commerce.ordering import queries as orders
from heliu.commerce.ordering.models import OrderLine
from heliu.commerce.returns.models import ReturnLine
from heliu.commerce.returns.policies import Judged
from heliu.demo.chain import enrol
from heliu.kernel.approvals import operations as questions
from heliu.kernel.approvals import queries as waiting_approvals
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Level
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.events.models import Notice
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties.models import TieKind
from heliu.kernel.posting.models import Journal as Written
from heliu.kernel.posting.models import Line
from heliu.logistics.pledges.models import ReleaseOrder
from heliu.logistics.pledges.operations import codes
from heliu.logistics.transport.models import Shipment
from heliu.trade import (
    approvals,
    bank_answers,
    close_of_day,
    corrections,
    deliveries,
    duty,
    enforcement,
    freezing,
    incoming,
    liquidation,
    place_order,
    pools,
    recalling,
    receivables,
    registry_answers,
    releasing,
    returns,
    sales,
    side_exits,
    striking,
    sweeper,
    vat,
)
from heliu.trade.financed_order import repaying, setting_off, signing
from heliu.trade.models import Deal, Pool
from heliu.trade.paperwork import loan_of, order_of, pledge_of
from heliu.trade.placed import Placed

LENDER, SECOND, SIGNER = "credit@bank.demo", "review@bank.demo", "second@d001.demo"
PAYMENTS = {
    "deposit": Purpose.DEPOSIT,
    "loan": Purpose.DISBURSEMENT,
    "own share": Purpose.OWN_SHARE,
    "pay-out": Purpose.PAY_OUT,
    "seller payment": Purpose.SELLER_PAYMENT,
    "bill payment": Purpose.BILL_PAYMENT,
    "repayment": Purpose.REPAYMENT,
    "refund": Purpose.REFUND,
    "returned loan": Purpose.LOAN_BACK,
    "returned deposit": Purpose.DEPOSIT_BACK,
    "returned overpayment": Purpose.UNAPPLIED_BACK,
    "sale": Purpose.SALE,
    "refund of goods": Purpose.RETURN,
}
ANSWERS = {
    "books": InstructionStatus.BOOKED,
    "rejects": InstructionStatus.REJECTED,
    "loses the answer to": InstructionStatus.UNKNOWN,
}
LATE, SOON, MANY = timedelta(seconds=30), timedelta(minutes=1), 1000
FAULTS = {"rejects": "reject", "loses the answer to": "lost"}
# What a section may give of the programme, by the words of its table.
MODES: dict[str, dict[str, dict[str, object]]] = {
    "financed by": {
        "a bill, for 0.05 % of it": {
            "instrument": Instrument.ACCEPTANCE_BILL,
            "fee_rate": Decimal("0.05"),
        }
    },
    "the deposit": {"stays as margin": {"deposit_mode": DepositMode.CASH_MARGIN}},
    "the margin": {"bears 1.50 % a year": {"margin_rate": Decimal("1.50")}},
    "paid in": {"by the dealer, within 3 days": {"deposit_by": DepositBy.PAID_IN}},
    "goods come free": {"for the deposit": {"release_mode": ReleaseMode.DEPOSIT_FIRST}},
}


class StoppedWorld(World):
    """A world whose time the text moves: the legs of a life take none."""

    def later(self, **span: int) -> datetime:
        """Now."""
        return self.at


@dataclass(frozen=True)
class Disturbance:
    """Bank and registry misbehave: a payment of one step (by its line in the text) meets a fault,
    and every filing of the deal another. None of them may change how it ends."""

    line: int
    payment: str
    fault: str
    filing_fault: str


@dataclass
class Stage:
    """A scenario being played."""

    world: StoppedWorld
    disturbed: Disturbance | None = None
    line: int = 0
    misfiling: bool = False
    placed: Placed | None = None
    shipments: list[Shipment] = field(default_factory=list)
    seen: set[UUID] = field(default_factory=set)
    codes: list[str] = field(default_factory=list)
    returned: UUID | None = None

    @property
    def deal(self) -> UUID:
        """The deal that was placed."""
        assert self.placed is not None, "nothing is ordered yet"
        return self.placed.deal.id

    @property
    def order(self) -> UUID:
        """The order that was placed."""
        assert self.placed is not None, "nothing is ordered yet"
        return self.placed.order.id


Act = Callable[..., None]
VOCABULARY: list[tuple[str, re.Pattern[str], Act]] = []


def says(who: str, pattern: str) -> Callable[[Act], Act]:
    """Enter an act into the vocabulary; named groups of the pattern are its arguments."""

    def enter(act: Act) -> Act:
        VOCABULARY.append((who, re.compile(pattern), act))
        return act

    return enter


def play(
    scenario: Scenario,
    all_of_them: Sequence[Scenario],
    world: World,
    disturbed: Disturbance | None = None,
) -> None:
    """Every step with what then stands and what was booked, then balances and laws."""
    stage = Stage(StoppedWorld(world.chain, world.at), disturbed)
    _agree_on_modes(_first(scenario, all_of_them), stage)
    for number, (step, expected) in enumerate(whole(scenario, all_of_them)):
        _act(stage, step)
        if number == 0 and scenario.given and scenario.after is None:
            _check_given(scenario, stage)
        where = f"line {step.line}, step {step.number}: {step.what}"
        assert _stands(stage, step.stands) == step.stands, where
        found = _new_journals(stage)
        assert in_words(found - expected) == in_words(expected - found), where
    assert _trial(stage) == scenario.trial, f"line {scenario.line}: trial balance"
    laws.hold(stage.world)


def _act(stage: Stage, step: Step) -> None:
    """Do what the step says, or see it refused."""
    stage.world.at, stage.line = step.at, step.line
    what, _, refusal = step.what.partition(": refused, ")
    act = _known(step, what)
    if not refusal:
        act(stage)
        return
    with pytest.raises(Refused) as refused:
        act(stage)
    assert refused.value.code == refusal, f"line {step.line}"


def _known(step: Step, what: str) -> Callable[[Stage], None]:
    """The act of these words."""
    for who, pattern, act in VOCABULARY:
        if who == step.who and (match := pattern.fullmatch(what)):
            return partial(act, **match.groupdict())
    raise Unreadable(step.line, f"nobody knows how {step.who} {what}")


# What people do.


@says("dealer", r"orders (?P<lines>(?:(?! on terms).)+)")
def _orders(stage: Stage, lines: str) -> None:
    placed = life.place(stage.world, pay_by="FINANCE", **quantities(lines))
    stage.placed = stage.placed or placed


@says("seller", r"grants (?P<ceiling>[\d,.]+), due (?P<days>\d+) days after shipment(?P<rest>.*)")
def _grants(stage: Stage, ceiling: str, days: str, rest: str) -> None:
    wanted = Wanted(minor(ceiling, 0), days=int(days))
    if said := re.search(r"(\d+) % off within (\d+) days", rest):
        wanted = replace(wanted, discount=Decimal(said[1]), discount_days=int(said[2]))
    if said := re.search(r"(\d+) % a year when late", rest):
        wanted = replace(wanted, late_rate=Decimal(said[1]))
    if said := re.search(r"in instalments ((?:\d+ % after \d+ days(?:, )?)+)", rest):
        parts = re.findall(r"(\d+) % after (\d+) days", said[1])
        wanted = replace(
            wanted,
            part_days=tuple(int(after) for _, after in parts),
            part_shares=tuple(int(percent) for percent, _ in parts),
        )
    if said := re.search(r"orders stop (\d+) days late", rest):
        wanted = replace(wanted, grace_days=int(said[1]))
    _seller_does(stage, receivables.set_terms, stage.world.chain.dealers["D001"], wanted)


@says("dealer", r"orders (?P<lines>.+) on terms")
def _orders_on_terms(stage: Stage, lines: str) -> None:
    placed = life.place(stage.world, pay_by="TERMS", **quantities(lines))
    stage.placed = stage.placed or placed


@says("seller", "confirms")
def _confirms(stage: Stage) -> None:
    _seller_does(stage, place_order.confirm, stage.order)


@says("dealer", "counts all good")
def _dealer_counts(stage: Stage) -> None:
    for shipment in stage.shipments:
        life.receive(stage.world, shipment, who=stage.world.dealer)
    stage.shipments.clear()


@says("dealer", r"counts (?P<damaged>[\d,]+) damaged")
def _dealer_counts_damaged(stage: Stage, damaged: str) -> None:
    broken = int(damaged.replace(",", ""))
    life.receive(stage.world, stage.shipments.pop(), who=stage.world.dealer, damaged=broken)


@says("dealer", "gives its tax data and asks for special invoices")
def _tax_data(stage: Stage) -> None:
    titled(stage.world)


@says("seller", "writes the VAT invoice")
def _vat_invoice(stage: Stage) -> None:
    (shipment,) = stage.shipments
    _seller_does(stage, vat.invoice, shipment.pk)


@says("system", r"hears the tax authority issue (?P<n>\d+)")
def _vat_issued(stage: Stage, n: str) -> None:
    with stage.world.worker():
        assert vat.run(at=stage.world.at) == int(n)


@says("dealer", r"transfers (?P<paid>[\d,.]+)(?P<naming>, naming the first invoice)?")
def _transfers(stage: Stage, paid: str, naming: str | None) -> None:
    with stage.world.worker():
        named = terms.of_order(stage.order).first()
        sandbox.transfer(
            payer=stage.world.chain.dealers["D001"], payee=stage.world.chain.seller,
            amount=minor(paid, 0), reference=named.number if naming and named else "goods",
            at=stage.world.at,
        )  # fmt: skip


@says("dealer", r"pays in (?P<paid>[\d,.]+)(?P<mute>, naming nothing)?")
def _pays_in(stage: Stage, paid: str, mute: str | None) -> None:
    assert stage.placed is not None
    assert stage.placed.loan is not None
    with stage.world.worker():
        sandbox.transfer(
            payer=stage.world.chain.dealers["D001"], payee=stage.world.chain.bank,
            amount=minor(paid, 0), reference="deposit" if mute else stage.placed.loan.number,
            at=stage.world.at, into=AccountKind.NOSTRO,
        )  # fmt: skip


@says("system", "reads what dealers paid in")
def _reads_deposits(stage: Stage) -> None:
    """With the registry asked before and after, as in the worker's round: it answers at once."""
    be("heliu_worker")
    registry_answers.file_written(at=stage.world.at)
    incoming.take_in_deposits(at=stage.world.at)
    registry_answers.file_written(at=stage.world.at)


@says("bank", "takes the last transfer back")
def _takes_transfer_back(stage: Stage) -> None:
    with stage.world.worker():
        life.untransfer()


@says("lender", "sets the money in suspense aside")
def _sets_aside(stage: Stage) -> None:
    with stage.world.worker():
        came = Incoming.objects.get(status="SUSPENSE")
    with stage.world.desk(LENDER) as officer:
        incoming.set_aside(came.pk, note="the deposit again", actor=officer, at=stage.world.at)


@says("lender", "says that the money taken back is settled")
def _settles_missing(stage: Stage) -> None:
    with stage.world.desk(LENDER) as officer:
        (came,) = (one for one in Incoming.objects.filter(status="MATCHED") if one.is_missing)
        recalling.let_go(came.pk, note="paid again", actor=officer, at=stage.world.at)


@says("lender", "says that the money in suspense is the deposit")
def _settles_deposit(stage: Stage) -> None:
    assert stage.placed is not None
    assert stage.placed.loan is not None
    with stage.world.worker():
        came = Incoming.objects.get(status="SUSPENSE")
    with stage.world.desk(LENDER) as officer:
        incoming.name_loan(came.pk, loan=stage.placed.loan.number, actor=officer)


@says("seller", "settles the money in suspense")
def _settles(stage: Stage) -> None:
    with stage.world.worker():
        came = Incoming.objects.get(status="SUSPENSE")
    with stage.world.desk("sales@seller.demo") as seller:
        incoming.settle(
            came.pk, buyer=stage.world.chain.dealers["D001"], actor=seller, at=stage.world.at
        )


@says("seller", r"credits (?P<less>[\d,.]+)")
def _credits(stage: Stage, less: str) -> None:
    with stage.world.worker():
        invoice = terms.of_order(stage.order).get()
    with stage.world.desk("sales@seller.demo") as seller:
        receivables.credit_note(
            invoice.id, actor=seller, amount=minor(less, 0), reason="price cut", key="k",
            at=stage.world.at,
        )  # fmt: skip


@says("dealer", r"asks to give back (?P<lines>.+)")
def _asks_to_give_back(stage: Stage, lines: str) -> None:
    wanted = quantities(lines)
    with stage.world.desk(stage.world.dealer) as dealer:
        order = orders.get(dealer, stage.order)
        stage.returned = returns.ask(
            order.pk, actor=dealer, remedy="CREDIT", reason="too many", at=stage.world.at,
            quantities={
                line.position: wanted[line.sku.code]
                for line in order.lines.all()
                if line.sku.code in wanted
            },
        ).pk  # fmt: skip


@says("seller", "agrees to take them back")
def _agrees_to_take_back(stage: Stage) -> None:
    _seller_does(stage, returns.agree, stage.returned)


@says("dealer", "sends them back")
def _sends_back(stage: Stage) -> None:
    with stage.world.desk(stage.world.dealer) as dealer:
        returns.send(stage.returned, actor=dealer, at=stage.world.at)


@says("seller", r"counts (?P<good>[\d,]+) good, (?P<damaged>[\d,]+) damaged, and accepts all")
def _counts_what_came_back(stage: Stage, good: str, damaged: str) -> None:
    whole, broken = (int(said.replace(",", "")) for said in (good, damaged))
    with stage.world.worker():
        (line,) = ReturnLine.objects.filter(of=stage.returned)
    judged = Judged(line.position, whole, broken, whole + broken)
    _seller_does(stage, returns.receive, stage.returned, [judged])


@says("seller", "refunds them by the bank")
def _refunds(stage: Stage) -> None:
    _seller_does(stage, returns.refund, stage.returned)


@says("seller", "lets orders pass")
def _lets_pass(stage: Stage) -> None:
    _seller_does(
        stage, receivables.ask_let_pass, stage.world.chain.dealers["D001"], reason="they pay"
    )


@says("seller", "writes the order off")
def _writes_off_order(stage: Stage) -> None:
    _seller_does(stage, receivables.ask_write_off, stage.order, reason="insolvent")


def _seller_does(stage: Stage, deed: Callable[..., object], *about: object, **also: str) -> None:
    with stage.world.desk("sales@seller.demo") as seller:
        deed(*about, actor=seller, at=stage.world.at, **also)


@says("dealer", "signs")
def _signs(stage: Stage) -> None:
    assert stage.placed is not None
    with stage.world.worker():
        loan = loan_of(Deal.objects.get(pk=stage.deal))  # a person may have decided other terms
    life.sign(stage.world, replace(stage.placed, loan=loan))


@says("dealer", r"has its loans from (?P<least>[\d,.]+) on signed by two")
def _wants_two(stage: Stage, least: str) -> None:
    world = stage.world
    with world.worker():
        enrol(SIGNER, "Second Signer", world.chain.dealers["D001"], "owner")
    with world.desk(world.dealer) as owner:
        questions.set_levels(
            signing.SIGN, from_amount=minor(least, 0), levels=[Level("sign")],
            actor=owner, at=world.at,
        )  # fmt: skip


@says("second signer", "signs")
def _countersigns(stage: Stage) -> None:
    votes(stage, SIGNER, agrees=True)


@says("dealer", r"repays (?P<percent>\d+) % of the loan")
def _repays_share(stage: Stage, percent: str) -> None:
    life.repay(stage.world, stage.deal, int(percent), key=stage.world.at.isoformat())


@says("dealer", r"repays all")
def _repays_all(stage: Stage) -> None:
    _repays_share(stage, "100")


@says("dealer", r"repays (?P<paid>[\d,]+\.\d\d)")
def _repays_amount(stage: Stage, paid: str) -> None:
    world = stage.world
    with world.desk(world.dealer) as dealer:
        repaying.repay(
            stage.deal, actor=dealer, key=world.at.isoformat(), amount=minor(paid, 0), at=world.at
        )


@says("dealer", "sets off the margin")
def _sets_off(stage: Stage) -> None:
    with stage.world.desk(stage.world.dealer) as dealer:
        setting_off.set_off_margin(stage.deal, actor=dealer, at=stage.world.at)


@says("dealer", "cancels")
def _dealer_cancels(stage: Stage) -> None:
    _cancel(stage, stage.world.dealer)


@says("seller", "cancels")
def _seller_cancels(stage: Stage) -> None:
    _cancel(stage, "sales@seller.demo")


@says("dealer", "asks for a new code")
def _renews(stage: Stage) -> None:
    world = stage.world
    with world.desk(world.dealer) as dealer:
        release = ReleaseOrder.objects.filter(deal=stage.deal).latest("released_at")
        stage.codes.append(codes.renew_code(release, actor=dealer, at=world.at))


@says("bank officer", r"approves at (?P<percent>\d+) % deposit")
def _approves(stage: Stage, percent: str) -> None:
    _decide(stage, approve=True, deposit_ratio=Decimal(percent) / 100)


@says("bank officer", "declines")
def _declines(stage: Stage) -> None:
    _decide(stage, approve=False)


@says("seller", r"ships (?P<lines>.+)")
def _ships(stage: Stage, lines: str) -> None:
    assert stage.placed is not None
    world = stage.world
    if lines == "all":
        stage.shipments.append(life.ship(world, stage.placed))
        return
    with world.desk("sales@seller.demo") as seller:
        rows = {_sku(row.sku_id, world): row.pk for row in _order_lines(stage)}
        chosen = {rows[code]: n for code, n in quantities(lines).items()}
        stage.shipments.append(
            deliveries.ship(stage.order, actor=seller, carrier="", at=world.at, lines=chosen)
        )


@says("seller", r"strikes (?P<lines>.+), (?P<reason>[a-z ]+)")
def _strikes(stage: Stage, lines: str, reason: str) -> None:
    world = stage.world
    with world.desk("sales@seller.demo") as seller:
        rows = {_sku(row.sku_id, world): row.pk for row in _order_lines(stage)}
        chosen = {rows[code]: n for code, n in quantities(lines).items()}
        striking.strike(stage.order, lines=chosen, reason=reason, actor=seller, at=world.at)


@says("keeper", "counts all good")
def _counts(stage: Stage) -> None:
    life.receive(stage.world, stage.shipments[-1])


@says("keeper", r"counts (?P<short>[\d,]+) short, (?P<damaged>[\d,]+) damaged")
def _counts_less(stage: Stage, short: str, damaged: str) -> None:
    lost, broken = (int(n.replace(",", "")) for n in (short, damaged))
    life.receive(stage.world, stage.shipments[-1], lost=lost, damaged=broken)


@says("keeper", "hands over on the code")
def _hands_over(stage: Stage) -> None:
    _show(stage, stage.codes.pop() if stage.codes else life.pick_up_code(stage.world), "go")


@says("keeper", "hands over to the seller on its code")
def _hands_over_to_seller(stage: Stage) -> None:
    with stage.world.desk("sales@seller.demo"):
        told = Notice.objects.filter(kind="goods-released").latest("at")
    _show(stage, str(told.params["code"]), "go")


@says("keeper", "hands over on the code the lender was told")
def _hands_over_for_the_lender(stage: Stage) -> None:
    with stage.world.desk(LENDER):
        told = Notice.objects.filter(kind="goods-released").latest("at")
    _show(stage, str(told.params["code"]), "go")


@says("keeper", "stops an invented code")
def _stops_wrong(stage: Stage) -> None:
    _show(stage, "777 777", "wrong")


@says("keeper", "stops the code, it was used")
def _stops_used(stage: Stage) -> None:
    _show(stage, life.pick_up_code(stage.world), "used")


@says("keeper", "stops the code, it has expired")
def _stops_expired(stage: Stage) -> None:
    _show(stage, life.pick_up_code(stage.world), "expired")


# What the lender does when nothing comes.


@says("lender", r"has agreed with the seller on (?P<share>\d+) % of the price")
def _agrees_on_a_share(stage: Stage, share: str) -> None:
    _agrees_on(stage, SellerDuty.BUY_BACK, Decimal(share) / 100)


@says("lender", "has agreed with the seller on no duty")
def _agrees_on_nothing(stage: Stage) -> None:
    _agrees_on(stage, SellerDuty.NONE)


@says("lender", "has agreed with the seller on help to find a buyer")
def _agrees_on_help(stage: Stage) -> None:
    _agrees_on(stage, SellerDuty.RESALE_HELP)


@says("lender", r"has agreed with the seller to ship within (?P<days>\d+) days")
def _agrees_to_ship(stage: Stage, days: str) -> None:
    with stage.world.worker():
        Loan.objects.filter(deal=stage.deal).update(ship_days=int(days))


def _agrees_on(stage: Stage, duty: SellerDuty, share: Decimal = Decimal(1)) -> None:
    """For this deal: what the programme says by now holds for new ones only."""
    with stage.world.worker():
        loan = Loan.objects.filter(deal=stage.deal)
        loan.update(seller_duty=duty, buy_back_share=share)


@says("lender", r"says that the loan was paid out on (?P<day>\d+ \w+)")
def _pays_out_on(stage: Stage, day: str) -> None:
    said = datetime.strptime(f"{day} {YEAR}", "%d %b %Y").replace(tzinfo=ZONE).date()
    with stage.world.desk(LENDER) as officer:
        corrections.correct_pay_out(
            stage.deal, value_day=said, reason="the statement says so", actor=officer,
            at=stage.world.at,
        )  # fmt: skip


@says("lender", "gives notice of default")
def _gives_notice(stage: Stage) -> None:
    with stage.world.desk(LENDER) as officer:
        enforcement.give_notice(stage.deal, actor=officer, at=stage.world.at)


@says("lender", "asks to enforce")
def _asks_to_enforce(stage: Stage) -> None:
    _asks(stage, enforcement.ask_to_enforce)


@says("lender", "asks to release")
def _asks_to_release(stage: Stage) -> None:
    _asks(stage, releasing.ask)


@says("lender", "asks to write off")
def _asks_to_write_off(stage: Stage) -> None:
    _asks(stage, enforcement.ask_to_write_off)


@says(
    "lender",
    r"asks to sell (?P<lines>.+?)(?P<seller> to the seller)? for (?P<price>[\d,]+\.\d\d)"
    r"(, costs (?P<costs>[\d,]+\.\d\d))?(, custody (?P<custody>[\d,]+\.\d\d))?"
    r"(?P<below>, below the reserve)?",
)
def _asks_to_sell(
    stage: Stage,
    lines: str,
    seller: str | None,
    price: str,
    costs: str | None,
    custody: str | None,
    below: str | None,
) -> None:
    skus = stage.world.chain.skus
    terms = liquidation.Terms(
        price=minor(price, 0),
        buyer=stage.world.chain.seller if seller else None,
        buyer_name="" if seller else "somebody from outside",
        goods=None if lines == "all" else {skus[code]: n for code, n in quantities(lines).items()},
        costs=SaleCosts(*(minor(cost, 0) if cost else 0 for cost in (costs, custody))),
        below_reserve=bool(below),
    )
    with stage.world.desk(LENDER) as officer:
        liquidation.ask_to_sell(
            stage.deal, terms, actor=officer, reason="best offer", at=stage.world.at
        )


@says("lender", "writes down the money of the sale")
def _writes_down(stage: Stage) -> None:
    with stage.world.desk(LENDER) as officer:
        sale = sales.of_deal(officer, stage.deal).latest("asked_at")
        liquidation.note_receipt(
            sale.pk,
            actor=officer,
            reference="TT 4711",
            value_day=day_of(stage.world.at),
            at=stage.world.at,
        )


@says("lender", "calls the sale off")
def _calls_off(stage: Stage) -> None:
    with stage.world.desk(LENDER) as officer:
        sale = sales.of_deal(officer, stage.deal).latest("asked_at")
        liquidation.call_off(sale.pk, actor=officer, reason="does not pay", at=stage.world.at)


@says("seller", "pays for the sale")
def _pays_for_the_sale(stage: Stage) -> None:
    with stage.world.desk("sales@seller.demo") as seller:
        sale = sales.visible_to(seller).get(deal=stage.deal)
        liquidation.pay_for(sale.pk, actor=seller, at=stage.world.at)


@says("seller", "pays what it owes by its duty")
@says("seller", r"pays (?P<paid>[\d,]+\.\d\d) by its duty")
def _pays_by_duty(stage: Stage, paid: str = "") -> None:
    with stage.world.desk("sales@seller.demo") as seller:
        duty.pay(
            stage.deal, actor=seller, amount=minor(paid, 0) if paid else None, at=stage.world.at
        )


def _asks(stage: Stage, ask: Callable[..., Approval]) -> None:
    with stage.world.desk(LENDER) as officer:
        ask(stage.deal, actor=officer, reason="does not pay", at=stage.world.at)


@says("lender", "lets them go back")
def _lets_go_back(stage: Stage) -> None:
    votes(stage, LENDER, agrees=True)


@says("lender", "does not let them go back")
def _keeps_them(stage: Stage) -> None:
    votes(stage, LENDER, agrees=False)


@says("lender", "agrees to pay out")
def _agrees_to_pay_out(stage: Stage) -> None:
    votes(stage, LENDER, agrees=True)


@says("lender", "does not agree to pay out")
def _refuses_to_pay_out(stage: Stage) -> None:
    votes(stage, LENDER, agrees=False)


@says("second person", "agrees")
def _agrees(stage: Stage) -> None:
    votes(stage, SECOND, agrees=True)


@says("second person", "says no")
def _says_no(stage: Stage) -> None:
    votes(stage, SECOND, agrees=False)


def votes(stage: Stage, who: str, *, agrees: bool) -> None:
    with stage.world.desk(who) as person:
        waiting = waiting_approvals.for_vote_of(person).get()
        approvals.vote(
            waiting.pk, agrees=agrees, reason="talk first", actor=person, at=stage.world.at
        )


ORDERS = {"a court": "COURT", "the bank itself": "BANK"}


@says("lender", "asks to freeze the dealer's account, by order of (?P<authority>.+)")
def _asks_to_freeze(stage: Stage, authority: str) -> None:
    with stage.world.desk(LENDER) as officer:
        wanted = frozen.Order(
            stage.world.chain.dealers["D001"], ORDERS[authority], f"order of {authority}", "as told"
        )
        freezing.ask(wanted, actor=officer, at=stage.world.at)


@says("lender", "asks to lift the freeze")
def _asks_to_lift(stage: Stage) -> None:
    with stage.world.desk(LENDER) as officer:
        (one,) = frozen.in_force(officer)
        freezing.ask_to_lift(
            one.number, paper="lifted", reason="as told", actor=officer, at=stage.world.at
        )


@says("bank", "is sent nothing")
def _is_sent_nothing(stage: Stage) -> None:
    be("heliu_worker")
    written = PaymentInstruction.objects.filter(status=InstructionStatus.CREATED)
    before = set(written.values_list("pk", flat=True))
    bank_answers.talk_to_bank(at=lambda: stage.world.at)
    assert before
    assert set(written.values_list("pk", flat=True)) == before


@says("lender", r"lets goods of up to (?P<cap>[\d,.]+) leave without its word")
def _caps_releases(stage: Stage, cap: str) -> None:
    with stage.world.desk(LENDER) as officer:
        programme = Programme.objects.get()
        credit.cap_releases(programme.pk, minor(cap, 0), actor=officer, at=stage.world.at)


@says("operator", "writes down that one person owns dealer and seller")
def _ties(stage: Stage) -> None:
    with stage.world.worker() as operator:
        for org in (stage.world.chain.dealers["D001"], stage.world.chain.seller):
            parties.tie(
                org, TieKind.OWNER, name="Li", number="3301 0619", share=Decimal("0.60"),
                actor=operator, at=stage.world.at,
            )  # fmt: skip


# What stands in the register, and what the lender does about it.


@says("registry", r"enters another's claim on (?P<goods>\w+(, \w+)*)")
def _claims(stage: Stage, goods: str) -> None:
    with stage.world.worker():
        register.enter(
            debtor=stage.world.chain.dealers["D001"], secured="Bank of Elsewhere",
            amount=100_000_00, goods=goods.split(", "), content="stock", at=stage.world.at,
        )  # fmt: skip


@says("lender", "goes on in spite of the claim")
def _goes_on(stage: Stage) -> None:
    _decides_on_claim(stage, registry_answers.go_on)


@says("lender", "calls the claimed order off")
def _calls_off(stage: Stage) -> None:
    _decides_on_claim(stage, registry_answers.call_off)


def _decides_on_claim(stage: Stage, act: Callable[..., None]) -> None:
    with stage.world.desk(LENDER) as officer:
        act(stage.deal, actor=officer, reason="we know of it", at=stage.world.at)


# What the bank and the clock do.


@says("bank", "(?P<answers>(books|rejects|loses the answer to) .+)")
def _answers(stage: Stage, answers: str) -> None:
    """One round: what is written is sent, and the answers that are there lead on.

    The registry is asked first, as in the worker's round, and answers at once.
    """
    expected: dict[str, str] = {}
    for part in answers.split("; "):
        verb = next(verb for verb in ANSWERS if part.startswith(verb))
        for name in part.removeprefix(verb).strip().split(", "):
            expected[PAYMENTS[name]] = ANSWERS[verb]
            if verb in FAULTS:
                with stage.world.worker():
                    sandbox.script(fault=FAULTS[verb], purpose=PAYMENTS[name], deal=stage.deal)
    _disturb(stage)
    be("heliu_worker")
    at = stage.world.at
    sent = list(PaymentInstruction.objects.filter(status=InstructionStatus.CREATED))
    registry_answers.file_written(at=at)
    assert bank.send_written(at=at) == len(sent)
    bank.collect(at)
    bank_answers.apply_answers(at=at)
    _ask_again(stage)
    for one in sent:
        one.refresh_from_db()
    assert {one.purpose: one.status for one in sent} == expected


def _disturb(stage: Stage) -> None:
    """Let bank and registry misbehave as they shall in this run."""
    disturbed = stage.disturbed
    if disturbed is None:
        return
    with stage.world.worker():
        if stage.line == disturbed.line:
            sandbox.script(
                fault=disturbed.fault, purpose=PAYMENTS[disturbed.payment], deal=stage.deal,
                delay=LATE,
            )  # fmt: skip
        if not stage.misfiling:
            is_once = disturbed.filing_fault == "lost_unfiled"  # else nothing ever arrives
            register.script(
                fault=disturbed.filing_fault, deal=stage.deal, times=1 if is_once else MANY,
                delay=LATE,
            )  # fmt: skip
    stage.misfiling = True


def _ask_again(stage: Stage) -> None:
    """What was late has come, and what was lost is asked for, before the next step of the text."""
    disturbed, at = stage.disturbed, stage.world.at + SOON
    if disturbed is None:
        return
    registry_answers.ask_again(at=at)
    if stage.line == disturbed.line:
        bank.query_unknown(at=at)
    bank.collect(at)
    bank_answers.apply_answers(at=at)


@says("system", "sweeps")
def _sweeps(stage: Stage) -> None:
    be("heliu_worker")
    sweeper.sweep(at=stage.world.at)


@says("system", "closes the day")
def _closes(stage: Stage) -> None:
    _disturb(stage)
    be("heliu_worker")
    close_of_day.close_of_day(at=stage.world.at)
    _ask_again(stage)


@says("system", r"closes the day, and the bank rejects (?P<payment>.+)")
def _closes_with_a_refusal(stage: Stage, payment: str) -> None:
    with stage.world.worker():
        sandbox.script(fault="reject", purpose=PAYMENTS[payment], deal=stage.deal)
    _closes(stage)


@says("lender", "pays the refused (?P<payment>bill payment) again")
@says("seller", "pays the refused (?P<payment>refund) again")
@says("dealer", "pays the refused (?P<payment>returned loan|returned deposit) again")
def _pays_again(stage: Stage, payment: str) -> None:
    assert stage.placed is not None
    order = stage.placed.order
    payer, email = {
        "refund": (order.seller, "sales@seller.demo"),
        "bill payment": (stage.world.chain.bank, LENDER),
    }.get(payment, (order.buyer, stage.world.dealer))
    with stage.world.desk(email) as actor:
        refused = PaymentInstruction.objects.filter(
            deal=stage.deal, purpose=PAYMENTS[payment], status=InstructionStatus.REJECTED
        ).latest("created_at")
        assert refused.payer == payer
        side_exits.pay_again(refused.pk, actor=actor, at=stage.world.at)


# What stands in the rooms.


def _first(scenario: Scenario, all_of_them: Sequence[Scenario]) -> Scenario:
    """The scenario in which the order was placed."""
    while scenario.after is not None:
        name, _ = scenario.after
        scenario = next(other for other in all_of_them if other.name == name)
    return scenario


def _agree_on_modes(scenario: Scenario, stage: Stage) -> None:
    """The programme has the modes that are given."""
    modes = {
        field: value
        for name, words in MODES.items()
        if name in scenario.given
        for field, value in words[scenario.given[name]].items()
    }
    if modes:
        with stage.world.worker():
            Programme.objects.update(**modes)


def _check_given(scenario: Scenario, stage: Stage) -> None:
    """The order and its terms are as the scenario says."""
    assert stage.placed is not None
    loan = stage.placed.loan
    assert loan is not None
    found = {
        "order": amount(loan.order_total),
        "deposit ratio": f"{loan.deposit_ratio * 100:f}".rstrip("0").rstrip(".") + " %",
        "deposit": amount(loan.deposit),
        "loan": amount(loan.principal),
        "rate": f"{loan.rate:.2f} % a year, {loan.day_count}",
        "term": f"{loan.days} days, due {loan.due_on:%-d %b}",
        "fee": amount(loan.fee),
        "grace, penalty": f"{loan.grace_days} days, {loan.penalty_factor:f} x rate",
        **{
            name: next((word for word, modes in words.items() if _has(loan, modes)), "")
            for name, words in MODES.items()
        },
    }
    said = {name: found[name] for name in scenario.given}
    assert said == scenario.given, f"line {scenario.line}: given"


def _has(loan: Loan, modes: dict[str, object]) -> bool:
    """Whether the loan has the modes that were given, as far as they are its own."""
    return all(getattr(loan, field, value) == value for field, value in modes.items())


def _stands(stage: Stage, columns: Iterable[str]) -> dict[str, str]:
    """Order or pool, loan, pledge, pieces (bound/free/out) and deal as they are now."""
    if stage.placed is None:
        return dict.fromkeys(columns, "-")
    with stage.world.worker():
        deal = Deal.objects.get(pk=stage.deal)
        pledge = pledge_of(deal)
        goods = pledge and (
            pledge.bound_quantity,
            pledge.released_quantity - pledge.picked_up_quantity,
            pledge.picked_up_quantity,
        )
        return {
            **({"pool": _pool(deal)} if deal.is_stock else {"order": order_of(deal).status}),
            "loan": loan_of(deal).status if deal.loan_id else "-",
            "pledge": ("SHORT" if pledge.is_short else pledge.status) if pledge else "-",
            "goods": "/".join(f"{n:,}" for n in goods) if goods else "-",
            "deal": deal.outcome,
        }


def _pool(deal: Deal) -> str:
    """How the pool of a loan against stock stands: the call, else how it covers what is owed."""
    loan, pool = loan_of(deal), Pool.objects.get(deal=deal)
    if loan.status == "ENFORCING":
        return "LIQUIDATING"
    if loan.status not in RUNNING:
        return "-"
    call = pools.standing_call(pool)
    return {"OPEN": "CALLED", "LAPSED": "LAPSED"}[call.status] if call else pool.level


def _books(world: World) -> dict[UUID, str]:
    chain = world.chain
    return {chain.bank: "lender", chain.dealers["D001"]: "dealer", chain.seller: "seller"}


def _new_journals(stage: Stage) -> Counter[Journal]:
    """What was written into the books since the last step; movements of goods are no journals."""
    names = _books(stage.world)
    with stage.world.worker():
        places = {row.pk: (names.get(row.org, "?"), row.code) for row in Account.objects.all()}
        lines = Line.objects.filter(account_id__in=places).exclude(journal__in=stage.seen)
        sums: dict[UUID, Counter[Place]] = {}
        for line in lines:
            sums.setdefault(line.journal_id, Counter())[places[line.account_id]] += line.amount
        kinds = dict(Written.objects.filter(pk__in=sums).values_list("pk", "kind"))
    stage.seen |= sums.keys()
    return Counter((kinds[pk], frozenset(lines.items())) for pk, lines in sums.items())


def _trial(stage: Stage) -> dict[Place, int]:
    """The three trial balances, accounts that are even left out."""
    found: Counter[Place] = Counter()
    with stage.world.worker() as system:
        for org, book in _books(stage.world).items():
            for row in books.trial_balance(system, org=org):
                found[book, row.code] += row.debit - row.credit
    return {place: sum_ for place, sum_ in found.items() if sum_}


# Small legs that `life` has no word for.


def quantities(lines: str) -> dict[str, int]:
    """`1,000 M1, 500 B1` by code."""
    found = re.findall(r"([\d,]*\d) (\w+)", lines)
    return {code: int(n.replace(",", "")) for n, code in found}


def _order_lines(stage: Stage) -> list[OrderLine]:
    return list(OrderLine.objects.filter(order=stage.order).order_by("position"))


def _sku(sku: UUID, world: World) -> str:
    return next(code for code, pk in world.chain.skus.items() if pk == sku)


def _cancel(stage: Stage, email: str) -> None:
    with stage.world.desk(email) as actor:
        side_exits.cancel(stage.order, actor=actor, reason="no longer wanted", at=stage.world.at)


def _decide(stage: Stage, *, approve: bool, deposit_ratio: Decimal | None = None) -> None:
    with stage.world.desk("credit@bank.demo") as officer:
        side_exits.decide(
            stage.deal, actor=officer, approve=approve, reason="season stock",
            deposit_ratio=deposit_ratio, at=stage.world.at,
        )  # fmt: skip


def _show(stage: Stage, code: str, verdict: str) -> None:
    """The keeper shows a code to the gate."""
    with stage.world.desk("gate@warehouse.demo") as keeper:
        said = deliveries.pick_up(actor=keeper, code=code, at=stage.world.at)
    assert (said.go, said.code) == (verdict == "go", verdict)
