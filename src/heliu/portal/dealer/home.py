"""The dealer's first page: what waits, what is under way, what can be drawn."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.capital.lending import queries as lending
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries as pledges
from heliu.portal.deal.rows import deal_rows
from heliu.portal.dealer.sellers import sellers_of
from heliu.portal.shell.frames import greeting
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.ui.formats import count_text, day_text, moment_text, money_text
from heliu.portal.ui.parts import Todo
from heliu.trade import deals, tiers

MOST_WAITING = 5
MOST_DEALS = 8
SOON = 7


@require_GET
@desk_page
def home(request: HttpRequest) -> HttpResponse:
    """What a dealer opens at three in the morning to order, pay or fetch."""
    actor, at = actor_of(request), now(request)
    line = lending.credit_line(actor, at=at)
    todo = waiting(actor, at)
    mine = deals.visible_to(actor).filter(buyer__in=actor.orgs, outcome="OPEN")
    under_way = list(mine.order_by("-opened_at", "-id")[:MOST_DEALS])
    context = {
        "greeting": greeting(at, actor.name),
        "today": day_of(at),
        "weekday": date_format(day_of(at), "l"),
        "todo": todo[:MOST_WAITING],
        "todo_note": ngettext("%(n)d thing waits for you", "%(n)d things wait for you", len(todo))
        % {"n": len(todo)},
        "rows": deal_rows(actor, under_way),
        "line": line,
        "lender": names([line.facility.lender]).get(line.facility.lender) if line else None,
        "sellers": sellers_of(actor),
        "standings": _standings(actor),
    }
    return show(request, "dealer/home.html", context, here="dealer_home")


def _standings(actor: Actor) -> list[tuple[Any, Any, tiers.Standing]]:
    """Which kind of customer the house is at its sellers, where they say something of it."""
    told = [one for one in tiers.standings(actor) if one.served or one.welcome or one.given]
    known, words = names(one.seller for one in told), dict(tiers.TIERS)
    return [(known.get(one.seller), words[one.tier], one) for one in told]


def waiting(actor: Actor, at: datetime) -> list[Todo]:
    """What waits for this desk, each with its day and its one act; the most urgent first."""
    return [
        *_overdue_and_due(actor, at),
        *_to_sign(actor, at),
        *_to_pay_in(actor, at),
        *_to_fetch(actor, at),
    ]


def _overdue_and_due(actor: Actor, at: datetime) -> list[Todo]:
    today = day_of(at)
    return [
        Todo(
            "bad" if loan.due_on < today else "due",
            _("Repay %(amount)s by %(day)s")
            % {"amount": money_text(loan.to_repay), "day": _day(loan.due_on, at)},
            f"{loan.number} · " + _("plus interest; the goods come free at once"),
            reverse("deal_repay", args=[loan.deal]),
            _("Repay…"),
        )
        for loan in lending.due_within(actor, SOON, on=today).filter(borrower__in=actor.orgs)
    ]


def _to_sign(actor: Actor, at: datetime) -> list[Todo]:
    quotes = lending.visible_to(actor).filter(
        borrower__in=actor.orgs, status="QUOTED", expires_at__gt=at
    )
    return [
        Todo(
            "due",
            _("Sign for %(amount)s until %(moment)s")
            % {
                "amount": money_text(loan.principal),
                "moment": moment_text(loan.expires_at, day_of(at), get_language() or "en"),
            },
            f"{loan.number} · " + _("then the offer ends and the goods are free for others"),
            reverse("deal_sign", args=[loan.deal]),
            _("Sign…"),
        )
        for loan in quotes.order_by("expires_at")
    ]


def _to_pay_in(actor: Actor, at: datetime) -> list[Todo]:
    """Deposits that the dealer pays in itself; without them the order ends on that day."""
    waiting = lending.visible_to(actor).filter(
        borrower__in=actor.orgs, status="AWAIT_DEPOSIT", deposit_until__isnull=False
    )
    return [
        Todo(
            "due",
            _("Pay %(amount)s in by %(day)s")
            % {"amount": money_text(loan.deposit_missing), "day": _day(loan.deposit_until, at)},
            _("to account %(account)s; write %(loan)s on the transfer")
            % {"account": loan.pay_into, "loan": loan.number},
            reverse("deal", args=[loan.deal]),
            _("Deal"),
        )
        for loan in waiting.order_by("deposit_until", "id")
        if loan.deposit_until
    ]


def _to_fetch(actor: Actor, at: datetime) -> list[Todo]:
    ready = pledges.releases_visible_to(actor).filter(
        taker__in=actor.orgs, status__in=("RELEASED", "EXPIRED")
    )
    return [_fetching(one, at) for one in ready.order_by("code_valid_until")]


def _fetching(one: Any, at: datetime) -> Todo:
    """Goods that are free, by their code; one that has ended is renewed on its page."""
    said = {"n": count_text(one.quantity), "day": _day(day_of(one.code_valid_until), at)}
    href = reverse("dealer_code", args=[one.number])
    if one.status == "EXPIRED":
        note = f"{one.notice_number} · " + _("the goods stay yours")
        title = _("The code for %(n)s pieces ended on %(day)s") % said
        return Todo("due", title, note, href, _("Make a new code"))
    title = _("Pick up %(n)s pieces by %(day)s") % said
    note = f"{one.notice_number} · {one.get_status_display()}"
    return Todo("due", title, note, href, _("Show the code"))


def _day(day: date, at: datetime) -> str:
    return day_text(day, day_of(at), get_language() or "en")
