"""What stands on the deal page, filled from the deal's documents for the side that reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from heliu.commerce.ordering import queries as ordering
from heliu.commerce.ordering.parts import read
from heliu.commerce.pricing import queries as pricing
from heliu.kernel.access.actor import Actor
from heliu.kernel.addresses.policies import Place
from heliu.kernel.clock import day_of
from heliu.kernel.parties.queries import names
from heliu.portal.deal import changes, modes
from heliu.portal.deal.acts import acts_for
from heliu.portal.deal.expected import still_to_come
from heliu.portal.deal.findings import findings_for
from heliu.portal.deal.flow import confluence, fact_list
from heliu.portal.deal.next_steps import todo_for
from heliu.portal.deal.papers import papers_for
from heliu.portal.deal.releases import held_for
from heliu.portal.deal.sides import Side, party_rows, remark
from heliu.portal.deal.tellings import pieces
from heliu.portal.pools import brought
from heliu.portal.shell.conversations import talk_about
from heliu.portal.ui.formats import day_text, duration_text, percent_text
from heliu.portal.ui.parts import Amount, Figure
from heliu.trade import back_orders, consignments, conversations, invoices, photos, tiers
from heliu.trade.open_account import OpenAccount


def deal_context(actor: Actor, view: Any, at: datetime) -> dict[str, Any]:
    """The whole page: strip, confluence, facts, next, goods, money, parties, papers, acts."""
    deal, order, loan = view.deal, view.order, view.loan
    side = view.side
    known = names([deal.buyer, deal.seller, deal.lender, deal.custodian])
    to_come = still_to_come(side, order, loan, view.pledge, {fact.name for fact in view.facts})
    told = fact_list(view.facts, to_come)
    done = len(told) - len(to_come)
    return {
        "deal": deal,
        "order": order,
        "number": order.number if order is not None else deal.number,
        "loan": loan,
        "state": view.state,
        "remark": remark(side, known, deal, financed=deal.lender is not None),
        "acts": acts_for(side, actor, view, at),
        "figures": _figures(side, view, at),
        "flow": confluence(view.facts, to_come, label=str(view.state[0]), at=at),
        "facts": told,
        "facts_note": ngettext("%(n)d fact", "%(n)d facts", done) % {"n": done}
        + (", " + _("%(n)d to come") % {"n": len(to_come)} if to_come else ""),
        "todo": todo_for(side, actor, view, at),
        "money_rows": _money(side, view),
        "money_note": modes.form(loan) if loan is not None else "",
        "parties": party_rows(known, deal),
        "papers": papers_for(side, view),
        "photos": photos.of_deal(actor, deal),
        **findings_for(actor, view),
        **held_for(actor, view),
        "lodgings": view.brought,
        "may_send": bool(view.brought) and brought.may_send(actor, deal, loan),
        **_invoices(actor, view),
        **_goods(actor, view),
        "consignments": consignments.of_order(actor, order) if order is not None else [],
        "words": _words(view) + _served(actor, view),
        "gone": ordering.gone_lines(actor, order) if order is not None else [],
        "ship_to": Place.kept(order.ship_to) if order is not None else None,
        **changes.about(actor, view),
        "talk": talk_about(actor, conversations.of_order(order, deal), at) if order else None,
        "talks": conversations.beside(actor, deal, view.pledge, view.releases),
    }


def _invoices(actor: Actor, view: Any) -> dict[str, Any]:
    """The invoices that lie before the bank, and whether the reader may lay one."""
    if view.deal.lender is None or view.side == "custodian":
        return {}
    return {
        "invoices": invoices.of_deal(actor, view.deal),
        "may_lay": view.deal.outcome == "OPEN" and invoices.may_lay(actor, view.deal),
    }


def _figures(side: Side, view: Any, at: datetime) -> list[Figure]:
    order, loan, pledge = view.order, view.loan, view.pledge
    figures = []
    if order is not None:
        lines = list(order.lines.all())
        figures.append(
            Figure(
                _("Order"),
                minor=order.total,
                note=ngettext("%(n)d line", "%(n)d lines", len(lines)) % {"n": len(lines)}
                + f", {pieces(sum(line.quantity for line in lines))}",
                href="#goods",
            )
        )
    if loan is not None and side in ("buyer", "lender"):
        terms = {
            "day": day_text(loan.due_on, day_of(at), get_language() or "en"),
            "rate": percent_text(loan.rate, 2),
        }
        due = _("due %(day)s") if modes.is_bill(loan) else _("due %(day)s, %(rate)s a year")
        is_out = loan.disbursed_on or loan.is_promised
        owed = loan.to_repay if is_out else loan.principal
        figures.append(
            Figure(
                modes.owed_named(loan),
                minor=owed,
                note=due % terms if owed else loan.get_status_display(),
                href="#money",
                tone="bad" if loan.status == "OVERDUE" else "",
            )
        )
    if pledge is not None and pledge.pledged_quantity:
        figures.append(
            Figure(
                _("Goods pledged"),
                minor=pledge.bound_value,
                note=pieces(pledge.bound_quantity),
                href="#goods",
            )
        )
        ratio = pledge.cover.percent
        if ratio is not None and side in ("buyer", "lender"):
            figures.append(Figure(_("Loan to value"), text=percent_text(ratio)))
    account = view.account
    if account is not None and account.owed and side in ("buyer", "seller"):
        due = account.due_on
        figures.append(
            Figure(
                _("To pay") if side == "buyer" else _("To come"),
                minor=account.owed,
                note=_("due %(day)s") % {"day": day_text(due, day_of(at), get_language() or "en")}
                if due
                else "",
                href="#money",
                tone="bad" if due and due < day_of(at) else "",
            )
        )
    span = _order_to_paid(view)
    if span:
        figures.append(Figure(_("Order to seller paid"), text=span, href="#facts"))
    return figures


def _order_to_paid(view: Any) -> str:
    first: dict[str, datetime] = {}
    for fact in view.facts:
        first.setdefault(fact.name, fact.at)
    start, end = first.get("commerce.order-placed"), first.get("capital.seller-paid")
    return duration_text(end - start) if start and end else ""


def _served(actor: Actor, view: Any) -> list[tuple[str, Any]]:
    """What the seller promises of service to customers of the buyer's tier, told to both sides."""
    deal = view.deal
    if view.order is None or view.side not in ("buyer", "seller"):
        return []
    if view.side == "buyer":
        found = next(iter(tiers.standings(actor, seller=deal.seller)), None)
    else:
        found = tiers.standings_of(actor, [deal.buyer]).get(deal.buyer)
    return [(_("Service level"), found.served)] if found and found.served else []


