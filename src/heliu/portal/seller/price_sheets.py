"""The seller's sheets about prices: a list, whom it is for, a promotion, a contract."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.pricing import operations, policies
from heliu.commerce.pricing.operations import NewPrice, NewPromotion
from heliu.kernel import money
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid
from heliu.kernel.parties import queries as parties
from heliu.portal.seller.dealers import dealers_of
from heliu.portal.seller.price_lists import list_of
from heliu.portal.seller.prices import lists_of
from heliu.portal.shell import sheets
from heliu.portal.shell.pages import actor_of, desk_page, now, say
from heliu.portal.shell.price_reasons import MOST_DIGITS, moment_typed, pieces_typed
from heliu.portal.ui import formats
from heliu.portal.ui.parts import Ask, Sheet, Will
from heliu.trade import contracts

HERE = "seller_prices"
CHOICES = 200
OFF_SHARE = "ORDER_PERCENT"  # a form's choice: off the whole order, as a share


@require_http_methods(["GET", "POST"])
@desk_page
def new_list(request: HttpRequest) -> HttpResponse:
    """A list of prices of its own, or one that is computed from another."""
    actor = actor_of(request)
    actor.require("price")
    bases = {one.code: one for one in lists_of(actor) if one.base_id is None}

    def do() -> str:
        posted = request.POST
        base = bases.get(posted.get("base", ""))
        words: dict[str, Any] = {
            "code": posted.get("code", "").strip(),
            "name": posted.get("name", "").strip(),
            "priority": pieces_typed(posted.get("priority", "")),
        }
        if base is None:
            made = operations.create_list(
                actor=actor,
                seller=actor.own_org,
                currency=posted.get("currency") or money.CURRENCY,
                **words,
            )
        else:
            made = operations.compute_list(
                actor=actor,
                base=base,
                factor=_decimal(request, "factor"),
                round_to=sheets.number_of(request, "round_to"),
                rounding=posted.get("rounding", ""),
                **words,
            )
        say(request, _("The list is begun."))
        return reverse("seller_price_list", args=[made.code])

    sheet = Sheet(
        heading=_("New price list"),
        crumbs=_crumbs(),
        asks=(
            Ask("code", pgettext("of prices", "Code")),
            Ask("name", pgettext("of prices", "Name")),
            Ask("priority", _("Priority"), "100", "number", help=_("1 is asked first")),
            Ask(
                "currency",
                _("Currency"),
                money.CURRENCY,
                "choice",
                options=currencies(),
                help=_("A computed list is in that of its base."),
            ),
            Ask(
                "base",
                _("Computed from"),
                kind="choice",
                options=(("", _("prices of its own")), *((code, code) for code in bases)),
            ),
            Ask("factor", pgettext("of prices", "Times"), "1", "number", is_needed=False),
            Ask(
                "round_to",
                _("Rounded to, CNY"),
                "0",
                "choice",
                options=tuple((str(n), text) for n, text in policies.STEPS),
                help=_("In a currency without decimals a hundred times that."),
            ),
            Ask("rounding", _("How"), kind="choice", options=policies.roundings()),
        ),
        will=(
            Will(_("It holds for nobody until it is given to a dealer")),
            Will(_("It answers to those alone who trade in its currency; nothing is converted")),
        ),
        button=_("Begin"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def give(request: HttpRequest, code: str) -> HttpResponse:
    """Let a list hold for a dealer."""
    actor, at = actor_of(request), now(request)
    actor.require("price")
    head, today = list_of(actor, code), day_of(now(request))

    def do() -> str:
        operations.assign(
            head,
            actor=actor,
            buyer=sheets.chosen(request, "dealer"),
            valid_from=day_typed(request, "valid_from") or today,
            valid_to=day_typed(request, "valid_to"),
            at=at,
        )
        say(request, _("The list holds for the dealer."))
        return reverse("seller_price_list", args=[code])

    sheet = Sheet(
        heading=_("Give list %(code)s to a dealer") % {"code": code},
        crumbs=(*_crumbs(), (code, reverse("seller_price_list", args=[code]))),
        asks=(
            _dealer(actor),
            Ask("valid_from", pgettext("of prices", "From"), today.isoformat(), "date"),
            Ask("valid_to", _("Until"), "", "date", is_needed=False),
        ),
        will=(Will(_("From that day the dealer's price is asked in this list too")),),
        button=_("Give"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def promotion(request: HttpRequest) -> HttpResponse:
    """A promotion is announced."""
    actor, at = actor_of(request), now(request)
    actor.require("price")

    def do() -> str:
        posted = request.POST
        effect = posted.get("effect", "")
        codes = posted.get("goods", "").replace("，", ",").replace(",", " ").split()
        found = catalogue.find(actor, codes, actor.own_org)
        if missing := [code for code in codes if code not in found]:
            raise Invalid(
                "code-unknown",
                "None of your goods has the code %(goods)s.",
                field="goods",
                goods=missing[0],
            )
        made = operations.announce(
            NewPromotion(
                code=posted.get("code", "").strip(),
                name=posted.get("name", "").strip(),
                effect="ORDER" if effect == OFF_SHARE else effect,
                starts_at=moment_typed(posted.get("starts_at", ""), at, field="starts_at"),
                ends_at=moment_typed(posted.get("ends_at", ""), at, field="ends_at"),
                **_given(request, actor, effect),
                priority=pieces_typed(posted.get("priority", "")),
                combinable="combinable" in posted,
                min_quantity=pieces_typed(posted.get("min_quantity", "")),
                min_order=_money(request, "min_order"),
                budget=_money(request, "budget"),
                skus=[sku.pk for sku in found.values()],
                families=[one for one in [posted.get("family", "")] if one],
                buyers=[sheets.chosen(request, "dealer")] if posted.get("dealer") else [],
            ),
            actor=actor,
            seller=actor.own_org,
            at=at,
        )
        say(request, _("Promotion %(code)s is announced.") % {"code": made.code})
        return reverse("seller_price_lists")

    families = tuple(
        (one.code, one.display) for one, _n in catalogue.families(actor, seller=actor.own_org)
    )
    sheet = Sheet(
        heading=_("New promotion"),
        crumbs=_crumbs(),
        asks=(
            Ask("code", pgettext("of prices", "Code")),
            Ask("name", pgettext("of prices", "Name")),
            Ask("effect", _("What it does"), kind="choice", options=_effects()),
            Ask("value", _("Percent, CNY, or pieces for free"), "", "number"),
            Ask(
                "gift",
                _("Goods for free"),
                is_needed=False,
                help=_("Code; none: of those that are bought"),
            ),
            Ask("starts_at", pgettext("of prices", "From"), "", "datetime-local", is_needed=False),
            Ask("ends_at", _("Until"), "", "datetime-local"),
            Ask("goods", _("Models"), is_needed=False, help=_("Codes; none: all goods")),
            Ask("family", _("Family"), kind="choice", options=(("", _("all")), *families)),
            Ask("min_quantity", _("From how many pieces"), "1", "number"),
            Ask("min_order", _("From an order of, CNY"), "", "money", is_needed=False),
            _dealer(actor, everybody=True),
            Ask("budget", _("Budget, CNY"), "", "money", is_needed=False),
            Ask("priority", _("Priority"), "100", "number", help=_("1 is applied first")),
            Ask("combinable", _("May be combined with others"), "", "check"),
        ),
        will=(
            Will(_("From its start it lowers prices at every door by itself")),
            Will(_("Each is applied to what the one before left; one that does not combine alone")),
        ),
        button=_("Announce"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def contract(request: HttpRequest) -> HttpResponse:
    """A contract is offered to a dealer."""
    actor, at = actor_of(request), now(request)
    actor.require("price")
    today = day_of(at)

    def do() -> str:
        buyer = sheets.chosen(request, "dealer")
        formats.write_in(parties.currency_of(buyer=buyer, seller=actor.own_org))
        posted = request.POST
        made = contracts.offer(
            actor=actor,
            seller=actor.own_org,
            buyer=sheets.chosen(request, "dealer"),
            code=posted.get("code", "").strip(),
            name=posted.get("name", "").strip(),
            prices=prices_typed(request, actor),
            valid_from=day_typed(request, "valid_from") or today,
            valid_to=day_typed(request, "valid_to") or today,
            committed=_money(request, "committed"),
            committed_quantity=_count(request, "committed_quantity"),
            at=at,
        )
        say(
            request,
            _("The contract is offered; it holds from its first day once the dealer agrees."),
        )
        return reverse("seller_contract", args=[made.pk])

    sheet = Sheet(
        heading=_("New contract"),
        crumbs=_crumbs(),
        asks=(
            _dealer(actor),
            Ask("code", _("Number")),
            Ask("name", pgettext("of prices", "Name")),
            Ask("valid_from", pgettext("of prices", "From"), today.isoformat(), "date"),
            Ask("valid_to", _("Until"), "", "date"),
            Ask(
                "prices",
                _("Agreed prices"),
                kind="lines",
                help=_(
                    "Each on a line of its own: code, from how many, price, such as M1 100 9.50"
                ),
            ),
            Ask(
                "committed",
                _("Promised to take"),
                "",
                "money",
                help=_("An amount in the currency in which the dealer trades with you."),
                is_needed=False,
            ),
            Ask("committed_quantity", _("Promised pieces"), "", "number", is_needed=False),
        ),
        will=(
            Will(_("The dealer is asked; without its yes nothing changes")),
            Will(_("Its prices come before all lists of the dealer in these days")),
            Will(_("Both sides see how much of the promise is taken")),
        ),
        button=_("Offer"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


def _crumbs() -> tuple[tuple[str, str], ...]:
    return (
        (_("Prices"), reverse("seller_prices")),
        (_("What makes prices"), reverse("seller_price_lists")),
    )


def currencies() -> tuple[tuple[str, str], ...]:
    """In what two may trade, in the reader's language."""
    return tuple((code, f"{code} · {name}") for code, name in money.TRADED.items())


