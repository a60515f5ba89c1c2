"""Sample values for the gallery: the invented deal SO-2610-004217 and its neighbours."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from heliu.portal.ui import charts, parts
from heliu.portal.ui.frame import (
    ClockStep,
    DemoClock,
    DeskChoice,
    DeskFigure,
    Frame,
    NavHead,
    NavItem,
    Person,
    Tab,
)
from heliu.portal.ui.gallery_deal import sample_facts, sample_flow
from heliu.portal.ui.pledge_map import Bin, PledgeMap

NOW = datetime(2026, 11, 22, 6, 24, tzinfo=UTC)


class SampleForm(forms.Form):
    """Fields of each kind."""

    code = forms.CharField(label=_("Model"), initial="KFR-35GW/A1")
    quantity = forms.IntegerField(label=_("Pieces"), help_text=_("Whole pieces"))
    due = forms.DateField(label=_("Due"), required=False)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))
    days = forms.ChoiceField(label=_("Days"), choices=[("30", "30"), ("60", "60"), ("90", "90")])
    read = forms.BooleanField(label=_("I have read the loan contract"))


def samples() -> dict[str, Any]:
    """The context of the gallery page."""
    return {
        "frame": sample_frame(),
        "figures": sample_figures(),
        "pills": sample_pills(),
        "chips": [
            parts.Chip(_("All"), "?", 312, on=True),
            parts.Chip(_("Short"), "?short", 1),
            parts.Chip(_("To collect"), "?collect", 9),
        ],
        "pager": parts.Pager(1, 50, 312, more=False, next_href="?page=2"),
        "steps": [
            parts.Step(_("Papers"), "done"),
            parts.Step(_("Checks"), "done"),
            parts.Step(_("Contract"), "now"),
            parts.Step(_("First order"), "later"),
        ],
        "will": [
            parts.Will(
                _("Deposit from your account …6621"), -5_700_000, note=_("today, in seconds")
            ),
            parts.Will(_("Dongdai Bank pays into the supervised account"), 22_800_000, plus=True),
            parts.Will(
                _("175 pieces go to the supervised warehouse"), note=_("pledged on receipt")
            ),
        ],
        "flow": sample_flow(),
        "facts": sample_facts(),
        "monthly": sample_months(),
        "histogram": sample_histogram(),
        "covers": sample_covers(),
        "plan": sample_plan(),
        "glyphs": [(0.34, _("seller paid")), (0.62, _("pledged")), (1.0, _("closed"))],
        "weights": [
            (_("37 of 37 repaid on time"), 24),
            (_("6.3 years with the seller"), 15),
            (_("Returns 1.9%"), -6),
            (_("One related party has a loan"), -8),
        ],
        "amounts": [128_450_000, -318_050, 0, 999_999_999_999],
        "ratios": [(Decimal("87.2"), Decimal(85)), (Decimal("83.5"), Decimal(85)),
                   (Decimal("79.5"), Decimal(85)), (None, Decimal(85))],
        "now": NOW,
        "last_year": date(2025, 12, 31),
        "spans": [timedelta(milliseconds=38), timedelta(seconds=54), timedelta(days=2, hours=6),
                  timedelta(days=35)],
        "form": SampleForm({"code": "KFR-35GW/A1", "quantity": "10.5", "days": "60"}),
    }  # fmt: skip


def sample_frame() -> Frame:
    """A dealer's frame with everything in it."""
    return Frame(
        desk=_("Dealer"),
        house_name="菏泽宏达家电",
        nav=(
            NavItem(_("Home"), "#home", key="h"),
            NavItem(_("Order pad"), "#pad", key="o"),
            NavItem(_("Catalogue"), "#goods"),
            NavHead(_("Business")),
            NavItem(_("Deals"), "#deals", 14, current=True, key="d"),
            NavItem(_("Finance"), "#finance", 3, hot=True, key="f"),
            NavItem(_("Pick-ups"), "#pickups", 1),
        ),
        tabs=(
            Tab(_("Home"), "#home", "home"),
            Tab(_("Order"), "#pad", "pad"),
            Tab(_("Deals"), "#deals", "deal", current=True),
            Tab(_("Stock"), "#stock", "box"),
            Tab(_("Me"), "#me", "person"),
        ),
        figure=DeskFigure(
            _("Free credit"), 28_160_000, used_minor=26_920_000, held_minor=4_920_000,
            limit_minor=60_000_000,
        ),
        inbox_count=2,
        person=Person("李宏达", "宏", _("Owner")),
        desks=(
            DeskChoice("1", _("Dealer"), "菏泽宏达家电", "李宏达", current=True),
            DeskChoice("2", _("Bank"), "东岱银行 青岛分行", "赵敏"),
            DeskChoice("3", _("Warehouse"), "济宁临港监管仓", "王建国"),
        ),
        demo=DemoClock(NOW, (ClockStep("1h", _("1 hour on")), ClockStep("1d", _("1 day on")))),
        today=date(2026, 11, 22),
    )  # fmt: skip


