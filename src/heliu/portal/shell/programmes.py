"""What a programme says, to its lender and its seller."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heliu.capital.lending.policies.offering import grace_of
from heliu.portal.ui.formats import listed, percent_text

Terms = list[tuple[str, str]]


def offer(one: Any) -> Terms:
    """What a dealer may choose."""
    days, is_on_stock = grace_of(one), one.product == "INVENTORY"
    deposits = (_("Deposits"), listed(share_text(ratio) for ratio in one.deposit_ratios))
    deposit = (_("What the deposit does"), one.get_deposit_mode_display())
    grace = ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    return [
        (_("Product"), str(one.get_product_display())),
        *([] if is_on_stock else [deposits]),
        (_("Terms"), _("%(choices)s days") % {"choices": listed(map(str, one.days_options))}),
        (_("Longest term"), _("%(n)d days") % {"n": one.max_tenor_days}),
        (_("Day count"), one.day_count),
        (_("Days of grace"), grace),
        (
            _("Without arrears a payment pays first"),
            _("principal") if one.is_principal_first else _("interest"),
        ),
        (_("Financed with"), one.get_instrument_display()),
        *([] if is_on_stock else [deposit, (_("How the deposit comes"), _deposit_comes(one))]),
        *(
            [(_("Interest on the margin"), percent_text(one.margin_rate, 2))]
            if one.margin_rate
            else []
        ),
        (_("Sets goods free"), one.get_release_mode_display()),
        (
            _("Claim on the goods registered for"),
            ngettext("%(n)d month", "%(n)d months", one.register_months)
            % {"n": one.register_months},
        ),
    ]


def _deposit_comes(one: Any) -> str:
    words = str(one.get_deposit_by_display())
    if one.deposit_by != "PAID_IN":
        return words
    days = ngettext("%(n)d day", "%(n)d days", one.deposit_days) % {"n": one.deposit_days}
    return f"{words} · {days}"


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
        terms.append((_("Share of the price"), share_text(one.buy_back_share)))
    terms.append((_("Sold goods should bring"), share_text(one.sale_floor)))
    if one.ship_days is not None:
        days = ngettext("%(n)d day", "%(n)d days", one.ship_days) % {"n": one.ship_days}
        terms.append((_("The seller ships, or refunds, within"), days))
    return terms


def share_text(share: Decimal) -> str:
    """A share as a percentage, with a decimal where it needs one."""
    return percent_text(share * 100, 0 if share * 100 == int(share * 100) else 1)