def _dealer(actor: Actor, *, everybody: bool = False) -> Ask:
    found = tuple((str(one.pk), one.short) for one in dealers_of(actor)[:CHOICES])
    first = (("", _("everybody")),) if everybody else ()
    return Ask("dealer", _("Dealer"), kind="choice", options=(*first, *found))


def prices_typed(request: HttpRequest, actor: Actor) -> list[NewPrice]:
    """Code, quantity and price of each line that was typed. Raises `Invalid`."""
    lines = request.POST.get("prices", "").replace(";", "\n").splitlines()
    rows = [row for line in lines if (row := line.replace(",", " ").split())]
    found = catalogue.find(actor, [row[0] for row in rows], actor.own_org)
    return [_price_typed(row, found) for row in rows]


def _price_typed(row: list[str], found: Mapping[str, Any]) -> NewPrice:
    try:
        code, pieces, price = row
        return NewPrice(
            found[code].pk,
            money.typed(price, currency=formats.written_in(), field="prices"),
            int(pieces),
        )
    except money.OtherCurrency:
        raise
    except (KeyError, ValueError, Invalid):
        raise Invalid(
            "prices-unreadable",
            "%(row)s is no code, quantity and price.",
            field="prices",
            row=" ".join(row),
        ) from None


def _effects() -> tuple[tuple[str, str], ...]:
    """What a promotion can do, as a form chooses it: off a whole order an amount or a share."""
    words = dict(policies.effects()) | {
        "ORDER": _("Amount off the whole order"),
        OFF_SHARE: _("Percent off the whole order"),
    }
    return tuple(words.items())


