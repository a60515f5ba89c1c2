"""Where the programs of the house are told what happened, and what became of each message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heliu.kernel import clock
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.webhooks import operations, queries
from heliu.kernel.webhooks.policies import SHOWN_FOR, secret_of
from heliu.portal.shell.kinds import offered, title_of
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui import parts

ROWS = 50
TRIES = 20
STATES = {
    "failed": ("FAILED", gettext_lazy("Failed")),
    "waiting": ("WAITING", gettext_lazy("Waiting")),
    "taken": ("DELIVERED", pgettext_lazy("message", "Taken")),
}
DONE = {
    "pause": gettext_lazy("Paused: what comes meanwhile waits."),
    "resume": gettext_lazy("Active again: what has been waiting is sent first."),
    "rotate": gettext_lazy("The new secret is made. For a day the old one signs beside it."),
    "test": gettext_lazy("The test is on its way. Reload in a few seconds."),
    "end": gettext_lazy("Ended. Nothing is sent there any more."),
}


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """All webhooks of the house."""
    rows = [
        {
            "one": one,
            "host": urlsplit(one.url).hostname,
            "wants": wants(one.kinds),
        }
        for one in queries.visible_to(actor_of(request))
    ]
    return show(request, "shell/webhooks.html", {"rows": rows}, here="company")


@require_http_methods(["GET", "POST"])
@desk_page
def new(request: HttpRequest) -> HttpResponse:
    """Add one: a name, an address, and which facts."""
    actor, at = actor_of(request), now(request)
    queries.may_see(actor)

    def do() -> str:
        made = operations.add(actor=actor, **_typed(request), at=at)
        return reverse("webhook", args=[made.pk])

    return _form(request, do, webhook=None)


@require_http_methods(["GET", "POST"])
@desk_page
def change(request: HttpRequest, webhook: UUID) -> HttpResponse:
    """Another name, address, or choice of facts."""
    actor = actor_of(request)
    found = queries.get(actor, webhook)

    def do() -> str:
        operations.change(found.pk, actor=actor, **_typed(request))
        say(request, _("Saved."))
        return reverse("webhook", args=[found.pk])

    return _form(request, do, webhook=found)


@require_GET
@desk_page
def webhook(request: HttpRequest, webhook: UUID) -> HttpResponse:
    """One of them: how it stands, its secret while it is new, and its messages."""
    actor, at = actor_of(request), now(request)
    found = queries.get(actor, webhook)
    state = request.GET.get("state", "")
    everything = queries.deliveries_of(actor, found.pk)
    counts = {key: parts.counted(everything.filter(status=key)) for key in ("WAITING", "FAILED")}
    chosen = everything.filter(status=STATES[state][0]) if state in STATES else everything
    page = parts.Leaves(chosen.order_by("-id"), ROWS).get_page(request.GET.get("page"))
    today = clock.day_of(at)
    context = {
        "webhook": found,
        "host": urlsplit(found.url).hostname,
        "wants": wants(found.kinds),
        "kinds": [title_of(kind) for kind in found.kinds],
        "secret": _fresh_secret(found, at),
        "secret_until": found.secret_at + SHOWN_FOR,
        "rows": [(one, title_of(one.kind)) for one in page],
        "state": state,
        "chips": [
            parts.Chip(_("All"), "?", on=state not in STATES),
            *(
                parts.Chip(str(word), f"?state={key}", counts.get(status), on=state == key)
                for key, (status, word) in STATES.items()
            ),
        ],
        "pager": parts.pager(page, f"state={state}" if state in STATES else ""),
        "since": today - timedelta(days=7),
        "today": today,
    }
    return show(request, "shell/webhook.html", context, here="company")


@require_POST
@desk_page
def act(request: HttpRequest, webhook: UUID) -> HttpResponse:
    """Pause, resume, end, a new secret, a test: whichever button was pressed."""
    name = request.POST.get("act", "")
    found = queries.get(actor_of(request), webhook)
    if name not in DONE:
        raise NotFound()

    def do() -> str:
        getattr(operations, name)(found.pk, actor=actor_of(request), at=now(request))
        say(request, str(DONE[name]))
        return reverse("webhook", args=[found.pk])

    return deed(request, do)


@require_POST
@desk_page
def replay(request: HttpRequest, webhook: UUID) -> HttpResponse:
    """Send one message again, or all of some days that have failed."""
    actor, at = actor_of(request), now(request)
    found = queries.get(actor, webhook)

    def one() -> str:
        again = operations.replay(int(request.POST["delivery"]), actor=actor, at=at)
        say(request, _("It is sent again under the same id."))
        return reverse("webhook_delivery", args=[again.endpoint_id, again.pk])

    def many() -> str:
        since, until = _day(request, "since"), _day(request, "until") + timedelta(days=1)
        count = operations.replay_all(
            found.pk, actor=actor, since=since, until=until,
            is_all=request.POST.get("also_delivered") == "yes", at=at,
        )  # fmt: skip
        words = ngettext("%(n)s message is sent again.", "%(n)s messages are sent again.", count)
        say(request, words % {"n": f"{count:,}"})
        return reverse("webhook", args=[found.pk])

    return deed(request, one if request.POST.get("delivery", "").isdecimal() else many)


@require_GET
@desk_page
def delivery(request: HttpRequest, webhook: UUID, delivery: int) -> HttpResponse:
    """One message: what it says, and every try with its answer."""
    actor = actor_of(request)
    found = queries.delivery(actor, delivery)
    if found.endpoint_id != webhook:
        raise NotFound()
    says = msgspec.json.format(queries.content(found), indent=2).decode()
    context = {
        "one": found,
        "webhook": found.endpoint,
        "title": title_of(found.kind),
        "says": says,
        "tries": list(queries.attempts_of(found)[:TRIES]),
        "may_replay": found.status in ("FAILED", "DELIVERED") and found.endpoint.status != "ENDED",
    }
    return show(request, "shell/webhook_delivery.html", context, here="company")


def wants(kinds: list[str]) -> str:
    """How many kinds of facts, in words."""
    if not kinds:
        return _("everything")
    return ngettext("%(n)s kind", "%(n)s kinds", len(kinds)) % {"n": len(kinds)}


def _form(request: HttpRequest, do: Callable[[], str], *, webhook: Any) -> HttpResponse:
    answer: HttpResponse | None = None
    refusal: Refused | None = None
    if request.method == "POST":
        answer, refusal = attempt(request, lambda: deed(request, do))
    typed = _typed(request)
    kept = webhook if webhook and request.method == "GET" else None
    chosen = frozenset(kept.kinds if kept else typed["wanted"])
    context = {
        "webhook": webhook,
        "name": kept.name if kept else typed["name"],
        "url": kept.url if kept else typed["url"],
        "is_all": not chosen and (kept is not None or request.POST.get("which") != "some"),
        "flows": offered(chosen),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return answer or show(
        request, "shell/webhook_form.html", context, here="company", status=status
    )


def _typed(request: HttpRequest) -> dict[str, Any]:
    posted = request.POST
    some = posted.get("which") == "some"
    if some and not posted.getlist("kind") and request.method == "POST":
        wanted = ["?"]  # nothing chosen is a mistake here, not everything
    else:
        wanted = posted.getlist("kind") if some else []
    return {"name": posted.get("name", ""), "url": posted.get("url", ""), "wanted": wanted}


def _fresh_secret(found: Any, at: datetime) -> str:
    is_new = found.status != "ENDED" and at < found.secret_at + SHOWN_FOR
    return secret_of(found.pk, found.generation) if is_new else ""


def _day(request: HttpRequest, name: str) -> datetime:
    try:
        day = date.fromisoformat(request.POST.get(name, ""))
    except ValueError as error:
        raise Invalid("day-unknown", "This is not a day.", field=name) from error
    return datetime.combine(day, time(), clock.ZONE)
