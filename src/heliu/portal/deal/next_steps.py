"""What is to be done next in a deal, and by whom, as the reading side is told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from heliu.capital.lending.queries import RUNNING
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import queries as approvals
from heliu.kernel.clock import day_of
from heliu.portal.deal.modes import is_paid_in
from heliu.portal.deal.releases import held_back
from heliu.portal.deal.sides import Side
from heliu.portal.deal.tellings import pieces
from heliu.portal.ui.formats import day_text, moment_text, money_text
from heliu.portal.ui.parts import Todo
from heliu.trade import confirming, duty
from heliu.trade.giving_back import GIVE_BACK
from heliu.trade.lodging import EXCHANGE
from heliu.trade.registration import BEFORE_PAY_OUT

# What the register said, and what the lender said to it; the last of them counts.
CLAIMS = ("capital.register-searched", "capital.claim-found", "capital.claim-accepted")


def todo_for(side: Side, actor: Actor, view: Any, at: datetime) -> list[Todo]:
    """At most a few lines: what this side must do, else whom the deal waits for."""
    todo = [
        *_signing(side, view, at),
        *_confirming(side, actor, view),
        *_paying_in(side, view, at),
        *_deciding_on_claim(side, view),
        *_letting_back(side, actor, view),
        *_exchanging(side, actor, view),
        *_shipping(side, view, at),
        *_making_good(side, view),
        *_repaying(side, view, at),
        *_held(side, view),
        *_fetching(side, view, at),
        *_owing_by_duty(side, actor, view),
        *_settling(side, actor, view, at),
    ]
    return todo or _waiting(view)


def _waiting(view: Any) -> list[Todo]:
    return [Todo("moving", str(view.next_step))] if view.next_step else []


def _confirming(side: Side, actor: Actor, view: Any) -> list[Todo]:
    """A confirmation to which others of the seller's house must agree."""
    if side != "seller" or view.order is None or view.order.status != "PLACED":
        return []
    asked = approvals.about(actor, view.deal.pk, confirming.CONFIRM.name)
    if asked is None:
        return []
    return [
        Todo(
            "moving",
            _("Others of your house must agree to the confirmation"),
            _("asked by %(name)s") % {"name": asked.asked_by_name},
            reverse("approval", args=[asked.pk]),
            _("Look"),
        )
    ]


def _signing(side: Side, view: Any, at: datetime) -> list[Todo]:
    loan = view.loan
    if loan is None or loan.status != "QUOTED" or side != "buyer" or loan.expires_at <= at:
        return []
    until = moment_text(loan.expires_at, day_of(at), _language())
    return [
        Todo(
            "due",
            _("Sign until %(moment)s") % {"moment": until},
            (
                _("then %(amount)s are to be paid in as deposit")
                if is_paid_in(loan)
                else _("then %(amount)s are taken as deposit")
            )
            % {"amount": money_text(loan.due_now)},
            reverse("deal_sign", args=[view.deal.number]),
            _("Sign"),
        )
    ]


def _paying_in(side: Side, view: Any, at: datetime) -> list[Todo]:
    """What is missing of a deposit that the dealer pays in itself, where to, and until when."""
    loan = view.loan
    if loan is None or not loan.deposit_missing or not loan.deposit_until:
        return []
    said = {
        "amount": money_text(loan.deposit_missing),
        "day": day_text(loan.deposit_until, day_of(at), _language()),
    }
    if side != "buyer":
        return [Todo("moving", _("%(amount)s of the deposit come by %(day)s") % said)]
    note = _("to account %(account)s; write %(loan)s on the transfer")
    named = {"account": loan.pay_into, "loan": loan.number}
    return [Todo("due", _("Pay %(amount)s in by %(day)s") % said, note % named)]


