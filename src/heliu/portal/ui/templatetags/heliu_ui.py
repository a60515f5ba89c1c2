"""The tags pages are written with. ``{% load heliu_ui %}``; each tag says what it draws.

Every tag returns safe HTML made from escaped words; the drawings come from pure modules.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.utils import timezone
from django.utils.html import escape, format_html, urlize
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext

from heliu.kernel.money import CURRENCY, digits_of
from heliu.portal.ui import confluence as streams
from heliu.portal.ui import formats, parts, svg
from heliu.portal.ui import typed as typing
from heliu.portal.ui.charts import Chart, weight_bar
from heliu.portal.ui.listing import Listing
from heliu.portal.ui.pledge_map import PledgeMap, draw_map
from heliu.portal.ui.sheets import Cell, Column

register = template.Library()


def _language() -> str:
    return get_language() or "en"


def _today(context: Context) -> date:
    """The frame's day (the demonstration has a clock of its own), else the organisation's."""
    today = getattr(context.get("frame"), "today", None)
    return today or timezone.localdate(timezone=formats.ORGANISATION_ZONE)


@register.simple_tag
def html_lang() -> str:
    """The page's language as HTML writes it: ``zh-Hans`` or ``en``."""
    return "zh-Hans" if _language().startswith("zh") else "en"


@register.simple_tag
def money(
    minor: int | None, *, zero: str = "", plus: bool = False, currency: str = ""
) -> SafeString:
    """An amount in minor units: ``1,284,500<i>.00</i>``. ``zero="dash"`` writes – for nothing.

    It is in ``currency``, else in that of the page; another than ours is written before it.
    """
    if minor is None or (minor == 0 and zero == "dash"):
        return SafeString(formats.NOTHING)
    held = currency or formats.written_in()
    whole, decimals = formats.money_parts(minor, digits_of(held), plus=plus)
    whole = formats.named(whole, held)
    return SafeString(f'<span class="m">{whole}<i>{decimals}</i></span>')  # digits and signs


@register.simple_tag
def money_text(minor: int, *, plus: bool = False, currency: str = "") -> str:
    """The same amount as plain text, for buttons, titles and running words."""
    return formats.money_text(minor, plus=plus, currency=currency)


@register.simple_tag
def write_in(currency: str = "") -> str:
    """From here on amounts are in this currency; without one in ours again."""
    formats.write_in(currency)
    return ""


register.filter("in_money", formats.in_money)
register.filter("shared_currency", formats.shared_currency)


@register.simple_tag
def pieces_field(sku: Any, it: tuple[str, str]) -> SafeString:
    """The field in which pieces of an article are typed; ``it`` is what stands in it and why not,
    as ``as_typed`` says."""
    said = gettext("Pieces of %(code)s") % {"code": sku.code} + (f": {it[1]}" if it[1] else "")
    wrong = ' aria-invalid="true"' if it[1] else ""
    return SafeString(
        f'<input class="n qty" name="q-{sku.pk}" value="{escape(it[0])}" inputmode="numeric"'
        f' size="6" aria-label="{escape(said)}"{wrong}>'
    )


@register.simple_tag
def contact() -> SafeString:
    """Whom people write to who need help, as this install says it; empty for nobody."""
    return SafeString(urlize(settings.HELIU_CONTACT, autoescape=True))


@register.simple_tag
def pack_options(packs: Iterable[Any], chosen: str) -> SafeString:
    """The packs in which an article may be ordered besides single pieces, to choose from."""
    drawn = []
    for pack in packs:
        said = {"unit": pack.unit.display, "n": formats.count_text(pack.pieces)}
        on = " selected" if pack.unit_id == chosen else ""
        words = escape(gettext("%(unit)s of %(n)s") % said)
        drawn.append(f'<option value="{escape(pack.unit_id)}"{on}>{words}</option>')
    return SafeString("".join(drawn))