def _words(view: Any) -> list[tuple[str, Any]]:
    """What the buyer said with the order, for those who see the order."""
    order = view.order
    if order is None:
        return []
    rows = [
        (_("Wished delivery day"), order.wanted_on),
        (_("Buyer's order number"), order.external_id),
        (_("Remark to the seller"), order.remark),
    ]
    return [row for row in rows if row[1]]


def _goods(actor: Actor, view: Any) -> dict[str, Any]:
    """The lines with how far they are: taken and still pledged, or shipped and received.

    A keeper does not see the order; it is shown the goods it holds.
    """
    pledge, order = view.pledge, view.order
    if pledge is not None and pledge.pledged_quantity:
        heads = [_("Taken"), _("Pledged")]
        lines: list[Any] = _pledged_lines(pledge) if order is None else list(order.lines.all())
        goods: dict[Any, list[int]] = {}
        for one in pledge.lines.all():
            taken_and_bound = goods.setdefault(one.sku_id, [0, 0])
            taken_and_bound[0] += one.picked_up
            taken_and_bound[1] += one.quantity - one.released
        # Of goods that stand in several lines the first tells how far they are.
        counts = [goods.pop(line.sku_id, [0, 0]) for line in lines]
        beside = [line for line in _pledged_lines(pledge) if line.sku_id in goods]
        for line in beside:  # brought by the dealer
            lines.append(line)
            counts.append(goods.pop(line.sku_id, [0, 0]))
    else:
        heads = [_("Shipped"), _("Received")]
        lines = list(order.lines.all()) if order is not None else []
        counts = [[line.shipped, line.received] for line in lines]
    given = pricing.given_on(actor, order) if order is not None else pricing.OnOrder({}, [], {})
    queued = back_orders.of_order(order) if order is not None else {}
    is_running = order is not None and order.status != "CANCELLED"
    rows = [
        {
            "name": line.sku.display,
            "code": line.sku.code,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "amount": line.amount,
            "wait": queued.get(getattr(line, "pk", 0)),
            "struck": getattr(line, "cancelled", 0) if is_running else 0,
            "missing": getattr(line, "missing", 0),
            "damaged": getattr(line, "damaged", 0),
            "discounts": given.off.get(getattr(line, "pk", 0), []),
            "free": given.free.get(getattr(line, "pk", 0)),
            "counts": count,
            "is_brought": order is not None and isinstance(line, _PledgedLine),
            "wanted_on": getattr(line, "wanted_on", None),
            "parts": read(getattr(line, "parts", None)),
        }
        for line, count in zip(lines, counts, strict=True)
    ]
    whole = _as_whole(given)
    return {
        "goods_heads": heads,
        "goods": rows,
        "goods_totals": [sum(row["counts"][place] for row in rows) for place in (0, 1)],
        "goods_total": sum(row["amount"] for row in rows if not row["is_brought"]),
        "goods_struck": sum(row["struck"] * row["unit_price"] for row in rows),
        "goods_whole": whole,
        "goods_saved": sum(one.amount for row in rows for one in row["discounts"])
        + sum(off for _, off in whole),
    }