def _deciding_on_claim(side: Side, view: Any) -> list[Todo]:
    """Somebody else has a claim on the goods, and the bank has not said yet what it does."""
    loan, told = view.loan, [fact.name for fact in view.facts]
    if loan is None or loan.status not in BEFORE_PAY_OUT or side not in ("buyer", "lender"):
        return []
    answers = [name for name in told if name in CLAIMS]
    if not answers or answers[-1] != "capital.claim-found":
        return []
    if side == "buyer":
        return [Todo("moving", _("The bank decides on another's claim on the goods"))]
    return [
        Todo(
            "due",
            _("Decide on another's claim on the goods"),
            _("nothing is paid out before"),
            reverse("bank_registry"),
            _("Registry"),
        )
    ]


def _letting_back(side: Side, actor: Actor, view: Any) -> list[Todo]:
    """Pledged goods that buyer and seller want to go back, where the lender has not said yet."""
    if side != "lender":
        return []
    asked = approvals.about(actor, view.deal.pk, GIVE_BACK.name)
    if asked is None:
        return []
    title = _("Pledged goods worth %(amount)s are to go back to the seller")
    return [
        Todo(
            "due",
            title % {"amount": money_text(asked.amount)},
            asked.reason,
            reverse("approval", args=[asked.pk]),
            _("Decide"),
        )
    ]


def _exchanging(side: Side, actor: Actor, view: Any) -> list[Todo]:
    """Goods that the dealer brings: in place of others, or because some came short."""
    if side == "lender" and (asked := approvals.about(actor, view.deal.pk, EXCHANGE.name)):
        title = _("The dealer brings goods for pledged ones worth %(amount)s")
        return [
            Todo(
                "due",
                title % {"amount": money_text(asked.amount)},
                asked.reason,
                reverse("approval", args=[asked.pk]),
                _("Decide"),
            )
        ]
    return [
        todo for one in view.brought if (todo := _bringing(side, view, one.lodging)) is not None
    ]


def _bringing(side: Side, view: Any, lodging: Any) -> Todo | None:
    """What is to be done about one lodging, or whom it waits for."""
    if side not in ("buyer", "lender"):
        return None
    said = {"n": lodging.number}
    if lodging.status == "ASKED":
        return Todo("moving", _("The bank decides on the exchange of goods"))
    if lodging.status == "ANNOUNCED" and side == "buyer":
        address = reverse("lodging_send", args=[view.deal.number, lodging.number])
        return Todo("due", _("Send the goods of lodging %(n)d") % said, "", address, _("Send"))
    if lodging.status in ("ANNOUNCED", "SENT"):
        return Todo("moving", _("The dealer's own goods come, lodging %(n)d") % said)
    return None


def _shipping(side: Side, view: Any, at: datetime) -> list[Todo]:
    """The day by which the seller ships what it was paid for."""
    order, until = view.order, view.deal.ship_by
    if until is None or order is None or order.status not in ("CONFIRMED", "PART_SHIPPED"):
        return []
    day = {"day": day_text(until, day_of(at), _language())}
    if side == "seller":
        note = _("what has not left by then you refund to the bank")
        return [Todo("due", _("Ship by %(day)s") % day, note)]
    note = _("what has not left by then the seller refunds")
    return [Todo("moving", _("The seller ships by %(day)s") % day, note)]


def _making_good(side: Side, view: Any) -> list[Todo]:
    """Goods came short, and the others do not cover the debt."""
    if view.pledge is None or not view.pledge.is_short or side == "custodian":
        return []
    title = _("Goods came short: the others stay bound")
    note = _("until the seller's refund is there, enough is repaid, or goods are brought")
    if side != "buyer":
        return [Todo("bad", title, note)]
    address = reverse("deal_bring", args=[view.deal.number])
    return [Todo("bad", title, note, address, _("Bring goods"))]


