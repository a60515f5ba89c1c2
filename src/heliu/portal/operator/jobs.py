"""What the worker has to do, by task."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET

from heliu.portal.shell.pages import actor_of, desk_page, show
from heliu.portal.ui.parts import Figure
from heliu.trade import oversight

TASKS = {
    "trade.bank_work": N_("Talk to the bank for a deal"),
    "trade.sweep": N_("Ask for lost answers, let offers run out"),
    "trade.close_of_day": N_("Interest, due days, arrears, comparison with the bank"),
    "trade.check_ledgers": N_("Check the ledgers"),
    "trade.newcomers": N_("Verify a newcomer"),
    "trade.joining": N_("Look for newcomers that wait"),
    "trade.recurring": N_("Place the recurring orders of the day"),
    "pricing.import_prices": N_("Read files of prices"),
    "pricing.tidy": N_("Throw away prices that are over"),
    "catalogue.import_sheets": N_("Read sheets of goods"),
    "catalogue.tidy": N_("Throw away sheets of goods of long ago"),
    "addresses.import_sheets": N_("Read sheets of addresses"),
    "addresses.tidy": N_("Throw away sheets of addresses of long ago"),
    "trade.cases": N_("Remind sellers of what they promised about cases"),
    "trade.confirm": N_("Confirm orders that a tier lets pass"),
    "trade.deposits": N_("Read what dealers pay in"),
    "trade.prices": N_("Fetch prices of goods, value what is lent against stock"),
    "trade.vat": N_("Talk to the tax authority"),
    "webhooks.relay": N_("Send facts to webhooks"),
    "webhooks.tidy": N_("Throw away what was sent to webhooks long ago"),
    "dispatch.send": N_("Send notices by mail and SMS"),
    "todos.remind": N_("Tell people what they are to do today"),
    "dispatch.tidy": N_("Throw away letters of long ago"),
    "files.tidy": N_("Throw away bytes that belong to no file"),
    "posting.seal": N_("Seal ledger lines"),
    "events.note_concerns": N_("Note whom facts concern"),
}
# What is done row by row, where one that breaks waits by itself.
ROUNDS = {
    "newcomer-verify": N_("Verify a newcomer"),
    "newcomer-welcome": N_("Relate a newcomer to its sellers"),
    "ask-answer": N_("Answer a question to trade by rule"),
    "ask-relate": N_("Relate a dealer to a seller that agreed"),
    "tier-give": N_("Give a customer what its tier gets"),
    "order-confirm": N_("Confirm an order that a tier lets pass"),
}


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Counts per task: waiting, at work, failed; what is done leaves the queue. Then the rows that
    could not be dealt with."""
    actor = actor_of(request)
    rows = oversight.jobs(actor)
    failed, alive = sum(row.failed for row in rows), oversight.workers_alive(actor)
    context = {
        "figures": [
            Figure(_("Waiting"), text=f"{sum(row.todo for row in rows):,}"),
            Figure(_("At work"), text=f"{sum(row.doing for row in rows):,}"),
            Figure(_("Failed"), text=f"{failed:,}", tone="bad" if failed else ""),
            Figure(
                _("Workers alive"),
                text=f"{alive:,}",
                note=_("a sign of life within 30 s"),
                tone="" if alive else "bad",
            ),
        ],
        "rows": [(row, _(TASKS[row.task]) if row.task in TASKS else row.task) for row in rows],
        "stuck": [
            (one, _(ROUNDS[one.round]) if one.round in ROUNDS else one.round)
            for one in oversight.stuck(actor)
        ],
    }
    return show(request, "operator/jobs.html", context, here="operator_jobs")
