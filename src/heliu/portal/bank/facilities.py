"""Limits: who may draw how much, what of it is used and held, and how it was decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heliu.capital.credit import operations
from heliu.capital.credit import queries as credit
from heliu.capital.credit.queries import CreditLine
from heliu.capital.lending.queries import RUNNING
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.parties.queries import names
from heliu.kernel.posting import operations as posting
from heliu.portal.bank.loans import lent, named, numbers_of
from heliu.portal.shell import sheets
from heliu.portal.shell.pages import actor_of, deed, desk_page, now, say, show
from heliu.portal.shell.reasons import told
from heliu.portal.ui import parts
from heliu.portal.ui.formats import percent_text

ROWS = 50
MOST = 20
HOLDING = ("QUOTED", "AWAIT_DEPOSIT", "FUNDED_SHARE", "DISBURSING")
STATES = ("ACTIVE", "SUSPENDED", "ENDED")


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Limits by borrower; found by its name or code, or the limit's number."""
    actor, at = actor_of(request), now(request)
    text, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    state = state if state in STATES else ""
    base = granted(actor, text)
    found = base.filter(status=state) if state else base
    page = parts.Leaves(found.order_by("-limit", "id"), ROWS).get_page(request.GET.get("page"))
    houses = names(facility.borrower for facility in page)
    context = {
        "text": text,
        "state": state,
        "chips": _chips(base, text, state),
        "rows": [
            {
                "line": line,
                "house": houses.get(line.facility.borrower),
                "href": reverse("bank_facility", args=[line.facility.number]),
            }
            for line in lines_of(list(page), at)
        ],
        "pager": parts.pager(page, urlencode({"q": text, "state": state})),
    }
    return show(request, "bank/facilities.html", context, here="bank_facilities")


def granted(actor: Actor, text: str = "") -> QuerySet[Any]:
    """The limits the actor's bank gives."""
    found = credit.visible_to(actor).filter(lender__in=actor.orgs)
    if text.upper().startswith("CF-"):
        return found.filter(number__startswith=text.upper())
    return found.filter(borrower__in=named(actor, text)) if text else found


def lines_of(facilities: Sequence[Any], at: datetime) -> list[CreditLine]:
    """How far each limit is used and held, in one statement for all."""
    stands = posting.balances([one.account for one in facilities], at=at)
    lines = []
    for one in facilities:
        stand = stands[one.account]
        limit = stand.ceiling or 0
        free = limit - stand.posted - stand.held_in
        lines.append(CreditLine(one, limit, stand.posted, stand.held_in, free))
    return lines


