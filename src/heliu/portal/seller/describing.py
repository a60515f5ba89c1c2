"""What describes a seller's goods: attributes by family, categories, products, circles, words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heliu.commerce.catalogue import operations, own, sheets
from heliu.commerce.catalogue.operations import NewAttribute, NewProduct
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.files.serving import answer
from heliu.kernel.parties.queries import names
from heliu.portal.seller.dealers import dealers_of
from heliu.portal.shell import sheets as shell
from heliu.portal.shell.pages import actor_of, attempt, deed, desk_page, say, show
from heliu.portal.ui.parts import Ask, Sheet, Will

HERE = "seller_goods"
MOST_CODES = 5_000


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """Everything that describes goods, on one page."""
    actor = actor_of(request)
    counted: dict[str, int] = {}
    for one in own.attributes(actor):
        counted[one.family_id] = counted.get(one.family_id, 0) + 1
    context = {
        "families": [(one, counted.get(one.code, 0)) for one in own.families()],
        "branches": own.branches(actor),
        "products": own.products(actor).select_related("family"),
        "circles": own.circles(actor),
        "rings": [(one.pk, "、".join(one.words)) for one in own.rings(actor)],
        "may_set": actor.may("sell"),
    }
    return show(request, "seller/describe.html", context, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def family(request: HttpRequest) -> HttpResponse:
    """The attributes of a family (`?code=`, else the first) as rows of fields, and one more."""
    actor = actor_of(request)
    wanted = request.GET.get("code", "")
    found = own.family(wanted) if wanted else own.families().first()
    if found is None:
        raise NotFound()
    code = found.code
    there = list(own.attributes(actor, family=code))

    def do() -> str:
        gone = request.POST.get("drop", "")
        if gone:
            operations.drop_attribute(actor=actor, seller=actor.own_org, family=code, code=gone)
            say(request, _("The attribute is gone."))
        else:
            rows = _attributes(request, there)
            operations.define(actor=actor, seller=actor.own_org, family=code, attributes=rows)
            say(request, _("The attributes are saved."))
        return _family(code)

    def stored(one: Any) -> dict[str, Any]:
        named = ("code", "name", "name_zh", "kind", "unit", "unit_zh", "is_filter")
        return {name: getattr(one, name) for name in named} | {
            "choices": own.choices_written(one),
            "label": one.get_kind_display(),
        }

    return _form(
        request,
        do,
        "seller/family.html",
        {
            "family": found,
            "rows": [stored(one) for one in there],
            "kinds": own.kinds(),
            "typed": request.POST,
        },
    )


@require_http_methods(["GET", "POST"])
@desk_page
def categories(request: HttpRequest) -> HttpResponse:
    """The tree as rows of fields, and one more."""
    actor = actor_of(request)
    tree = own.branches(actor)
    codes = {one.pk: one.code for one, _depth in tree}

    def do() -> str:
        gone = request.POST.get("drop", "")
        if gone:
            operations.drop_category(actor=actor, seller=actor.own_org, code=gone)
            say(request, _("The category is gone."))
        else:
            rows = [
                (
                    one.code,
                    request.POST.get(f"above-{one.code}", ""),
                    request.POST.get(f"name-{one.code}", one.name).strip(),
                    request.POST.get(f"name_zh-{one.code}", one.name_zh).strip(),
                )
                for one, _depth in tree
            ]
            posted = request.POST
            if posted.get("code", "").strip():
                new = ("code", "above", "name", "name_zh")
                rows.append(tuple(posted.get(name, "").strip() for name in new))  # type: ignore[arg-type]
            operations.grow(actor=actor, seller=actor.own_org, branches=_above_first(rows))
            say(request, _("The categories are saved."))
        return reverse("seller_categories")

    rows = [(one, depth, codes[one.parent_id] if one.parent_id else "") for one, depth in tree]
    return _form(request, do, "seller/categories.html", {"rows": rows, "typed": request.POST})


@require_http_methods(["GET", "POST"])
@desk_page
def circle(request: HttpRequest, code: str) -> HttpResponse:
    """Who is in a circle and which goods are for it alone, by their codes."""
    actor = actor_of(request)
    found = own.circles(actor).filter(code=code).first()
    if found is None:
        raise NotFound()
    houses = names(found.members.values_list("buyer", flat=True))

    def do() -> str:
        if request.POST.get("act") == "drop":
            operations.drop_circle(actor=actor, seller=actor.own_org, code=code)
            say(request, _("The circle is gone."))
            return reverse("seller_describe")
        operations.set_members(found, _buyers(request, actor), actor=actor)
        operations.set_goods(found, _goods(request, actor), actor=actor)
        say(request, _("The circle is saved."))
        return reverse("seller_circle", args=[code])

    goods = found.goods.order_by("sku__code").values_list("sku__code", flat=True)
    typed = request.POST
    context = {
        "circle": found,
        "buyers": typed.get("buyers", "\n".join(sorted(one.code for one in houses.values()))),
        "goods": typed.get("goods", "\n".join(goods)),
        "houses": sorted(one.short for one in houses.values()),
    }
    return _form(request, do, "seller/circle.html", context)


@require_http_methods(["GET", "POST"])
@desk_page
def new_circle(request: HttpRequest) -> HttpResponse:
    """A circle of buyers is begun."""
    actor = actor_of(request)
    actor.require("sell")

    def do() -> str:
        made = operations.draw_circle(
            actor=actor, seller=actor.own_org, **_named(request, "code", "name", "name_zh")
        )
        return reverse("seller_circle", args=[made.code])

    sheet = Sheet(
        heading=_("New circle"),
        crumbs=_crumbs(),
        asks=_names(),
        will=(Will(_("Goods in it are for its buyers only")),),
        button=_("Begin"),
    )
    return shell.answer(request, sheet, do, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def new_family(request: HttpRequest) -> HttpResponse:
    """A family of goods is begun."""
    actor = actor_of(request)
    actor.require("sell")

    def do() -> str:
        made = operations.begin_family(
            actor=actor, seller=actor.own_org, **_named(request, "code", "name", "name_zh")
        )
        return _family(made.code)

    sheet = Sheet(
        heading=_("New family"),
        crumbs=_crumbs(),
        asks=_names(),
        will=(Will(_("Families are the same for all sellers: look first whether one fits")),),
        button=_("Begin"),
    )
    return shell.answer(request, sheet, do, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def product(request: HttpRequest, code: str = "") -> HttpResponse:
    """A product: what is told of all its variants, and in what they differ."""
    actor = actor_of(request)
    actor.require("sell")
    there = own.product(actor, code) if code else None

    def do() -> str:
        posted = request.POST
        wanted = NewProduct(
            code=code or posted.get("code", "").strip(),
            name=posted.get("name", "").strip(),
            name_zh=posted.get("name_zh", "").strip(),
            family=there.family_id if there else posted.get("family", ""),
            about=posted.get("about", "").strip(),
            about_zh=posted.get("about_zh", "").strip(),
            axes=posted.get("axes", "").replace("，", ",").replace(",", " ").split(),
            variants=None,
        )
        operations.gather(actor=actor, seller=actor.own_org, products=[wanted])
        say(request, _("The product is saved."))
        return f"{reverse('seller_describe')}#products"

    families = tuple((one.code, one.display) for one in own.families())
    first = [] if there else [
        Ask("code", pgettext("of prices", "Code")),
        Ask("family", _("Family"), kind="choice", options=families),
    ]  # fmt: skip
    sheet = Sheet(
        heading=there.display if there else _("New product"),
        crumbs=_crumbs(),
        asks=(
            *first,
            Ask("name", _("Name in English"), there.name if there else ""),
            Ask("name_zh", _("Name in Chinese"), there.name_zh if there else "", is_needed=False),
            Ask("about", _("What it is, in English"), there.about if there else "",
                is_needed=False),
            Ask("about_zh", _("What it is, in Chinese"), there.about_zh if there else "",
                is_needed=False),
            Ask("axes", _("Variants differ in"), " ".join(there.axes) if there else "",
                help=_("Codes of one or two attributes of the family"), is_needed=False),
        ),
        will=(Will(_("Articles become its variants on their own pages")),),
        button=_("Save"),
    )  # fmt: skip
    return shell.answer(request, sheet, do, here=HERE)


@require_http_methods(["GET", "POST"])
@desk_page
def shop(request: HttpRequest) -> HttpResponse:
    """What everybody sees, signed in or not."""
    actor = actor_of(request)
    actor.require("sell")
    there = own.shop(actor, actor.own_org)

    def do() -> str:
        operations.set_shop(
            actor=actor,
            seller=actor.own_org,
            is_public="is_public" in request.POST,
            shows_prices="shows_prices" in request.POST,
            category=request.POST.get("category", ""),
        )
        say(request, _("Public pages are as you say."))
        return reverse("seller_describe")

    branches = tuple((one.code, "　" * depth + one.display) for one, depth in own.branches(actor))
    shown = there.category.code if there.category else ""
    sheet = Sheet(
        heading=_("Public pages"),
        crumbs=_crumbs(),
        asks=(
            Ask("is_public", _("Show goods to everybody"), "yes" * there.is_public, "check"),
            Ask("shows_prices", _("Show your list prices"), "yes" * there.shows_prices, "check"),
            Ask("category", _("Which goods"), shown, "choice", options=(("", _("all")), *branches)),
        ),
        will=(
            Will(_("Search engines find your goods; nobody sees stock or a dealer's price")),
            Will(_("Goods for a circle never show")),
        ),
        button=_("Save"),
    )  # fmt: skip
    return shell.answer(request, sheet, do, here=HERE)


@require_POST
@desk_page
def ring(request: HttpRequest) -> HttpResponse:
    """Words that mean the same: a ring more, or one less."""
    actor = actor_of(request)

    def do() -> str:
        gone = request.POST.get("drop", "")
        if gone.isdecimal():
            operations.drop_ring(int(gone), actor=actor, seller=actor.own_org)
            say(request, _("These words mean the same no longer."))
        else:
            words = request.POST.get("words", "").replace("，", ",").replace("、", ",").split(",")
            operations.add_ring(actor=actor, seller=actor.own_org, words=words)
            say(request, _("Your goods are found by any of these words now."))
        return f"{reverse('seller_describe')}#rings"

    return deed(request, do)


@require_GET
@desk_page
def paper(request: HttpRequest, paper: UUID, small: bool = False) -> HttpResponse:
    """A picture or file of the seller's own goods, on sale or not."""
    return answer(request, sheets.as_file(own.paper(actor_of(request), paper), small=small))


