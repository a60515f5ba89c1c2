"""Reading quotes; every read begins at `visible_to`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from heliu.commerce.quotes.models import LIVE as LIVE
from heliu.commerce.quotes.models import (
    AutoAnswer,
    Quote,
    QuoteLine,
    QuoteStatus,
    QuoteVersion,
)
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound

STATUSES = QuoteStatus.choices


def visible_to(actor: Actor) -> QuerySet[Quote]:
    """The quotes the actor's organisations ask for or are asked for."""
    if actor.is_system:
        return Quote.objects.all()
    return Quote.objects.filter(Q(buyer__in=actor.orgs) | Q(seller__in=actor.orgs))


def get(actor: Actor, id_or_number: UUID | str) -> Quote:
    """One quote, or `NotFound`."""
    by = {"pk": id_or_number} if isinstance(id_or_number, UUID) else {"number": id_or_number}
    found = visible_to(actor).filter(**by).first()
    if found is None:
        raise NotFound()
    return found


def versions(quote: Quote) -> list[QuoteVersion]:
    """What was said, the oldest first, each with its lines (`lines.all()`)."""
    return list(quote.versions.prefetch_related("lines__sku", "lines__instead_of"))


def lines(quote: Quote) -> list[QuoteLine]:
    """The lines of what was said last."""
    found = QuoteLine.objects.filter(version__of=quote, version__number=quote.version)
    return list(found.select_related("sku").order_by("position"))


def prices(quote: Quote) -> dict[UUID, tuple[int, int]]:
    """What an offer is of: pieces and price (minor units) of its goods, without what was struck."""
    return {
        line.sku_id: (line.quantity, line.unit_price)
        for line in lines(quote)
        if line.unit_price is not None and not line.is_struck
    }


def last_versions(quotes: Sequence[Quote]) -> Mapping[UUID, QuoteVersion]:
    """What was said last of each, in one statement."""
    wanted = {one.pk: one.version for one in quotes}
    found = QuoteVersion.objects.filter(of__in=list(wanted))
    return {one.of_id: one for one in found if wanted[one.of_id] == one.number}


def waiting(actor: Actor) -> QuerySet[Quote]:
    """Those that wait for the word of the actor's houses, the longest first."""
    mine = Q(seller__in=actor.orgs, status=QuoteStatus.ASKED) | Q(
        buyer__in=actor.orgs, status=QuoteStatus.OFFERED
    )
    return Quote.objects.filter(mine).order_by("moved_at", "id")


def auto_answers(seller: UUID) -> list[AutoAnswer]:
    """Up to where a seller's quotes are answered without a person, by pieces; whoever calls has its
    door open."""
    return list(AutoAnswer.objects.filter(seller=seller).order_by("min_quantity"))


def of_order(order: UUID) -> Quote | None:
    """The quote an order is of, if it is of one; the caller may see the order."""
    return Quote.objects.filter(order_id=order).first()


# An order of a quote is what was offered: the same goods, pieces and prices. What a line became
# when goods were short or struck stands beside its quantity.
UNLIKE = """
with offered as (
    select q.id, l.sku_id, l.quantity, l.unit_price
      from quotes_quote q
      join quotes_quoteversion v on v.of_id = q.id and v.number = q.version
      join quotes_quoteline l on l.version_id = v.id and not l.is_struck
     where q.status = 'ACCEPTED'),
ordered as (
    select q.id, o.sku_id, o.quantity, o.unit_price
      from quotes_quote q join ordering_orderline o on o.order_id = q.order_id),
unlike as (
    (select * from offered except all select * from ordered) union all
    (select * from ordered except all select * from offered))
select distinct q.number from unlike u join quotes_quote q on q.id = u.id limit 20"""


def check() -> list[str]:
    """The laws of quotes that are broken, each with its first offender; [] when all hold."""
    with connection.cursor() as cursor:
        cursor.execute(UNLIKE)
        return [f"an order of a quote is what was offered: {name}" for (name,) in cursor.fetchall()]
