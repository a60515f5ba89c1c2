"""Reading the catalogue: what the actor may order, and its own goods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from heliu.commerce.catalogue import reading
from heliu.commerce.catalogue.models import CircleGoods, CircleMember
from heliu.commerce.catalogue.policies import folded
from heliu.commerce.catalogue.reading import NOTHING_TYPED, Question
from heliu.commerce.pricing.queries import Price
from heliu.kernel.access.actor import Actor
from heliu.kernel.goods.models import Family, Sku
from heliu.kernel.parties.models import RelationshipStatus
from heliu.kernel.parties.queries import relationships_visible_to

SEEK = """
select sku from catalogue_seek(%s::uuid[], %s::jsonb, %s, %s, %s, %s::text[], %s, %s)
"""


@dataclass
class CatalogueRow:
    """A SKU as the catalogue shows it; the caller fills in price and stock."""

    sku: Sku
    price: Price | None = None
    available: int | None = None


@dataclass(frozen=True)
class Hits:
    """The goods that answer to what was typed, and how it was understood."""

    rows: list[CatalogueRow]
    question: Question


def visible_to(actor: Actor) -> QuerySet[Sku]:
    """The active SKUs of the actor's own organisations and those sellers with a live link let it
    see: restricted ones only where it is in one of their circles."""
    active = Sku.objects.filter(is_active=True)
    if actor.is_system:
        return active
    sellers = relationships_visible_to(actor).filter(
        buyer__in=actor.orgs, status=RelationshipStatus.ACTIVE
    )
    return active.filter(
        Q(seller__in=actor.orgs) | Q(seller__in=sellers.values("seller")) & _is_for(actor.orgs)
    )


def offered(buyer: UUID, seller: UUID) -> QuerySet[Sku]:
    """What a buyer that trades with a seller may order of it."""
    return Sku.objects.filter(_is_for([buyer]), seller=seller, is_active=True)


def _is_for(buyers: Sequence[UUID]) -> Q:
    """Not restricted, or in a circle of one of these buyers."""
    circles = CircleMember.objects.filter(buyer__in=buyers).values("circle")
    admitted = CircleGoods.objects.filter(circle__in=circles).values("sku")
    return Q(is_restricted=False) | Q(pk__in=admitted)


def search(
    actor: Actor,
    *,
    seller: UUID | None = None,
    text: str = "",
    family: str = "",
    filters: Sequence[str] = (),
    limit: int = 50,
    after: UUID | None = None,
) -> Hits:
    """The goods the actor may order that match what was typed, the best first.

    `text` is a code, a barcode, words of a name, Chinese characters, pinyin or its initials; all
    words must match, if none do also with slips mended, and at last most of them; a text without a
    letter or figure finds nothing. Of `filters` (`a.colour=red`, `category=cups`, `a.height:5..9`)
    one of each key must hold. `after` is the SKU the page before ended with. Two statements, five
    when what was typed is not there as it stands.
    """
    terms = reading.terms_of(text)
    if not terms and folded(text):
        return Hits([], NOTHING_TYPED)
    wanted = [*filters, *([f"family={family}"] if family else [])]

    def seek(question: Question, narrowed: bool = True) -> list[UUID]:
        asked = [
            _asking(actor), question.json, question.least, folded(text), seller,
            *((wanted, after, limit) if narrowed else ([], None, 1)),
        ]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(SEEK, asked)
            return [sku for (sku,) in cursor.fetchall()]

    question = reading.as_typed(terms)
    ids = seek(question)
    # What the text is taken for does not depend on filters or the page.
    is_narrowed = bool(wanted or after)
    if terms and not ids and not (is_narrowed and seek(question, narrowed=False)):
        near = _near(reading.to_mend(terms))
        for question in (reading.mended(terms, near), reading.most(terms, near)):
            ids = seek(question)
            if ids or (is_narrowed and seek(question, narrowed=False)):
                break
    found = Sku.objects.select_related("family", "unit").in_bulk(ids)
    return Hits([CatalogueRow(found[sku]) for sku in ids if sku in found], question)


def _near(words: Sequence[str]) -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("select asked, near from catalogue_near(%s::text[])", [list(words)])
        return dict(cursor.fetchall())


def find(actor: Actor, codes: Sequence[str], seller: UUID) -> dict[str, Sku]:
    """The SKU of each code or barcode as it was given; those that are not there are absent.

    Exact but for case and full-width letters. Two statements for any number of codes.
    """
    if not codes:
        return {}
    asked = {code: folded(code) for code in codes}
    with connection.cursor() as cursor:
        cursor.execute(
            "select asked, sku from catalogue_lookup(%s::uuid[], %s, %s::text[])",
            [_asking(actor), seller, sorted(set(asked.values()))],
        )
        hits: dict[str, UUID] = dict(cursor.fetchall())
    found = Sku.objects.select_related("family", "unit").in_bulk(set(hits.values()))
    return {code: found[hits[key]] for code, key in asked.items() if hits.get(key) in found}


def codes(actor: Actor, seller: UUID) -> list[str]:
    """All codes of a seller, for "did you mean"; none when the actor may not order there."""
    with connection.cursor() as cursor:
        cursor.execute("select catalogue_all_codes(%s::uuid[], %s)", [_asking(actor), seller])
        return [code for (code,) in cursor.fetchall()]


def families(actor: Actor, *, seller: UUID | None = None) -> list[tuple[Family, int]]:
    """The families the actor may order from and how many SKUs each has, by code; two statements."""
    goods = visible_to(actor)
    if seller is not None:
        goods = goods.filter(seller=seller)
    counts = dict(goods.order_by().values_list("family").annotate(n=Count("pk")))
    return [
        (family, counts[family.pk])
        for family in Family.objects.filter(pk__in=counts).order_by("code")
    ]


def _asking(actor: Actor) -> list[UUID] | None:
    return None if actor.is_system else list(actor.orgs)
