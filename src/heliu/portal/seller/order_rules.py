"""What the seller wants of one order: its least worth, of all dealers and of one, and packs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from heliu.commerce.catalogue import operations
from heliu.commerce.catalogue import queries as catalogue
from heliu.kernel.errors import Invalid
from heliu.kernel.goods.queries import packed
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties import queries
from heliu.portal.seller.dealers import dealers_of
from heliu.portal.shell import sheets
from heliu.portal.shell.pages import actor_of, desk_page, say, show
from heliu.portal.ui import formats, parts
from heliu.portal.ui.formats import in_money, money_text
from heliu.portal.ui.parts import Ask, Sheet, Will
from heliu.trade import tiers

HERE = "seller_order_rules"
ROWS = 50
WAITS = {"yes": True, "no": False}


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """What holds for all, the dealers of whom something else is wanted, and goods in packs."""
    actor = actor_of(request)
    links = parts.Leaves(queries.own_leasts(actor), ROWS).get_page(request.GET.get("page"))
    houses = queries.names(link.buyer for link in links)
    context = {
        "least": queries.own_least(actor),
        "buyers": [(houses[link.buyer], link) for link in links],
        "pager": parts.pager(links),
        "packs": packed(actor)[: ROWS * 4],
        "may_set": actor.may("terms"),
        "may_pack": actor.may("sell"),
    }
    return show(request, "seller/order_rules.html", context, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def everybody(request: HttpRequest) -> HttpResponse:
    """The least worth of an order of anybody."""
    actor = actor_of(request)
    actor.require("terms")

    def do() -> str:
        parties.set_least_order(_least(request), actor=actor)
        say(request, _("It is set."))
        return reverse(HERE)

    sheet = Sheet(
        heading=_("Least worth of an order"),
        crumbs=_crumbs(),
        asks=(
            Ask(
                "amount",
                _("An order comes to at least, CNY"),
                money_text(queries.own_least(actor)),
                "money",
                help=_("0 takes any order."),
            ),
        ),
        will=(
            Will(_("Orders of less are refused from now on, wherever they are placed")),
            Will(_("Dealers with a word of their own keep it")),
        ),
        button=_("Set"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def of_dealer(request: HttpRequest) -> HttpResponse:
    """The least worth of an order of one dealer; left open it is as for the others."""
    actor = actor_of(request)
    actor.require("terms")
    code = request.GET.get("dealer", "")
    known = dealers_of(actor).filter(code=code).first() if code else None

    def do() -> str:
        found = dealers_of(actor).filter(code=request.POST.get("dealer", "").strip()).first()
        if found is None:
            raise Invalid("dealer-unknown", "You have no dealer of this code.", field="dealer")
        formats.write_in(queries.currency_of(buyer=found.pk, seller=actor.own_org))
        typed = request.POST.get("amount", "").strip()
        least = _least(request) if typed else None
        parties.set_least_order(least, actor=actor, buyer=found.pk)
        word = request.POST.get("waits", "")
        tiers.set_waiting(WAITS.get(word), buyer=found.pk, actor=actor)
        say(request, _("It is set."))
        return reverse(HERE)

    link = queries.waiting_of(actor, known.pk) if known else None
    formats.write_in(link.currency if link else "")
    least = link.least_order if link and link.least_is_own else None
    waits = ("yes" if link.may_wait else "no") if link and link.wait_is_own else ""
    sheet = Sheet(
        heading=_("Rules for a dealer"),
        crumbs=_crumbs(),
        asks=(
            Ask("dealer", _("Code of the dealer"), code),
            Ask(
                "amount",
                in_money(_("An order comes to at least, CNY")),
                "" if least is None else money_text(least),
                "money",
                help=_("0 takes any order; left open it is as for the others."),
                is_needed=False,
            ),
            Ask(
                "waits",
                _("May order goods that are still to come"),
                waits,
                "choice",
                options=(
                    ("", _("as its tier has it")),
                    ("yes", _("yes, where back-orders are taken")),
                    ("no", _("no, only what lies there")),
                ),
                is_needed=False,
            ),
        ),
        will=(Will(_("It holds for what this dealer orders from now on")),),
        button=_("Set"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def packs(request: HttpRequest) -> HttpResponse:
    """In what quantities goods are ordered."""
    actor = actor_of(request)
    actor.require("sell")
    code = request.GET.get("code", "")
    known = catalogue.find(actor, [code], actor.own_org).get(code) if code else None

    def do() -> str:
        typed = request.POST.get("code", "").strip()
        found = catalogue.find(actor, [typed], actor.own_org).get(typed)
        if found is None:
            raise Invalid("code-unknown", "You have no goods of this code.", field="code")
        packed = operations.Article(
            code=typed,
            order_minimum=sheets.number_of(request, "order_minimum"),
            order_multiple=sheets.number_of(request, "order_multiple"),
        )
        operations.write_articles([packed], actor=actor, seller=actor.own_org)
        say(request, _("It is set."))
        return f"{reverse(HERE)}?{urlencode({'set': typed})}#packs"

    sheet = Sheet(
        heading=_("Packs"),
        crumbs=_crumbs(),
        asks=(
            Ask("code", _("Model"), code),
            Ask(
                "order_minimum",
                _("Least that is sold at once"),
                str(known.order_minimum if known else 1),
                "number",
            ),
            Ask(
                "order_multiple",
                _("Pieces in a pack"),
                str(known.order_multiple if known else 1),
                "number",
                help=_("1 takes any quantity."),
            ),
        ),
        will=(Will(_("Other quantities have no price from now on, wherever they are ordered")),),
        button=_("Set"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


def _least(request: HttpRequest) -> int:
    """An amount that was typed; nothing asked for is 0."""
    typed = request.POST.get("amount", "").replace("0", "").strip(" .,")
    return sheets.amount_of(request) if typed else 0


def _crumbs() -> tuple[tuple[str, str], ...]:
    return ((_("Order rules"), reverse(HERE)),)
