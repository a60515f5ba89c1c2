"""The sample deal of the gallery, as a confluence and as facts; sums worked out to the fen."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _

from heliu.portal.ui.confluence import Bracket, Confluence, Cover, CoverStep, Event
from heliu.portal.ui.parts import Doc, Fact

COMMERCE, CAPITAL, LOGISTICS = ("commerce",), ("capital",), ("logistics",)
PAYMENT = ("commerce", "capital")
PLEDGE = ("capital", "logistics")
CLOSE = ("commerce", "capital", "logistics", "information")


def sample_flow() -> Confluence:
    """Eleven facts, two steps expected, 54,800.00 owed on goods of 68,968.00."""
    rows: list[tuple[str, tuple[str, ...], tuple[str, ...], str]] = [
        (_("Order|placed"), COMMERCE, ("03:07:41", "137,000.00"), "done"),
        (_("Credit|proposed"), CAPITAL, ("+38 ms", "20%"), "done"),
        (_("Contract|signed"), COMMERCE, ("03:08:22", _("two people")), "done"),
        (_("Deposit|received"), CAPITAL, ("03:08:25", "27,400.00"), "done"),
        (_("Loan|paid out"), CAPITAL, ("03:08:34", "109,600.00"), "done"),
        (_("Seller|paid"), PAYMENT, ("03:08:35", "137,000.00"), "done"),
        (_("Goods|dispatched"), LOGISTICS, ("10-12 15:20", "鲁 H·5F218"), "done"),
        (_("Received,|pledged"), PLEDGE, ("10-14 09:46", "95"), "done"),
        (_("Repaid|in part"), CAPITAL, ("11-18 10:02", "54,800.00"), "done"),
        (_("Released|in part"), PLEDGE, ("+0.6 s", "45"), "done"),
        (_("Goods|collected"), LOGISTICS, ("11-19 14:30", "45"), "done"),
        (_("Repay,|release"), PLEDGE, ("12-11", "54,800.00"), "future"),
        (_("Deal|closed"), CLOSE, ("12-12",), "future"),
    ]
    events = tuple(
        Event(f"{place}", tuple(label.split("|")), flows, None, figures, kind, f"#fact-{place}")
        for place, (label, flows, figures, kind) in enumerate(rows)
    )
    return Confluence(
        events=events,
        today_index=11,
        lane_names=(_("Commerce"), _("Capital"), _("Logistics"), _("Information")),
        label=_("Partly released; 54,800.00 due on 11 December"),
        today_word=_("today"),
        cover=Cover(
            debt=(CoverStep(4, 10_960_000, _("owed 109,600")),
                  CoverStep(8, 5_480_000, _("owed 54,800"))),
            pledged=(CoverStep(7, 13_627_000, _("pledged 136,270")),
                     CoverStep(9, 6_896_800, _("pledged 68,968"))),
            title_lines=(_("Debt and"), _("pledge")),
        ),
        brackets=(
            Bracket(0, 5, _("54 s from order to seller paid")),
            Bracket(5, 7, _("2 d 6 h")),
            Bracket(7, 9, _("35 days pledged")),
            Bracket(9, 10, _("1 d 4 h")),
            Bracket(None, 11, _("19 days left")),
        ),
    )  # fmt: skip


def sample_facts() -> list[Fact]:
    """The same deal as a list, with a refusal in it."""

    def at(month: int, day: int, hour: int, minute: int, second: int = 0) -> datetime:
        return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)

    return [
        Fact("0", _("Order placed"), COMMERCE, "137,000.00", _("Li Hongda, phone"),
             at(10, 11, 19, 7, 41)),
        Fact("1", _("Credit refused"), CAPITAL, "", _("invoice number seen twice"),
             at(10, 11, 19, 7, 42), kind="failed"),
        Fact("2", _("Credit proposed"), CAPITAL, "20%, 5.40%", _("Scorecard v12, 38 ms"),
             at(10, 11, 19, 7, 58), docs=(Doc(_("5 reasons"), "#reasons"),)),
        Fact("5", _("Seller paid"), PAYMENT, "137,000.00", _("the payee named in the contract"),
             at(10, 11, 19, 8, 35)),
        Fact("6", _("Goods dispatched"), LOGISTICS, "95", "鲁 H·5F218", at(10, 12, 7, 20)),
        Fact("7", _("Received and pledged"), PLEDGE, "136,270.00", "PL-2610-003386",
             at(10, 14, 1, 46)),
        Fact("11", _("Repay 54,800.00, release the other 50"), PLEDGE, kind="future",
             at_text="12-11"),
        Fact("12", _("Deal closed, credit file updated"), CLOSE, kind="future", at_text="12-12"),
    ]  # fmt: skip