def _repaying(side: Side, view: Any, at: datetime) -> list[Todo]:
    loan, pledge = view.loan, view.pledge
    if loan is None or loan.status not in RUNNING or side not in ("buyer", "lender"):
        return []
    late = loan.due_on < day_of(at)
    title = _("Repay %(amount)s by %(day)s") if side == "buyer" else _("%(amount)s due on %(day)s")
    link = _("Repay")
    if loan.is_promised:
        if not loan.to_repay:
            return []
        title = _("Pay in %(amount)s by %(day)s") if side == "buyer" else title
        link = _("Pay in")
    values = {
        "amount": money_text(loan.to_repay),
        "day": day_text(loan.due_on, day_of(at), _language()),
    }
    bound = pledge.bound_quantity if pledge else 0
    days = abs((loan.due_on - day_of(at)).days)
    left = (
        ngettext("%(n)d day late", "%(n)d days late", days)
        if late
        else ngettext("%(n)d day left", "%(n)d days left", days)
    ) % {"n": days}
    note = f"{left}, " + _("frees %(pieces)s") % {"pieces": pieces(bound)} if bound else left
    href = reverse("deal_repay", args=[view.deal.number]) if side == "buyer" else ""
    return [Todo("bad" if late else "due", title % values, note, href, link)]


def _held(side: Side, view: Any) -> list[Todo]:
    """Goods were earned, and so many that the bank's people agree first."""
    value = held_back(view) if side == "buyer" else 0
    if not value:
        return []
    words = _("The bank agrees to the release of goods worth %(amount)s")
    return [Todo("moving", words % {"amount": money_text(value)})]


def _fetching(side: Side, view: Any, at: datetime) -> list[Todo]:
    """Goods that wait: for the side that fetches them, and for the keeper."""
    sides = {"buyer": view.deal.buyer, "seller": view.deal.seller, "lender": view.deal.lender}
    own = sides.get(side)
    return [
        Todo(
            "due" if own else "moving",
            _("Pick up %(pieces)s") % {"pieces": pieces(one.quantity)}
            if own
            else _("%(pieces)s wait for their owner") % {"pieces": pieces(one.quantity)},
            f"{one.notice_number} · "
            + _("code until %(moment)s")
            % {"moment": moment_text(one.code_valid_until, day_of(at), _language())},
            reverse("dealer_code", args=[one.number]) if own else "",
            _("Show the code"),
        )
        for one in view.releases
        if one.status in ("RELEASED", "EXPIRED")
        and (one.taker == own if own else side == "custodian")
    ]


def _owing_by_duty(side: Side, actor: Actor, view: Any) -> list[Todo]:
    """What the seller still owes the lender for a dealer whose loan was written off."""
    if view.deal.outcome != "DEFAULTED" or side not in ("seller", "lender"):
        return []
    owed = duty.left_for(actor, view.deal)
    if not owed:
        return []
    said = {"amount": money_text(owed)}
    if side == "lender":
        return [Todo("due", _("The seller still owes %(amount)s by its duty") % said)]
    note = _("the goods brought less than you promised for them")
    may_pay = actor.may("sell")
    href = reverse("deal_duty", args=[view.deal.number]) if may_pay else ""
    return [Todo("due", _("Pay the bank %(amount)s by your duty") % said, note, href, _("Pay"))]


def _settling(side: Side, actor: Actor, view: Any, at: datetime) -> list[Todo]:
    """What buyer and seller owe each other without a bank; the seller writes down what was paid."""
    account = view.account
    if account is None or side not in ("buyer", "seller"):
        return []
    may_record = side == "seller" and actor.may("sell")
    href = reverse("deal_settle", args=[view.deal.number]) if may_record else ""
    titles = {
        ("buyer", "owed"): _("Pay %(amount)s to the seller"),
        ("seller", "owed"): _("%(amount)s to come from the buyer"),
        ("buyer", "owed_back"): _("%(amount)s to come back from the seller"),
        ("seller", "owed_back"): _("Pay %(amount)s back to the buyer"),
    }
    return [
        Todo(
            "due",
            titles[side, which] % {"amount": money_text(minor)},
            _on_terms(account.due_on, at)
            if which == "owed"
            else _("for what came short or damaged"),
            href,
            _("Record"),
        )
        for which, minor in (("owed", account.owed), ("owed_back", account.owed_back))
        if minor
    ]


def _on_terms(due: date | None, at: datetime) -> str:
    """That it is owed on terms, and until when."""
    if due is None:
        return _("On terms")
    return _("On terms, due %(day)s") % {"day": day_text(due, day_of(at), _language())}


def _language() -> str:
    return get_language() or "en"
