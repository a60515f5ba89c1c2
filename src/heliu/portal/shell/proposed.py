"""What a question is about that was kept until others agreed: rows of label, words, address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from heliu.capital.bank import queries as payments
from heliu.capital.credit import drafting
from heliu.capital.credit import queries as credit
from heliu.capital.lending import queries as lending
from heliu.commerce.quotes import queries as quotes
from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.queries import names
from heliu.portal.pools.words import figure_names
from heliu.portal.ui.formats import count_text, day_text, money_text, percent_text
from heliu.trade import conceding, proposals

type Row = tuple[str, str, str]


def rows(actor: Actor, asked: Any) -> list[Row]:
    """What is to be done with the last yes, for whoever decides on it."""
    proposal = proposals.of(asked.pk, actor)
    if proposal is None:
        return []
    what = (_("What is to be done"), proposal.get_what_display(), "")
    return [what, *ABOUT[proposal.what](actor, proposal.said)]


def _payment(actor: Actor, said: Any) -> list[Row]:
    paid = lending.repayment(actor, said["deal"], said["key"])
    found = payments.visible_to(actor).filter(deal=said["deal"], pk=said["key"]).first()
    if paid is None or found is None:
        return []
    shown = [(_("Payment"), found.number, reverse("bank_repayment", args=[found.number]))]
    if day := said.get("value_day"):
        shown += [
            (_("Counts from"), _day(paid.effective), ""),
            (_("Is to count from"), _day(date.fromisoformat(day)), ""),
        ]
    return shown


def _pay_out(actor: Actor, said: Any) -> list[Row]:
    loan = lending.visible_to(actor).filter(deal=said["deal"]).first()
    if loan is None or loan.disbursed_on is None:
        return []
    return [
        (_("Loan"), loan.number, reverse("bank_pay_out_day", args=[loan.number])),
        (_("Counts from"), _day(loan.disbursed_on), ""),
        (_("Is to count from"), _day(date.fromisoformat(said["value_day"])), ""),
    ]


def _draft(actor: Actor, said: Any) -> list[Row]:
    one = drafting.visible_to(actor).filter(pk=said["draft"]).first()
    if one is None:
        return []
    href = reverse("bank_programme_draft", args=[one.pk])
    return [(_("Draft"), drafting.programme_of(one).display, href)]


def _modes(actor: Actor, said: Any) -> list[Row]:
    words = {name: dict(drafting.choices_of(name)) for name in drafting.MODES}
    return [
        *_programme(actor, said),
        (_("Financed with"), words["instrument"][said["instrument"]], ""),
        (_("What the deposit does"), words["deposit_mode"][said["deposit_mode"]], ""),
        (_("Sets goods free"), words["release_mode"][said["release_mode"]], ""),
        (_("Duty of the seller"), words["seller_duty"][said["seller_duty"]], ""),
        (_("Share of the price"), percent_text(Decimal(said["buy_back_share"]) * 100, 2), ""),
    ]


def _release_cap(actor: Actor, said: Any) -> list[Row]:
    cap = said["cap"]
    words = _("without bound") if cap is None else money_text(cap)
    return [*_programme(actor, said), (_("Released by itself up to"), words, "")]


def _margins(actor: Actor, said: Any) -> list[Row]:
    named = figure_names()
    return [
        *_programme(actor, said),
        *((named[name], _figure(value), "") for name, value in said.items() if name in named),
    ]


def _figure(value: Any) -> str:
    return f"{(Decimal(value) * 100).normalize():f}" if isinstance(value, str) else str(value)


def _day(day: date) -> str:
    return day_text(day, None, get_language() or "en")


def _programme(actor: Actor, said: Any) -> list[Row]:
    one = credit.programmes_visible_to(actor).filter(pk=said["programme"]).first()
    return [(_("Programme"), one.display, reverse("bank_programmes"))] if one else []


def _quote_answer(actor: Actor, said: Any) -> list[Row]:
    quote = quotes.get(actor, UUID(said["quote"]))
    buyer = names([quote.buyer])[quote.buyer].short
    address = reverse("quote", args=[quote.number])
    return [(pgettext("prices", "Quote"), f"{quote.number} · {buyer}", address), *_offer(said)]


def _quote_begun(actor: Actor, said: Any) -> list[Row]:
    buyer = UUID(said["buyer"])
    return [(_("Dealer"), names([buyer])[buyer].short, ""), *_offer(said)]


def _offer(said: Any) -> list[Row]:
    """The lines of an offer with what they are below, what all gives away, and until when."""
    lines = conceding.lines_kept(said)
    total = sum(line.quantity * (line.price or 0) for line in lines)
    shown = [
        *((line.code, _line(line), "") for line in lines),
        (_("Total"), money_text(total), ""),
        (_("Share given away"), percent_text(Decimal(said["share"]) / 100, 2), ""),
        (_("Binds until"), _day(date.fromisoformat(said["valid_until"])), ""),
    ]
    return [*shown, (_("Words to the buyer"), said["words"], "")] if said["words"] else shown


def _line(line: conceding.LineKept) -> str:
    if line.price is None:
        return _("not offered")
    return _("%(n)s × %(price)s, usually %(usual)s") % {
        "n": count_text(line.quantity),
        "price": money_text(line.price),
        "usual": "–" if line.usual is None else money_text(line.usual),
    }


ABOUT: dict[str, Callable[[Actor, Any], list[Row]]] = {
    "VALUE_DAY": _payment,
    "TAKE_BACK": _payment,
    "PAID_OUT": _pay_out,
    "DRAFT": _draft,
    "MODES": _modes,
    "RELEASE_CAP": _release_cap,
    "MARGINS": _margins,
    "QUOTE_ANSWER": _quote_answer,
    "QUOTE_BEGUN": _quote_begun,
}
