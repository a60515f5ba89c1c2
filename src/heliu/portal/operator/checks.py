"""The laws of the ledgers: what the worker found last, and where the chains of seals end."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from heliu.portal.operator.pages import listed, page_in, skipped
from heliu.portal.operator.words import CHECKS
from heliu.portal.shell.pages import actor_of, deed, desk_page, say, show
from heliu.portal.ui.parts import Figure
from heliu.trade import oversight
from heliu.trade.ledger_checks import ask_for_check

ROWS = 20
RUNS = 12


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Each law with its findings; the runs before; the heads."""
    actor, number = actor_of(request), page_in(request)
    runs = oversight.checked(actor, RUNS)
    heads, total = oversight.heads(actor, most=ROWS, skipped=skipped(number, ROWS))
    names = oversight.names(actor, (head.org for head in heads))
    run = runs[0] if runs else None
    context = {
        "run": run,
        "figures": figures(run, total) if run else [],
        "rows": law_rows(run),
        "runs": [(one, sum(one.payload["counts"].values())) for one in runs],
        "heads": [
            {
                "head": head,
                "house": names.get(head.org) if head.org else None,
                "is_book": head.name.startswith("book:"),
            }
            for head in heads
        ],
        "pager": listed(number, ROWS, len(heads), total),
    }
    return show(request, "operator/checks.html", context, here="operator_checks")


@require_POST
@desk_page
def check_now(request: HttpRequest) -> HttpResponse:
    """Ask the worker to look at once."""
    actor = actor_of(request)

    def do() -> str:
        if ask_for_check(actor=actor):
            say(request, _("The worker looks now. Reload in a few seconds."))
        else:
            say(request, _("The worker was asked already and begins in a moment."))
        return reverse("operator_checks")

    return deed(request, do)


def figures(run: Any, chains: int) -> list[Figure]:
    """The newest run in four figures."""
    counts, took = run.payload["counts"], run.payload["milliseconds"]
    differences = sum(counts.values())
    return [
        Figure(_("Checks"), text=f"{len(counts)}"),
        Figure(_("Differences"), text=f"{differences:,}", tone="bad" if differences else ""),
        Figure(_("Took"), text=f"{sum(took.values()) / 1000:,.1f}", unit=_("s")),
        Figure(
            _("Chains of seals"), text=f"{chains:,}", note=f"SHA-256 {run.payload['heads'][:12]}…"
        ),
    ]


def law_rows(run: Any) -> list[dict[str, Any]]:
    """Every check in words, with what the run found; None where it was not run yet."""
    payload = run.payload if run else {"counts": {}, "findings": {}, "milliseconds": {}}
    return [
        {
            "title": _(title),
            "flows": flows,
            "count": payload["counts"].get(room),
            "first": payload["findings"].get(room, [])[:5],
            "milliseconds": payload["milliseconds"].get(room),
        }
        for room, (title, flows) in CHECKS.items()
    ]
