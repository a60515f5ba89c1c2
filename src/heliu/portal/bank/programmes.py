"""The rules under which dealers of a seller are financed, as they stand."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from heliu.capital.credit import drafting
from heliu.capital.credit import queries as credit
from heliu.capital.lending.queries import RUNNING
from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.queries import names
from heliu.portal.bank.loans import lent
from heliu.portal.pools.words import read_rules, rules_rows
from heliu.portal.shell.pages import actor_of, desk_page, now, show
from heliu.portal.shell.programmes import Terms, default, offer, share_text
from heliu.portal.ui.formats import money_text, percent_text


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Each programme's terms in groups, what is lent under it, and how far the seller's quota is
    used."""
    actor = actor_of(request)
    found = list(credit.programmes_visible_to(actor).filter(lender__in=actor.orgs).order_by("name"))
    sellers = names(one.seller for one in found)
    quotas = {
        line.cap.party: line
        for line in credit.cap_lines(actor, at=now(request))
        if line.cap.kind == "cap_seller"
    }
    context = {
        "drafts": _drafts(actor),
        "programmes": [
            {
                "programme": one,
                "seller": sellers.get(one.seller),
                "groups": terms_of(one),
                "quota": quotas.get(one.seller),
                **_use(actor, one),
            }
            for one in found
        ],
        "may_change": actor.may("override"),
    }
    return show(request, "bank/programmes.html", context, here="bank_programmes")


def _drafts(actor: Actor) -> list[tuple[Any, Any, Any]]:
    """What is written, or with a seller, or was answered of late: with its terms and its seller."""
    found = drafting.visible_to(actor).filter(lender__in=actor.orgs)
    open_ones = list(found.filter(status__in=("DRAFT", "OFFERED", "REFUSED"))[:20])
    sellers = names(one.seller for one in open_ones)
    return [(one, drafting.programme_of(one), sellers.get(one.seller)) for one in open_ones]


def terms_of(one: Any) -> list[tuple[str, Terms]]:
    """All that a programme says, in groups."""
    return [
        (_("What is lent"), offer(one)),
        (_("Price"), price(one)),
        (_("Risk"), risk(one)),
        (_("Caps"), caps(one)),
        (_("Default"), default(one)),
        *_margins(one),
    ]


def price(one: Any) -> Terms:
    """What the rate is made of."""
    return [
        (_("Base rate"), _rate(one.base_rate)),
        (_("Operations"), _rate(one.opex_rate)),
        (_("Fee, once"), _rate(one.fee_rate)),
        (_("Return on capital"), _rate(one.hurdle_rate)),
        (_("Capital bound"), share_text(one.capital_share)),
        (_("Rate at most"), _rate(one.rate_cap)),
        (_("Penalty"), _("%(factor)s times the rate") % {"factor": one.penalty_factor}),
    ]


def risk(one: Any) -> Terms:
    """What may go wrong, as the deposit is worked out on."""
    return [
        (_("Loss given default"), share_text(one.loss_given_default)),
        (_("Fall of the goods' price"), share_text(one.price_fall)),
        (_("Cost of selling the goods"), share_text(one.sale_cost)),
        (_("Refunded by the seller"), share_text(one.refund_share)),
        (_("Default of the seller"), share_text(one.seller_default)),
    ]


def caps(one: Any) -> Terms:
    """The bounds in money."""
    return [
        (_("Approved by itself up to"), money_text(one.auto_approve_cap)),
        (_("Cap for one borrower"), money_text(one.single_name_cap)),
        (_("Part of the quota for one borrower"), share_text(one.quota_share)),
        (_("Released by itself up to"), _release_cap(one)),
    ]


def _margins(one: Any) -> list[tuple[str, Terms]]:
    """How far it lends against stock, where it does."""
    if one.product != "INVENTORY":
        return []
    return [(_("Margins"), rules_rows(read_rules(one.margin_rules)))]


def _release_cap(one: Any) -> str:
    cap = one.auto_release_cap
    return _("without bound") if cap is None else money_text(cap)


def _use(actor: Actor, one: Any) -> dict[str, Any]:
    lent_out = (
        lent(actor)
        .filter(programme=one, status__in=RUNNING)
        .aggregate(sum=Sum(F("principal") - F("principal_repaid")))["sum"]
    )
    limits = credit.visible_to(actor).filter(programme=one).exclude(status="ENDED")
    return {"lent": lent_out or 0, "limits": limits.count()}


def _rate(value: Any) -> str:
    return percent_text(value, 2)