@register.simple_tag
def price_cells(cells: Iterable[tuple[str, str, Sequence[tuple[int, int]]]]) -> SafeString:
    """The cells of an article in the matrix of prices: for each list (its name and currency) the
    price from the lowest quantity (minor units), below it those of larger quantities. Thousands
    stand on a page, so they are drawn here and not by a template each."""
    drawn = []
    for place, (name, currency, tiers) in enumerate(cells):
        prices = [money(tiers[0][1], currency=currency)] if tiers else [SafeString(formats.NOTHING)]
        for start, minor in tiers[1:]:
            told = formats.money_text(minor, currency=currency)
            more = {"n": formats.count_text(start), "price": told}
            prices.append(format_html("<small>{}</small>", gettext("from %(n)s: %(price)s") % more))
        css = "n" if place else "n st"
        drawn.append(f'<td class="{css}" data-l="{escape(name)}">{"".join(prices)}</td>')
    return SafeString("".join(drawn))


@register.simple_tag
def money_short(minor: int) -> SafeString:
    """A rounded amount with its unit (万, 亿, m, bn); the full figure on hover."""
    figure, unit = formats.money_short(minor, _language())
    full = formats.money_text(minor)
    return format_html('<span class="m" title="{}">{}<i> {}</i></span>', full, figure, unit)


@register.filter
def typed_amount(minor: int | None) -> str:
    """An amount in minor units as it stands in a field that is typed into; none is empty."""
    if minor is None:
        return ""
    return "".join(formats.money_parts(minor, digits_of(formats.written_in()))).replace(",", "")


@register.filter
def thousands(number: int) -> str:
    """A count with thousands set off: ``1,278``."""
    return formats.count_text(number)


@register.filter
def counted(number: int) -> str:
    """A count with thousands set off, as far as lists count: ``10,000+`` is more than that."""
    if number > parts.EXACT_UP_TO:
        return f"{formats.count_text(parts.EXACT_UP_TO)}+"
    return formats.count_text(number)


@register.filter
def listed(things: Iterable[str]) -> str:
    """Things side by side in a sentence, as the page's language sets them apart."""
    return formats.listed(things)


@register.simple_tag
def comma() -> str:
    """What stands before something that is said of what went before: ``, `` or ``，``."""
    return pgettext("before what is said of it", ", ")


@register.filter
def percent(value: Decimal, places: int = 1) -> str:
    """A share given in per cent: ``79.5%``."""
    return formats.percent_text(value, places)


@register.filter
def share_percent(value: Decimal, places: int = 0) -> str:
    """A share given from 0 to 1, in per cent: ``20%``."""
    return formats.percent_text(value * 100, places)


@register.filter
def pair(label: object, tone: object) -> tuple[object, object]:
    """A state's words and tone as one thing, for ``pill``."""
    return label, tone


@register.simple_tag(takes_context=True)
def day(context: Context, value: date | datetime | None) -> SafeString:
    """A day in the page's language; moments are read in the organisation's zone."""
    if value is None:
        return SafeString(formats.NOTHING)
    if isinstance(value, datetime):
        value = value.astimezone(formats.ORGANISATION_ZONE).date()
    return _time(value, formats.day_text(value, _today(context), _language()))


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime | None, style: str = "minute") -> SafeString:
    """A moment: ``minute`` (default), ``second``, ``time`` (10:02:11) or ``clock`` (10:02)."""
    if value is None:
        return SafeString(formats.NOTHING)
    return _time(value, formats.moment_text(value, _today(context), _language(), style))


def _time(value: date, text: str) -> SafeString:
    """A day or moment with what machines read; digits and names of months need no escaping."""
    return SafeString(f'<time class="nw" datetime="{value.isoformat()}">{text}</time>')


@register.filter
def duration(span: timedelta | int | float) -> str:
    """A span of time in words; numbers are seconds."""
    return formats.duration_text(
        span if isinstance(span, timedelta) else timedelta(seconds=float(span))
    )


