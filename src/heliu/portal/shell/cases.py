"""Cases: the buyer opens one from an order, the seller's queue by what is promised first, and the
case itself, which both sides read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods

from heliu.commerce.cases import operations, queries
from heliu.commerce.ordering import queries as orders
from heliu.commerce.returns import queries as returns
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import ZONE, day_of
from heliu.kernel.errors import Invalid
from heliu.kernel.parties.queries import names
from heliu.portal.shell.conversations import sent_files, talk_about
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, now, say, show
from heliu.portal.ui import parts
from heliu.portal.ui.formats import duration_text
from heliu.portal.ui.listing import MOST, Head, Listing
from heliu.portal.ui.sheets import Cell
from heliu.trade import cases, conversations, deals

ROWS = 50
HEADS = (
    Head("number", gettext_lazy("Number"), by="number"),
    Head("order", gettext_lazy("Order")),
    Head("what", gettext_lazy("What"), by="kind"),
    Head("with", gettext_lazy("With")),
    Head("tier", gettext_lazy("Tier"), by="tier"),
    Head("opened", gettext_lazy("Open for"), "day", by="opened_at", css="n", is_cheap=True),
    Head("due", gettext_lazy("Promised by"), by="promise"),
    Head("status", gettext_lazy("State"), by="status"),
)
TABS = ("live", "late", "all")


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The cases of the house, what is promised first on top; a post sets the service level."""
    actor, at = actor_of(request), now(request)

    def do() -> str:
        operations.set_level(
            actor=actor,
            answer_hours=_hours(request, "answer_hours"),
            solve_hours=_hours(request, "solve_hours"),
            quiet_days=_days(request),
            at=at,
        )
        say(request, _("In force for new cases."))
        return reverse("cases")

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    tab = request.GET.get("tab", "live")
    tab = tab if tab in TABS else "live"
    found, late = queries.visible_to(actor), queries.late(at)
    live = found.filter(status__in=queries.LIVE)
    shown = {"live": live, "late": found.filter(late), "all": found}[tab]
    listing = Listing(request.GET, HEADS, "-opened" if tab == "all" else "due")
    rows = listing.sorted(queries.by_promise(shown).order_by())
    if listing.form:
        return _file(listing, rows, actor)
    page = parts.Leaves(rows, ROWS).get_page(request.GET.get("page"))
    known = names(org for one in page for org in (one.buyer, one.seller))
    counts = [parts.counted(live), parts.counted(found.filter(late)), parts.counted(found)]
    labels = [_("To solve"), _("Beyond the promise"), _("All")]
    context = {
        "rows": [_row(one, actor, known, at) for one in page],
        "tabs": [
            parts.Chip(label, f"?tab={name}", count, on=name == tab)
            for name, label, count in zip(TABS, labels, counts, strict=True)
        ],
        "level": queries.level_of(actor.own_org) if actor.may("sell") else None,
        "quiet_days": queries.quiet_days_of(actor.own_org),
        "listing": listing,
        "pager": parts.pager(page, listing.query),
        "refusal": refusal,
        "typed": request.POST,
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/cases.html", context, here="cases", status=status)


@require_http_methods(["GET", "POST"])
@desk_page
def new(request: HttpRequest, order: str) -> HttpResponse:
    """The form on which a buyer says what is wrong with an order or a line of it, with photos."""
    actor, at = actor_of(request), now(request)
    found = orders.get(actor, order)

    def do() -> str:
        position = request.POST.get("position", "")
        made = cases.open_case(
            found.pk,
            actor=actor,
            kind=request.POST.get("kind", ""),
            text=request.POST.get("text", ""),
            position=int(position) if position.isdecimal() else None,
            quantity=pieces_of(request, "quantity"),
            serial=request.POST.get("serial", ""),
            sent=sent_files(request),
            at=at,
        )
        say(request, _("Case %(number)s is open; the seller is told.") % {"number": made.number})
        return cases.link(made)

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    context = {
        "order": found,
        "deal": deals.of_order(actor, found.pk),
        "lines": list(found.lines.all()),
        "kinds": queries.KINDS,
        "chosen": request.POST.get("position", request.GET.get("line", "")),
        "typed": request.POST,
        "level": queries.level_of(found.seller, found.buyer),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/case_new.html", context, here="cases", status=status)


@require_http_methods(["GET", "POST"])
@desk_page
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case: what it is about, its times against the promise, the conversation, the acts."""
    actor, at = actor_of(request), now(request)
    found = queries.get(actor, number)

    def do() -> str:
        cases.act(found.pk, request.POST.get("act", ""), actor=actor, at=at)
        return cases.link(found)

    answer, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if answer:
        return answer
    known = names([found.buyer, found.seller])
    context = {
        "case": found,
        "row": _row(found, actor, known, at),
        "deal": deals.of_order(actor, found.order_id),
        "buyer": known.get(found.buyer),
        "seller": known.get(found.seller),
        "acts": _acts(found, actor),
        "may_return": found.buyer in actor.orgs and actor.may("order") and found.order_line,
        "returns": list(returns.visible_to(actor).filter(case=found.pk).order_by("asked_at")),
        "talk": talk_about(actor, conversations.of_case(found), at),
        "refused": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "shell/case.html", context, here="cases", status=status)


def _file(listing: Listing, found: QuerySet[Any], actor: Actor) -> HttpResponse:
    """The cases as a file; moments as they read in China."""
    rows = list(found[: MOST + 1])
    known = names(org for one in rows for org in (one.buyer, one.seller))

    def cells(one: Any) -> tuple[Cell, ...]:
        other = known.get(one.buyer if one.seller in actor.orgs else one.seller)
        due = f"{one.due.astimezone(ZONE):%Y-%m-%d %H:%M}" if one.is_live else ""
        return (
            one.number, one.order_number, one.get_kind_display(), other.short if other else "",
            one.get_tier_display(), day_of(one.opened_at), due, one.get_status_display(),
        )  # fmt: skip

    return listing.taken_away(pgettext("service", "Cases"), "cases", rows, cells)


def pieces_of(request: HttpRequest, name: str) -> int | None:
    """Pieces as they were typed; nothing is none. Raises `Invalid` for what is no number."""
    typed = request.POST.get(name, "").replace(",", "").strip()
    if not typed:
        return None
    if not typed.isdecimal() or len(typed) > 9:
        raise Invalid("quantity-invalid", "A quantity is a whole number.", field=name)
    return int(typed)


def _days(request: HttpRequest) -> int | None:
    """So many days; left open no case closes by itself."""
    typed = request.POST.get("quiet_days", "").strip()
    return _hours(request, "quiet_days") if typed else None


def _row(one: Any, actor: Actor, known: Any, at: datetime) -> dict[str, Any]:
    other = known.get(one.buyer if one.seller in actor.orgs else one.seller)
    return {
        "case": one,
        "other": other.short if other else "",
        "age": duration_text(at - one.opened_at),
        "due": one.due if one.is_live else None,
        "is_late": one.is_late(at),
        "left": _left(one, at),
        "answered": duration_text(one.answered_at - one.opened_at) if one.answered_at else "",
        "solved": duration_text(one.solved_at - one.opened_at) if one.solved_at else "",
    }


def _left(one: Any, at: datetime) -> str:
    """How long until what is promised next, or since when it is overdue."""
    if not one.is_live:
        return "–"
    if one.is_late(at):
        return _("overdue for %(time)s") % {"time": duration_text(at - one.due)}
    return _("due in %(time)s") % {"time": duration_text(one.due - at)}


def _acts(found: Any, actor: Actor) -> list[tuple[str, str]]:
    """What the reader's side may do with a case now."""
    acts = []
    if found.is_live and found.seller in actor.orgs and actor.may("sell"):
        acts.append(("solve", _("It is solved")))
    if found.status != "CLOSED" and found.buyer in actor.orgs and actor.may("order"):
        acts.append(("close", _("Close")))
    if not found.is_live and found.buyer in actor.orgs and actor.may("order"):
        acts.append(("reopen", _("It is not solved")))
    return acts


def _hours(request: HttpRequest, name: str) -> int:
    typed = request.POST.get(name, "").strip()
    return int(typed) if typed.isdecimal() and len(typed) < 6 else 0