@require_GET
@desk_page
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One limit: what is drawn and held on it, and every decision about its borrower."""
    actor, at = actor_of(request), now(request)
    facility = own(actor, number)
    line = credit.line_of(facility, at=at)
    decisions = list(
        credit.assessments_visible_to(actor)
        .filter(borrower=facility.borrower, lender=facility.lender)
        .select_related("overrides")
        .order_by("-at", "-id")[:MOST]
    )
    drawn = lent(actor).filter(facility=facility)
    held = list(drawn.filter(status__in=HOLDING).order_by("created_at")[:MOST])
    running = list(drawn.filter(status__in=RUNNING).order_by("due_on")[:MOST])
    numbers = numbers_of(actor, (loan.deal for loan in [*held, *running]))
    context = {
        "facility": facility,
        "line": line,
        "house": names([facility.borrower])[facility.borrower],
        "figures": figures(line),
        "held": [(loan, numbers.get(loan.deal)) for loan in held],
        "running": [(loan, numbers.get(loan.deal)) for loan in running],
        "decisions": decisions,
        "newest": decisions[0] if decisions else None,
        "reasons": told(decisions[0].reasons) if decisions else [],
        "limit_parts": limit_parts(decisions[0]) if decisions else [],
        "price_parts": price_parts(decisions[0]) if decisions else [],
        "may_switch": actor.may("decide") and facility.status != "ENDED",
        "may_end": not line.used and not line.held,
    }
    return show(request, "bank/facility.html", context, here="bank_facilities")


@require_POST
@desk_page
def switch(request: HttpRequest, number: str) -> HttpResponse:
    """Close a limit for new loans, or open it again; what is drawn stays as it is."""
    actor, at = actor_of(request), now(request)
    facility = own(actor, number)

    def do() -> str:
        if facility.status == "ACTIVE":
            operations.suspend(facility, actor=actor, at=at)
            say(request, _("%(number)s is closed for new loans.") % {"number": number})
        else:
            operations.resume(facility, actor=actor, at=at)
            say(request, _("%(number)s is open again.") % {"number": number})
        return reverse("bank_facility", args=[number])

    return deed(request, do)


@require_http_methods(["GET", "POST"])
@desk_page
def end(request: HttpRequest, number: str) -> HttpResponse:
    """Take a limit back for good."""
    actor, at = actor_of(request), now(request)
    facility = own(actor, number)

    def do() -> str:
        operations.end(facility, actor=actor, at=at)
        say(request, _("%(number)s has ended.") % {"number": number})
        return reverse("bank_facility", args=[number])

    sheet = parts.Sheet(
        heading=_("End %(number)s for good") % {"number": number},
        crumbs=(
            (_("Limits"), reverse("bank_facilities")),
            (number, reverse("bank_facility", args=[number])),
        ),
        rows=(parts.Amount(_("Limit"), facility.limit),),
        asks=(),
        will=(
            parts.Will(_("Nothing can be drawn on it any more")),
            parts.Will(_("It is not opened again; a new limit is decided anew")),
        ),
        button=_("End for good"),
    )
    return sheets.answer(request, sheet, do, here="bank_facilities")


def own(actor: Actor, number: str) -> Any:
    """One limit this bank gives, or `NotFound`."""
    facility = credit.get(actor, number)
    if facility.lender not in actor.orgs:
        raise NotFound()
    return facility


def figures(line: CreditLine) -> list[parts.Figure]:
    """The limit in five figures."""
    facility = line.facility
    return [
        parts.Figure(_("Limit"), minor=line.limit, note=facility.programme.display),
        parts.Figure(_("Used"), minor=line.used, href="#running"),
        parts.Figure(_("Held"), minor=line.held, href="#held"),
        parts.Figure(_("Free"), minor=line.free),
        parts.Figure(
            _("Rate a year"),
            text=percent_text(facility.rate, 2),
            note=_("deposit from %(share)s")
            % {"share": percent_text(facility.deposit_ratio * 100, 0)},
        ),
    ]


def limit_parts(decision: Any) -> list[parts.Amount]:
    """What bounded the limit; the least of them is it."""
    kept = decision.limit_parts
    named_parts = (
        (_("What purchases carry"), kept.get("purchase_capacity")),
        (_("Share of the seller's quota"), kept.get("seller_quota")),
        (_("Cap for one borrower"), kept.get("single_name")),
        (_("Growth allowed now"), kept.get("step_up")),
    )
    bounds = [parts.Amount(label, minor) for label, minor in named_parts if minor is not None]
    return [*bounds, parts.Amount(_("Limit"), decision.limit, is_total=True)]


def price_parts(decision: Any) -> list[tuple[str, str, bool]]:
    """The rate in its parts, per cent a year."""
    kept = decision.price_parts
    named_parts = (
        (_("Funding"), kept.get("funding")),
        (_("Operations"), kept.get("operations")),
        (_("Expected loss"), kept.get("expected_loss")),
        (_("Return on capital"), kept.get("capital")),
    )
    rows = [(label, f"{value}%", False) for label, value in named_parts if value is not None]
    return [*rows, (_("Rate a year"), percent_text(decision.rate, 2), True)]


def _chips(base: QuerySet[Any], text: str, state: str) -> list[parts.Chip]:
    words = {"": _("All"), "ACTIVE": _("Active"), "SUSPENDED": _("Suspended"), "ENDED": _("Ended")}
    counts = parts.tally(base, {key: Q(status=key) if key else Q() for key in words})
    return [
        parts.Chip(
            label,
            "?" + urlencode({"q": text, "state": key}),
            counts[key],
            on=key == state,
        )
        for key, label in words.items()
    ]