def _family(code: str) -> str:
    return f"{reverse('seller_family')}?{urlencode({'code': code})}"


def _form(
    request: HttpRequest, do: Callable[[], str], template: str, context: dict[str, Any]
) -> HttpResponse:
    done, refusal = (
        attempt(request, lambda: deed(request, do)) if request.method == "POST" else (None, None)
    )
    if done:
        return done
    more = {"refusal": refusal, "may_set": actor_of(request).may("sell")}
    status = refusal.status if refusal else 200
    return show(request, template, {**context, **more}, here=HERE, status=status)


def _attributes(request: HttpRequest, there: list[Any]) -> list[NewAttribute]:
    posted = request.POST

    def read(code: str, kind: str, key: str) -> NewAttribute:
        def cell(name: str) -> str:
            return str(posted.get(f"{name}-{key}", "")).strip()

        return NewAttribute(
            code=code,
            kind=kind,
            name=cell("name"),
            name_zh=cell("name_zh"),
            unit=cell("unit") if kind == "NUMBER" else "",
            unit_zh=cell("unit_zh") if kind == "NUMBER" else "",
            is_filter=f"filter-{key}" in posted,
            choices=own.choices_read(cell("choices")) if kind == "CHOICE" else (),
        )

    wanted = [read(one.code, one.kind, one.code) for one in there]
    code = posted.get("code", "").strip()
    return [*wanted, read(code, posted.get("kind", ""), "")] if code else wanted


