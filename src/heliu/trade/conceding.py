"""What an offer under a quote gives away, and who else of the seller must agree to it.

    at_once_or_asked   the offer is made; or tried, kept, and laid before the others of its house
    overtaken          something else was said, or the quote is over: they are asked no more
    tell_end           those of the seller hear how the question ended

Nothing of it is written where the buyer sees: no state, fact or time of the quote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, TypeIs
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from heliu.commerce.quotes import policies
from heliu.commerce.quotes.models import Quote
from heliu.commerce.quotes.policies import Answer, Asked, Offered
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.models import Approval, ApprovalStatus
from heliu.kernel.approvals.policies import Act, Measure
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.events.notices import Parameter, tell
from heliu.kernel.goods.models import Sku
from heliu.trade import proposals
from heliu.trade.currencies import require_ours

OFFER = Act("quote-offer", agreed_by=("concede", "manage"), measure=Measure.SHARE)
"""By a house's own rules, by the share of what would be paid anyway that an offer gives away."""
LOW = N_(
    "Others of your house are asked about low offers in %(ours)s so far; this quote is in"
    " %(currency)s. Name higher prices, or take those rules away."
)
TOLD = {
    ApprovalStatus.APPROVED: "quote-offer-agreed",
    ApprovalStatus.REFUSED: "quote-offer-refused",
}


class LineKept(NamedTuple):
    """A line of an offer that waits for others: pieces, price (None: it is struck) and the usual
    price, in minor units of one."""

    code: str
    quantity: int
    price: int | None
    usual: int | None


def at_once_or_asked(
    what: str,
    said: Mapping[str, Any],
    lines: Sequence[Offered],
    usually: Mapping[UUID, int],
    do: Callable[[], Quote],
    *,
    about: Quote,
    name: str,
    valid_until: date,
    words: str,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Quote | Approval:
    """Make an offer under a quote, which may be one to be, or ask the others of its house about
    what it gives away. Raises `Refused` (currency-ours-alone) where they would be asked about
    another currency than ours."""
    given = policies.given_away(lines, usually)
    levels = approvals.levels_of(OFFER, org=about.seller, amount=given.share)
    if levels:
        require_ours(about, LOW)
    whole = {**said, "valid_until": valid_until.isoformat(), "words": words, "share": given.share}
    return proposals.at_once_or_asked(
        OFFER, what, {**whole, "lines": _shown(lines, usually) if levels else []}, do,
        subject=about.pk, name=name, org=about.seller, amount=given.amount,
        reason=reason.strip() or _("It is below what one person gives away alone."),
        levels=levels, right="sell", kind="quote-offer-asked", actor=actor, at=at,
    )  # fmt: skip


def kept(one: Answer | Asked) -> dict[str, Any]:
    """A line as JSON keeps it."""
    return {**one._asdict(), "sku": str(one.sku) if one.sku else None}


def read(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a line that JSON kept."""
    return {**kept, "sku": UUID(kept["sku"]) if kept["sku"] else None}


def is_asked(done: Quote | Approval) -> TypeIs[Approval]:
    """Whether the others of the seller's house are asked first."""
    return isinstance(done, Approval)


def lines_kept(said: Mapping[str, Any]) -> list[LineKept]:
    """The lines of an offer as it was kept."""
    return [LineKept(**one) for one in said["lines"]]


def refuse_late(valid_until: date, at: datetime) -> None:
    """What was to bind until a day that has gone by is not offered any more."""
    if valid_until < day_of(at):
        raise Refused(
            "offer-too-late",
            "The last day of this offer has gone by.",
            help="Say no to it; then another can be made.",
        )


def overtaken(quote: Quote, *, at: datetime) -> None:
    """What others of the seller were asked about an answer has lost its sense."""
    approvals.overtaken(quote.pk, act=OFFER, at=at)


def tell_end(said: Approval, link: str, *, at: datetime) -> None:
    """The seller's people are told that all have agreed, or that somebody has not, and why; `link`
    is that of the quote, where there is one."""
    kind = TOLD.get(ApprovalStatus(said.status))
    if kind is None:
        return
    no = said.votes.filter(agrees=False).first()
    more: dict[str, Parameter] = {"reason": no.reason} if no else {}
    there = link or f"/approvals/{said.pk}"
    tell(said.org, kind, {"number": said.name, **more}, link=there, at=at)


def _shown(lines: Sequence[Offered], usually: Mapping[UUID, int]) -> list[dict[str, Any]]:
    """The lines of an offer for those who must agree, as `lines_kept` reads them."""
    skus = Sku.objects.in_bulk([line.sku for line in lines])
    shown = (
        LineKept(skus[line.sku].code, line.quantity, line.price, usually.get(line.sku))
        for line in lines
    )
    return [one._asdict() for one in shown]
