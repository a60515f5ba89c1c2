"""What the bank prints for a dealer."""

from __future__ import annotations

from datetime import date
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound
from heliu.kernel.parties import queries as parties
from heliu.portal.shell.pages import actor_of, desk_page, now
from heliu.trade import papers


@require_safe
@desk_page
def dealer_statement(request: HttpRequest, code: str) -> HttpResponse:
    """The statement of a dealer's loans for a month (``month=2026-11``), else for this one."""
    actor = actor_of(request)
    dealer = parties.visible_to(actor).filter(code__iexact=code).first()
    if dealer is None:
        raise NotFound()
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        month = day_of(now(request))
    return papers.pdf(request, partial(papers.dealer_statement, actor, dealer.pk, month))
