"""The rules under which dealers of a seller are financed, as they stand."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from heliu.capital.credit import queries as credit
from heliu.capital.lending.policies import grace_of
from heliu.capital.lending.queries import RUNNING
from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.queries import names
from heliu.portal.bank.loans import lent
from heliu.portal.shell.pages import actor_of, desk_page, show
from heliu.portal.ui.formats import listed, money_text, percent_text

Terms = list[tuple[str, str]]


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Each programme's terms in groups, and how far its quota is used."""
    actor = actor_of(request)
    found = list(credit.programmes_visible_to(actor).filter(lender__in=actor.orgs).order_by("name"))
    sellers = names(one.seller for one in found)
    context = {
        "programmes": [
            {
                "programme": one,
                "seller": sellers.get(one.seller),
                "groups": [
                    (_("Offer"), offer(one)),
                    (_("Price"), price(one)),
                    (_("Risk"), risk(one)),
                    (_("Caps"), caps(one)),
                    (_("Default"), default(one)),
                ],
                **_use(actor, one),
            }
            for one in found
        ],
    }
    return show(request, "bank/programmes.html", context, here="bank_programmes")


def offer(one: Any) -> Terms:
    """What a dealer may choose."""
    days = grace_of(one)
    grace = ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    return [
        (_("Product"), str(one.get_product_display())),
        (_("Deposits"), listed(_share(ratio) for ratio in one.deposit_ratios)),
        (_("Terms"), _("%(choices)s days") % {"choices": listed(map(str, one.days_options))}),
        (_("Longest term"), _("%(n)d days") % {"n": one.max_tenor_days}),
        (_("Day count"), one.day_count),
        (_("Days of grace"), grace),
        (
            _("Without arrears a payment pays first"),
            _("principal") if one.is_principal_first else _("interest"),
        ),
        (_("Financed with"), one.get_instrument_display()),
        (_("What the deposit does"), one.get_deposit_mode_display()),
        (_("Sets goods free"), one.get_release_mode_display()),
    ]


def price(one: Any) -> Terms:
    """What the rate is made of."""
    return [
        (_("Base rate"), _rate(one.base_rate)),
        (_("Operations"), _rate(one.opex_rate)),
        (_("Fee, once"), _rate(one.fee_rate)),
        (_("Return on capital"), _rate(one.hurdle_rate)),
        (_("Capital bound"), _share(one.capital_share)),
        (_("Rate at most"), _rate(one.rate_cap)),
        (_("Penalty"), _("%(factor)s times the rate") % {"factor": one.penalty_factor}),
    ]


def risk(one: Any) -> Terms:
    """What may go wrong, as the deposit is worked out on."""
    return [
        (_("Loss given default"), _share(one.loss_given_default)),
        (_("Fall of the goods' price"), _share(one.price_fall)),
        (_("Cost of selling the goods"), _share(one.sale_cost)),
        (_("Refunded by the seller"), _share(one.refund_share)),
        (_("Default of the seller"), _share(one.seller_default)),
    ]


def caps(one: Any) -> Terms:
    """The bounds in money."""
    return [
        (_("Approved by itself up to"), money_text(one.auto_approve_cap)),
        (_("Cap for one borrower"), money_text(one.single_name_cap)),
        (_("Quota of the seller"), money_text(one.seller_quota)),
        (_("Part of the quota for one borrower"), _share(one.quota_share)),
        (_("Released by itself up to"), _release_cap(one)),
    ]


def _release_cap(one: Any) -> str:
    cap = one.auto_release_cap
    return _("without bound") if cap is None else money_text(cap)


def default(one: Any) -> Terms:
    """What happens when a dealer does not pay."""
    terms = [
        (
            _("Notice before enforcing"),
            ngettext("%(n)d day", "%(n)d days", one.notice_days) % {"n": one.notice_days},
        ),
        (_("Duty of the seller"), one.get_seller_duty_display()),
    ]
    if one.seller_duty == "BUY_BACK":
        terms.append((_("Share of the price"), _share(one.buy_back_share)))
    terms.append((_("Sold goods should bring"), _share(one.sale_floor)))
    return terms


def _use(actor: Actor, one: Any) -> dict[str, Any]:
    lent_out = (
        lent(actor)
        .filter(programme=one, status__in=RUNNING)
        .aggregate(sum=Sum(F("principal") - F("principal_repaid")))["sum"]
    )
    limits = credit.visible_to(actor).filter(programme=one).exclude(status="ENDED")
    return {"used": lent_out or 0, "quota": one.seller_quota, "limits": limits.count()}


def _rate(value: Any) -> str:
    return percent_text(value, 2)


def _share(value: Any) -> str:
    return percent_text(value * 100, 0 if value * 100 == int(value * 100) else 1)