@register.simple_tag
def pill(state: object) -> SafeString:
    """A status pill from anything with ``label`` and ``tone``, a mapping or a pair of them."""
    label, tone = parts.state_words(state)
    return format_html(
        '<span class="pill {}">{}{}</span>', tone, SafeString(svg.shape(tone)), label
    )


@register.simple_tag
def shape(tone: str, size: int = 12) -> SafeString:
    """The bare shape of a tone, for lists of things to do and bands."""
    return SafeString(svg.shape(tone, size))


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """One of the fourteen icons."""
    return SafeString(svg.icon(name, size))


@register.simple_tag
def mark() -> SafeString:
    """The mark of the house, in the page's own colours."""
    return SafeString(svg.mark())


@register.simple_tag
def meter(
    used: int, held: int, this: int, limit: int, *, size: str = "", word: str = ""
) -> SafeString:
    """A credit meter. ``word`` replaces the spoken label; the key beside it is ``meter_key``."""
    label = word or gettext("%(used)s used, %(held)s held, %(this)s this order, of %(limit)s") % {
        "used": formats.money_text(used, currency=CURRENCY),
        "held": formats.money_text(held, currency=CURRENCY),
        "this": formats.money_text(this, currency=CURRENCY),
        "limit": formats.money_text(limit, currency=CURRENCY),
    }
    return SafeString(svg.meter(used, held, this, limit, label=label, size=size))


@register.inclusion_tag("ui/parts/meter_key.html")
def meter_key(used: int, held: int, this: int, limit: int) -> dict[str, int]:
    """The numbers beside a meter, in its order: used, held, this order, left (or how much is
    missing), of how much."""
    left = limit - used - held - this
    return {"used": used, "held": held, "this": this, "left": left, "short": -left, "limit": limit}


@register.simple_tag
def ltv(percent_value: Decimal | None, limit: Decimal) -> SafeString:
    """The loan-to-value cell: bar, limit line, figure; red and bold above the limit."""
    if percent_value is None:
        bar = SafeString(svg.ltv_bar(0, float(limit)))
        return format_html('<span class="ltv">{}<span>{}</span></span>', bar, formats.NOTHING)
    bar = SafeString(svg.ltv_bar(float(percent_value), float(limit)))
    tone = "down b" if percent_value > limit else ""
    text = formats.percent_text(percent_value)
    return format_html('<span class="ltv">{}<span class="{}">{}</span></span>', bar, tone, text)


@register.simple_tag
def confluence(flow: streams.Confluence) -> SafeString:
    """The deal's four flows on one axis, for wide pages; ``facts`` is the text form."""
    return SafeString(streams.draw(flow))


@register.simple_tag
def glyph(progress: float, label: str) -> SafeString:
    """The stream glyph of deal lists; ``label`` says the next step."""
    return SafeString(streams.stream_glyph(progress, label))


@register.simple_tag
def drawing_defs() -> SafeString:
    """Hatch, stripes and glyph lanes that other drawings of the page point at; once per page."""
    return SafeString(streams.shared_defs())


@register.inclusion_tag("ui/parts/facts.html", takes_context=True)
def facts(context: Context, items: Sequence[parts.Fact]) -> dict[str, Any]:
    """The list of what happened, with the streams in its margin."""
    margins = streams.lane_margins([(item.flows, item.kind) for item in items])
    rows = [(item, SafeString(drawn)) for item, drawn in zip(items, margins, strict=True)]
    return {"rows": rows, "frame": context.get("frame")}


@register.inclusion_tag("ui/parts/strip.html")
def strip(figures: Sequence[parts.Figure]) -> dict[str, Any]:
    """The ruled row of three to six figures under a page's title."""
    return {"figures": figures}


@register.inclusion_tag("ui/parts/chips.html")
def chips(items: Sequence[parts.Chip]) -> dict[str, Any]:
    """The chips of a filter bar, without the bar."""
    return {"chips": items}


