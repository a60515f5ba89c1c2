"""What is owed beside the goods held in pledge for it, over time and now."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.utils.translation import gettext as _

from heliu.capital.books.chart import Code
from heliu.capital.reports import queries
from heliu.capital.reports.queries import Covered, loan_to_value
from heliu.kernel.parties.queries import names
from heliu.portal.bank.reports.record import Asked, Drawn, Report, called, short
from heliu.portal.ui.charts import Chart, histogram
from heliu.portal.ui.formats import count_text, money_text, percent_text
from heliu.portal.ui.parts import Figure
from heliu.portal.ui.report_charts import Curve, lines, top_of
from heliu.portal.ui.sheets import Column, Row, Sheet

BIN = 5  # per cent of value
BINS = 24  # up to 120 per cent; what is more stands in the last


def report(asked: Asked) -> Report:
    """Loan to value of each loan at the end of the day, and 26 weeks of debt beside goods."""
    found = queries.covered(asked.actor, asked.on)
    bound = [one for one in found if one.pledged > 0]
    owed, pledged = sum(one.owed for one in bound), sum(one.pledged for one in bound)
    open_ = sum(one.owed for one in found) - owed
    percent = loan_to_value(owed, pledged)
    short_of = [one for one in bound if one.owed > one.pledged]
    return Report(
        title=_("Cover"),
        question=_("Do the goods in pledge cover what is owed, and did they before?"),
        figures=[
            Figure(_("Owed on pledged goods"), minor=owed),
            Figure(_("Goods in pledge"), minor=pledged, href=""),
            Figure(_("Loan to value"), text=percent_text(percent) if percent else "–"),
            Figure(
                _("Owed, no goods yet"),
                minor=open_,
                note=_("on the way, or all handed over"),
            ),
            Figure(
                _("Goods below debt"),
                text=count_text(len(short_of)),
                tone="bad" if short_of else "",
            ),
        ],
        charts=[
            Drawn(
                _("What is owed and the goods held for it"),
                _("CNY, weekly; all loans, also those whose goods are on the way"),
                _over_time(asked),
            ),
            Drawn(
                _("Loans by loan to value"),
                _("number of loans; what is over 120% stands at the end"),
                _spread(bound) if bound else None,
            ),
        ],
        sheets=[_sheet(found)],
    )


def _over_time(asked: Asked) -> Chart | None:
    days = queries.weeks_to(asked.on)
    owed = queries.stands(asked.actor, Code.LOAN_PRINCIPAL, days)
    pledged = queries.stands(asked.actor, Code.COLLATERAL, days)
    if not any(owed) and not any(pledged):
        return None
    curves = [
        Curve(_("Goods in pledge"), tuple(pledged), "logistics", _("goods")),
        Curve(_("Owed"), tuple(owed), "capital", _("owed")),
    ]
    top = top_of(curves)
    return lines(
        curves,
        [f"{day:%m-%d}" for day in days],
        label=_("Owed %(owed)s, goods in pledge %(goods)s at the end.")
        % {"owed": money_text(owed[-1]), "goods": money_text(pledged[-1])},
        head=(_("Day"), _("Owed, CNY"), _("Goods in pledge, CNY")),
        rows=[
            (day.isoformat(), money_text(one), money_text(other))
            for day, one, other in zip(days, owed, pledged, strict=True)
        ],
        scale_texts=(short(int(top / 2)), short(int(top))),
        top=top,
        every=4,
    )


def _spread(bound: list[Covered]) -> Chart:
    counts = [0] * BINS
    for one in bound:
        percent = one.percent or 0
        counts[max(0, min(BINS - 1, int(percent / BIN)))] += 1
    return histogram(
        counts,
        start=0,
        bin_width=BIN,
        label=_("Loan to value of %(n)s loans") % {"n": count_text(len(bound))},
        head=(_("Loan to value, %"), _("Loans")),
        unit="%",
        flow="act",
        width=1204,
    )


def _sheet(found: list[Covered]) -> Sheet:
    sums: dict[UUID, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in found:
        of = sums[one.borrower]
        of[0], of[1], of[2] = of[0] + 1, of[1] + one.owed, of[2] + one.pledged
    houses = names(sums)
    owed, pledged = sum(one.owed for one in found), sum(one.pledged for one in found)
    ordered = sorted(sums.items(), key=lambda item: (item[1][2] - item[1][1], str(item[0])))
    return Sheet(
        _("By dealer"),
        (
            Column(_("Dealer")),
            Column(_("Loans"), "count", is_wide=True),
            Column(_("Owed, CNY"), "money"),
            Column(_("Goods in pledge, CNY"), "money", is_wide=True),
            Column(_("Loan to value"), "percent"),
        ),
        [
            Row((called(houses, party), loans, owes, holds, loan_to_value(owes, holds)))
            for party, (loans, owes, holds) in ordered
        ],
        (_("Total"), len(found), owed, pledged, loan_to_value(owed, pledged)),
    )
