"""The evidence pack of a request: all that a person at the bank needs to decide it, on one page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from heliu.capital.credit import queries as credit
from heliu.capital.credit.scorecard import BY_CODE
from heliu.information.credit_file.queries import CreditFile, Figure
from heliu.kernel.access.actor import Actor
from heliu.kernel.language import is_chinese
from heliu.logistics.pledges import queries as pledges
from heliu.portal.bank.words import figure_text, finding
from heliu.portal.deal import modes
from heliu.portal.deal.findings import told as told_of
from heliu.portal.shell.reasons import told
from heliu.portal.ui.charts import Chart, Month, monthly
from heliu.portal.ui.formats import money_text, percent_text
from heliu.portal.ui.parts import Amount
from heliu.portal.ui.parts import Figure as StripFigure
from heliu.trade import controls, deals
from heliu.trade.evidence import checks, evidence

BINDING = ("ACTIVE", "PARTLY_RELEASED")


def pack(loan: Any, actor: Actor, at: datetime) -> dict[str, Any]:
    """The parts of the page about one referred loan."""
    deal = deals.get(actor, loan.deal)
    file = evidence(deal, actor=actor, at=at)
    line = credit.line_of(loan.facility, at=at) if loan.facility else None
    reasons = loan.assessment.reasons
    figures = {figure.code: figure for figure in file.figures}
    return {
        "deal": deal,
        "file": file,
        "figures": strip_of(loan, line),
        "lost": lost(reasons, figures),
        "most_lost": max((abs(one["points"]) for one in reasons), default=1),
        "ruled": told([one for one in reasons if not one["points"]]),
        "checks": [finding(check) for check in checks(deal, actor=actor, at=at)],
        "findings": [told_of(one) for one in controls.findings(actor, deal)],
        "months": months_chart(file),
        "rows": [(figure, figure_text(figure)) for figure in file.figures],
        "exposure": exposure(loan, line, file, actor),
        "is_short": line is not None and line.free < loan.draws,
        "free": line.free if line else 0,
        "facility_href": (
            reverse("bank_facility", args=[loan.facility.number]) if loan.facility else ""
        ),
    }


def strip_of(loan: Any, line: Any) -> list[StripFigure]:
    """The proposal in five figures."""
    assessment = loan.assessment
    default = percent_text(assessment.default_probability * 100, 2)
    return [
        StripFigure(
            _("Bill asked for") if modes.is_bill(loan) else _("Loan asked for"),
            minor=loan.principal,
            note=_("for an order of %(total)s") % {"total": money_text(loan.order_total)},
        ),
        StripFigure(
            _("Deposit"),
            text=percent_text(loan.deposit_ratio * 100, 0),
            note=modes.deposit_note(loan),
        ),
        StripFigure(
            _("Rate a year"),
            text=percent_text(loan.rate, 2),
            note=_("all in %(apr)s, %(days)d days")
            % {"apr": percent_text(loan.apr, 2), "days": loan.days},
        ),
        StripFigure(
            _("Score"),
            text=str(assessment.score),
            note=_("grade %(grade)s, default %(share)s")
            % {"grade": assessment.grade, "share": default},
        ),
        StripFigure(
            _("Limit"),
            minor=line.limit if line else assessment.limit,
            note=_("free now %(amount)s") % {"amount": money_text(line.free)}
            if line
            else _("proposed; there is none yet"),
        ),
    ]


def lost(reasons: list[dict[str, Any]], figures: dict[str, Figure]) -> list[dict[str, Any]]:
    """The factors that cost points, each with the figure it was scored on and its rows."""
    scored = [one for one in reasons if one["points"]]
    rows = []
    for one, words in zip(scored, told(scored), strict=True):
        rule = BY_CODE.get(one["code"])
        figure = figures.get(rule.feature) if rule else None
        rows.append(words | {"figure": figure, "text": figure_text(figure) if figure else ""})
    return rows


def months_chart(file: CreditFile) -> Chart:
    """What was bought and repaid in 24 months, in the language's round unit."""
    unit = 1_000_000 if is_chinese() else 100_000
    months = [
        Month(f"{one.start:%Y-%m}", one.bought / unit, one.repaid / unit or None)
        for one in file.months
    ]
    bought = sum(one.bought for one in file.months)
    repaid = sum(one.repaid for one in file.months)
    label = _("In 24 months bought %(bought)s and repaid %(repaid)s.") % {
        "bought": money_text(bought),
        "repaid": money_text(repaid),
    }
    return monthly(months, label=label, head=(_("Month"), _("Bought"), _("Repaid")))


def exposure(loan: Any, line: Any, file: CreditFile, actor: Actor) -> list[Amount]:
    """What the bank would stand for with this borrower, beside what bounds it."""
    owed = file.features.exposure
    held = line.held if line else 0
    bound = (
        pledges.visible_to(actor)
        .filter(pledgor=loan.borrower, pledgee=loan.lender, status__in=BINDING)
        .aggregate(sum=Sum(F("pledged_value") - F("released_value")))["sum"]
    )
    return [
        Amount(_("Principal owed now"), owed),
        Amount(_("Held for open offers"), held),
        Amount(_("This loan"), loan.draws),
        Amount(_("Exposure after approval"), owed + held + loan.draws, is_total=True),
        Amount(_("Goods in pledge now"), bound or 0),
        Amount(_("Approved by itself up to"), loan.programme.auto_approve_cap),
        Amount(_("Cap for one borrower"), loan.programme.single_name_cap),
    ]
