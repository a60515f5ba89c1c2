"""Reading tax data, rates and VAT invoices; and whether they add up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from heliu.capital.vat.models import TaxHouse, TaxRate, VatInvoice, VatKind, VatLine, VatStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound, Refused
from heliu.kernel.goods.models import Sku

KINDS = VatKind
STATUSES = VatStatus


def visible_to(actor: Actor) -> QuerySet[VatInvoice]:
    """The invoices the actor's organisations issue or get, the newest first."""
    found = VatInvoice.objects.select_related("red_of").order_by("-asked_at", "-id")
    if actor.is_system:
        return found
    return found.filter(Q(seller__in=actor.orgs) | Q(buyer__in=actor.orgs))


def get(actor: Actor, id_or_number: UUID | str) -> VatInvoice:
    """One invoice with its lines, by its id or the authority's number, or `NotFound`."""
    by = {"pk": id_or_number} if isinstance(id_or_number, UUID) else {"number": id_or_number}
    found = visible_to(actor).filter(**by).prefetch_related("lines").first()
    if found is None:
        raise NotFound()
    return found


def data_of(actor: Actor) -> TaxHouse | None:
    """The tax data of the house at whose desk the actor sits."""
    return TaxHouse.objects.filter(org=actor.own_org).first()


def given(orgs: Iterable[UUID]) -> set[UUID]:
    """Those of the houses that have given their tax data; for steps of a story."""
    return set(TaxHouse.objects.filter(org__in=list(orgs)).values_list("org", flat=True))


def rates(actor: Actor) -> QuerySet[TaxRate]:
    """The rates of the seller at whose desk the actor sits: all goods, families, then goods."""
    found = TaxRate.objects.filter(seller=actor.own_org).select_related("family", "sku")
    return found.order_by(F("family").asc(nulls_first=True), "sku__code", "-from_day")


def rates_of(seller: UUID, skus: Sequence[Sku], on: date) -> dict[UUID, TaxRate]:
    """The rate that holds for each on a day: its own, its family's, else that of all goods; for
    steps of a story. Raises `Refused` (rate-missing) for goods that have none."""
    found = TaxRate.objects.filter(seller=seller, from_day__lte=on).order_by("from_day", "pk")
    own: dict[UUID, TaxRate] = {}
    families: dict[str, TaxRate] = {}
    whole: TaxRate | None = None
    for one in found:  # the later day overwrites
        if one.sku_id:
            own[one.sku_id] = one
        elif one.family_id:
            families[one.family_id] = one
        else:
            whole = one
    rates = {sku.pk: own.get(sku.pk) or families.get(sku.family_id) or whole for sku in skus}
    missing = [sku.code for sku in skus if rates[sku.pk] is None]
    if missing:
        raise Refused(
            "rate-missing",
            "No tax rate is set for %(goods)s.",
            help="Set one for it, its family, or all your goods.",
            goods=missing[0],
        )
    return {pk: rate for pk, rate in rates.items() if rate is not None}


def of_keys(keys: Iterable[str]) -> dict[str, VatInvoice]:
    """The invoices written for these, by key; as the door shows them."""
    return {one.key: one for one in VatInvoice.objects.filter(key__in=list(keys))}


def to_split() -> QuerySet[VatInvoice]:
    """Issued invoices that have not split the books; for the worker."""
    found = VatInvoice.objects.filter(status=VatStatus.ISSUED, split_on=None)
    return found.exclude(tax=0)


def check() -> list[str]:
    """Invoices that do not come to their lines, or of which more or less was taken back."""
    lines = {
        row["invoice"]: (row["g"], row["n"], row["t"])
        for row in VatLine.objects.order_by()
        .values("invoice")
        .annotate(g=Sum("gross"), n=Sum("net"), t=Sum("tax"))
    }
    red = dict(
        VatInvoice.objects.filter(red_of__isnull=False)
        .order_by()
        .values_list("red_of")
        .annotate(Sum("gross"))
    )
    found = VatInvoice.objects.values_list("pk", "gross", "net", "tax", "red_gross")
    return [
        f"VAT invoice {pk} does not come to its lines or red letters"
        for pk, gross, net, tax, taken in found.iterator()
        if lines.get(pk) != (gross, net, tax) or -red.get(pk, 0) != taken
    ]
