"""The seller's sheets about terms: what is granted, what was paid, credited, given up, let pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.capital.terms import queries
from heliu.capital.terms.operations import reminding
from heliu.capital.terms.operations.granting import Wanted
from heliu.capital.terms.policies import Level, level_choices, rule_choices
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid
from heliu.portal.deal.account_views import day_typed
from heliu.portal.seller.receivables import dealer
from heliu.portal.shell import sheets
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui.formats import money_text
from heliu.portal.ui.parts import Amount, Ask, Sheet, Will
from heliu.trade import receivables

HERE = "seller_receivables"
STEPS = 8


@require_http_methods(["GET", "POST"])
@desk_page
def terms(request: HttpRequest, buyer: UUID) -> HttpResponse:
    """What a dealer may owe, and by when."""
    actor, at = actor_of(request), now(request)
    actor.require("terms")
    house = dealer(actor, buyer)
    now_set = queries.terms_of(actor, seller=actor.own_org, buyer=buyer) or Wanted(ceiling=0)
    home = reverse("seller_receivable", args=[buyer])

    def do() -> str:
        receivables.set_terms(buyer, _wanted(request), actor=actor, at=at)
        say(request, _("The terms are set."))
        return home

    sheet = Sheet(
        heading=_("Payment terms"),
        crumbs=((_("Receivables"), reverse(HERE)), (house.short, home)),
        asks=(
            Ask("ceiling", _("Trade credit, CNY"), money_text(now_set.ceiling), "money"),
            Ask("rule", _("Due"), now_set.rule, "choice", options=rule_choices()),
            Ask("days", _("Days, or day of the month"), str(now_set.days), "number"),
            Ask(
                "instalments",
                _("Instalments, days: per cent, such as 30: 50, 60: 50"),
                ", ".join(
                    f"{days}: {percent}"
                    for days, percent in zip(now_set.part_days, now_set.part_shares, strict=True)
                ),
                is_needed=False,
            ),
            Ask(
                "rolls",
                _("On a day off it is due on the next working day"),
                "yes" if now_set.rolls else "",
                "check",
            ),
            Ask(
                "discount",
                _("Discount for paying early, %"),
                f"{now_set.discount.normalize():f}",
                "number",
            ),
            Ask(
                "discount_days",
                _("Days in which it is given"),
                str(now_set.discount_days),
                "number",
            ),
            Ask(
                "late_rate",
                _("Interest when late, % a year"),
                f"{now_set.late_rate.normalize():f}",
                "number",
            ),
            Ask("grace_days", _("Days late before orders stop"), str(now_set.grace_days), "number"),
            Ask(
                "tolerance",
                _("Amount too small to stop for, CNY"),
                money_text(now_set.tolerance),
                "money",
            ),
        ),
        will=(
            Will(
                _("They hold for what is sent from now on; invoices that are there keep their days")
            ),
            Will(_("The trade credit holds at once")),
        ),
        button=_("Set"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def payment(request: HttpRequest, buyer: UUID) -> HttpResponse:
    """What a dealer paid for more than one order, or without saying for which."""
    actor, at = actor_of(request), now(request)
    actor.require("sell")
    house = dealer(actor, buyer)
    standing = queries.standing(actor, seller=actor.own_org, buyer=buyer, on=day_of(at))
    home = reverse("seller_receivable", args=[buyer])

    def do() -> str:
        made = receivables.receive(
            buyer,
            actor=actor,
            amount=sheets.amount_of(request),
            value_day=day_typed(request, at),
            reference=request.POST.get("reference", ""),
            key=request.POST["idempotency_key"],
            named=_named(request, buyer),
            at=at,
        )
        say(request, _("%(amount)s are written down.") % {"amount": money_text(made.amount)})
        return home

    sheet = Sheet(
        heading=_("Record a payment"),
        crumbs=((_("Receivables"), reverse(HERE)), (house.short, home)),
        rows=(
            Amount(_("Open amount"), standing.open),
            Amount(_("Paid too much"), -standing.credit),
            Amount(_("Owed"), standing.owed, is_total=True),
        ),
        asks=(
            Ask("amount", _("Amount"), money_text(max(0, standing.owed)), "money"),
            Ask("value_day", _("Value day"), day_of(at).isoformat(), "date"),
            Ask("reference", _("Reference"), is_needed=False),
            Ask(
                "invoices",
                _("Invoices it is for"),
                is_needed=False,
                help=_("Numbers; without any it settles the oldest first"),
            ),
        ),
        will=(
            Will(
                _(
                    "It settles what is named, then the oldest, then what was written off;"
                    " what is over is the dealer's credit"
                )
            ),
            Will(_("Its trade credit is free again at once")),
        ),
        button=_("Record"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def credit(request: HttpRequest, number: str) -> HttpResponse:
    """A credit note on an open invoice."""
    actor, at = actor_of(request), now(request)
    actor.require("terms")
    invoice = queries.get(actor, number)
    house = dealer(actor, invoice.buyer)
    home = reverse("seller_receivable", args=[invoice.buyer])

    def do() -> str:
        receivables.credit_note(
            invoice.id,
            actor=actor,
            amount=sheets.amount_of(request),
            reason=request.POST.get("reason", ""),
            key=request.POST["idempotency_key"],
            at=at,
        )
        say(request, _("The credit note is written."))
        return home

    sheet = Sheet(
        heading=_("Credit note on %(number)s") % {"number": invoice.number},
        crumbs=((_("Receivables"), reverse(HERE)), (house.short, home)),
        rows=(
            Amount(_("Open amount"), invoice.left, is_total=True),
            Amount(_("Disputed"), invoice.disputed),
        ),
        asks=(
            Ask("amount", _("Amount"), money_text(invoice.disputed or invoice.left), "money"),
            Ask("reason", _("Reason"), invoice.dispute),
        ),
        will=(Will(_("The dealer owes that much less")),),
        button=_("Write credit note"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def let_pass(request: HttpRequest, buyer: UUID) -> HttpResponse:
    """Let a dealer's orders on terms pass for a week."""
    actor, at = actor_of(request), now(request)
    actor.require("terms")
    house = dealer(actor, buyer)
    standing = queries.standing(actor, seller=actor.own_org, buyer=buyer, on=day_of(at))
    home = reverse("seller_receivable", args=[buyer])

    def do() -> str:
        reason = request.POST.get("reason", "")
        done = receivables.ask_let_pass(buyer, actor=actor, reason=reason, at=at)
        say(request, _asked() if done else _("Orders pass for a week."))
        return home

    sheet = Sheet(
        heading=_("Let orders pass"),
        crumbs=((_("Receivables"), reverse(HERE)), (house.short, home)),
        rows=(Amount(_("Overdue"), standing.late, is_total=True),),
        asks=(Ask("reason", _("Reason")),),
        will=(
            Will(_("Orders on terms pass for seven days, as far as the credit reaches")),
            Will(_("Where your house wants it, others must agree first")),
        ),
        button=_("Let pass"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def write_off(request: HttpRequest, number: str) -> HttpResponse:
    """Give up what is open on the order of an invoice."""
    actor, at = actor_of(request), now(request)
    actor.require("terms")
    invoice = queries.get(actor, number)
    house = dealer(actor, invoice.buyer)
    home = reverse("seller_receivable", args=[invoice.buyer])

    def do() -> str:
        reason = request.POST.get("reason", "")
        done = receivables.ask_write_off(invoice.order_id, actor=actor, reason=reason, at=at)
        say(request, _asked() if done else _("It is written off."))
        return home

    left = sum(one.left for one in queries.of_order(invoice.order_id))
    sheet = Sheet(
        heading=_("Write off %(number)s") % {"number": invoice.order_number},
        crumbs=((_("Receivables"), reverse(HERE)), (house.short, home)),
        rows=(Amount(_("Open amount"), left, is_total=True),),
        asks=(Ask("reason", _("Reason")),),
        will=(
            Will(_("What is open on the order is your loss")),
            Will(_("The dealer owes it all the same")),
            Will(_("Where your house wants it, others must agree first")),
        ),
        button=_("Write off"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def ladder(request: HttpRequest) -> HttpResponse:
    """The seller's steps of reminding."""
    actor, at = actor_of(request), now(request)
    actor.require("terms")
    steps = list(queries.ladder_of(actor.own_org))

    def do() -> str:
        reminding.set_ladder(_levels(request), seller=actor.own_org, actor=actor, at=at)
        say(request, _("The ladder is set."))
        return reverse(HERE)

    done, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if done:
        return done
    context = {
        "kinds": (("", _("none")), *level_choices()),
        "rows": _rungs(request, steps),
        "will": (Will(_("The steps hold from the next close of the day")),),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "seller/ladder.html", context, here=HERE, status=status)


def _rungs(request: HttpRequest, steps: Sequence[Any]) -> list[dict[str, Any]]:
    """The rows of the ladder as typed, else as they stand, with room for one more."""
    rows = []
    for place in range(max(STEPS, len(steps) + 1)):
        step = steps[place] if place < len(steps) else None
        kind, days = (step.kind, str(step.days)) if step else ("", "")
        rows.append(
            {
                "place": place,
                "field": f"days{place}",
                "kind": request.POST.get(f"kind{place}", kind),
                "days": request.POST.get(f"days{place}", days),
            }
        )
    return rows


def _asked() -> str:
    return _("The others of your house are asked.")


def _instalments(typed: str) -> list[tuple[int, int]]:
    """`30: 50, 60: 50` as pairs; nothing typed is one sum."""
    pairs = []
    for one in typed.replace("，", ",").replace("：", ":").replace("%", "").split(","):
        if not one.strip():
            continue
        days, _colon, percent = (part.strip() for part in one.partition(":"))
        if not (days.isdecimal() and percent.isdecimal() and len(days) < 4 and len(percent) < 4):
            raise Invalid(
                "instalments-unreadable", "Write days and per cent, such as 30: 50, 60: 50.",
                field="instalments",
            )  # fmt: skip
        pairs.append((int(days), int(percent)))
    return pairs


def _wanted(request: HttpRequest) -> Wanted:
    posted = request.POST

    def money(name: str) -> int:
        return sheets.amount_of(request, name) if posted.get(name, "").strip("0., ") else 0

    parts = _instalments(posted.get("instalments", ""))
    return Wanted(
        part_days=tuple(days for days, _percent in parts),
        part_shares=tuple(percent for _days, percent in parts),
        ceiling=money("ceiling"),
        rule=posted.get("rule", ""),
        days=sheets.number_of(request, "days"),
        rolls=posted.get("rolls") == "yes",
        discount=sheets.rate_of(request, "discount"),
        discount_days=sheets.number_of(request, "discount_days"),
        grace_days=sheets.number_of(request, "grace_days"),
        tolerance=money("tolerance"),
        late_rate=sheets.rate_of(request, "late_rate"),
    )


def _named(request: HttpRequest, buyer: UUID) -> list[UUID]:
    typed = request.POST.get("invoices", "").replace(",", " ").replace("，", " ").upper().split()
    mine = queries.visible_to(actor_of(request)).filter(buyer=buyer, number__in=typed)
    found = {one.number: one.id for one in mine}
    if missing := [number for number in typed if number not in found]:
        raise Invalid(
            "invoice-unknown", "There is no invoice %(number)s.", field="invoices",
            number=missing[0],
        )  # fmt: skip
    return [found[number] for number in typed]


def _levels(request: HttpRequest) -> list[Level]:
    levels = []
    for place in range(12):
        kind, typed = (request.POST.get(f"{name}{place}", "").strip() for name in ("kind", "days"))
        if not kind:
            continue
        try:
            levels.append(Level(int(typed), kind))
        except ValueError:
            raise Invalid(
                "number-unreadable", "This is not a whole number.", field=f"days{place}"
            ) from None
    return levels
