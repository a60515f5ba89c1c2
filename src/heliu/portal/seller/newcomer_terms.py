"""The seller's sheet about trade credit that newcomers get at once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heliu.capital.terms import newcomers
from heliu.capital.terms.newcomers import Rule
from heliu.portal.shell import sheets
from heliu.portal.shell.pages import actor_of, desk_page, now, say
from heliu.portal.ui.formats import money_text
from heliu.portal.ui.parts import Amount, Ask, Sheet, Will

HERE = "seller_newcomers"


@require_http_methods(["GET", "POST"])
@desk_page
def rule(request: HttpRequest) -> HttpResponse:
    """How much newcomers are trusted with, each and together."""
    actor, at = actor_of(request), now(request)
    actor.require("terms")
    found, done = newcomers.rule_of(actor), newcomers.granted(actor.own_org)

    def do() -> str:
        newcomers.set_rule(_wanted(request), actor=actor, at=at)
        say(request, _("Newcomers are trusted in this way from now on."))
        return reverse(HERE)

    sheet = Sheet(
        heading=_("Trade credit for newcomers"),
        crumbs=((_("Dealers"), reverse("seller_dealers")), (_("Newcomers"), reverse(HERE))),
        about=_(
            "Only for companies that the register of companies has confirmed. Whom a person admits"
            " gets nothing by this rule."
        ),
        rows=(Amount(_("Granted by the rule so far"), done.amount),),
        asks=(
            Ask(
                "is_on",
                _("Newcomers may order on terms at once"),
                "yes" if found.is_on else "",
                "check",
            ),
            Ask("ceiling", _("Trade credit for each, CNY"), money_text(found.ceiling), "money"),
            Ask("days", _("Due, days after shipment"), str(found.days), "number"),
            Ask(
                "total",
                _("For all of them together, CNY"),
                money_text(found.total),
                "money",
                help=_("Once it is reached, the next ones order by transfer until you raise it."),
            ),
            Ask(
                "least_days",
                _("Founded at least so many days ago"),
                str(found.least_days),
                "number",
            ),
        ),
        will=(
            Will(_("It holds for who joins from now on; what was granted stays")),
            Will(_("Their orders on terms stop as soon as something is overdue")),
        ),
        button=_("Set"),
    )
    return sheets.answer(request, sheet, do, here=HERE)


def _wanted(request: HttpRequest) -> Rule:
    def money(name: str) -> int:
        return sheets.amount_of(request, name) if request.POST.get(name, "").strip("0., ") else 0

    return Rule(
        is_on=request.POST.get("is_on") == "yes",
        ceiling=money("ceiling"),
        days=sheets.number_of(request, "days"),
        total=money("total"),
        least_days=sheets.number_of(request, "least_days"),
    )