@register.inclusion_tag("ui/parts/pager.html")
def pager(page: parts.Pager) -> dict[str, Any]:
    """Where in the list the page stands, previous and next."""
    return {"pager": page}


@register.inclusion_tag("ui/parts/head.html")
def head(of: Listing, key: str) -> dict[str, Any]:
    """The head of a column of a list; where the list is sorted by it, a link that does."""
    return {"way": of.way(key)}


@register.inclusion_tag("ui/parts/take_away.html")
def take_away(of: Listing) -> dict[str, Any]:
    """The links by which a list is taken away as a file, and sorted where it has no heads."""
    return {
        "files": of.files,
        "ways": of.ways,
        "is_too_long": of.is_too_long,
        "most": parts.EXACT_UP_TO,
    }


@register.inclusion_tag("ui/parts/steps.html")
def steps(items: Sequence[parts.Step]) -> dict[str, Any]:
    """The steps bar of a short process."""
    return {"steps": items}


@register.inclusion_tag("ui/parts/will.html")
def will(items: Sequence[parts.Will]) -> dict[str, Any]:
    """The numbered list of what will happen, for a stage sheet."""
    return {"items": items}


@register.inclusion_tag("ui/parts/chart.html")
def chart(figure: Chart) -> dict[str, Any]:
    """A chart in its wide and narrow form, with the same numbers as a table."""
    return {
        "chart": figure,
        "wide": SafeString(figure.wide),
        "narrow": SafeString(figure.narrow),
    }


@register.simple_tag
def sheet_cell(cell: Cell, column: Column, *, blank: bool = False) -> str:
    """A cell of a sheet as pages write it; nothing is a dash, in a total (``blank``) empty."""
    if cell is None:
        return "" if blank else formats.NOTHING
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        return cell
    if column.kind == "money":
        return money(int(cell), zero="dash")
    if column.kind == "percent":
        return formats.percent_text(Decimal(cell))
    return formats.count_text(int(cell))


@register.simple_tag
def weight(value: int, largest: int, *, is_two_sided: bool = True) -> SafeString:
    """One reason's weight as a bar from the middle line; negative ones hollow and red."""
    return SafeString(weight_bar(value, largest, is_two_sided=is_two_sided))


@register.simple_tag
def pledge_map(plan: PledgeMap) -> SafeString:
    """The plan of a warehouse with its bins by state."""
    return SafeString(draw_map(plan))


@register.inclusion_tag("ui/parts/empty.html")
def empty(
    title: str, text: str = "", *, href: str = "", button: str = "", sample: str = ""
) -> dict[str, str]:
    """An empty state: what will stand here, one button, one link to sample data."""
    return {"title": title, "text": text, "href": href, "button": button, "sample": sample}


@register.simple_tag
def idempotency_key(given: str = "") -> SafeString:
    """The hidden key of a form that moves money or goods: sent twice, it acts once.

    Hand in what was posted when a form is shown again after a refusal; then the key stays.
    """
    return format_html(
        '<input type="hidden" name="idempotency_key" value="{}">', given or uuid.uuid4()
    )


@register.simple_tag
def prices_in(currency: str = "") -> SafeString:
    """The hidden currency in which the amounts of a form stand, that of the page where none is
    named: whoever sends it when another was set since is told (`money.require_in`), and no figure
    is taken for what it is not."""
    return format_html(
        '<input type="hidden" name="prices_in" value="{}">', currency or formats.written_in()
    )


@register.simple_tag
def colon() -> str:
    """What stands between a label, or who speaks, and what is said: ``：`` on Chinese pages."""
    return formats.colon()


@register.simple_tag(takes_context=True)
def as_typed(context: Context, prefix: str, key: object, given: object = "") -> tuple[str, str]:
    """What stands in a field (``prefix-key``), and why not: as it was typed and refused before,
    else as given."""
    name = f"{prefix}-{key}" if key else prefix
    plain = "" if given is None else str(given)
    return typing.kept(context["request"]).get(name, (plain, ""))
