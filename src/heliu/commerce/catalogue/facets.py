"""By what the goods that were found can be filtered further, in words and with counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from heliu.commerce.catalogue.models import Attribute, Category, Choice, Kind
from heliu.commerce.catalogue.reading import Question
from heliu.kernel.access.actor import Actor
from heliu.kernel.goods.models import Family

FACETS = "select key, value, skus from catalogue_facets(%s::uuid[], %s::jsonb, %s, %s, %s::text[])"


@dataclass(frozen=True)
class Option:
    """One value of a facet and how many articles it leaves; `depth` is its place in the tree."""

    value: str
    label: str
    skus: int
    is_on: bool = False
    depth: int = 0


@dataclass(frozen=True)
class Facet:
    """A family, a category or an attribute to filter by; numbers have a unit and their ends."""

    key: str
    label: str
    kind: str
    options: Sequence[Option]
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass
class Facets:
    """All facets, and how many articles there are under the filters that are on."""

    skus: int = 0
    facets: list[Facet] = field(default_factory=list)


def facets(
    actor: Actor, question: Question, *, seller: UUID, filters: Sequence[str] = ()
) -> Facets:
    """The facets of a seller's goods that answer a question; those with one value only are left
    out unless they are on. Five statements at most."""
    found = Facets()
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for key, value, skus in _counted(actor, question, seller, filters):
        if key:
            counts[key][value] = skus
        else:
            found.skus = skus
    on = {key_of(one) for one in filters}
    useful = {key: values for key, values in counts.items() if len(values) > 1 or key in on}
    # An address may name what nothing has (any more): it stays there to be taken away.
    chosen = {(key_of(one), one[len(key_of(one)) + 1 :]) for one in filters}
    if "category" in useful:
        tree = Category.objects.filter(seller=seller).order_by("position", "code")
        found.facets.append(_categories(list(tree), useful["category"], chosen))
    if "family" in useful:
        named = Family.objects.filter(code__in=useful["family"]).order_by("code")
        options = [
            Option(
                one.code, one.display, useful["family"][one.code], ("family", one.code) in chosen
            )
            for one in named
        ]
        found.facets.append(Facet("family", _("Family"), Kind.CHOICE, options))
    codes = [key.removeprefix("a.") for key in useful if key.startswith("a.")]
    if codes:
        found.facets += _attributes(seller, codes, useful, chosen)
    return found


def key_of(one: str) -> str:
    """The key of a filter: what stands before its `=` or `:`."""
    return one[: min(place for place in (one.find("="), one.find(":"), len(one)) if place >= 0)]


def _counted(
    actor: Actor, question: Question, seller: UUID, filters: Sequence[str]
) -> list[tuple[str, str, int]]:
    asking = None if actor.is_system else list(actor.orgs)
    with connection.cursor() as cursor:
        cursor.execute(FACETS, [asking, question.json, question.least, seller, list(filters)])
        rows: list[tuple[str, str, int]] = cursor.fetchall()
        return rows


def _categories(
    tree: Sequence[Category], counts: dict[str, int], chosen: set[tuple[str, str]]
) -> Facet:
    """The branches that have something, each under the one above it."""
    options: list[Option] = []

    def grow(above: UUID | None, depth: int) -> None:
        for one in tree:
            if one.parent_id == above and one.code in counts:
                is_on = ("category", one.code) in chosen
                options.append(Option(one.code, one.display, counts[one.code], is_on, depth))
                grow(one.pk, depth + 1)

    grow(None, 0)
    return Facet("category", _("Category"), Kind.CHOICE, options)


def _attributes(
    seller: UUID,
    codes: Sequence[str],
    counts: dict[str, dict[str, int]],
    chosen: set[tuple[str, str]],
) -> list[Facet]:
    """Attributes in their order; one that several families share is one facet."""
    known = Attribute.objects.filter(seller=seller, code__in=codes).order_by("position", "code")
    code_of = {one.pk: one.code for one in known}
    named: dict[str, Attribute] = {}
    for one in known:
        named.setdefault(one.code, one)
    choices: dict[tuple[str, str], Choice] = {}
    for choice in Choice.objects.filter(attribute__in=code_of):
        choices.setdefault((code_of[choice.attribute_id], choice.code), choice)
    found = []
    for code, attribute in named.items():
        key = f"a.{code}"
        labels = {
            value: _label(attribute, choices.get((code, value)), value) for value in counts[key]
        }
        options = [
            Option(value, labels[value][1], skus, (key, value) in chosen)
            for value, skus in sorted(counts[key].items(), key=lambda one: labels[one[0]])
        ]
        low = high = None
        if attribute.kind == Kind.NUMBER:
            numbers = [Decimal(value) for value in counts[key]]
            low, high = min(numbers, default=None), max(numbers, default=None)
        found.append(
            Facet(
                key, attribute.display, attribute.kind, options, attribute.unit_display, low, high
            )
        )
    return found


def _label(attribute: Attribute, choice: Choice | None, value: str) -> tuple[Decimal, str]:
    """A value's place among the others and its words."""
    if attribute.kind == Kind.NUMBER:
        return Decimal(value), f"{value} {attribute.unit_display}".strip()
    if attribute.kind == Kind.BOOL:
        return Decimal(value == "no"), _("yes") if value == "yes" else _("no")
    return (Decimal(choice.position), choice.display) if choice else (Decimal(999), value)
