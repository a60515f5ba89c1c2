"""Versions of price lists: a whole new set of prices that goes live at an instant."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from heliu.commerce.pricing.events import VersionScheduled
from heliu.commerce.pricing.models import ListPrice, PriceList
from heliu.commerce.pricing.operations.lists import MOST_FACTOR, require_seller
from heliu.commerce.pricing.queries import live_table
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.facts import record

COPY = """
insert into pricing_listprice (
       price_list_id, seller, sku_id, min_quantity, amount, valid_from, valid_to)
select %s, p.seller, p.sku_id, p.min_quantity, round(p.amount * %s)::bigint, p.valid_from,
       p.valid_to
  from pricing_listprice p
 where p.price_list_id = %s and (p.valid_to is null or p.valid_to >= %s)"""


KEPT = timedelta(days=92)
"""How long what a list cost before is kept after another version took over, to tell why."""
PURGE = """
with over as (
    select v.id
      from pricing_pricelist v
     where exists (
           select from pricing_pricelist later
            where later.version_of_id = coalesce(v.version_of_id, v.id)
              and later.live_from <= %(before)s
              and (v.version_of_id is null or later.live_from > v.live_from))
       and not exists (
           select from pricing_contract c
            where c.price_list_id = coalesce(v.version_of_id, v.id))
)
delete from pricing_listprice p
 where p.ctid = any (array(
       select p.ctid from over o join pricing_listprice p on p.price_list_id = o.id
        limit %(most)s))"""


def purge(at: datetime, *, most: int = 20_000) -> int:
    """Throw away up to so many prices that no version needs any more; how many it were. For the
    worker. Orders keep what they cost; contracts keep all they ever said."""
    with connection.cursor() as cursor:
        cursor.execute(PURGE, {"before": at - KEPT, "most": most})
        return int(cursor.rowcount)


def begin_version(
    price_list: PriceList,
    *,
    actor: Actor,
    at: datetime,
    copy: bool = True,
    factor: Decimal = Decimal(1),
) -> PriceList:
    """Begin the next version of a list; nobody sees it until it is scheduled.

    `copy` begins with the prices that are live, times a `factor`, rounded to whole minor units
    (half up). Raises `Invalid` for a factor that is none, `Refused` for a computed list.
    """
    require_seller(price_list.seller, actor)
    if price_list.version_of_id is not None:
        raise NotFound()
    if price_list.base_id is not None:
        raise Refused("list-computed", "A computed list follows its base and has no versions.")
    if not 0 < factor < MOST_FACTOR:
        raise Invalid(
            "factor-invalid",
            "A factor is above 0 and below %(most)s.",
            field="factor",
            most=MOST_FACTOR,
        )
    head = PriceList.objects.select_for_update().get(pk=price_list.pk)
    last = head.versions.aggregate(last=Max("version"))["last"] or head.version
    made = PriceList.objects.create(
        seller=head.seller,
        code=f"{head.code}@{last + 1}",
        name=head.name,
        name_zh=head.name_zh,
        currency=head.currency,
        priority=head.priority,
        version_of=head,
        version=last + 1,
    )
    if copy:
        with connection.cursor() as cursor:
            cursor.execute(COPY, [made.pk, factor, live_table(head, at).pk, day_of(at)])
    return made


def schedule(version: PriceList, *, actor: Actor, live_from: datetime, at: datetime) -> PriceList:
    """Let a version go live at an instant, as a whole: whoever asks before it gets the old prices,
    whoever asks from it on the new ones.

    Raises `Refused` when it is live already (version-live), has no prices (version-empty), or
    another goes live at that instant (instant-taken); `Invalid` for an instant that is past.
    """
    version = _locked(version, actor, at)
    if live_from < at:
        raise Invalid("instant-past", "This moment is past.", field="live_from")
    if not ListPrice.objects.filter(price_list=version).exists():
        raise Refused("version-empty", "This version has no prices yet.", field="live_from")
    others = PriceList.objects.filter(version_of=version.version_of_id, live_from=live_from)
    if others.exclude(pk=version.pk).exists():
        raise Refused(
            "instant-taken", "Another version goes live at that moment.", field="live_from"
        )
    version.live_from = live_from
    assert version.version_of is not None
    try:
        with transaction.atomic():
            version.save(update_fields=["live_from"])
    except IntegrityError as error:
        if "contract" not in str(error):
            raise
        raise Refused("contract-agreed", "A price of a contract rises only with its buyer's yes.") \
            from None  # fmt: skip
    record(
        VersionScheduled(
            subject=version.version_of.pk,
            list_code=version.version_of.code,
            version=version.version,
            live_from=live_from,
        ),
        actor=actor,
        at=at,
        audience=[version.seller],
    )
    return version


def withdraw(version: PriceList, *, actor: Actor, at: datetime) -> PriceList:
    """Take a version off the schedule; it can be changed and scheduled again. Refused when live."""
    version = _locked(version, actor, at)
    if hasattr(version.version_of, "contract"):
        raise Refused("contract-agreed", "Both sides agreed to these prices.")
    version.live_from = None
    version.save(update_fields=["live_from"])
    return version


def discard(version: PriceList, *, actor: Actor, at: datetime) -> None:
    """Throw a version away that never went live, with its prices."""
    version = _locked(version, actor, at)
    ListPrice.objects.filter(price_list=version)._raw_delete("default")
    version.delete()


def _locked(version: PriceList, actor: Actor, at: datetime) -> PriceList:
    """The version, its list locked; only one that is not live yet."""
    require_seller(version.seller, actor)
    if version.version_of_id is None:
        raise NotFound()
    PriceList.objects.select_for_update().get(pk=version.version_of_id)
    version = PriceList.objects.select_for_update().get(pk=version.pk)
    if version.live_from is not None and version.live_from <= at:
        raise Refused("version-live", "This version is live: begin the next one.")
    return version
