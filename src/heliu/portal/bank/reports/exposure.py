"""What is out to whom, against what may be."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from heliu.capital.reports import queries
from heliu.capital.reports.queries import Exposure
from heliu.kernel.parties.queries import names
from heliu.portal.bank.reports.ageing import share
from heliu.portal.bank.reports.record import MOST_BARS, Asked, Drawn, Houses, Report, called, short
from heliu.portal.ui.charts import Chart
from heliu.portal.ui.formats import count_text, money_text
from heliu.portal.ui.parts import Figure
from heliu.portal.ui.report_charts import Bar, bars
from heliu.portal.ui.sheets import Column, Row, Sheet

NEAR = 90  # per cent of what may be, from which it is shown as nearly full


def report(asked: Asked) -> Report:
    """By dealer against the cap for one borrower, by seller against the seller's quota."""
    dealers, sellers = queries.exposures(asked.actor, asked.on)
    houses = names(one.party for one in [*dealers, *sellers])
    whole = sum(one.amount for one in dealers)
    remark = _("CNY; the line is what may be out")
    return Report(
        title=_("Exposure"),
        question=_("How much is out to each dealer and for each seller's goods, and may it be?"),
        figures=_figures(dealers, sellers, whole),
        charts=[
            Drawn(
                _("The largest dealers against the cap for one borrower"),
                remark,
                _chart(dealers[:MOST_BARS], houses, whole, 1204) if dealers else None,
            ),
            Drawn(
                _("Sellers against their quotas"),
                remark,
                _chart(sellers[:MOST_BARS], houses, whole, 1204) if sellers else None,
            ),
        ],
        sheets=[
            _sheet(_("By dealer"), _("Dealer"), _("Cap, CNY"), dealers, houses),
            _sheet(_("By seller"), _("Seller"), _("Quota, CNY"), sellers, houses),
        ],
    )


def _figures(dealers: list[Exposure], sellers: list[Exposure], whole: int) -> list[Figure]:
    over = [one for one in [*dealers, *sellers] if _is_over(one)]
    bound = [one for one in sellers if one.most is not None]
    quota = sum(one.most or 0 for one in bound)
    ten = sum(one.amount for one in dealers[:10])
    return [
        Figure(_("Principal owed"), minor=whole),
        Figure(_("Dealers"), text=count_text(len(dealers))),
        Figure(_("Ten largest, of all"), text=share(ten, whole)),
        Figure(_("Of the sellers' quotas"), text=share(sum(one.amount for one in bound), quota)),
        Figure(_("Over what may be"), text=count_text(len(over)), tone="bad" if over else ""),
    ]


def _chart(found: list[Exposure], houses: Houses, whole: int, width: int) -> Chart:
    first = found[0]
    return bars(
        [
            Bar(
                called(houses, one.party),
                one.amount,
                short(one.amount),
                most=one.most,
                paint="bad" if _is_over(one) else "due" if _is_near(one) else "capital",
            )
            for one in found
        ],
        label=_("%(name)s has most, %(amount)s, %(share)s of all.")
        % {
            "name": called(houses, first.party),
            "amount": money_text(first.amount),
            "share": share(first.amount, whole),
        },
        head=(_("Party"), _("Principal, CNY"), _("May be, CNY")),
        rows=[(called(houses, one.party), money_text(one.amount), _most(one)) for one in found],
        width=width,
    )


def _is_over(one: Exposure) -> bool:
    return one.room is not None and one.room < 0


def _is_near(one: Exposure) -> bool:
    return one.most is not None and one.amount * 100 >= one.most * NEAR


def _most(one: Exposure) -> str:
    return _("without bound") if one.most is None else money_text(one.most)


def _sheet(title: str, who: str, most: str, found: list[Exposure], houses: Houses) -> Sheet:
    return Sheet(
        title,
        (
            Column(who),
            Column(_("Loans"), "count", is_wide=True),
            Column(_("Principal, CNY"), "money"),
            Column(most, "money", is_wide=True),
            Column(_("Room, CNY"), "money", is_wide=True),
            Column(_("Share taken"), "percent"),
        ),
        [
            Row(
                (
                    called(houses, one.party),
                    one.loans,
                    one.amount,
                    one.most,
                    one.room,
                    Decimal(one.amount) * 100 / one.most if one.most else None,
                )
            )
            for one in found
        ],
        (
            _("Total"),
            sum(one.loans for one in found),
            sum(one.amount for one in found),
            None,
            None,
            None,
        ),
    )