def sample_figures() -> list[parts.Figure]:
    """The strip of the sample deal."""
    return [
        parts.Figure(_("Order"), 13_700_000, note=_("4 lines, 95 pieces, freight 730.00")),
        parts.Figure(_("Principal owed"), 5_480_000, note=_("due 11 Dec, 5.40% a year"), href="#"),
        parts.Figure(_("Goods pledged"), 6_896_800, note=_("50 pieces, Jining Lingang")),
        parts.Figure(_("Loan to value"), text="79.5", unit="%", note=_("limit 85%")),
        parts.Figure(_("Order to seller paid"), text="54", unit="s"),
    ]


def sample_pills() -> list[parts.Pill]:
    """One pill of each tone."""
    return [
        parts.Pill(_("Settled"), "quiet"),
        parts.Pill(_("Draft"), "open"),
        parts.Pill(_("In transit"), "moving"),
        parts.Pill(_("Paid"), "good"),
        parts.Pill(_("To collect"), "due"),
        parts.Pill(_("Short"), "bad"),
        parts.Pill(_("Pledged"), "bound"),
    ]


def sample_months() -> charts.Chart:
    """Two years of buying and repaying, one month unknown."""
    bought = [18, 21, 16, 24, 26, 38, 20, 19, 22, 24, 31, 45, 23, 25, 27, 28, 33, 47, 26, 28, 30,
              33, 41, None]  # fmt: skip
    months = [
        charts.Month(
            f"{2024 + (i + 11) // 12}-{(i + 11) % 12 + 1:02d}",
            bar,
            None if bar is None else round(bar * 0.62, 1),
        )
        for i, bar in enumerate(bought)
    ]
    label = _("24 months of buying and repaying, highest in May 2026")
    return charts.monthly(
        months, label=label, head=(_("Month"), _("Bought"), _("Repaid")), width=790
    )


def sample_histogram() -> charts.Chart:
    """Seconds from acceptance to money."""
    return charts.histogram(
        [0, 0, 2, 4, 8, 15, 34, 62, 98, 130, 122, 104, 76, 45, 28, 14, 7, 4, 2, 1],
        start=0,
        bin_width=1,
        unit=_(" s"),
        label=_("Half of the drawdowns within 10.1 seconds"),
        head=(_("Seconds"), _("Drawdowns")),
        lines=[charts.Line(10.1, "p50 10.1 s"), charts.Line(16.2, "p99 16.2 s")],
    )


def sample_covers() -> charts.Chart:
    """Days of stock per category against the goal."""
    rows = [("空调", 4, 9, "bad"), ("冰箱", 11, 14, "due"), ("热水器", 27, 15, "act")]
    return charts.covers(
        [charts.CoverDays(name, days, goal, _("%d days") % days, tone)
         for name, days, goal, tone in rows],
        label=_("Air conditioners last 4 days, goal 9"),
        head=(_("Category"), _("Stock lasts"), _("Goal, days")),
    )  # fmt: skip


def sample_plan() -> PledgeMap:
    """A small warehouse with every state."""
    states = ("free", "stock", "stock", "pledged", "pledged", "pledged", "released", "closed")
    bins = [
        Bin(
            column,
            row,
            "short" if row == 2 and 10 < column < 14 else states[(column // 4 + row * 3) % 8],
            f"{'AB'[row // 2]}-{column + 1:02d}-{row % 2 + 1:02d}",
            href=f"#bin-{row}-{column}",
            selected=row == 1 and 20 <= column <= 24,
        )
        for row in range(4)
        for column in range(48)
    ]
    return PledgeMap(
        tuple(bins), _("Plan of the warehouse"), ("A", "B"), (23,), ("1", "2", "3", "4")
    )