def _as_whole(given: pricing.OnOrder) -> list[tuple[str, int]]:
    """The promotions that took something off the order as a whole, and how much (minor units)."""
    off: dict[str, int] = {}
    for one in given.as_whole:
        if one.kind == "ORDER":
            off[one.display] = off.get(one.display, 0) + one.amount
    return list(off.items())


@dataclass(frozen=True, slots=True)
class _PledgedLine:
    """A line as a keeper sees it: at the value it is pledged at."""

    sku: Any
    sku_id: Any
    quantity: int
    unit_price: int
    amount: int


def _pledged_lines(pledge: Any) -> list[Any]:
    return [
        _PledgedLine(
            one.sku, one.sku_id, one.quantity, one.unit_value, one.quantity * one.unit_value
        )
        for one in pledge.lines.all()
    ]


def account_rows(account: OpenAccount) -> list[Amount]:
    """On terms what is owed for what came good; and what the seller owes for what did not."""
    rows = []
    if account.sent:
        parts = (
            (_("Interest for late payment"), account.interest),
            (_("Short, damaged or credited: not owed"), -account.credited),
            (_("Discount for paying early"), -account.discounted),
            (_("Paid"), -account.paid),
            (_("Written off by the seller, still owed"), -account.written_off),
        )
        rows = [
            Amount(_("Sent on terms"), account.sent),
            *(Amount(label, minor) for label, minor in parts if minor),
            Amount(_("Left to pay"), account.owed, is_total=True),
        ]
    if account.refund:
        rows += [
            Amount(_("Short, damaged or given back, to be paid back"), account.refund),
            *([Amount(_("Paid back"), -account.refunded)] if account.refunded else []),
            Amount(_("The seller still owes"), account.owed_back, is_total=True),
        ]
    return rows


def _money(side: Side, view: Any) -> list[Amount]:
    if view.account is not None:
        return account_rows(view.account)
    loan = view.loan
    if loan is None or side not in ("buyer", "lender"):
        return []
    rows = [
        Amount(
            modes.deposit_named(loan, percent_text(loan.deposit_ratio * 100, 0)),
            loan.deposit,
        ),
        Amount(modes.named(loan), loan.principal),
    ]
    if loan.is_promised:
        return [
            *rows,
            Amount(_("Margin paid in so far"), loan.margin),
            Amount(_("Still to be paid in"), loan.to_repay, is_total=True),
        ]
    if not loan.disbursed_on:
        return [*rows, Amount(_("Total cost to the due day"), loan.total_cost, is_total=True)]
    owed = view.owed
    rows.append(Amount(_("Principal repaid"), loan.principal_repaid))
    if loan.margin_interest:
        rows.append(Amount(_("Interest on the margin, credited"), loan.margin_interest))
    if loan.deposit_back:
        rows.append(Amount(_("Deposit, on its way back"), loan.deposit_back))
    if loan.unapplied:
        rows.append(Amount(_("Paid too much, on its way back"), loan.unapplied))
    if owed is None or not owed.total:
        return [*rows, Amount(_("Interest paid"), loan.interest_paid)]
    rows.append(Amount(_("Interest to today"), owed.interest))
    if owed.penalty:
        rows.append(Amount(_("Penalty to today"), owed.penalty))
    if owed.fee:
        rows.append(Amount(_("Fee"), owed.fee))
    return [*rows, Amount(_("To settle today"), owed.total, is_total=True)]