def _given(request: HttpRequest, actor: Actor, effect: str) -> dict[str, Any]:
    """What was typed beside the effect, as `NewPromotion` takes it."""
    if effect in ("PERCENT", OFF_SHARE):
        return {"percent": _decimal(request, "value")}
    if effect != "GOODS":
        return {"amount": sheets.amount_of(request, "value")}
    code = request.POST.get("gift", "").strip()
    found = catalogue.find(actor, [code], actor.own_org) if code else {}
    if code and code not in found:
        raise Invalid(
            "code-unknown", "None of your goods has the code %(goods)s.", field="gift", goods=code
        )
    typed = request.POST.get("value", "").strip()
    if not typed.isdecimal() or not 0 < int(typed) < 10**MOST_DIGITS:
        raise Invalid("quantity-invalid", "A quantity is a whole number.", field="value")
    return {"gift": found[code].pk if code else None, "gift_quantity": int(typed)}


def _decimal(request: HttpRequest, name: str) -> Decimal:
    try:
        found = Decimal(request.POST.get(name, "").strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Invalid("number-unreadable", "This is not a number.", field=name)
    return found


def _money(request: HttpRequest, name: str) -> int | None:
    return sheets.amount_of(request, name) if request.POST.get(name, "").strip() else None


def _count(request: HttpRequest, name: str) -> int | None:
    typed = request.POST.get(name, "").strip()
    return pieces_typed(typed) if typed else None


def day_typed(request: HttpRequest, name: str) -> date | None:
    """A day that was typed, if one was. Raises `Invalid`."""
    typed = request.POST.get(name, "").strip()
    if not typed:
        return None
    try:
        found = parse_date(typed)
    except ValueError:
        found = None
    if found is None:
        raise Invalid("day-unreadable", "This day cannot be read.", field=name)
    return found
