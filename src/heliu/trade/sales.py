"""Reading the sales of pledged goods of dealers in default."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from heliu.capital.lending.models import PaidBy, Repayment
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.goods.models import Sku
from heliu.logistics.pledges.models import ReleaseOrder
from heliu.trade.models import Deal, Sale

OPEN = Q(agreed_at__isnull=False, paid_at=None, called_off_at=None)


def visible_to(actor: Actor) -> QuerySet[Sale]:
    """The sales the actor makes as the lender, buys in, or whose goods were its own, newest first.

    Who buys, and whose goods they were, sees it once it is agreed.
    """
    found = Sale.objects.order_by("-asked_at", "-id")
    if actor.is_system:
        return found
    others = Q(buyer__in=actor.orgs) | Q(dealer__in=actor.orgs)
    return found.filter(Q(lender__in=actor.orgs) | others & Q(agreed_at__isnull=False))


def get(actor: Actor, id_or_number: UUID | str) -> Sale:
    """One sale, or `NotFound`."""
    by = {"pk": id_or_number} if isinstance(id_or_number, UUID) else {"number": id_or_number}
    found = visible_to(actor).filter(**by).first()
    if found is None:
        raise NotFound()
    return found


def of_deal(actor: Actor, deal: UUID) -> QuerySet[Sale]:
    """The sales of a deal's goods that were agreed, in their order."""
    return visible_to(actor).filter(deal=deal, agreed_at__isnull=False).order_by("asked_at")


class Goods(NamedTuple):
    """So many units of one kind of goods."""

    sku: Sku
    quantity: int


def goods_of(sale: Sale) -> list[Goods]:
    """What is sold, as far as the reader may see the goods."""
    skus = Sku.objects.in_bulk(list(sale.quantities))
    return [Goods(skus[sku], units) for sku, units in sale.quantities.items() if sku in skus]


def paid(sale: Sale) -> Repayment | None:
    """What the money of a sale paid, once it came."""
    return Repayment.objects.filter(loan__deal=sale.deal_id, key=sale.number).first()


def is_open(deal: Deal) -> bool:
    """Whether goods of a deal are sold and not paid for yet."""
    return Sale.objects.filter(OPEN, deal=deal).exists()


def is_begun(deal: Deal) -> bool:
    """Whether goods of a deal were sold, or are being sold."""
    return Sale.objects.filter(deal=deal, agreed_at__isnull=False, called_off_at=None).exists()


def check() -> list[str]:
    """The laws of sales that are broken: what was paid for has left the pledge, unit for unit at
    its value, and what was not has not; its price is what the loan was paid. For the worker."""
    released = ReleaseOrder.objects.filter(deal=OuterRef("deal"), key=OuterRef("number"))
    money = Repayment.objects.filter(loan__deal=OuterRef("deal"), key=OuterRef("number"))
    findings = []
    for sale in Sale.objects.annotate(
        left=Subquery(released.values("quantity")),
        left_value=Subquery(released.values("value")),
        came=Subquery(money.values("amount")),
        costs=Subquery(money.values("costs")),
    ).order_by("number"):
        is_paid = sale.paid_at is not None
        spent = sale.sale_costs + sale.custody_costs
        due = (sale.quantity, sale.value, sale.price, spent) if is_paid else (None,) * 4
        if (found := (sale.left, sale.left_value, sale.came, sale.costs)) != due:
            findings.append(f"sale {sale}: goods, value, money and costs are {found}, not {due}")
    from_sales = Repayment.objects.filter(paid_by=PaidBy.SALE).aggregate(sum=Sum("amount"))["sum"]
    sold = Sale.objects.filter(paid_at__isnull=False).aggregate(sum=Sum("price"))["sum"]
    if from_sales != sold:
        findings.append(f"sales: {sold} was agreed and paid, {from_sales} came for loans")
    return findings
