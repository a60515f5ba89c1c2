"""What is owed beside the goods held in pledge for it, over time and now."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
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
    _loans, whole, owed, pledged, percent = _sums(found)
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
                minor=whole - owed,
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
    """By dealer, the least goods above the debt first; the ratio is of loans that have goods."""
    of_dealer: dict[UUID, list[Covered]] = defaultdict(list)
    for one in found:
        of_dealer[one.borrower].append(one)
    houses = names(of_dealer)
    lines_ = [(called(houses, party), *_sums(loans)) for party, loans in of_dealer.items()]
    return Sheet(
        _("By dealer"),
        (
            Column(_("Dealer")),
            Column(_("Loans"), "count", is_wide=True),
            Column(_("Owed, CNY"), "money"),
            Column(_("On pledged goods, CNY"), "money", is_wide=True),
            Column(_("Goods in pledge, CNY"), "money", is_wide=True),
            Column(_("Loan to value"), "percent"),
        ),
        [Row(line) for line in sorted(lines_, key=lambda line: (line[4] - line[3], line[0]))],
        (_("Total"), *_sums(found)),
    )


def _sums(loans: list[Covered]) -> tuple[int, int, int, int, Decimal | None]:
    """How many, what is owed, what of it on pledged goods, the goods, and loan to value."""
    bound = [one for one in loans if one.pledged > 0]
    on_goods, goods = sum(one.owed for one in bound), sum(one.pledged for one in bound)
    owed = sum(one.owed for one in loans)
    return len(loans), owed, on_goods, goods, loan_to_value(on_goods, goods)