def _above_first(rows: list[tuple[str, str, str, str]]) -> list[tuple[str, str, str, str]]:
    """The rows with each below the one above it; those of a loop come last and are refused."""
    left, known = list(rows), {""}
    ready: list[tuple[str, str, str, str]] = []
    while True:
        able = [one for one in left if one[1] in known]
        if not able:
            return [*ready, *left]
        ready += able
        known |= {one[0] for one in able}
        left = [one for one in left if one not in able]


def _buyers(request: HttpRequest, actor: Actor) -> list[UUID]:
    typed = _codes(request, "buyers")
    spelled = {form for code in typed for form in (code, code.lower(), code.upper())}
    found = dealers_of(actor).filter(code__in=spelled).values_list("code", "pk")
    known = {code.lower(): pk for code, pk in found}
    for code in typed:
        if code.lower() not in known:
            raise Invalid(
                "buyer-unknown", "No dealer of yours has the code %(named)s.", field="buyers",
                named=code,
            )  # fmt: skip
    return list(known.values())


def _goods(request: HttpRequest, actor: Actor) -> list[UUID]:
    typed = _codes(request, "goods")
    mine = own.goods(actor).filter(seller=actor.own_org, code__in=typed)
    known = dict(mine.values_list("code", "pk"))
    for code in typed:
        if code not in known:
            raise Invalid(
                "code-unknown", "None of your goods has the code %(goods)s.", field="goods",
                goods=code,
            )  # fmt: skip
    return list(known.values())


def _codes(request: HttpRequest, name: str) -> list[str]:
    text = request.POST.get(name, "")
    for sign in ",，;；":
        text = text.replace(sign, "\n")
    return list(dict.fromkeys(filter(None, (one.strip() for one in text.split("\n")))))[:MOST_CODES]


def _named(request: HttpRequest, *fields: str) -> dict[str, str]:
    return {name: request.POST.get(name, "").strip()[:120] for name in fields}


def _names() -> tuple[Ask, ...]:
    return (
        Ask("code", pgettext("of prices", "Code")),
        Ask("name", _("Name in English")),
        Ask("name_zh", _("Name in Chinese"), is_needed=False),
    )


def _crumbs() -> tuple[tuple[str, str], ...]:
    return (
        (_("Goods"), reverse("seller_goods")),
        (_("What describes goods"), reverse("seller_describe")),
    )
